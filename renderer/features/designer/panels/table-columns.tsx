// The columns of a table in its inspector: names and types edited in place, a key toggled, each opens.
import { ChevronRight, KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Column, Table } from '#contract/schema/types.ts'
import { addColumn, changeColumn } from '#postgres/common/catalog/edit/columns.ts'
import { setPrimaryKey } from '#postgres/common/catalog/edit/constraints.ts'
import { IconButton } from '../../../components/button.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { CommitField } from './commit-field.tsx'
import { useEditing } from './editing.tsx'
import { LongList, Nothing, Section } from './section.tsx'
import { TypeField } from './type-field.tsx'

/** A section of the inspector. */
export function TableColumns({ table }: { readonly table: Table }): ReactNode {
  const { context, stage, select } = useEditing()
  const { notifications } = useShell()
  const add = (): void => {
    const edit = addColumn(context(), { tableId: table.id })
    const problem = stage(edit)
    if (problem !== null) notifications.notify({ tone: 'warning', text: problem })
    else if (edit.problem === null) select(table.id, edit.partId)
  }
  return (
    <Section title="Columns" count={table.columns.length} addLabel="Add column" onAdd={add}>
      {table.columns.length === 0 ? <Nothing>It has no columns.</Nothing> : null}
      <LongList items={table.columns} noun="columns">
        {(column) => <ColumnRow key={column.id} table={table} column={column} />}
      </LongList>
    </Section>
  )
}

function ColumnRow({ table, column }: { readonly table: Table; readonly column: Column }): ReactNode {
  const { context, stage, select } = useEditing()
  const { notifications } = useShell()
  const key = table.constraints.find(({ kind }) => kind === 'primary key')
  const keyNames = key?.kind === 'primary key' ? key.columns : []
  const isKey = keyNames.includes(column.name)
  const toggleKey = (): void => {
    const names = isKey ? keyNames.filter((name) => name !== column.name) : [...keyNames, column.name]
    const columnIds = names.flatMap((name) =>
      table.columns.filter((one) => one.name === name).map(({ id }) => id),
    )
    const problem = stage(setPrimaryKey(context(), { tableId: table.id, columnIds }))
    if (problem !== null) notifications.notify({ tone: 'warning', text: problem })
  }
  return (
    <li className="-mx-4 flex items-start gap-2">
      <IconButton
        icon={KeyRound}
        label={
          isKey ? `Take ${column.name} out of the primary key` : `Put ${column.name} into the primary key`
        }
        isActive={isKey}
        onPress={toggleKey}
      />
      <div className="min-w-0 flex-1">
        <CommitField
          label={`Name of ${column.name}`}
          isLabelHidden
          isMono
          value={column.name}
          isDisabled={column.isInherited}
          onCommit={(name) =>
            stage(changeColumn(context(), { tableId: table.id, columnId: column.id, change: { name } }))
          }
        />
      </div>
      <div className="w-[40%] flex-none">
        <TypeField
          label={`Type of ${column.name}`}
          isLabelHidden
          type={column.type}
          isDisabled={column.isInherited}
          onCommit={(type) =>
            stage(changeColumn(context(), { tableId: table.id, columnId: column.id, change: { type } }))
          }
        />
      </div>
      <IconButton
        icon={ChevronRight}
        label={`Open ${column.name}`}
        onPress={() => select(table.id, column.id)}
      />
    </li>
  )
}
