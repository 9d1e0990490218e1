// Keys, foreign keys, indexes, checks, policies and triggers of a table in its inspector.
import { Database, KeyRound, Link2, ListOrdered, ShieldCheck, SquareCheck, Zap } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Constraint, Index, Table } from '#contract/schema/types.ts'
import { addTrigger } from '#postgres/common/catalog/edit/new-definitions.ts'
import { CheckDialog } from './check-dialog.tsx'
import { ForeignKeyDialog } from './foreign-key-dialog.tsx'
import { IndexDialog } from './index-dialog.tsx'
import { KeyDialog } from './key-dialog.tsx'
import { PolicyDialog } from './policy-dialog.tsx'
import { DropButton } from './drop-button.tsx'
import { useBaseObject, useEditing } from './editing.tsx'
import { Nothing, PartRow, Section } from './section.tsx'

type Asking = 'unique' | 'foreign key' | 'check' | 'index' | 'policy' | null

/** Sections of the inspector. */
export function TableParts({ table }: { readonly table: Table }): ReactNode {
  const { context, select, stage } = useEditing()
  const [asking, setAsking] = useState<Asking>(null)
  const close = (): void => setAsking(null)
  const markOf = useMarks(table)
  const row = (part: Constraint | Index, icon: typeof KeyRound, detail: string): ReactNode => (
    <PartRow
      key={part.id}
      icon={icon}
      name={part.name}
      detail={detail}
      mark={markOf(part)}
      onPress={() => select(table.id, part.id)}
    />
  )
  const keys = table.constraints.filter(({ kind }) => kind === 'primary key' || kind === 'unique')
  const foreignKeys = table.constraints.filter(({ kind }) => kind === 'foreign key')
  const checks = table.constraints.filter(({ kind }) => kind === 'check' || kind === 'exclusion')
  return (
    <>
      <Section
        title="Keys"
        count={keys.length}
        addLabel="Add unique constraint"
        onAdd={() => setAsking('unique')}
      >
        {keys.length === 0 ? <Nothing>No primary key: choose its columns above.</Nothing> : null}
        {keys.map((key) => row(key, KeyRound, partDetail(key)))}
      </Section>
      <Section
        title="Foreign keys"
        count={foreignKeys.length}
        addLabel="Add foreign key"
        onAdd={() => setAsking('foreign key')}
      >
        {foreignKeys.length === 0 ? <Nothing>It refers to no table.</Nothing> : null}
        {foreignKeys.map((key) => row(key, Link2, partDetail(key)))}
      </Section>
      <Section
        title="Indexes"
        count={table.indexes.length}
        addLabel="Add index"
        onAdd={() => setAsking('index')}
      >
        {table.indexes.length === 0 ? <Nothing>None besides those of its keys.</Nothing> : null}
        {table.indexes.map((index) => row(index, ListOrdered, indexDetail(index)))}
      </Section>
      <Section title="Checks" count={checks.length} addLabel="Add check" onAdd={() => setAsking('check')}>
        {checks.length === 0 ? <Nothing>Every value is allowed.</Nothing> : null}
        {checks.map((check) => row(check, SquareCheck, partDetail(check)))}
      </Section>
      <Section
        title="Policies"
        count={table.policies.length}
        addLabel="Add policy"
        onAdd={() => setAsking('policy')}
      >
        {table.policies.length === 0 ? <Nothing>None.</Nothing> : null}
        {table.policies.map((policy) => (
          <PartRow
            key={policy.id}
            icon={ShieldCheck}
            name={policy.name}
            detail={policy.command}
            mark={markOf(policy)}
            onPress={() => select(table.id, policy.id)}
          />
        ))}
      </Section>
      <Section
        title="Triggers"
        count={table.triggers.length}
        addLabel="Add trigger"
        onAdd={() => {
          stage(addTrigger(context(), { tableId: table.id }))
        }}
      >
        {table.triggers.length === 0 ? <Nothing>None.</Nothing> : null}
        {table.triggers.map((trigger) => (
          <PartRow
            key={trigger.id}
            icon={Zap}
            name={trigger.name}
            mark={markOf(trigger)}
            onPress={() => select(table.id, trigger.id)}
            actions={
              <DropButton
                isSmall
                label="Drop trigger"
                name={trigger.name}
                objectIds={[table.id]}
                partId={trigger.id}
              />
            }
          />
        ))}
      </Section>
      {table.rules.length === 0 ? null : (
        <Section title="Rules" count={table.rules.length}>
          {table.rules.map((rule) => (
            <PartRow key={rule.id} icon={Database} name={rule.name} />
          ))}
        </Section>
      )}
      {asking === 'unique' ? <KeyDialog table={table} onClose={close} /> : null}
      {asking === 'foreign key' ? <ForeignKeyDialog table={table} onClose={close} /> : null}
      {asking === 'index' ? <IndexDialog table={table} onClose={close} /> : null}
      {asking === 'check' ? <CheckDialog table={table} onClose={close} /> : null}
      {asking === 'policy' ? <PolicyDialog table={table} onClose={close} /> : null}
    </>
  )
}

/** What the draft did to a part. */
function useMarks(table: Table): (part: { readonly id: string }) => 'new' | 'changed' | undefined {
  const before = useBaseObject(table.id)
  if (before?.kind !== 'table') return () => undefined
  const known = new Map(
    [...before.constraints, ...before.indexes, ...before.policies].map((part) => [
      part.id,
      JSON.stringify(part),
    ]),
  )
  return (part) => {
    const old = known.get(part.id)
    return old === undefined ? 'new' : old === JSON.stringify(part) ? undefined : 'changed'
  }
}

/** What a constraint says, in short. */
function partDetail(constraint: Constraint): string {
  switch (constraint.kind) {
    case 'primary key':
    case 'unique':
      return `${constraint.kind === 'unique' ? 'unique ' : ''}${constraint.columns.join(', ')}`
    case 'foreign key':
      return `${constraint.columns.join(', ')} → ${constraint.references.name}`
    case 'check':
      return constraint.expression
    case 'exclusion':
      return constraint.definition
  }
}

function indexDetail(index: Index): string {
  const over = index.elements.map(({ column, expression }) => column ?? expression ?? '').join(', ')
  return `${index.isUnique ? 'unique ' : ''}${index.method === 'btree' ? '' : `${index.method} `}${over}`
}
