// What a step of dunning does: mails are jobs, so that they are sent if and only if the step is kept; compute goes off by a hold on the projects.
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { audit } from '../audit/index.ts'
import type { Database, Queryable, Tx } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Hold } from './caps.ts'
import { advanceDunning, type DunningEffect, type DunningState } from './dunning.ts'
import * as store from './store.ts'

/** Job that mails people about money. */
export const MAIL_NOTICE = 'billing.mail-notice'
/** Job that ends a subscription whose organisation is gone or whose data was deleted. */
export const END_SUBSCRIPTION = 'billing.end-subscription'

export interface ProjectHold {
  readonly projectId: ProjectId
  readonly hold: Hold | null
}

/** What billing may do to projects; the composition passes it in. Nothing here deletes data at once: deleted projects can be restored for a while. */
export interface BilledProjects {
  holds(db: Queryable, organisationId: OrganisationId): Promise<readonly ProjectHold[]>
  /** Puts projects to sleep and lets nobody wake them; null lets them be woken again. */
  setHolds(tx: Tx, organisationId: OrganisationId, changes: readonly ProjectHold[]): Promise<void>
  /** Deletes them with the usual time to restore them. */
  deleteLiveOf(tx: Tx, organisationId: OrganisationId): Promise<void>
}

export interface DunningEffects {
  readonly jobs: Pick<Jobs, 'enqueue'>
  readonly projects: BilledProjects
}

/** Does what a step asks for, in its transaction. */
export async function applyDunning(
  { jobs, projects }: DunningEffects,
  tx: Tx,
  step: {
    readonly organisationId: OrganisationId
    readonly effects: readonly DunningEffect[]
    readonly state: DunningState
  },
): Promise<void> {
  const { organisationId, effects, state } = step
  const mail = (template: DunningEffect): Promise<void> =>
    jobs.enqueue(
      tx,
      MAIL_NOTICE,
      { organisationId, template, notice: state.notices.length },
      { maxAttempts: 10 },
    )
  /** Quotas and caps are decided again within a minute. */
  const held = async (hold: Hold | null): Promise<ProjectHold[]> =>
    (await projects.holds(tx, organisationId)).map(({ projectId }) => ({ projectId, hold }))
  for (const effect of effects) {
    switch (effect) {
      case 'suspend':
        await projects.setHolds(tx, organisationId, await held('suspended'))
        await mail(effect)
        break
      case 'release':
        await projects.setHolds(tx, organisationId, await held(null))
        break
      case 'delete':
        await projects.deleteLiveOf(tx, organisationId)
        await jobs.enqueue(tx, END_SUBSCRIPTION, { organisationId })
        await mail(effect)
        break
      case 'mail-past-due':
      case 'mail-restricted':
      case 'mail-deletion-notice':
      case 'mail-recovered':
        await mail(effect)
    }
  }
}

/** The daily run: moves everybody's debt on by at most one step. */
export async function runDunning({
  db,
  effects,
  now,
}: {
  readonly db: Database
  readonly effects: DunningEffects
  readonly now: Date
}): Promise<void> {
  for (const organisationId of await store.listInDebt(db))
    await db.transaction(async (tx) => {
      const subscription = await store.lockSubscription(tx, organisationId)
      if (subscription === undefined) return
      const step = advanceDunning(subscription.dunning, now)
      if (step.effects.length === 0) return
      await store.updateSubscription(tx, { ...subscription, dunning: step.state }, now)
      await audit(tx, {
        actor: null,
        organisationId,
        action: 'subscription.dunning',
        subjectKind: 'subscription',
        subjectId: organisationId,
        details: {
          from: subscription.dunning.stage,
          to: step.state.stage,
          notices: step.state.notices.length,
        },
      })
      await applyDunning(effects, tx, { organisationId, ...step })
    })
}
