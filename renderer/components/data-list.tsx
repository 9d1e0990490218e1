// A list of things in columns: header row, 32 px rows, the name opens the row, arrows move between rows.
import type { LucideIcon } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface DataListColumn {
  readonly id: string
  readonly title: string
  readonly align?: 'left' | 'right'
  readonly isTitleHidden?: boolean
  /** Takes the room that the others leave, and is cut where that is too little. */
  readonly isFluid?: boolean
}

export interface DataListProps {
  readonly label: string
  readonly columns: readonly DataListColumn[]
  readonly rows: readonly {
    readonly id: string
    readonly cells: readonly ReactNode[]
    readonly isMuted?: boolean
  }[]
}

function onKeyDown(event: KeyboardEvent<HTMLTableSectionElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0 || !(event.target instanceof HTMLElement) || event.target.dataset['row'] === undefined)
    return
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')]
  const next = buttons[buttons.indexOf(event.target) + step]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

/** A table of rows that open. */
export function DataList({ label, columns, rows }: DataListProps): ReactNode {
  return (
    <table aria-label={label} className="w-full border-collapse text-small">
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              className={classNames(
                'h-30 border-b border-line-1 px-14 font-medium whitespace-nowrap text-3 max-wide:px-8',
                column.align === 'right' ? 'text-right' : 'text-left',
                column.isFluid === true && 'w-full max-w-0 min-w-80',
              )}
            >
              <span className={column.isTitleHidden === true ? 'sr-only' : undefined}>{column.title}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {rows.map((row) => (
          <tr
            key={row.id}
            className={classNames(
              'relative border-b border-line-1 last:border-b-0 hover:bg-hover',
              row.isMuted === true && 'text-3',
            )}
          >
            {columns.map((column, index) => (
              <td
                key={column.id}
                className={classNames(
                  'h-32 px-14 whitespace-nowrap max-wide:px-8 [&_button:not([data-row])]:relative [&_button:not([data-row])]:z-10',
                  column.align === 'right' && 'text-right tabular-nums',
                  column.isFluid === true && 'w-full max-w-0',
                )}
              >
                {row.cells[index]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export interface RowActionProps {
  readonly icon: LucideIcon
  readonly name: string
  readonly detail?: string
  readonly onPress: () => void
}

/** The name of a row; pressing anywhere on the row presses it. */
export function RowAction({ icon: Icon, name, detail, onPress }: RowActionProps): ReactNode {
  return (
    <span className="flex items-center gap-9">
      <Icon aria-hidden="true" size={16} strokeWidth={1.75} className="flex-none text-3" />
      <button
        type="button"
        data-row=""
        onClick={onPress}
        className="max-w-[min(360px,65%)] flex-none truncate text-body font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent-text"
      >
        {name}
      </button>
      {detail === undefined || detail === '' ? null : <span className="truncate text-3">{detail}</span>}
    </span>
  )
}
