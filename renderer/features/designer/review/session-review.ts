// What the review of one open design keeps: its planner, the edited text, the last dry run. One per session, so that the preview and the dialog show the same.
import type { ReviewText } from '#contract/capabilities/designs.ts'
import type { Migration } from '#contract/capabilities/migrations.ts'
import { createStore, type Store } from '../../../host/store.ts'
import type { Host } from '../../../host/host-provider.tsx'
import {
  createDryRunControl,
  createReviewText,
  UNTOUCHED,
  type DryRunControl,
} from '../../migrations/index.ts'
import type { DesignSession } from '../session.ts'
import PlanWorker from './plan.worker.ts?worker'
import { createPlanner, type Planner } from './planner.ts'

export interface SessionReview {
  readonly planner: Planner
  readonly text: Store<ReviewText>
  /** Takes the text that was kept, once, and keeps it from then on. */
  keep(host: Pick<Host, 'designs'>): void
  readonly dryRun: DryRunControl
  /** The person has said that dry runs of this draft may run as a powerful role. */
  readonly asSuperuser: Store<boolean>
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
  const text = createReviewText()
  let isKept = false
  const made: SessionReview = {
    planner: createPlanner(session.draft, { createWorker: () => new PlanWorker() }),
    text,
    keep(host) {
      if (isKept) return
      isKept = true
      const { designId } = session.design.get()
      void keepText(text, {
        read: async () => (await host.designs.readReview({ designId })).review,
        save: async (review) => void (await host.designs.saveReview({ designId, review })),
      })
    },
    dryRun: createDryRunControl(),
    asSuperuser: createStore(false),
    isOpen: createStore(false),
    rollingBack: createStore<readonly Migration[] | null>(null),
    needsMerge: createStore(false),
  }
  reviews.set(session, made)
  return made
}

const SAVE_AFTER_MS = 300

interface TextKeeper {
  read(): Promise<ReviewText | null>
  save(text: ReviewText | null): Promise<void>
}

/** Follows the text for as long as the design is open: what is typed is on disk as soon as typing pauses. */
async function keepText(text: Store<ReviewText>, { read, save }: TextKeeper): Promise<void> {
  // What cannot be read or written is still here; the next edit tries again.
  const kept = await read().catch(() => null)
  if (kept !== null && text.get() === UNTOUCHED) text.set(kept)
  let timer: ReturnType<typeof setTimeout> | undefined
  text.subscribe(() => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const now = text.get()
      save(now === UNTOUCHED ? null : now).catch(() => undefined)
    }, SAVE_AFTER_MS)
  })
}
