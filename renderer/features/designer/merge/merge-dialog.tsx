// Conflicts between the draft and the database, object by object: as it was, mine, the database's. What is chosen is shown as SQL before anything is taken over.
import { Check, TriangleAlert } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import type { MergeChoices, MergeConflict } from '#postgres/common/merge/merge-models.ts'
import { Button } from '../../../components/button.tsx'
import { classNames } from '../../../components/class-names.ts'
import { CodeBlock } from '../../../components/code-block.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { useCommands } from '../../../shell/shell.tsx'
import { useCaps } from '../../../shell/command-hint.tsx'
import { countOf, scriptOf } from '../../migrations/index.ts'
import type { DraftState } from '../draft.ts'
import { planSteps } from '../review/plan-steps.ts'
import { mergeDraft } from './merge-draft.ts'

type Side = 'mine' | 'live'

export interface MergeDialogProps {
  readonly draft: DraftState
  readonly live: SchemaModel
  readonly conflicts: readonly MergeConflict[]
  readonly onMerge: (steps: readonly ModelPatch[]) => void
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function MergeDialog({ draft, live, conflicts, onMerge, onClose }: MergeDialogProps): ReactNode {
  const [choices, setChoices] = useState<MergeChoices>(new Map())
  const groups = useMemo(() => byObject(conflicts), [conflicts])
  const [shownId, setShownId] = useState(groups[0]?.objectId ?? '')
  const shown = groups.find(({ objectId }) => objectId === shownId) ?? groups[0]
  const isDone = (group: ConflictGroup): boolean => group.conflicts.every(({ id }) => choices.has(id))
  const left = conflicts.filter(({ id }) => !choices.has(id)).length
  const outcome = useMemo(() => mergeDraft(draft, live, choices), [draft, live, choices])
  const preview = useMemo(() => previewOf(live, outcome.steps), [live, outcome.steps])

  const choose = (list: readonly MergeConflict[], side: Side): void =>
    setChoices((before) => new Map([...before, ...list.map(({ id }) => [id, side] as const)]))
  const next = (): void => {
    const at = groups.findIndex(({ objectId }) => objectId === shown?.objectId)
    const following = [...groups.slice(at + 1), ...groups.slice(0, at)]
    const open = following.find((group) => !isDone(group)) ?? following[0]
    if (open !== undefined) setShownId(open.objectId)
  }
  useCommands([
    {
      id: 'merge.next',
      title: 'Next object',
      group: 'Designer',
      keys: ['Alt+Down'],
      worksInDialogs: true,
      isHidden: true,
      run: next,
    },
    {
      id: 'merge.apply',
      title: 'Merge the draft',
      group: 'Designer',
      keys: ['Mod+Enter'],
      worksInDialogs: true,
      isHidden: true,
      when: () => left === 0,
      run: () => onMerge(outcome.steps),
    },
  ])
  const nextCaps = useCaps('merge.next')
  const applyCaps = useCaps('merge.apply')

  return (
    <Dialog
      title="Choose between your draft and the database"
      width="wide"
      isOpen
      onClose={onClose}
      hint={
        left === 0
          ? 'All chosen. The database itself is not changed by this.'
          : `${countOf(left, 'choice')} left`
      }
      actions={
        <>
          <Button onPress={onClose}>Decide later</Button>
          {groups.length > 1 ? (
            <Button caps={nextCaps} onPress={next}>
              Next object
            </Button>
          ) : null}
          <Button
            variant="primary"
            caps={applyCaps}
            disabledReason={left === 0 ? undefined : 'Choose for every conflict first.'}
            onPress={() => onMerge(outcome.steps)}
          >
            Merge the draft
          </Button>
        </>
      }
    >
      <p className="mb-12 text-small text-2">
        You changed these in the draft. Somebody changed the same in the database since. Only what differs is
        shown; everything else is merged already.
      </p>
      <div className="flex h-[54vh] min-h-0 gap-16">
        <nav
          aria-label="Objects with conflicts"
          className="w-240 flex-none overflow-auto border-r border-line-2 pr-8"
        >
          <ul>
            {groups.map((group) => (
              <li key={group.objectId}>
                <button
                  type="button"
                  aria-current={group === shown}
                  onClick={() => setShownId(group.objectId)}
                  className={classNames(
                    'flex h-32 w-full items-center gap-8 rounded-control px-8 text-left text-small hover:bg-hover',
                    group === shown && 'bg-active',
                  )}
                >
                  {isDone(group) ? (
                    <Check
                      aria-hidden="true"
                      size={14}
                      strokeWidth={1.75}
                      className="flex-none text-success"
                    />
                  ) : (
                    <TriangleAlert
                      aria-hidden="true"
                      size={14}
                      strokeWidth={1.75}
                      className="flex-none text-warning"
                    />
                  )}
                  <span className="min-w-0 flex-1 truncate">{group.name}</span>
                  <span className="flex-none text-2">
                    {isDone(group) ? 'chosen' : countOf(group.conflicts.length, 'conflict')}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </nav>
        {shown === undefined ? null : (
          <div className="flex min-w-0 flex-1 flex-col gap-12 overflow-auto pr-4">
            <div className="flex flex-none items-center gap-8">
              <h3 className="min-w-0 truncate text-heading">{shown.name}</h3>
              <span className="flex-1" />
              <Button onPress={() => choose(shown.conflicts, 'mine')}>All mine</Button>
              <Button onPress={() => choose(shown.conflicts, 'live')}>All from the database</Button>
            </div>
            <ConflictTable
              conflicts={shown.conflicts}
              choices={choices}
              onChoose={(conflict, side) => choose([conflict], side)}
            />
            <section className="flex min-h-120 flex-col gap-6">
              <h3 className="text-heading">Your draft will then do</h3>
              <CodeBlock
                label="SQL of the merged draft"
                language="sql"
                text={preview}
                className="max-h-240 rounded-card border border-line-2 bg-s2"
              />
            </section>
          </div>
        )}
      </div>
    </Dialog>
  )
}

interface ConflictGroup {
  readonly objectId: string
  readonly name: string
  readonly conflicts: readonly MergeConflict[]
}

function byObject(conflicts: readonly MergeConflict[]): readonly ConflictGroup[] {
  const groups = new Map<string, MergeConflict[]>()
  for (const conflict of conflicts) {
    const list = groups.get(conflict.objectId)
    if (list === undefined) groups.set(conflict.objectId, [conflict])
    else list.push(conflict)
  }
  return [...groups].map(([objectId, list]) => ({
    objectId,
    // The shortest is the object's own, or the nearest there is to it.
    name: list.map(({ name }) => name).reduce((a, b) => (b.length < a.length ? b : a)),
    conflicts: list,
  }))
}

function ConflictTable(props: {
  readonly conflicts: readonly MergeConflict[]
  readonly choices: MergeChoices
  readonly onChoose: (conflict: MergeConflict, side: Side) => void
}): ReactNode {
  const head = 'h-30 px-10 text-left font-medium whitespace-nowrap'
  return (
    <table aria-label="Conflicts" className="w-full table-fixed border-collapse text-small">
      <thead className="text-2">
        <tr className="border-b border-line-1">
          <th scope="col" className={head}>
            What
          </th>
          <th scope="col" className={head}>
            Before
          </th>
          <th scope="col" className={head}>
            Mine, in the draft
          </th>
          <th scope="col" className={head}>
            In the database
          </th>
        </tr>
      </thead>
      <tbody>
        {props.conflicts.map((conflict) => (
          <tr key={conflict.id} className="border-b border-line-1 align-top">
            <th scope="row" className="px-10 py-8 text-left font-normal [overflow-wrap:anywhere]">
              <span className="font-medium">{conflict.name}</span>{' '}
              <span className="text-2">{conflict.field ?? ''}</span>
            </th>
            <td className="px-10 py-8 font-mono text-data [overflow-wrap:anywhere] whitespace-pre-wrap text-2">
              {conflict.base ?? 'not there'}
            </td>
            {(['mine', 'live'] as const).map((side) => (
              <td key={side} className="p-0">
                <Choice
                  conflict={conflict}
                  side={side}
                  isChosen={props.choices.get(conflict.id) === side}
                  onChoose={() => props.onChoose(conflict, side)}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const SIDE_WORDS = { mine: 'mine', live: 'the database’s' } as const

function Choice(props: {
  readonly conflict: MergeConflict
  readonly side: Side
  readonly isChosen: boolean
  readonly onChoose: () => void
}): ReactNode {
  const { conflict, side, isChosen } = props
  const value = conflict[side]
  const words = value ?? (conflict.field === null ? 'dropped' : 'none')
  return (
    <label
      className={classNames(
        'flex min-h-36 items-start gap-8 px-10 py-8 hover:bg-hover focus-within:outline-2 focus-within:-outline-offset-2 focus-within:outline-accent-text',
        isChosen && 'bg-accent-soft outline-1 -outline-offset-1 outline-accent-text',
      )}
    >
      <input
        type="radio"
        name={conflict.id}
        aria-label={`${conflict.name}${conflict.field === null ? '' : `, ${conflict.field}`}: ${SIDE_WORDS[side]}, ${words}`}
        checked={isChosen}
        onChange={props.onChoose}
        className="mt-2 size-14 flex-none accent-accent outline-none"
      />
      <span className="min-w-0 font-mono text-data [overflow-wrap:anywhere] whitespace-pre-wrap">
        {words}
      </span>
    </label>
  )
}

function previewOf(live: SchemaModel, steps: readonly ModelPatch[]): string {
  try {
    const { up } = planSteps(live, steps)
    return up.length === 0 ? '-- Nothing: the draft has no changes left.' : scriptOf(up)
  } catch (error) {
    return `-- ${error instanceof Error ? error.message : String(error)}`
  }
}
