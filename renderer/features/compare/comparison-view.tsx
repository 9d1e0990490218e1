// What a comparison found: renames to confirm, differences to choose, their SQL to copy, save or apply.
import { FileCheck2 } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { CodeBlock } from '../../components/code-block.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { useShell } from '../../shell/shell.tsx'
import { countOf, createReviewText, kindWord, ReviewDialog, scriptOf } from '../migrations/index.ts'
import type { LoadedModel } from '../schema/index.ts'
import { compareSchemas, planChosen, renameKey, renamesOf, type ChosenPlan } from './comparison.ts'
import { DifferenceTree } from './difference-tree.tsx'

export interface ComparisonViewProps {
  readonly older: LoadedModel
  readonly newer: LoadedModel
  readonly target: ConnectionId | null
  readonly words: { readonly older: string; readonly newer: string }
  readonly isReadOnly: boolean
  readonly onApplied: () => void
}

/** Everything below the two sources. */
export function ComparisonView(props: ComparisonViewProps): ReactNode {
  const { older, newer, target, words } = props
  const { notifications } = useShell()
  const proposals = useMemo(() => renamesOf(older.model, newer.model), [older, newer])
  const [confirmed, setConfirmed] = useState<ReadonlySet<string>>(new Set())
  const comparison = useMemo(
    () =>
      compareSchemas(
        older.model,
        newer.model,
        proposals.filter((one) => confirmed.has(renameKey(one))),
      ),
    [older, newer, proposals, confirmed],
  )
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const planned = useMemo(() => tryPlan(comparison, chosen), [comparison, chosen])
  const [text, setText] = useState(createReviewText)
  const [isReviewing, setIsReviewing] = useState(false)
  const problems = [...older.problems, ...newer.problems]
  const script = planned.made === null ? '' : scriptOf(planned.made.plan.up)

  if (comparison.changes.length === 0)
    return (
      <Card>
        <EmptyState title="No differences">
          The schemas of {words.older} and {words.newer} are the same. Owners and rows are not compared.
        </EmptyState>
      </Card>
    )
  return (
    <>
      {older.isStale || newer.isStale ? (
        <p role="status" className="rounded-control bg-warning-soft px-10 py-6 text-small text-warning">
          {older.isStale && newer.isStale
            ? 'Both databases are out of reach: what was last read of them is compared.'
            : `${older.isStale ? words.older : words.newer} is out of reach: what was last read of it is compared.`}
        </p>
      ) : null}
      {problems.length === 0 ? null : (
        <Card
          title={countOf(problems.length, 'part that was not understood', 'parts that were not understood')}
        >
          <ul className="max-h-140 overflow-auto px-14 py-8 text-small">
            {problems.slice(0, 100).map((problem, index) => (
              <li key={index}>
                <span className="font-mono text-data text-2">
                  Line {problem.line}, column {problem.column}:
                </span>{' '}
                {problem.message}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {proposals.length === 0 ? null : (
        <Card title="Renamed, or dropped and added?">
          <p className="px-14 pt-10 text-small text-2">
            These look alike under different names. Tick what is a rename: its rows are kept.
          </p>
          <ul
            aria-label="Possible renames"
            className="flex max-h-200 flex-col gap-4 overflow-auto px-14 py-10"
          >
            {proposals.map((one) => (
              <li key={renameKey(one)}>
                <Checkbox
                  isSelected={confirmed.has(renameKey(one))}
                  onChange={(isConfirmed) => {
                    setConfirmed(toggled(confirmed, [renameKey(one)], isConfirmed))
                    // Other differences than those that were looked at.
                    setChosen(new Set())
                  }}
                  label={
                    <span className="text-small">
                      {kindWord(one.kind, 1)} <span className="font-mono text-data">{one.fromName}</span> is
                      now <span className="font-mono text-data">{one.toName}</span>{' '}
                      <span className="text-2">{Math.round(one.score * 100)} % alike</span>
                    </span>
                  }
                />
              </li>
            ))}
          </ul>
        </Card>
      )}
      <div className="flex h-[64vh] min-h-320 gap-14">
        <section aria-label="What differs" className="flex min-w-0 flex-1 flex-col gap-8">
          <h2 className="flex-none text-heading">{countOf(comparison.changes.length, 'difference')}</h2>
          <DifferenceTree
            changes={comparison.changes}
            chosen={chosen}
            taken={planned.made?.taken ?? chosen}
            onChoose={(ids, isChosen) => setChosen(toggled(chosen, ids, isChosen))}
          />
        </section>
        <section aria-label="SQL of what is chosen" className="flex min-w-0 flex-1 flex-col gap-8">
          <div className="flex min-h-28 flex-none items-center gap-8 max-wide:flex-wrap">
            <h2 className="min-w-0 flex-1 truncate text-heading max-wide:basis-full">
              SQL for {words.older}
              {planned.made === null || script === ''
                ? ''
                : `, ${countOf(planned.made.plan.up.length, 'statement')}`}
            </h2>
            {script === '' ? null : <CopyButton text={script} label="Copy SQL" />}
            <Button
              variant="primary"
              icon={FileCheck2}
              disabledReason={
                target === null
                  ? 'Only a database can be changed: choose one as what is changed.'
                  : script === ''
                    ? 'Choose differences first.'
                    : undefined
              }
              onPress={() => {
                setText(createReviewText())
                setIsReviewing(true)
              }}
            >
              Review migration
            </Button>
          </div>
          {planned.problem !== null ? (
            <p role="alert" className="rounded-control bg-danger-soft px-10 py-6 text-small text-danger">
              {planned.problem}
            </p>
          ) : script === '' ? (
            <p className="rounded-card border border-line-1 px-14 py-12 text-small text-2">
              Choose differences on the left; what they need comes along by itself.
            </p>
          ) : (
            <CodeBlock
              label="SQL"
              language="sql"
              text={script}
              className="min-h-0 flex-1 rounded-card border border-line-1 bg-s1"
            />
          )}
        </section>
      </div>
      {isReviewing && target !== null && planned.made !== null ? (
        <ReviewDialog
          connectionId={target}
          plan={planned.made.plan}
          text={text}
          blockedReason={
            props.isReadOnly
              ? 'This connection is read-only.'
              : older.isStale
                ? 'The database is out of reach.'
                : undefined
          }
          onApplied={({ name }) => {
            setIsReviewing(false)
            notifications.notify({ tone: 'success', text: `${name} is applied.` })
            props.onApplied()
          }}
          onSaved={({ version, name }) => {
            setIsReviewing(false)
            notifications.notify({
              tone: 'success',
              text: `${version}_${name}.sql is written and not applied.`,
            })
          }}
          onClose={() => setIsReviewing(false)}
        />
      ) : null}
    </>
  )
}

function tryPlan(
  comparison: Parameters<typeof planChosen>[0],
  chosen: ReadonlySet<string>,
): { readonly made: ChosenPlan | null; readonly problem: string | null } {
  if (chosen.size === 0) return { made: null, problem: null }
  try {
    return { made: planChosen(comparison, chosen), problem: null }
  } catch (error) {
    return { made: null, problem: error instanceof Error ? error.message : String(error) }
  }
}

function toggled(before: ReadonlySet<string>, ids: readonly string[], isIn: boolean): ReadonlySet<string> {
  const next = new Set(before)
  for (const id of ids)
    if (isIn) next.add(id)
    else next.delete(id)
  return next
}
