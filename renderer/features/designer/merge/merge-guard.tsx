// Watches for changes of the database under the draft: merges what does not conflict by itself and says so, asks about what does.
import { GitMerge } from 'lucide-react'
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { Banner } from '../../../components/banner.tsx'
import { Button } from '../../../components/button.tsx'
import { useStore } from '../../../host/store.ts'
import { useCommands, useShell } from '../../../shell/shell.tsx'
import { countOf } from '../../migrations/index.ts'
import { reviewOf } from '../review/session-review.ts'
import type { DesignSession } from '../session.ts'
import { isMergeNeeded, mergeDraft } from './merge-draft.ts'
import { MergeDialog } from './merge-dialog.tsx'

/** A banner while there is something to decide; nothing otherwise. */
export function MergeGuard({ session }: { readonly session: DesignSession }): ReactNode {
  const { notifications } = useShell()
  const review = reviewOf(session)
  const draft = useStore(session.draft.state)
  const live = useStore(session.live)
  const isReviewing = useStore(review.isOpen)
  const [isDeciding, setIsDeciding] = useState(false)
  // A merge under a review would change what is being applied.
  const merge = useMemo(
    () => (isReviewing || !isMergeNeeded(draft, live.model) ? null : mergeDraft(draft, live.model)),
    [draft, live.model, isReviewing],
  )
  const conflictCount = merge?.conflicts.length ?? 0

  useEffect(() => {
    if (merge === null || merge.conflicts.length > 0) return
    session.draft.rebase(live.model, merge.steps)
    notifications.notify({
      tone: 'info',
      text: `The database changed: ${countOf(merge.changedObjects, 'object')}. ${
        merge.steps.length === 0
          ? 'Your draft is in it already, so nothing is left to migrate.'
          : 'Your draft was merged; nothing conflicted.'
      }`,
    })
  }, [merge, live.model, session, notifications])
  useEffect(() => {
    review.needsMerge.set(conflictCount > 0)
  }, [review, conflictCount])
  useCommands([
    {
      id: 'designer.merge',
      title: 'Merge the draft with the changed database',
      group: 'Designer',
      icon: GitMerge,
      when: () => conflictCount > 0,
      run: () => setIsDeciding(true),
    },
  ])

  if (merge === null || conflictCount === 0) return null
  return (
    <>
      <Banner
        icon={GitMerge}
        tone="warning"
        lead={`The database changed: ${countOf(merge.changedObjects, 'object')}.`}
        actions={<Button onPress={() => setIsDeciding(true)}>Merge</Button>}
      >
        {countOf(conflictCount, 'change')} {conflictCount === 1 ? 'is' : 'are'} in your draft too. Nothing is
        lost until you choose.
      </Banner>
      {isDeciding ? (
        <MergeDialog
          draft={draft}
          live={live.model}
          conflicts={merge.conflicts}
          onMerge={(steps) => {
            setIsDeciding(false)
            session.draft.rebase(live.model, steps)
            notifications.toast({ tone: 'success', text: 'Your draft is merged with the database.' })
          }}
          onClose={() => setIsDeciding(false)}
        />
      ) : null}
    </>
  )
}
