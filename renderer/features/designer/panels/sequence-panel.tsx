// The inspector of a sequence: how it counts, which column it goes with.
import type { ReactNode } from 'react'
import type { Sequence, SequenceOptions } from '#contract/schema/types.ts'
import { changeSequence } from '#postgres/common/catalog/edit/objects.ts'
import { renameObject } from '#postgres/common/catalog/edit/rename.ts'
import { Select } from '../../../components/select.tsx'
import { Checkbox } from '../../../components/toggles.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { CommitField } from './commit-field.tsx'
import { DropButton } from './drop-button.tsx'
import { useEditing } from './editing.tsx'
import { Fields, PanelActions } from './section.tsx'
import { UsedBy } from './used-by.tsx'

const NUMBERS = [
  ['start', 'First value'],
  ['increment', 'Step'],
  ['min', 'Lowest'],
  ['max', 'Highest'],
  ['cache', 'Kept ready'],
] as const
const TYPES = ['bigint', 'integer', 'smallint'] as const

/** A sequence that is not an identity's. */
export function SequencePanel({ sequence }: { readonly sequence: Sequence }): ReactNode {
  const { context, stage } = useEditing()
  const { notifications } = useShell()
  const change = (options: Partial<SequenceOptions>): string | null =>
    stage(changeSequence(context(), { sequenceId: sequence.id, options }))
  const set = (options: Partial<SequenceOptions>): void => {
    const problem = change(options)
    if (problem !== null) notifications.notify({ tone: 'warning', text: problem })
  }
  return (
    <>
      <Fields>
        <CommitField
          label="Name"
          isMono
          value={sequence.name}
          onCommit={(name) => stage(renameObject(context(), { objectId: sequence.id, name }))}
        />
        <Select
          label="Type"
          options={TYPES.map((id) => ({ id, label: id }))}
          value={TYPES.find((type) => type === sequence.options.type) ?? 'bigint'}
          onChange={(type) => set({ type })}
        />
        <div className="grid grid-cols-2 gap-12">
          {NUMBERS.map(([field, label]) => (
            <CommitField
              key={field}
              label={label}
              isMono
              value={sequence.options[field]}
              onCommit={(text) => change({ [field]: text.trim() })}
            />
          ))}
        </div>
        <Checkbox
          label="Starts again at its limit"
          isSelected={sequence.options.isCycling}
          onChange={(isCycling) => set({ isCycling })}
        />
        <p className="text-small text-3">
          {sequence.ownedBy === null
            ? 'It belongs to no column.'
            : `It goes with ${sequence.ownedBy.name}.${sequence.ownedBy.column}.`}
        </p>
      </Fields>
      <UsedBy id={sequence.id} />
      <PanelActions>
        <DropButton label="Drop sequence" name={sequence.name} objectIds={[sequence.id]} />
      </PanelActions>
    </>
  )
}
