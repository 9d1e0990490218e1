// The results of a run: filtered and searched by the host, drawn a screen at a time; below them what the chosen one did.
import {
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react'
import type { CollectionRunId } from '#contract/capabilities/runs.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { RequestResult } from '#contract/requests/run.ts'
import { Button } from '../../components/button.tsx'
import { classNames } from '../../components/class-names.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { formatDuration } from '../../components/format.ts'
import { MethodLabel } from '../../components/method-label.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { SplitPanes } from '../../components/split-panes.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { Segmented } from '../../components/toggles.tsx'
import { VirtualTree, type TreeNode } from '../../components/virtual-tree.tsx'
import { describeError } from '../../host/error-text.ts'
import { useHost } from '../../host/host-provider.tsx'
import { useLayoutNumber } from '../../shell/use-layout.ts'
import { outcomeMark } from './outcome.tsx'
import { ResultDetail } from './result-detail.tsx'
import { createResultSource, type ResultSource } from './result-source.ts'
import type { Change, RunState } from './run-state.ts'

/** Results that come are read again this often at most. */
const REFRESH_MS = 300
const SPLIT = 0.6

export interface ResultsPaneProps {
  readonly collectionId: CollectionId
  readonly runId: CollectionRunId
  readonly state: RunState
  readonly onChange: Change
  /** How many have come: more are read when it changes. */
  readonly come: number
  readonly isUnderWay: boolean
}

/** The filter, the list and the chosen result. */
export function ResultsPane(props: ResultsPaneProps): ReactNode {
  const { state, onChange, runId } = props
  const text = useDeferredValue(state.text.trim())
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-none flex-wrap items-center gap-10 border-b border-line-1 px-12 py-6">
        <div className="w-240 max-w-full">
          <SearchField
            label="Search results"
            value={state.text}
            onChange={(next) => onChange({ text: next, selected: null })}
          />
        </div>
        <Segmented
          label="Which results"
          options={[
            { id: 'failedFirst', label: 'Failed first' },
            { id: 'run', label: 'In order' },
            { id: 'failed', label: 'Failed only' },
          ]}
          value={state.filter}
          onChange={(filter) => onChange({ filter, selected: null })}
        />
      </div>
      <Results key={`${runId} ${state.filter} ${text}`} {...props} text={text} />
    </div>
  )
}

function Results(props: ResultsPaneProps & { readonly text: string }): ReactNode {
  const { runId, state, onChange, text, come } = props
  const host = useHost()
  const { filter } = state
  const [source] = useState(() =>
    createResultSource((from, count) =>
      host.runs.results({
        runId,
        from,
        count,
        text,
        onlyFailed: filter === 'failed',
        order: filter === 'failedFirst' ? 'failedFirst' : 'run',
      }),
    ),
  )
  useSyncExternalStore(source.subscribe, source.version)
  useFresh(source, come)
  const [ratio, setRatio] = useLayoutNumber('runs.split', SPLIT)
  const total = source.total()
  const nodes = useMemo(() => nodesOf(total), [total])
  const problem = describeError(source.problem())
  if (problem !== undefined)
    return (
      <EmptyState
        title="The results cannot be shown"
        action={<Button onPress={() => source.refresh()}>Try again</Button>}
      >
        {problem.message} {problem.hint}
      </EmptyState>
    )
  if (!source.isRead()) return <SkeletonRows count={8} label="Reading the results" />
  if (total === 0) return <NoResults {...props} />
  const result = state.selected === null ? undefined : source.at(state.selected)
  return (
    <SplitPanes
      label="Height of the results"
      direction="vertical"
      ratio={ratio}
      standardRatio={SPLIT}
      onRatioChange={setRatio}
      first={
        <VirtualTree
          label="Results"
          nodes={nodes}
          onToggle={() => undefined}
          onActivate={(node) => onChange({ selected: Number(node.id) })}
          onSelect={(node) => onChange({ selected: Number(node.id) })}
        >
          {(node, { isSelected }) => (
            <ResultRow
              result={source.at(Number(node.id))}
              isSelected={isSelected}
              hasIterations={(state.started?.planned ?? 2) > 1}
            />
          )}
        </VirtualTree>
      }
      second={
        result === undefined ? null : (
          <ResultDetail key={result.index} collectionId={props.collectionId} result={result} />
        )
      }
    />
  )
}

/** A row for each position. */
function nodesOf(total: number): readonly TreeNode[] {
  return Array.from({ length: total }, (_, at) => ({ id: String(at), depth: 0, label: '' }))
}

/** Reads again when more have come, but not with each of them. */
function useFresh(source: ResultSource, come: number): void {
  const seen = useRef(come)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    if (seen.current === come) return
    seen.current = come
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      source.refresh()
    }, REFRESH_MS)
  }, [source, come])
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )
}

function NoResults({
  state,
  text,
  onChange,
  isUnderWay,
}: ResultsPaneProps & { readonly text: string }): ReactNode {
  if (text !== '')
    return (
      <EmptyState
        title="No results match"
        action={<Button onPress={() => onChange({ text: '' })}>Clear the search</Button>}
      >
        {`No name, address, status or test has “${text}”.`}
      </EmptyState>
    )
  if (state.filter === 'failed')
    return (
      <EmptyState
        title={isUnderWay ? 'Nothing failed yet' : 'Nothing failed'}
        action={<Button onPress={() => onChange({ filter: 'failedFirst' })}>Show all results</Button>}
      >
        Requests without an answer and those whose tests fail are listed here.
      </EmptyState>
    )
  return (
    <EmptyState title={isUnderWay ? 'No results yet' : 'Nothing ran'}>
      {isUnderWay ? 'The first request is on its way.' : 'The run ended before its first request did.'}
    </EmptyState>
  )
}

function ResultRow(props: {
  readonly result: RequestResult | undefined
  readonly isSelected: boolean
  readonly hasIterations: boolean
}): ReactNode {
  const { result, isSelected } = props
  const row = classNames(
    'flex h-(--row) items-center gap-8 px-12 text-small whitespace-nowrap',
    isSelected ? 'bg-active text-1' : 'text-2',
  )
  if (result === undefined) return <span className={row}>…</span>
  const { icon: Icon, className, word } = outcomeMark(result.outcome)
  const failed = result.tests.filter((test) => test.outcome === 'failed').length
  return (
    <span className={row}>
      <Icon aria-hidden="true" size={14} strokeWidth={2} className={classNames('flex-none', className)} />
      <span className="sr-only">{word}: </span>
      <MethodLabel method={result.method} isColumn />
      <span className="min-w-60 flex-none truncate text-1 max-wide:max-w-140">{result.name}</span>
      <span className="min-w-0 flex-1 truncate text-3">
        {result.failure?.message ??
          result.tests.find((test) => test.outcome === 'failed')?.name ??
          result.url}
      </span>
      {failed === 0 ? null : (
        <span className="flex-none text-danger">{failed === 1 ? '1 test' : `${failed} tests`}</span>
      )}
      {props.hasIterations ? (
        <span className="w-36 flex-none text-right text-3 tabular-nums" title="Iteration">
          #{result.iteration + 1}
        </span>
      ) : null}
      <span className="w-34 flex-none text-right tabular-nums">{result.status ?? '–'}</span>
      <span className="w-60 flex-none text-right tabular-nums">{formatDuration(result.durationMs)}</span>
    </span>
  )
}
