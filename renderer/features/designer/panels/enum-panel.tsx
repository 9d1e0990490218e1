// The inspector of an enum: its values, named in place, moved, added, removed.
import { ArrowDown, ArrowUp, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { EnumType } from '#contract/schema/types.ts'
import { renameObject } from '#postgres/common/catalog/edit/rename.ts'
import { setComment } from '#postgres/common/catalog/edit/tables.ts'
import { addLabel, moveLabel, removeLabel, renameLabel } from '#postgres/common/catalog/edit/types.ts'
import { IconButton } from '../../../components/button.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { CommitField } from './commit-field.tsx'
import { DropButton } from './drop-button.tsx'
import { useBaseObject, useEditing } from './editing.tsx'
import { Fields, LongList, PanelActions, Section } from './section.tsx'
import { UsedBy } from './used-by.tsx'

/** An enum as a whole. */
export function EnumPanel({ type }: { readonly type: EnumType }): ReactNode {
  const { context, stage } = useEditing()
  const before = useBaseObject(type.id)
  const removed =
    before?.kind === 'enum' && before.labels.some(({ id }) => !type.labels.some((one) => one.id === id))
  return (
    <>
      <Fields>
        <CommitField
          label="Name"
          isMono
          value={type.name}
          onCommit={(name) => stage(renameObject(context(), { objectId: type.id, name }))}
          help={before === undefined || before.name === type.name ? undefined : `Was ${before.name}.`}
        />
        <CommitField
          label="Comment"
          rows={2}
          value={type.comment ?? ''}
          onCommit={(comment) => stage(setComment(context(), { objectId: type.id, comment }))}
        />
      </Fields>
      <Section title="Values" count={type.labels.length}>
        <LongList items={type.labels} noun="values">
          {({ id, label }, at) => <Value key={id} type={type} id={id} label={label} at={at} />}
        </LongList>
        <NewValue type={type} />
        {removed ? (
          <p className="mt-6 text-small text-warning">
            Postgres cannot take a value out of an enum: the migration makes the type anew, and fails while a
            row has the value.
          </p>
        ) : null}
      </Section>
      <UsedBy id={type.id} />
      <PanelActions>
        <DropButton label="Drop enum" name={type.name} objectIds={[type.id]} />
      </PanelActions>
    </>
  )
}

interface ValueProps {
  readonly type: EnumType
  readonly id: string
  readonly label: string
  readonly at: number
}

function Value({ type, id, label, at }: ValueProps): ReactNode {
  const { context, stage } = useEditing()
  const { notifications } = useShell()
  const tell = (problem: string | null): void => {
    if (problem !== null) notifications.notify({ tone: 'warning', text: problem })
  }
  const move = (to: number): void => tell(stage(moveLabel(context(), { enumId: type.id, labelId: id, to })))
  return (
    <li className="-mx-4 flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <CommitField
          label={`Value ${label}`}
          isLabelHidden
          isMono
          value={label}
          onCommit={(next) => stage(renameLabel(context(), { enumId: type.id, labelId: id, label: next }))}
        />
      </div>
      <IconButton
        icon={ArrowUp}
        label={`Move ${label} up`}
        isDisabled={at === 0}
        onPress={() => move(at - 1)}
      />
      <IconButton
        icon={ArrowDown}
        label={`Move ${label} down`}
        isDisabled={at === type.labels.length - 1}
        onPress={() => move(at + 1)}
      />
      <IconButton
        icon={Trash2}
        label={`Remove ${label}`}
        onPress={() => tell(stage(removeLabel(context(), { enumId: type.id, labelId: id })))}
      />
    </li>
  )
}

/** A new key after each value empties the field. */
function NewValue({ type }: { readonly type: EnumType }): ReactNode {
  const { context, stage } = useEditing()
  const [count, setCount] = useState(0)
  return (
    <div className="mt-6">
      <CommitField
        key={count}
        label="Add value"
        isMono
        value=""
        placeholder="new value, then Enter"
        autoFocus={count > 0}
        onCommit={(label) => {
          const problem = label.trim() === '' ? null : stage(addLabel(context(), { enumId: type.id, label }))
          if (problem === null) setCount(count + 1)
          return problem
        }}
      />
    </div>
  )
}
