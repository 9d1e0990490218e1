// Adds a foreign key, or changes what one does.
import { useState, type ReactNode } from 'react'
import type { ForeignKey, ForeignKeyAction, Table } from '#contract/schema/types.ts'
import {
  addForeignKey,
  changeForeignKey,
  foreignKeyProblem,
  hasIndexOver,
} from '#postgres/common/catalog/edit/foreign-keys.ts'
import { indexModel } from '#postgres/common/catalog/find.ts'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { Select } from '../../../components/select.tsx'
import { Checkbox } from '../../../components/toggles.tsx'
import { useEditing } from './editing.tsx'
import { shownType } from './type-field.tsx'

const ACTIONS: readonly { readonly id: ForeignKeyAction; readonly label: string }[] = [
  { id: 'no action', label: 'Refuse' },
  { id: 'restrict', label: 'Refuse at once' },
  { id: 'cascade', label: 'Do the same here' },
  { id: 'set null', label: 'Set null' },
  { id: 'set default', label: 'Set the default' },
]

export interface ForeignKeyDialogProps {
  readonly table: Table
  /** Given when one is changed. */
  readonly foreignKey?: ForeignKey
  readonly onClose: () => void
}

/** Open while it is rendered. */
export function ForeignKeyDialog(props: ForeignKeyDialogProps): ReactNode {
  return props.foreignKey === undefined ? (
    <AddDialog {...props} />
  ) : (
    <ChangeDialog {...props} foreignKey={props.foreignKey} />
  )
}

interface Target {
  readonly id: string
  readonly label: string
  readonly tableId: string
  readonly columnIds: readonly string[]
}

/** Keys of all tables, with as many columns as are chosen. */
function targetsOf(tables: readonly Table[], count: number): readonly Target[] {
  return tables
    .flatMap((table) => {
      const keys = [
        ...table.constraints.flatMap((one) =>
          one.kind === 'primary key' || one.kind === 'unique' ? [{ id: one.id, columns: one.columns }] : [],
        ),
        ...table.indexes.flatMap((one) =>
          one.isUnique && one.where === null
            ? [
                {
                  id: one.id,
                  columns: one.elements.flatMap(({ column }) => (column === null ? [] : [column])),
                },
              ]
            : [],
        ),
      ]
      return keys
        .filter(({ columns }) => columns.length === count)
        .map(({ id, columns }) => ({
          id,
          label: `${table.schema === 'public' ? '' : `${table.schema}.`}${table.name} (${columns.join(', ')})`,
          tableId: table.id,
          columnIds: columns.flatMap((name) =>
            table.columns.filter((column) => column.name === name).map((column) => column.id),
          ),
        }))
    })
    .toSorted((a, b) => a.label.localeCompare(b.label))
}

function AddDialog({ table, onClose }: ForeignKeyDialogProps): ReactNode {
  const { model, context, stage } = useEditing()
  const [columnIds, setColumnIds] = useState<readonly string[]>([])
  const [targetId, setTargetId] = useState('')
  const [onDelete, setOnDelete] = useState<ForeignKeyAction>('no action')
  const [onUpdate, setOnUpdate] = useState<ForeignKeyAction>('no action')
  const [withIndex, setWithIndex] = useState(true)
  const [problem, setProblem] = useState<string | null>(null)
  const [first = ''] = columnIds
  const targets = targetsOf(indexModel(model).ofKind('table'), Math.max(1, columnIds.length)).filter(
    (target) => columnIds.length === 0 || foreignKeyProblem(model, inputFor(target)) === null,
  )
  const target = targets.find(({ id }) => id === targetId)
  const names = columnIds.flatMap((id) =>
    table.columns.filter((one) => one.id === id).map(({ name }) => name),
  )
  const hasIndex = hasIndexOver(table, names)
  function inputFor({ tableId, columnIds: theirs }: Target): Parameters<typeof foreignKeyProblem>[1] {
    return { tableId: table.id, columnIds, references: { tableId, columnIds: theirs } }
  }
  return (
    <FormDialog
      title={`Add foreign key to ${table.name}`}
      submitLabel="Add foreign key"
      busyLabel="Adding…"
      isBusy={false}
      isBlocked={target === undefined || columnIds.length === 0}
      problem={problem === null ? undefined : { message: problem }}
      onSubmit={() => {
        if (target === undefined) return
        const reason = stage(addForeignKey(context(), { ...inputFor(target), onDelete, onUpdate, withIndex }))
        setProblem(reason)
        if (reason === null) onClose()
      }}
      onClose={onClose}
    >
      <Select
        label="Column"
        options={table.columns.map((column) => ({
          id: column.id,
          label: column.name,
          detail: shownType(column.type),
        }))}
        value={first}
        onChange={(id) => {
          setColumnIds([id, ...columnIds.slice(1)])
          setTargetId('')
        }}
      />
      {columnIds.length > 1 ||
      (first !== '' && targetsOf(indexModel(model).ofKind('table'), 2).length > 0) ? (
        <Select
          label="And column"
          options={[
            { id: '', label: 'None' },
            ...table.columns
              .filter(({ id }) => id !== first)
              .map((column) => ({ id: column.id, label: column.name, detail: shownType(column.type) })),
          ]}
          value={columnIds[1] ?? ''}
          onChange={(id) => {
            setColumnIds(id === '' ? [first] : [first, id])
            setTargetId('')
          }}
          help="For keys of more than one column."
        />
      ) : null}
      <Select
        label="Refers to"
        options={targets.map(({ id, label }) => ({ id, label }))}
        value={targetId}
        onChange={setTargetId}
        isDisabled={columnIds.length === 0}
        help={
          columnIds.length > 0 && targets.length === 0
            ? 'No table has a key of a type that fits.'
            : 'Keys whose types fit.'
        }
      />
      <ActionFields {...{ onDelete, onUpdate, setOnDelete, setOnUpdate }} />
      {hasIndex && names.length > 0 ? null : (
        <Checkbox
          label="Also add an index: deletes there look for rows here"
          isSelected={withIndex}
          onChange={setWithIndex}
        />
      )}
    </FormDialog>
  )
}

interface ActionFieldsProps {
  readonly onDelete: ForeignKeyAction
  readonly onUpdate: ForeignKeyAction
  readonly setOnDelete: (action: ForeignKeyAction) => void
  readonly setOnUpdate: (action: ForeignKeyAction) => void
}

function ActionFields({ onDelete, onUpdate, setOnDelete, setOnUpdate }: ActionFieldsProps): ReactNode {
  const options = ACTIONS.map(({ id, label }) => ({ id, label, detail: id }))
  return (
    <div className="grid grid-cols-2 gap-12">
      <Select label="When its row is deleted" options={options} value={onDelete} onChange={setOnDelete} />
      <Select label="When its key changes" options={options} value={onUpdate} onChange={setOnUpdate} />
    </div>
  )
}

function ChangeDialog({
  table,
  foreignKey,
  onClose,
}: ForeignKeyDialogProps & { readonly foreignKey: ForeignKey }): ReactNode {
  const { context, stage } = useEditing()
  const [onDelete, setOnDelete] = useState(foreignKey.onDelete)
  const [onUpdate, setOnUpdate] = useState(foreignKey.onUpdate)
  const [isDeferrable, setIsDeferrable] = useState(foreignKey.isDeferrable)
  const [isInitiallyDeferred, setIsInitiallyDeferred] = useState(foreignKey.isInitiallyDeferred)
  const [problem, setProblem] = useState<string | null>(null)
  return (
    <FormDialog
      title={`Edit foreign key ${foreignKey.name}`}
      submitLabel="Change foreign key"
      busyLabel="Changing…"
      isBusy={false}
      problem={problem === null ? undefined : { message: problem }}
      onSubmit={() => {
        const reason = stage(
          changeForeignKey(context(), {
            tableId: table.id,
            constraintId: foreignKey.id,
            change: { onDelete, onUpdate, isDeferrable, isInitiallyDeferred },
          }),
        )
        setProblem(reason)
        if (reason === null) onClose()
      }}
      onClose={onClose}
    >
      <ActionFields {...{ onDelete, onUpdate, setOnDelete, setOnUpdate }} />
      <Checkbox
        label="Can be checked at the end of a transaction"
        isSelected={isDeferrable}
        onChange={(isSelected) => {
          setIsDeferrable(isSelected)
          if (!isSelected) setIsInitiallyDeferred(false)
        }}
      />
      <Checkbox
        label="Is checked there by default"
        isSelected={isInitiallyDeferred}
        isDisabled={!isDeferrable}
        onChange={setIsInitiallyDeferred}
      />
    </FormDialog>
  )
}
