// The inspector of a constraint, index, policy, trigger: its name, what it says, what uses it.
import { PencilLine } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Constraint, Index, Policy, Table, Trigger } from '#contract/schema/types.ts'
import { changeTrigger } from '#postgres/common/catalog/edit/definitions.ts'
import { renamePart } from '#postgres/common/catalog/edit/rename-part.ts'
import { setComment } from '#postgres/common/catalog/edit/tables.ts'
import { Button } from '../../../components/button.tsx'
import { CodeBlock } from '../../../components/code-block.tsx'
import { CheckDialog } from './check-dialog.tsx'
import { CommitField } from './commit-field.tsx'
import { DefinitionEditor } from './definition-editor.tsx'
import { DropButton } from './drop-button.tsx'
import { useEditing } from './editing.tsx'
import { ForeignKeyDialog } from './foreign-key-dialog.tsx'
import { IndexDialog } from './index-dialog.tsx'
import { PolicyDialog } from './policy-dialog.tsx'
import { Fields, PanelActions } from './section.tsx'
import { UsedBy } from './used-by.tsx'

type Part =
  | { readonly kind: 'constraint'; readonly part: Constraint }
  | { readonly kind: 'index'; readonly part: Index }
  | { readonly kind: 'policy'; readonly part: Policy }
  | { readonly kind: 'trigger'; readonly part: Trigger }

/** The part of the table with this id; undefined for a column or one that is gone. */
export function findPart(table: Table, id: string): Part | undefined {
  const constraint = table.constraints.find((one) => one.id === id)
  if (constraint !== undefined) return { kind: 'constraint', part: constraint }
  const index = table.indexes.find((one) => one.id === id)
  if (index !== undefined) return { kind: 'index', part: index }
  const policy = table.policies.find((one) => one.id === id)
  if (policy !== undefined) return { kind: 'policy', part: policy }
  const trigger = table.triggers.find((one) => one.id === id)
  return trigger === undefined ? undefined : { kind: 'trigger', part: trigger }
}

/** The word for it: `foreign key`, `index`. */
export function partWord({ kind, part }: Part): string {
  return kind === 'constraint' ? part.kind : kind
}

/** A part of a table that is no column. */
export function PartPanel({ table, found }: { readonly table: Table; readonly found: Part }): ReactNode {
  const { context, stage } = useEditing()
  const [isEditing, setIsEditing] = useState(false)
  const { part } = found
  const isInherited =
    ('isInherited' in part && part.isInherited) || ('parent' in part && part.parent !== null)
  const word = partWord(found)
  return (
    <>
      <Fields>
        <CommitField
          label="Name"
          isMono
          value={part.name}
          isDisabled={found.kind === 'trigger' || ('isInherited' in part && part.isInherited)}
          onCommit={(name) => stage(renamePart(context(), { objectId: table.id, partId: part.id, name }))}
        />
        <Lines lines={linesOf(found)} />
        {found.kind === 'trigger' && isInherited ? (
          <CodeBlock label="Definition" language="sql" text={found.part.definition} />
        ) : null}
        <CommitField
          label="Comment"
          rows={2}
          value={part.comment ?? ''}
          onCommit={(comment) =>
            stage(setComment(context(), { objectId: table.id, partId: part.id, comment }))
          }
        />
        {isInherited ? (
          <p className="text-small text-3">It comes from a parent table and is changed there.</p>
        ) : null}
      </Fields>
      {found.kind === 'trigger' && !isInherited ? (
        <DefinitionEditor
          key={`${part.id} ${found.part.definition}`}
          id={part.id}
          title="Definition"
          label={`Definition of ${part.name}`}
          text={found.part.definition}
          onStage={(definition) =>
            stage(changeTrigger(context(), { tableId: table.id, triggerId: part.id, definition }))
          }
        />
      ) : null}
      <UsedBy id={part.id} />
      <PanelActions>
        {isInherited ? null : (
          <DropButton label={`Drop ${word}`} name={part.name} objectIds={[table.id]} partId={part.id} />
        )}
        <span className="flex-1" />
        {isInherited || !isEditable(found) ? null : (
          <Button icon={PencilLine} onPress={() => setIsEditing(true)}>
            Edit
          </Button>
        )}
      </PanelActions>
      {isEditing ? <EditDialog table={table} found={found} onClose={() => setIsEditing(false)} /> : null}
    </>
  )
}

function isEditable({ kind, part }: Part): boolean {
  if (kind === 'index' || kind === 'policy') return true
  return kind === 'constraint' && (part.kind === 'check' || part.kind === 'foreign key')
}

function EditDialog({
  table,
  found,
  onClose,
}: {
  readonly table: Table
  readonly found: Part
  readonly onClose: () => void
}): ReactNode {
  if (found.kind === 'index') return <IndexDialog table={table} index={found.part} onClose={onClose} />
  if (found.kind === 'policy') return <PolicyDialog table={table} policy={found.part} onClose={onClose} />
  if (found.kind !== 'constraint') return null
  const { part } = found
  if (part.kind === 'check') return <CheckDialog table={table} check={part} onClose={onClose} />
  return part.kind === 'foreign key' ? (
    <ForeignKeyDialog table={table} foreignKey={part} onClose={onClose} />
  ) : null
}

type Line = readonly [label: string, value: string]

function linesOf({ kind, part }: Part): readonly Line[] {
  switch (kind) {
    case 'constraint':
      return constraintLines(part)
    case 'index':
      return [
        ['Over', part.elements.map(({ column, expression }) => column ?? expression ?? '').join(', ')],
        ['Method', part.method],
        ['Unique', part.isUnique ? 'yes' : 'no'],
        ...(part.include.length === 0 ? [] : [['Includes', part.include.join(', ')] as const]),
        ...(part.where === null ? [] : [['Where', part.where] as const]),
        ...(part.isValid ? [] : [['State', 'Not valid: building it failed'] as const]),
      ]
    case 'policy':
      return [
        ['For', part.command],
        ['Effect', part.isPermissive ? 'allows' : 'restricts'],
        ['Roles', part.roles.length === 0 ? 'everybody' : part.roles.join(', ')],
        ...(part.using === null ? [] : [['Using', part.using] as const]),
        ...(part.check === null ? [] : [['With check', part.check] as const]),
      ]
    case 'trigger':
      return [['Fires', part.enabled === 'disabled' ? 'never: it is disabled' : 'yes']]
  }
}

function constraintLines(part: Constraint): readonly Line[] {
  switch (part.kind) {
    case 'primary key':
    case 'unique':
      return [['Columns', part.columns.join(', ')]]
    case 'foreign key':
      return [
        ['Columns', part.columns.join(', ')],
        [
          'Refers to',
          `${part.references.schema}.${part.references.name} (${part.references.columns.join(', ')})`,
        ],
        ['On delete', part.onDelete],
        ['On update', part.onUpdate],
        ...(part.isValidated ? [] : [['State', 'Not validated: rows from before may break it'] as const]),
      ]
    case 'check':
      return [
        ['Condition', part.expression],
        ...(part.isValidated ? [] : [['State', 'Not validated: rows from before may break it'] as const]),
      ]
    case 'exclusion':
      return [['Definition', part.definition]]
  }
}

function Lines({ lines }: { readonly lines: readonly Line[] }): ReactNode {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-12 gap-y-4 text-small">
      {lines.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-3">{label}</dt>
          <dd className="min-w-0 font-mono text-data [overflow-wrap:anywhere] select-text">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
