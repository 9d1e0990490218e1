// How a shared collection stands to its team's, in its row: quiet while all is well.
import { CloudAlert, CloudOff, CloudUpload, Cloud, CloudCheck, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CollectionInfo } from '#contract/capabilities/collections.ts'

type State = NonNullable<CollectionInfo['sync']>['state']

const MARKS: Readonly<
  Record<State, { readonly icon: LucideIcon; readonly words: string; readonly tone: string }>
> = {
  synced: { icon: CloudCheck, words: 'Synced with the team', tone: 'text-3' },
  syncing: { icon: Cloud, words: 'Syncing with the team', tone: 'text-3' },
  pending: { icon: CloudUpload, words: 'Changes are to be sent to the team', tone: 'text-2' },
  offline: { icon: CloudOff, words: 'Shared, and offline', tone: 'text-3' },
  conflict: { icon: CloudAlert, words: 'The team changed the same files', tone: 'text-warning' },
  refused: { icon: CloudAlert, words: 'Not all is synced', tone: 'text-warning' },
  stopped: { icon: CloudOff, words: 'Syncing has stopped', tone: 'text-danger' },
}

/** Nothing for a collection that is not shared. */
export function SyncMark({ collection }: { readonly collection: CollectionInfo }): ReactNode {
  const { sync } = collection
  if (sync === null || sync === undefined) return null
  const { icon: Icon, words, tone } = MARKS[sync.state]
  const text = [words, sync.message].filter((part) => part !== null).join('. ')
  return (
    <span className={`ml-6 inline-flex align-[-2px] ${tone}`} title={text}>
      <Icon aria-hidden="true" size={12} strokeWidth={1.75} />
      <span className="sr-only">{`, ${text}`}</span>
    </span>
  )
}
