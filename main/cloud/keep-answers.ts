// Answers of the service that are shown on while it is away. Each is kept as it came, and every answer says itself of when it is.
import type { z } from 'zod'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { isAppError } from '#contract/errors.ts'
import type { ServiceAnswerStore } from '../cache/index.ts'
import { isAway, needsService, type Cloud, type Service } from './cloud.ts'

export interface Question<Answer> {
  /** "Reading the plan", for SERVICE_UNREACHABLE when there is nothing to show. */
  readonly what: string
  readonly organisationId: OrganisationId
  /** The call and what else it asked for; starts with the capability's name. */
  readonly name: string
  readonly schema: z.ZodType<Answer>
  readonly run: (service: Service) => Promise<Answer>
}

export interface AnswerKeeper {
  /**
   * Asks the service and keeps the answer; while it is away, gives the last one. Throws what the service refuses with (and forgets what was kept, when
   * it is no longer this person's to see), or SERVICE_UNREACHABLE when there is nothing kept.
   */
  ask<Answer>(question: Question<Answer>): Promise<Answer>
}

/** Makes a keeper over the cache. */
export function createAnswerKeeper(parts: {
  readonly cloud: Cloud
  readonly store: ServiceAnswerStore
  readonly now: () => Date
}): AnswerKeeper {
  const { cloud, store, now } = parts
  const account = (): string | undefined => cloud.session.state().account?.id

  return {
    async ask({ what, organisationId, name, schema, run }) {
      const stored = store.get(organisationId, name)
      const parsed = stored === undefined ? undefined : schema.safeParse(stored)
      const kept = parsed?.success === true ? parsed : undefined
      // What is kept is shown at once; who waits for a lost service waits for nothing.
      if (kept !== undefined && !cloud.isOnline()) return kept.data
      const asker = account()
      try {
        const answer = await cloud.call(run, { now: kept === undefined })
        // An answer that comes after its account has gone is nobody's.
        if (asker !== undefined && asker === account())
          store.save(organisationId, name, answer, now().toISOString())
        return answer
      } catch (error) {
        if (kept !== undefined && isAway(error)) return kept.data
        if (isAppError(error, 'FORBIDDEN') || isAppError(error, 'NOT_FOUND'))
          store.forget(organisationId, name)
        throw needsService(error, what)
      }
    },
  }
}
