// What follows when a payment does not come: a state machine without I/O. Debt begins and ends it whenever the provider says so, days move it on; a
// stage lasts at least from one daily run to the next, however late that is. Data is only deleted after two notices, never for a failed card alone.

const DAY_MS = 24 * 60 * 60 * 1000
/** Days in debt after which nothing new can be made. */
export const RESTRICTED_AFTER_DAYS = 7
/** Days in debt after which compute is off. */
export const SUSPENDED_AFTER_DAYS = 21
/** Days that data is kept at least once compute is off. */
export const KEPT_DAYS = 30
/** Days after the suspension at which people are told that data will be deleted. */
const NOTICE_AFTER_DAYS = [16, 23] as const
/** Days that lie at least between two notices, and between the last and the deletion. */
const NOTICE_GAP_DAYS = 7

export type DunningStage = 'none' | 'past-due' | 'restricted' | 'suspended' | 'deleted'

export interface DunningState {
  readonly stage: DunningStage
  /** Since when something is unpaid. */
  readonly pastDueSince: Date | null
  /** When compute was switched off, not when it could have been: the days that data is kept count from it. */
  readonly suspendedAt: Date | null
  /** When people were told of the deletion, the oldest first. */
  readonly notices: readonly Date[]
}

/** What has to be done because of a step; each is done once. */
export type DunningEffect =
  | 'mail-past-due'
  | 'mail-restricted'
  | 'suspend'
  | 'mail-deletion-notice'
  | 'delete'
  | 'mail-recovered'
  | 'release'

export interface DunningStep {
  readonly state: DunningState
  readonly effects: readonly DunningEffect[]
}

export const NO_DEBT: DunningState = { stage: 'none', pastDueSince: null, suspendedAt: null, notices: [] }

/**
 * What the provider says of debt: since when the oldest failed invoice is unpaid, null when all is paid. The same again changes nothing. What was
 * deleted stays so.
 */
export function noteDebt(state: DunningState, unpaidSince: Date | null): DunningStep {
  if (state.stage === 'deleted') return { state, effects: [] }
  if (unpaidSince === null) {
    if (state.stage === 'none') return { state, effects: [] }
    return {
      state: NO_DEBT,
      effects: state.stage === 'suspended' ? ['release', 'mail-recovered'] : ['mail-recovered'],
    }
  }
  if (state.stage === 'none')
    return {
      state: { ...NO_DEBT, stage: 'past-due', pastDueSince: unpaidSince },
      effects: ['mail-past-due'],
    }
  return { state: { ...state, pastDueSince: unpaidSince }, effects: [] }
}

/** What the day brings: at most one step, so that nobody is suspended in the run that restricts them, nor deleted in the one that tells them. */
export function advanceDunning(state: DunningState, now: Date): DunningStep {
  const stay: DunningStep = { state, effects: [] }
  switch (state.stage) {
    case 'none':
    case 'deleted':
      return stay
    case 'past-due':
      if (daysSince(state.pastDueSince, now) < RESTRICTED_AFTER_DAYS) return stay
      return { state: { ...state, stage: 'restricted' }, effects: ['mail-restricted'] }
    case 'restricted':
      if (daysSince(state.pastDueSince, now) < SUSPENDED_AFTER_DAYS) return stay
      return { state: { ...state, stage: 'suspended', suspendedAt: now }, effects: ['suspend'] }
    case 'suspended':
      return advanceSuspended(state, now)
  }
}

function advanceSuspended(state: DunningState, now: Date): DunningStep {
  const last = state.notices.at(-1) ?? null
  if (last !== null && daysSince(last, now) < NOTICE_GAP_DAYS) return { state, effects: [] }
  const suspended = daysSince(state.suspendedAt, now)
  const due = NOTICE_AFTER_DAYS[state.notices.length]
  if (due !== undefined) {
    if (suspended < due) return { state, effects: [] }
    return { state: { ...state, notices: [...state.notices, now] }, effects: ['mail-deletion-notice'] }
  }
  return suspended < KEPT_DAYS
    ? { state, effects: [] }
    : { state: { ...state, stage: 'deleted' }, effects: ['delete'] }
}

/** When data would be deleted if nothing is paid: the earliest moment that the rules allow, counted from now on. Null while compute is on. */
export function deletionAt(state: DunningState): Date | null {
  if (state.stage !== 'suspended' || state.suspendedAt === null) return null
  const [first, second] = NOTICE_AFTER_DAYS.map(
    (days, at) => state.notices[at]?.getTime() ?? addDays(state.suspendedAt, days),
  )
  const afterNotices =
    Math.max((first ?? 0) + NOTICE_GAP_DAYS * DAY_MS, second ?? 0) + NOTICE_GAP_DAYS * DAY_MS
  return new Date(Math.max(afterNotices, addDays(state.suspendedAt, KEPT_DAYS)))
}

function daysSince(since: Date | null, now: Date): number {
  return since === null ? 0 : (now.getTime() - since.getTime()) / DAY_MS
}

function addDays(moment: Date | null, days: number): number {
  return (moment?.getTime() ?? 0) + days * DAY_MS
}
