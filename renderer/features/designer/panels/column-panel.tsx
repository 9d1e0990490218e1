// The inspector of a column: its name, type, nullability, default, identity, what rows get, comment, what uses it.
import { Undo2, Scissors } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Column, Table } from '#contract/schema/types.ts'
import {
  changeColumn,
  nameParts,
  splitColumn,
  type ColumnChange,
} from '#postgres/common/catalog/edit/columns.ts'
import { readableName } from '#postgres/common/sql/readable-name.ts'
import { Badge } from '../../../components/badge.tsx'
import { Button } from '../../../components/button.tsx'
import { Select } from '../../../components/select.tsx'
import { Checkbox } from '../../../components/toggles.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { useStore } from '../../../host/store.ts'
import { fillOf } from '../actions/fill.ts'
import { CommitField } from './commit-field.tsx'
import { DropButton } from './drop-button.tsx'
import { useBaseObject, useEditing } from './editing.tsx'
import { Fields, PanelActions } from './section.tsx'
import { TypeField, shownType } from './type-field.tsx'
import { UsedBy } from './used-by.tsx'

export interface ColumnPanelProps {
  readonly table: Table
  readonly column: Column
}

/** A column of a table. */
export function ColumnPanel({ table, column }: ColumnPanelProps): ReactNode {
  const { context, stage } = useEditing()
  const { notifications } = useShell()
  const base = useBaseObject(table.id)
  const before = base?.kind === 'table' ? base.columns.find(({ id }) => id === column.id) : undefined
  const change = (what: ColumnChange): string | null =>
    stage(changeColumn(context(), { tableId: table.id, columnId: column.id, change: what }))
  /** For controls that have no place for a reason. */
  const set = (what: ColumnChange): void => {
    const problem = change(what)
    if (problem !== null) notifications.notify({ tone: 'warning', text: problem })
  }
  const isTextColumn = /^(text|character|bpchar)/.test(column.type)
  return (
    <div key={column.id}>
      <Fields>
        <CommitField
          label="Name"
          isMono
          value={column.name}
          isDisabled={column.isInherited}
          onCommit={(name) => change({ name })}
          help={renamed(before, column)}
        />
        <TypeField
          type={column.type}
          isDisabled={column.isInherited}
          onCommit={(type) => change({ type })}
          help={
            before === undefined || before.type === column.type ? undefined : `Was ${shownType(before.type)}.`
          }
        />
        <div className="flex items-center gap-8">
          <Checkbox
            label="Not null"
            isSelected={!column.isNullable}
            isDisabled={column.identity !== null || isInPrimaryKey(table, column)}
            onChange={(isNotNull) => set({ isNullable: !isNotNull })}
          />
          <span className="flex-1" />
          {before === undefined || before.isNullable === column.isNullable ? null : (
            <Badge tone="warning">{before.isNullable ? 'was nullable' : 'was not null'}</Badge>
          )}
        </div>
        <Value column={column} change={change} set={set} />
        <Fill table={table} column={column} before={before} />
        <CommitField
          label="Comment"
          rows={2}
          value={column.comment ?? ''}
          onCommit={(comment) => change({ comment })}
        />
        <MoreColumnFields column={column} change={change} set={set} />
        {column.isInherited ? (
          <p className="text-small text-3">
            It comes from{' '}
            {table.partitionOf?.parent.name ?? table.inherits.map(({ name }) => name).join(', ')}: its name
            and type are changed there.
          </p>
        ) : null}
        <p className="text-small text-3">
          Postgres keeps columns in the order in which they were added; they cannot be moved.
        </p>
      </Fields>
      <UsedBy id={column.id} />
      <PanelActions>
        <DropButton
          label="Drop column"
          name={`${table.name}.${column.name}`}
          objectIds={[table.id]}
          partId={column.id}
        />
        <span className="flex-1" />
        {isTextColumn && /name$/i.test(column.name) ? (
          <Button
            variant="ghost"
            icon={Scissors}
            onPress={() => {
              const into = nameParts(readableName(column.name))
              const problem = stage(splitColumn(context(), { tableId: table.id, columnId: column.id, into }))
              notifications.notify(
                problem === null
                  ? {
                      text: 'Added first_name and last_name. The migration fills them; it can be edited there.',
                    }
                  : { tone: 'warning', text: problem },
              )
            }}
          >
            Split name
          </Button>
        ) : null}
        {before === undefined || JSON.stringify(before) === JSON.stringify(column) ? null : (
          <Button variant="ghost" icon={Undo2} onPress={() => set(changeBackTo(before))}>
            Revert
          </Button>
        )}
      </PanelActions>
    </div>
  )
}

function renamed(before: Column | undefined, column: Column): string | undefined {
  return before === undefined || before.name === column.name ? undefined : `Was ${before.name}.`
}

function isInPrimaryKey(table: Table, column: Column): boolean {
  return table.constraints.some((one) => one.kind === 'primary key' && one.columns.includes(column.name))
}

function changeBackTo(before: Column): ColumnChange {
  return {
    name: before.name,
    type: before.type,
    isNullable: before.isNullable,
    default: before.default,
    identity: before.identity?.kind ?? null,
    generated: before.generated,
    collation: before.collation,
    storage: before.storage,
    compression: before.compression,
    comment: before.comment ?? '',
  }
}

type Source = 'default' | 'always' | 'by default' | 'stored' | 'virtual'

interface ValueProps {
  readonly column: Column
  readonly change: (what: ColumnChange) => string | null
  readonly set: (what: ColumnChange) => void
}

/** Where values come from: a default, an identity, an expression over other columns. */
function Value({ column, change, set }: ValueProps): ReactNode {
  const { model } = useEditing()
  const current: Source = column.identity?.kind ?? column.generated?.kind ?? 'default'
  /** A generated column needs its expression first. */
  const [chosen, setChosen] = useState<'stored' | 'virtual' | null>(null)
  const source = chosen ?? current
  const isGenerated = source === 'stored' || source === 'virtual'
  return (
    <>
      <Select<Source>
        label="Value"
        options={[
          { id: 'default', label: 'As given, or a default' },
          { id: 'always', label: 'Identity', detail: 'always generated' },
          { id: 'by default', label: 'Identity', detail: 'unless given' },
          { id: 'stored', label: 'Generated', detail: 'stored' },
          ...(model.serverVersion >= 180000
            ? [{ id: 'virtual' as const, label: 'Generated', detail: 'when read' }]
            : []),
        ]}
        value={source}
        isDisabled={column.isInherited}
        onChange={(next) => {
          setChosen(null)
          if (next === 'always' || next === 'by default')
            set({ identity: next, default: null, generated: null })
          else if (next === 'default') set({ identity: null, generated: null })
          else if (column.generated !== null)
            set({ generated: { expression: column.generated.expression, kind: next } })
          else setChosen(next)
        }}
      />
      {source === 'default' ? (
        <CommitField
          label="Default"
          isMono
          value={column.default ?? ''}
          placeholder="none"
          onCommit={(text) => change({ default: text })}
          help="An SQL expression. For new rows only."
        />
      ) : null}
      {isGenerated ? (
        <CommitField
          key={source}
          label="Expression"
          isMono
          rows={2}
          autoFocus={chosen !== null}
          value={column.generated?.expression ?? ''}
          placeholder="price * quantity"
          onCommit={(expression) => {
            const kind = source === 'virtual' ? 'virtual' : 'stored'
            const problem = change({ generated: { expression, kind }, default: null, identity: null })
            if (problem === null) setChosen(null)
            return problem
          }}
          help="Over other columns of the row."
        />
      ) : null}
    </>
  )
}

/** Offered where rows that are there lack a value that they will need, or could have one. */
function Fill({
  table,
  column,
  before,
}: ColumnPanelProps & { readonly before: Column | undefined }): ReactNode {
  const { context, stage, session } = useEditing()
  const { steps, head } = useStore(session.draft.state)
  const base = useBaseObject(table.id)
  if (base === undefined || column.identity !== null || column.generated !== null) return null
  const current = fillOf(steps.slice(0, head), column.id)
  const needsOne = !column.isNullable && (before === undefined ? column.default === null : before.isNullable)
  if (!needsOne && current === '') return null
  return (
    <CommitField
      label="Fill null rows with"
      isMono
      value={current}
      placeholder="nothing"
      onCommit={(fill) =>
        stage(changeColumn(context(), { tableId: table.id, columnId: column.id, change: { fill } }))
      }
      help={
        before === undefined
          ? 'Rows that are there get it before the column forbids null. Without it the migration fails where the table has rows.'
          : 'Rows where it is null get it before the column forbids null.'
      }
    />
  )
}

const STORAGES = ['plain', 'external', 'extended', 'main'] as const

function MoreColumnFields({ column, change, set }: ValueProps): ReactNode {
  const [isOpen, setIsOpen] = useState(false)
  if (!isOpen)
    return (
      <div>
        <Button variant="ghost" size="compact" onPress={() => setIsOpen(true)}>
          Collation and storage
        </Button>
      </div>
    )
  return (
    <>
      <CommitField
        label="Collation"
        isMono
        value={column.collation ?? ''}
        placeholder="of the type"
        isDisabled={column.isInherited}
        onCommit={(text) => change({ collation: text.trim() === '' ? null : text.trim() })}
        help={'As SQL names it: "C", pg_catalog."de-x-icu".'}
      />
      <Select
        label="Storage"
        options={[{ id: 'type', label: 'Of the type' }, ...STORAGES.map((id) => ({ id, label: id }))]}
        value={column.storage ?? 'type'}
        onChange={(id) => set({ storage: STORAGES.find((one) => one === id) ?? null })}
      />
    </>
  )
}
