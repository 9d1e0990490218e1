// The inspector's parts: sections with a heading and an action, rows that lead to a part.
import type { LucideIcon } from 'lucide-react'
import { Plus } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button, IconButton } from '../../../components/button.tsx'
import { classNames } from '../../../components/class-names.ts'

/** The padded column of fields. */
export function Fields({ children }: { readonly children: ReactNode }): ReactNode {
  return <div className="flex flex-col gap-12 px-12 py-12">{children}</div>
}

export interface SectionProps {
  readonly title: string
  readonly count?: number
  /** "Add index"; shown as a plus. */
  readonly addLabel?: string
  readonly onAdd?: () => void
  readonly children: ReactNode
}

/** A part of the inspector below a line. */
export function Section({ title, count, addLabel, onAdd, children }: SectionProps): ReactNode {
  return (
    <section aria-label={title} className="border-t border-line-1 px-12 py-8">
      <div className="flex h-26 items-center gap-6">
        <h3 className="text-small font-semibold text-1">{title}</h3>
        {count === undefined ? null : <span className="text-small text-3">{count}</span>}
        <span className="flex-1" />
        {addLabel === undefined ? null : (
          <IconButton
            icon={Plus}
            size="small"
            label={addLabel}
            {...(onAdd === undefined ? {} : { onPress: onAdd })}
          />
        )}
      </div>
      {children}
    </section>
  )
}

/** Fields are dear: of a long list so many are drawn at once. */
const AT_ONCE = 100

export interface LongListProps<Item> {
  readonly items: readonly Item[]
  /** "columns" */
  readonly noun: string
  readonly children: (item: Item, at: number) => ReactNode
}

/** A list of fields; of a long one the first, and more when asked for. */
export function LongList<Item>({ items, noun, children }: LongListProps<Item>): ReactNode {
  const [shown, setShown] = useState(AT_ONCE)
  const rest = items.length - shown
  return (
    <>
      <ul className="flex flex-col gap-3">{items.slice(0, shown).map(children)}</ul>
      {rest > 0 ? (
        <div className="mt-6">
          <Button size="compact" variant="ghost" onPress={() => setShown(shown + AT_ONCE)}>
            {`Show ${Math.min(rest, AT_ONCE)} of ${rest} more ${noun}`}
          </Button>
        </div>
      ) : null}
    </>
  )
}

export interface PartRowProps {
  readonly icon: LucideIcon
  readonly name: string
  /** What it is, in the hint colour, cut where it is long. */
  readonly detail?: string
  readonly mark?: 'new' | 'changed' | undefined
  readonly onPress?: () => void
  readonly actions?: ReactNode
}

const MARKS = {
  new: { text: 'New', tone: 'text-success' },
  changed: { text: 'Changed', tone: 'text-warning' },
} as const

/** A line that opens what it names. */
export function PartRow({ icon: Icon, name, detail, mark, onPress, actions }: PartRowProps): ReactNode {
  const content = (
    <>
      <Icon aria-hidden="true" size={14} strokeWidth={1.75} className="flex-none text-3" />
      <span title={name} className="min-w-[35%] truncate font-mono text-data text-1">
        {name}
      </span>
      {detail === undefined ? null : (
        <span
          title={detail}
          className="max-w-[65%] min-w-0 flex-[1_0_auto] truncate text-right text-small text-3"
        >
          {detail}
        </span>
      )}
      {mark === undefined ? null : (
        <span className={classNames('flex-none text-micro', MARKS[mark].tone)}>{MARKS[mark].text}</span>
      )}
    </>
  )
  const shape = 'flex h-26 min-w-0 flex-1 items-center gap-8 rounded-control px-4 text-left'
  return (
    <div className="-mx-4 flex items-center gap-2">
      {onPress === undefined ? (
        <div className={shape}>{content}</div>
      ) : (
        <button type="button" onClick={onPress} className={classNames(shape, 'hover:bg-hover')}>
          {content}
        </button>
      )}
      {actions}
    </div>
  )
}

/** What a section says when it has nothing. */
export function Nothing({ children }: { readonly children: ReactNode }): ReactNode {
  return <p className="py-2 text-small text-3">{children}</p>
}

/** Buttons at the foot of a panel. */
export function PanelActions({ children }: { readonly children: ReactNode }): ReactNode {
  return <div className="flex items-center gap-6 border-t border-line-1 px-10 py-10">{children}</div>
}
