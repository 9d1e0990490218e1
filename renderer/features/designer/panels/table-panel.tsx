// The inspector of a table: name, schema, columns edited in place, keys, indexes, checks, foreign keys, policies, triggers, comment.
import type { ReactNode } from 'react'
import type { Table } from '#contract/schema/types.ts'
import { addJunction } from '#postgres/common/catalog/edit/foreign-keys.ts'
import { moveObjects, renameObject } from '#postgres/common/catalog/edit/rename.ts'
import { changeTable, setComment } from '#postgres/common/catalog/edit/tables.ts'
import { indexModel } from '#postgres/common/catalog/find.ts'
import { Link } from 'lucide-react'
import { Button } from '../../../components/button.tsx'
import { MenuButton } from '../../../components/menu.tsx'
import { Select } from '../../../components/select.tsx'
import { Switch } from '../../../components/toggles.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { CommitField } from './commit-field.tsx'
import { DropButton } from './drop-button.tsx'
import { useBaseObject, useEditing, useSchemaNames } from './editing.tsx'
import { Fields, PanelActions } from './section.tsx'
import { TableColumns } from './table-columns.tsx'
import { TableParts } from './table-parts.tsx'
import { UsedBy } from './used-by.tsx'

/** A table as a whole. */
export function TablePanel({ table }: { readonly table: Table }): ReactNode {
  const { context, stage } = useEditing()
  const { notifications } = useShell()
  const schemas = useSchemaNames()
  const before = useBaseObject(table.id)
  const tell = (problem: string | null): void => {
    if (problem !== null) notifications.notify({ tone: 'warning', text: problem })
  }
  return (
    <>
      <Fields>
        <CommitField
          label="Name"
          isMono
          value={table.name}
          onCommit={(name) => stage(renameObject(context(), { objectId: table.id, name }))}
          help={before === undefined || before.name === table.name ? undefined : `Was ${before.name}.`}
        />
        {schemas.length > 1 ? (
          <Select
            label="Schema"
            options={schemas.map((id) => ({ id, label: id }))}
            value={table.schema}
            onChange={(schema) => tell(stage(moveObjects(context(), { objectIds: [table.id], schema })))}
          />
        ) : null}
        <CommitField
          label="Comment"
          rows={2}
          value={table.comment ?? ''}
          onCommit={(comment) => stage(setComment(context(), { objectId: table.id, comment }))}
        />
        {table.partitionOf === null ? null : (
          <p className="text-small text-3">
            A partition of {table.partitionOf.parent.name} {table.partitionOf.bound}.
          </p>
        )}
        {table.partitionKey === null ? null : (
          <p className="text-small text-3">Partitioned by {table.partitionKey}.</p>
        )}
      </Fields>
      <TableColumns table={table} />
      <TableParts table={table} />
      <section aria-label="Row-level security" className="border-t border-line-1 px-12 py-10">
        <div className="flex flex-col gap-8">
          <Switch
            label="Row-level security"
            isSelected={table.hasRowSecurity}
            onChange={(hasRowSecurity) =>
              tell(stage(changeTable(context(), { tableId: table.id, change: { hasRowSecurity } })))
            }
          />
          <Switch
            label="For its owner too"
            isSelected={table.isRowSecurityForced}
            isDisabled={!table.hasRowSecurity}
            onChange={(isRowSecurityForced) =>
              tell(stage(changeTable(context(), { tableId: table.id, change: { isRowSecurityForced } })))
            }
          />
          {table.hasRowSecurity && table.policies.length === 0 ? (
            <p className="text-small text-warning">Without a policy nobody but the owner sees a row.</p>
          ) : null}
        </div>
      </section>
      <UsedBy id={table.id} />
      <PanelActions>
        <DropButton label="Drop table" name={table.name} objectIds={[table.id]} />
        <span className="flex-1" />
        <JunctionButton table={table} onProblem={tell} />
      </PanelActions>
    </>
  )
}

function JunctionButton({
  table,
  onProblem,
}: {
  readonly table: Table
  readonly onProblem: (problem: string | null) => void
}): ReactNode {
  const { model, context, stage } = useEditing()
  const others = indexModel(model)
    .ofKind('table')
    .filter((other) => other.constraints.some(({ kind }) => kind === 'primary key'))
    .toSorted((a, b) => a.name.localeCompare(b.name))
  return (
    <MenuButton
      label="Join many to many with"
      placement="top end"
      entries={others.map((other) => ({
        id: other.id,
        label: other.name,
        detail: other.schema,
        onAction: () => onProblem(stage(addJunction(context(), { leftId: table.id, rightId: other.id }))),
      }))}
    >
      <Button variant="ghost" icon={Link} isDisabled={others.length === 0}>
        Many to many
      </Button>
    </MenuButton>
  )
}
