// Choosing columns of a table in a dialog, in the order in which they are ticked.
import type { ReactNode } from 'react'
import type { Column } from '#contract/schema/types.ts'
import { LABEL } from '../../../components/field.tsx'
import { Checkbox } from '../../../components/toggles.tsx'
import { shownType } from './type-field.tsx'

export interface ColumnChecksProps {
  readonly label: string
  readonly columns: readonly Column[]
  /** Ids in their order. */
  readonly value: readonly string[]
  readonly onChange: (ids: readonly string[]) => void
  readonly error?: string | undefined
}

/** A list of ticks; a number tells the order. */
export function ColumnChecks(props: ColumnChecksProps): ReactNode {
  return (
    <div role="group" aria-label={props.label}>
      <span className={LABEL}>{props.label}</span>
      <ul className="max-h-200 overflow-auto rounded-control border border-line-2 px-8 py-4">
        {props.columns.map((column) => {
          const at = props.value.indexOf(column.id)
          return (
            <li key={column.id} className="flex h-26 items-center gap-8">
              <Checkbox
                label={<span className="font-mono text-data">{column.name}</span>}
                isSelected={at !== -1}
                onChange={(isSelected) =>
                  props.onChange(
                    isSelected ? [...props.value, column.id] : props.value.filter((id) => id !== column.id),
                  )
                }
              />
              <span className="flex-1" />
              {at === -1 || props.value.length < 2 ? null : (
                <span className="text-small text-2">{at + 1}</span>
              )}
              <span className="font-mono text-data text-3">{shownType(column.type)}</span>
            </li>
          )
        })}
      </ul>
      {props.error === undefined ? null : (
        <p role="alert" className="mt-5 text-small text-danger">
          {props.error}
        </p>
      )}
    </div>
  )
}
