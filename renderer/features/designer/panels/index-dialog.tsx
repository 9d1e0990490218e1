// Adds an index, or changes one.
import { useState, type ReactNode } from 'react'
import type { Index, Table } from '#contract/schema/types.ts'
import { addIndex, changeIndex, type IndexChange } from '#postgres/common/catalog/edit/indexes.ts'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { Select } from '../../../components/select.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { Checkbox } from '../../../components/toggles.tsx'
import { ColumnChecks } from './column-checks.tsx'
import { useEditing } from './editing.tsx'

const METHODS = [
  { id: 'btree', label: 'B-tree', detail: 'equality, order, ranges' },
  { id: 'hash', label: 'Hash', detail: 'equality' },
  { id: 'gin', label: 'GIN', detail: 'jsonb, arrays, full text' },
  { id: 'gist', label: 'GiST', detail: 'ranges, geometry' },
  { id: 'spgist', label: 'SP-GiST', detail: 'points, prefixes' },
  { id: 'brin', label: 'BRIN', detail: 'large tables in order' },
] as const

export interface IndexDialogProps {
  readonly table: Table
  /** Given when one is changed. */
  readonly index?: Index
  readonly onClose: () => void
}

/** Open while it is rendered. */
export function IndexDialog({ table, index, onClose }: IndexDialogProps): ReactNode {
  const { context, stage } = useEditing()
  const [columnIds, setColumnIds] = useState<readonly string[]>(
    index?.elements.flatMap(({ column }) =>
      table.columns.filter(({ name }) => name === column).map(({ id }) => id),
    ) ?? [],
  )
  const [expression, setExpression] = useState(
    index?.elements.find((element) => element.expression !== null)?.expression ?? '',
  )
  const [descending, setDescending] = useState(index?.elements.some((one) => one.isDescending) ?? false)
  const [method, setMethod] = useState<string>(index?.method ?? 'btree')
  const [isUnique, setIsUnique] = useState(index?.isUnique ?? false)
  const [where, setWhere] = useState(index?.where ?? '')
  const [problem, setProblem] = useState<string | null>(null)
  const submit = (): void => {
    const old = new Map(index?.elements.map((element) => [element.column ?? element.expression, element]))
    const names = columnIds.flatMap((id) =>
      table.columns.filter((one) => one.id === id).map(({ name }) => name),
    )
    const order = method === 'btree' ? { isDescending: descending, isNullsFirst: descending } : {}
    const kept = (key: string): object => {
      const element = old.get(key)
      return element === undefined
        ? {}
        : { collation: element.collation, operatorClass: element.operatorClass }
    }
    const change: IndexChange = {
      method,
      isUnique,
      where,
      elements: [
        ...names.map((column) => ({ ...kept(column), ...order, column })),
        ...(expression.trim() === '' ? [] : [{ ...kept(expression), ...order, expression }]),
      ],
    }
    const reason = stage(
      index === undefined
        ? addIndex(context(), { tableId: table.id, ...change })
        : changeIndex(context(), { tableId: table.id, indexId: index.id, change }),
    )
    setProblem(reason)
    if (reason === null) onClose()
  }
  return (
    <FormDialog
      title={index === undefined ? `Add index to ${table.name}` : `Edit index ${index.name}`}
      submitLabel={index === undefined ? 'Add index' : 'Change index'}
      busyLabel="Adding…"
      isBusy={false}
      problem={problem === null ? undefined : { message: problem }}
      onSubmit={submit}
      onClose={onClose}
    >
      <ColumnChecks label="Columns" columns={table.columns} value={columnIds} onChange={setColumnIds} />
      <TextField
        label="Expression"
        isMono
        value={expression}
        onChange={setExpression}
        placeholder="lower(email)"
        help="Besides the columns, or instead of them."
      />
      <div className="grid grid-cols-2 gap-12">
        <Select label="Method" options={METHODS} value={method} onChange={setMethod} />
        <div className="flex flex-col justify-end gap-6 pb-4">
          <Checkbox label="Unique" isSelected={isUnique} onChange={setIsUnique} />
          <Checkbox
            label="Descending"
            isSelected={descending && method === 'btree'}
            isDisabled={method !== 'btree'}
            onChange={setDescending}
          />
        </div>
      </div>
      <TextField
        label="Only rows where"
        isMono
        value={where}
        onChange={setWhere}
        placeholder="deleted_at is null"
        help="A condition; left empty, all rows."
      />
    </FormDialog>
  )
}
