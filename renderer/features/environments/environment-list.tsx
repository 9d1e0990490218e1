// The list beside the editor: the collection, the globals, its environments, and what is looked for in all of them.
import { Globe, Plus } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import type { CollectionInfo } from '#contract/capabilities/collections.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { classNames } from '../../components/class-names.ts'
import { Select } from '../../components/select.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { EnvironmentDot } from './colours.tsx'

export interface ListedEnvironment {
  readonly key: string
  readonly name: string
  readonly color: string
  readonly isDirty: boolean
  /** What else it is found by: names and values of its variables. */
  readonly words: readonly string[]
  readonly count: number
}

export interface EnvironmentListProps {
  readonly collections: readonly CollectionInfo[]
  readonly collectionId: CollectionId | null
  readonly globals: readonly ListedEnvironment[]
  readonly environments: readonly ListedEnvironment[]
  /** Name of the one that counts. */
  readonly active: string | null
  readonly chosen: string | null
  readonly search: string
  readonly onSearch: (text: string) => void
  readonly onChooseCollection: (id: CollectionId) => void
  readonly onChoose: (key: string) => void
  readonly onCreate: () => void
}

/** The list. Arrows move in it. */
export function EnvironmentList(props: EnvironmentListProps): ReactNode {
  const { collections, collectionId, search, chosen, active } = props
  const wanted = search.trim().toLowerCase()
  const isFound = (one: ListedEnvironment): boolean =>
    [one.name, ...one.words].some((word) => word.toLowerCase().includes(wanted))
  const globals = props.globals.filter(isFound)
  const environments = props.environments.filter(isFound)
  const rows = [
    ...globals.map((one) => ({ one, isGlobals: true })),
    ...environments.map((one) => ({ one, isGlobals: false })),
  ]
  return (
    <nav aria-label="Environments" className="flex w-220 flex-none flex-col gap-8">
      {collections.length > 1 && collectionId !== null ? (
        <Select
          label="Collection"
          isLabelHidden
          options={collections.map(({ id, name }) => ({ id, label: name }))}
          value={collectionId}
          onChange={props.onChooseCollection}
        />
      ) : null}
      <SearchField label="Search in environments" value={search} onChange={props.onSearch} />
      <ul onKeyDown={moveBetweenRows} className="flex flex-col">
        {rows.map(({ one, isGlobals }) => (
          <li key={one.key}>
            <button
              type="button"
              aria-current={one.key === chosen}
              onClick={() => props.onChoose(one.key)}
              className={classNames(
                'flex h-28 w-full items-center gap-8 rounded-control px-8 text-left text-small hover:bg-hover',
                one.key === chosen ? 'bg-active text-1' : 'text-2',
              )}
            >
              {isGlobals ? (
                <Globe aria-hidden="true" size={12} strokeWidth={1.75} className="-mx-2 flex-none text-3" />
              ) : (
                <EnvironmentDot colour={one.color} />
              )}
              <span className="min-w-0 truncate">{one.name}</span>
              {!isGlobals && one.name === active ? <Badge>in use</Badge> : null}
              <span className="ml-auto flex-none text-micro text-3 tabular-nums">
                {one.isDirty ? (
                  <span title="Not saved">
                    ●<span className="sr-only"> not saved</span>
                  </span>
                ) : (
                  one.count
                )}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {rows.length === 0 ? (
        <p className="px-8 text-small text-3">No environment has “{search.trim()}”.</p>
      ) : null}
      {collectionId === null ? (
        <p className="px-8 text-small text-3">
          Environments belong to a collection. Save a request to one, or make one in the tree.
        </p>
      ) : (
        <div>
          <Button variant="ghost" size="compact" icon={Plus} onPress={props.onCreate}>
            New environment
          </Button>
        </div>
      )}
    </nav>
  )
}

function moveBetweenRows(event: KeyboardEvent<HTMLUListElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0 || !(event.target instanceof HTMLButtonElement)) return
  const buttons = [...event.currentTarget.querySelectorAll('button')]
  const next = buttons[buttons.indexOf(event.target) + step]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
  next.click()
}
