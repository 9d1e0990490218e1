// The review of a draft: applied, the draft is empty on the schema that came of it; failed, it is as it was.
import type { ReactNode } from 'react'
import type { Migration } from '#contract/capabilities/migrations.ts'
import { useHost } from '../../../host/host-provider.tsx'
import { useStore } from '../../../host/store.ts'
import { useShell } from '../../../shell/shell.tsx'
import { ReviewDialog, UNTOUCHED } from '../../migrations/index.ts'
import { describeError } from '../../../host/error-text.ts'
import { loadModel } from '../../schema/index.ts'
import type { DesignSession } from '../session.ts'
import { askToRollBack } from './roll-back-dialog.tsx'
import { reviewOf } from './session-review.ts'

/** Rendered only while it is open. */
export function DraftReview(props: {
  readonly session: DesignSession
  readonly onClose: () => void
}): ReactNode {
  const { session, onClose } = props
  const host = useHost()
  const { notifications } = useShell()
  const review = reviewOf(session)
  const { plan } = useStore(review.planner.state)
  const live = useStore(session.live)
  const needsMerge = useStore(review.needsMerge)

  const readAgain = async (): Promise<void> => {
    const next = await loadModel(
      host,
      { kind: 'connection', connectionId: session.connectionId },
      { refresh: true },
    )
    session.live.set({ model: next.model, asOf: next.asOf, isStale: next.isStale })
    session.draft.rebase(next.model, [])
  }
  const applied = async (migration: Migration): Promise<void> => {
    review.text.set(UNTOUCHED)
    try {
      await readAgain()
    } catch (error) {
      onClose()
      notifications.notify({
        tone: 'warning',
        text: `${migration.name} is applied, but the schema could not be read again: ${describeError(error)?.message ?? ''} The draft is kept until it can.`,
        action: { label: 'Read again', run: () => void readAgain().catch(() => undefined) },
      })
      return
    }
    // Open until here: what applying changed is no change from outside, which would be merged.
    onClose()
    notifications.notify({
      tone: 'success',
      text: `${migration.name} is applied.`,
      action: {
        label: 'Roll back',
        run: () => void askToRollBack({ host, session, notifications, migration }),
      },
    })
  }
  return (
    <ReviewDialog
      connectionId={session.connectionId}
      plan={plan}
      text={review.text}
      blockedReason={
        live.isStale
          ? 'The database is out of reach. The draft is kept until it is back.'
          : needsMerge
            ? 'The database changed where the draft does: merge first.'
            : undefined
      }
      onApplied={(migration) => void applied(migration)}
      onSaved={(migration) => {
        onClose()
        notifications.notify({
          tone: 'success',
          text: `${migration.version}_${migration.name}.sql is written and not applied. The draft stays.`,
        })
      }}
      onClose={onClose}
    />
  )
}
