// The differences as a tree to choose from: objects, in them their parts, each with before and after.
import { useMemo, useState, type ReactNode } from 'react'
import type { Change } from '#postgres/common/ddl/change.ts'
import { Button } from '../../components/button.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { ACTION_WORDS, ChangeName, countOf, Difference, kindWord } from '../migrations/index.ts'

const MAX_SHOWN = 300

export interface DifferenceTreeProps {
  readonly changes: readonly Change[]
  readonly chosen: ReadonlySet<string>
  /** What is in the migration, chosen or needed by what is. */
  readonly taken: ReadonlySet<string>
  readonly onChoose: (ids: readonly string[], isChosen: boolean) => void
}

interface Group {
  /** Name of the object. */
  readonly name: string
  readonly id: string
  /** Its own change, when it has one. */
  readonly head: Change | undefined
  readonly parts: readonly Change[]
}

/** The tree with its filter. */
export function DifferenceTree({ changes, chosen, taken, onChoose }: DifferenceTreeProps): ReactNode {
  const [filter, setFilter] = useState('')
  const groups = useMemo(() => groupsOf(changes), [changes])
  const found = useMemo(() => filtered(groups, filter), [groups, filter])
  const shown = found.slice(0, MAX_SHOWN)
  const ids = found.flatMap(idsOf)
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-8">
      <div className="flex flex-none items-center gap-8">
        <SearchField
          label="Filter differences"
          value={filter}
          onChange={setFilter}
          className="min-w-0 flex-1"
        />
        <Button onPress={() => onChoose(ids, true)}>All</Button>
        <Button onPress={() => onChoose(ids, false)}>None</Button>
      </div>
      <ul
        aria-label="Differences"
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto rounded-card border border-line-1 py-4 focus-visible:outline-offset-[-2px]"
      >
        {shown.map((group) => (
          <li key={group.id} className="border-b border-line-1 py-4 last:border-b-0">
            <GroupRow group={group} chosen={chosen} taken={taken} onChoose={onChoose} />
            {group.parts.length === 0 ? null : (
              <ul aria-label={`Differences in ${group.name}`}>
                {group.parts.map((change) => (
                  <li key={change.id} className="pl-24">
                    <ChangeRow
                      change={change}
                      isChosen={chosen.has(change.id)}
                      isTaken={taken.has(change.id)}
                      onChoose={(isChosen) => onChoose([change.id], isChosen)}
                    />
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
        {found.length > shown.length ? (
          <li className="px-14 py-8 text-small text-2">
            {countOf(found.length - shown.length, 'more object')}: filter to see them. “All” and “None” are
            for them too.
          </li>
        ) : null}
        {found.length === 0 ? (
          <li className="px-14 py-8 text-small text-2">Nothing matches the filter.</li>
        ) : null}
      </ul>
    </div>
  )
}

function GroupRow(props: {
  readonly group: Group
  readonly chosen: ReadonlySet<string>
  readonly taken: ReadonlySet<string>
  readonly onChoose: DifferenceTreeProps['onChoose']
}): ReactNode {
  const { group, chosen, taken, onChoose } = props
  const ids = idsOf(group)
  const count = ids.filter((id) => chosen.has(id)).length
  if (group.head !== undefined && group.parts.length === 0)
    return (
      <ChangeRow
        change={group.head}
        isChosen={count === 1}
        isTaken={taken.has(group.head.id)}
        onChoose={(isChosen) => onChoose(ids, isChosen)}
      />
    )
  return (
    <>
      <div className="flex min-h-26 items-center gap-8 px-12 text-small">
        <Checkbox
          isSelected={count === ids.length}
          isMixed={count > 0 && count < ids.length}
          onChange={(isChosen) => onChoose(ids, isChosen)}
          label={<span className="font-mono text-data">{group.name}</span>}
        />
        <span className="ml-auto flex-none text-micro font-normal text-2">
          {countOf(ids.length, 'difference')}
        </span>
      </div>
      {group.head?.differences.map((difference) => (
        <div key={difference.field} className="pl-16">
          <Difference {...difference} />
        </div>
      ))}
    </>
  )
}

function ChangeRow(props: {
  readonly change: Change
  readonly isChosen: boolean
  readonly isTaken: boolean
  readonly onChoose: (isChosen: boolean) => void
}): ReactNode {
  const { change, isChosen, isTaken } = props
  return (
    <div className="px-12">
      <div className="flex min-h-26 items-center gap-8 text-small">
        <Checkbox isSelected={isChosen} onChange={props.onChoose} label={<ChangeName change={change} />} />
        <span className="ml-auto flex-none text-micro font-normal text-2">
          {isTaken && !isChosen ? 'needed by what is chosen, ' : ''}
          {kindWord(change.kind, 1)} {ACTION_WORDS[change.action]}
        </span>
      </div>
      {change.differences.map((difference) => (
        <div key={difference.field} className="pl-4">
          <Difference {...difference} />
        </div>
      ))}
    </div>
  )
}

function idsOf({ head, parts }: Group): readonly string[] {
  return [...(head === undefined ? [] : [head.id]), ...parts.map(({ id }) => id)]
}

function groupsOf(changes: readonly Change[]): readonly Group[] {
  const groups = new Map<string, { head: Change | undefined; readonly parts: Change[] }>()
  for (const change of changes) {
    // What is made again only because something under it changes comes with that.
    if (change.action === 'alter' && change.differences.length === 0) continue
    const key = change.parentId ?? change.id
    const group = groups.get(key) ?? { head: undefined, parts: [] }
    if (change.parentId === null) group.head = change
    else group.parts.push(change)
    groups.set(key, group)
  }
  return [...groups]
    .map(([id, { head, parts }]) => ({
      id,
      head,
      parts,
      name: head?.name ?? ownerName(parts[0]?.name ?? ''),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** `shop.film` of `shop.film.title`. */
function ownerName(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')))
}

function filtered(groups: readonly Group[], filter: string): readonly Group[] {
  const wanted = filter.trim().toLowerCase()
  if (wanted === '') return groups
  return groups.flatMap((group) => {
    if (group.name.toLowerCase().includes(wanted)) return [group]
    const parts = group.parts.filter(({ name }) => name.toLowerCase().includes(wanted))
    return parts.length === 0 ? [] : [{ ...group, head: undefined, parts }]
  })
}
