// What changes, object by object, with before and after of every field.
import { ArrowRight, Minus, PenLine, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '../../components/class-names.ts'
import type { Change } from '#postgres/common/ddl/change.ts'
import { ACTION_WORDS, kindWord } from './script.ts'

const MARKS = {
  create: { icon: Plus, className: 'text-success' },
  alter: { icon: PenLine, className: 'text-warning' },
  drop: { icon: Minus, className: 'text-danger' },
} as const

/** Rows beyond this are counted only. */
const MAX_SHOWN = 400

export interface ChangeListProps {
  readonly label: string
  readonly changes: readonly Change[]
}

/** All changes in the order of the differ: parts under their object. */
export function ChangeList({ label, changes }: ChangeListProps): ReactNode {
  const ordered = inOrder(changes)
  const shown = ordered.slice(0, MAX_SHOWN)
  return (
    <ul aria-label={label} className="flex flex-col">
      {shown.map(({ change, isPart }) => (
        <ChangeRow key={`${change.action} ${change.id}`} change={change} isPart={isPart} />
      ))}
      {ordered.length > shown.length ? (
        <li className="px-12 py-6 text-small text-2">{ordered.length - shown.length} more changes</li>
      ) : null}
    </ul>
  )
}

/** Parts stand under their object's change where it has one. */
export function inOrder(
  changes: readonly Change[],
): readonly { readonly change: Change; readonly isPart: boolean }[] {
  const heads = new Set(changes.flatMap(({ id, parentId }) => (parentId === null ? [id] : [])))
  const parts = new Map<string, Change[]>()
  for (const change of changes) {
    if (change.parentId === null || !heads.has(change.parentId)) continue
    const list = parts.get(change.parentId)
    if (list === undefined) parts.set(change.parentId, [change])
    else list.push(change)
  }
  return changes.flatMap((change) => {
    if (change.parentId !== null && heads.has(change.parentId)) return []
    return [
      { change, isPart: false },
      ...(parts.get(change.id) ?? []).map((part) => ({ change: part, isPart: true })),
    ]
  })
}

/** What happens to something by a mark, and its name. */
export function ChangeName({ change }: { readonly change: Change }): ReactNode {
  const { icon: Icon, className } = MARKS[change.action]
  return (
    <span className="flex min-w-0 items-center gap-6">
      <Icon aria-hidden="true" size={14} strokeWidth={1.75} className={classNames('flex-none', className)} />
      <span className="min-w-0 truncate font-mono text-data" title={change.name}>
        {change.name}
      </span>
    </span>
  )
}

function ChangeRow({ change, isPart }: { readonly change: Change; readonly isPart: boolean }): ReactNode {
  const isOnlyRebuilt = change.action === 'alter' && change.differences.length === 0
  return (
    <li className={classNames('py-4 pr-12', isPart ? 'pl-30' : 'pl-12')}>
      <div className="flex min-h-20 items-center gap-6 text-small">
        <ChangeName change={change} />
        <span className="ml-auto flex-none pl-8 text-micro font-normal text-2">
          {kindWord(change.kind, 1)} {isOnlyRebuilt ? 'made again' : ACTION_WORDS[change.action]}
        </span>
      </div>
      {change.differences.map((difference) => (
        <Difference key={difference.field} {...difference} />
      ))}
      {change.isRebuilt && !isOnlyRebuilt ? (
        <p className="pl-20 text-micro font-normal text-2">Dropped and made again.</p>
      ) : null}
    </li>
  )
}

/** One field before and after. */
export function Difference(props: {
  readonly field: string
  readonly before: string
  readonly after: string
}): ReactNode {
  const isLong = props.before.length + props.after.length > 40
  return (
    <div className="flex flex-col gap-2 py-2 pl-20 text-micro font-normal">
      <span className="text-2">{props.field}</span>
      <span
        className={classNames(
          'flex gap-4 font-mono text-data',
          isLong ? 'flex-col' : 'flex-wrap items-center',
        )}
      >
        <del className="[overflow-wrap:anywhere] whitespace-pre-wrap text-2">{props.before || 'none'}</del>
        {isLong ? null : <ArrowRight aria-hidden="true" size={12} strokeWidth={1.75} className="text-3" />}
        <ins className="[overflow-wrap:anywhere] whitespace-pre-wrap text-1 no-underline">
          {props.after || 'none'}
        </ins>
      </span>
    </div>
  )
}
