// What the database did for a member's own requests: the trace, its plan, and the policies that held it.
import type { z } from 'zod'
import type { Explanation, insight, PolicyEffect, RequestTrace } from '#contract/capabilities/insight.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import type { Database } from '../db/database.ts'
import type { Caller, DatabaseService } from '../database/index.ts'
import { requireProject } from '../projects/index.ts'
import type { Provisioning } from '../provisioning/index.ts'
import { explainOutcome } from './explain/index.ts'
import { inWords, sentence } from './explain/rule.ts'
import { explainRecording, type Plan } from './plan.ts'
import { readPolicyEffects } from './policies.ts'
import type { Recording } from './recording.ts'
import type { Tickets } from './tickets.ts'
import { toTrace } from './trace.ts'

type Input<Member extends keyof (typeof insight)['members']> = z.output<
  (typeof insight)['members'][Member]['input']
>

export interface InsightDependencies {
  readonly db: Database
  readonly tickets: Tickets
  readonly provisioning: Pick<Provisioning, 'ensureAwake' | 'authenticatorTarget'>
  readonly database: Pick<DatabaseService, 'asOwner'>
}

export interface InsightService {
  /** Throws NOT_FOUND for a ticket that is not the member's, or with nothing recorded in the last minutes; FORBIDDEN. */
  trace(caller: Caller, input: Input<'trace'>): Promise<RequestTrace>
  /** Throws as `trace`, and RATE_LIMITED, CONFLICT where nothing can be planned, QUERY_FAILED, QUERY_CANCELLED, and what waking the project throws. */
  plan(caller: Caller, input: Input<'plan'>): Promise<Plan>
  /** Throws as `trace`, and what waking the project throws. */
  policies(caller: Caller, input: Input<'policies'>): Promise<PolicyEffect[]>
}

/** Of each statement that explains. */
const EXPLAIN_TIMEOUT_MS = 5_000
/** Each has a connection of its own, and ANALYZE holds locks until it is rolled back. */
const MAX_PLANS_OF_PROJECT = 2
/** Of each count of rows. */
const COUNT_TIMEOUT_MS = 2_000

/** Makes the service. */
export function createInsightService(deps: InsightDependencies): InsightService {
  const { db, tickets, provisioning, database } = deps
  /** A database is asked once why something failed: afterwards it may be mended. */
  const explained = new WeakMap<Recording, Promise<Explanation[]>>()
  /** How many plans are being made. */
  const planning = new Map<ProjectId, number>()

  const find = async (
    { actor }: Caller,
    { projectId, ticket }: { readonly projectId: ProjectId; readonly ticket: string },
  ): Promise<Recording> => {
    const project = await requireProject(db, actor, projectId, 'insight.read')
    if (project.desiredState === 'deleted') tickets.forgetProject(projectId)
    const found = tickets.find({ projectId, actor }, ticket)
    if (found === undefined)
      throw new AppError('NOT_FOUND', 'Nothing is known of such a request.', {
        hint: 'What the database did is kept for ten minutes, for whoever opened the test session. Send the request again.',
      })
    // Who opened it may have been an admin then: what row-level security did not hold is for those who may ask for it now.
    if (found.identity?.role === 'service_role')
      await requireProject(db, actor, projectId, 'testSessions.openAsService')
    return found
  }

  const explain = (caller: Caller, projectId: ProjectId, recording: Recording): Promise<Explanation[]> =>
    explainOutcome(recording, (work) =>
      database.asOwner(caller, { projectId, action: 'insight.read', timeoutMs: EXPLAIN_TIMEOUT_MS }, work),
    )

  const plan = async (
    { signal }: Caller,
    projectId: ProjectId,
    { recording, analyze }: { readonly recording: Recording; readonly analyze: boolean },
  ): Promise<Plan> => {
    await provisioning.ensureAwake(projectId)
    const target = await provisioning.authenticatorTarget(projectId)
    return explainRecording(recording, { target, analyze, signal })
  }

  return {
    async trace(caller, input) {
      const recording = await find(caller, input)
      const known = explained.get(recording) ?? explain(caller, input.projectId, recording)
      explained.set(recording, known)
      const explanations = await known.catch((error: unknown) => {
        // What could not be asked is asked again the next time.
        explained.delete(recording)
        return [notExplained(error)]
      })
      return toTrace(recording, { ticket: input.ticket, explanations })
    },
    async plan(caller, { analyze, ...input }) {
      const recording = await find(caller, input)
      const under = planning.get(input.projectId) ?? 0
      if (under >= MAX_PLANS_OF_PROJECT)
        throw new AppError('RATE_LIMITED', 'Other plans of the project are being made.', {
          details: { retryAfterMs: 2_000 },
        })
      planning.set(input.projectId, under + 1)
      try {
        return await plan(caller, input.projectId, { recording, analyze })
      } finally {
        const left = (planning.get(input.projectId) ?? 1) - 1
        if (left === 0) planning.delete(input.projectId)
        else planning.set(input.projectId, left)
      }
    },
    async policies(caller, input) {
      const recording = await find(caller, input)
      return database.asOwner(
        caller,
        { projectId: input.projectId, action: 'insight.read', timeoutMs: COUNT_TIMEOUT_MS },
        (session) => readPolicyEffects(session, recording, COUNT_TIMEOUT_MS),
      )
    },
  }
}

/** The trace is worth something without its explanation: a project that has stopped meanwhile cannot be asked. */
function notExplained(error: unknown): Explanation {
  if (!isAppError(error)) throw error
  return inWords('not-explained', `Why could not be found out: ${sentence(error.message)}`)
}
