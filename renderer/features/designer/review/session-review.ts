// What the review of one open design keeps: its planner, the edited text, the last dry run. One per session, so that the preview and the dialog show the same.
import type { Migration } from '#contract/capabilities/migrations.ts'
import { createStore, type Store } from '../../../host/store.ts'
import {
  createDryRunControl,
  createReviewText,
  type DryRunControl,
  type ReviewText,
} from '../../migrations/index.ts'
import type { DesignSession } from '../session.ts'
import PlanWorker from './plan.worker.ts?worker'
import { createPlanner, type Planner } from './planner.ts'

export interface SessionReview {
  readonly planner: Planner
  readonly text: Store<ReviewText>
  readonly dryRun: DryRunControl
  /** Whether the review dialog is open. */
  readonly isOpen: Store<boolean>
  /** The migrations while the latest of them is asked to be rolled back. */
  readonly rollingBack: Store<readonly Migration[] | null>
  /** The database changed where the draft does, and the person has not decided yet. */
  readonly needsMerge: Store<boolean>
}

const reviews = new WeakMap<DesignSession, SessionReview>()

/** The review of a session; made once. */
export function reviewOf(session: DesignSession): SessionReview {
  const present = reviews.get(session)
  if (present !== undefined) return present
  const made = {
    planner: createPlanner(session.draft, { createWorker: () => new PlanWorker() }),
    text: createReviewText(),
    dryRun: createDryRunControl(),
    isOpen: createStore(false),
    rollingBack: createStore<readonly Migration[] | null>(null),
    needsMerge: createStore(false),
  }
  reviews.set(session, made)
  return made
}
