// A run of a collection as a tab: what runs at the left, what comes of it at the right.
import { FileDown, Play, RotateCcw, Square } from 'lucide-react'
import { useEffect, useEffectEvent, useMemo, useState, type ReactNode } from 'react'
import type { CollectionInfo } from '#contract/capabilities/collections.ts'
import { CollectionId } from '#contract/requests/collection.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormError } from '../../components/form-error.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { SplitPanes } from '../../components/split-panes.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { describeError } from '../../host/error-text.ts'
import { useHost } from '../../host/host-provider.tsx'
import { useLayoutNumber, useLayoutText } from '../../shell/use-layout.ts'
import { indexItems, useCollections, useItems, useRequestWorkbench } from '../requests/index.ts'
import { ChangesPane, changesInWords } from './changes-pane.tsx'
import { only, pathsOf, type Children } from './choice.ts'
import { EarlierRuns } from './earlier-runs.tsx'
import { ReportDialog } from './report-dialog.tsx'
import { ResultsPane } from './results-pane.tsx'
import { cancelRun, startRun, useRunState, type Change, type RunState } from './run-state.ts'
import { firstSettings, keptText, optionsOf, readKept, RunSettings } from './settings.ts'
import { RUN_FORM, SettingsPane } from './settings-pane.tsx'
import { Summary } from './summary.tsx'
import { useComparison, useRuns } from './use-runs.ts'

const SPLIT = 0.36
/** Characters of a text of the layout. */
const MOST_OF_LAYOUT = 1_000

/** The tab's content; `params` is the id of the collection. */
export function RunView({ params }: { readonly tabId: string; readonly params: string }): ReactNode {
  const id = CollectionId.safeParse(params).data
  const { collections, reading } = useCollections()
  const collection = collections.find((one) => one.id === id)
  const problem = describeError(reading.error)
  if (collection !== undefined) return <OfCollection key={collection.id} collection={collection} />
  if (reading.data === undefined)
    return problem === undefined ? (
      <SkeletonRows count={8} label="Reading the collections" />
    ) : (
      <EmptyState
        title="The collections cannot be read"
        action={<Button onPress={() => void reading.refetch()}>Try again</Button>}
      >
        {problem.message}
      </EmptyState>
    )
  return (
    <EmptyState title="The collection is not open any more">
      Open its folder again to run it. The results of its runs stay on this machine.
    </EmptyState>
  )
}

function OfCollection({ collection }: { readonly collection: CollectionInfo }): ReactNode {
  const reading = useItems(collection.id, true)
  const items = useMemo(() => indexItems(reading.data ?? []).children, [reading.data])
  const problem = describeError(reading.error)
  if (reading.data === undefined)
    return problem === undefined ? (
      <SkeletonRows count={8} label="Reading the requests" />
    ) : (
      <EmptyState
        title="The requests cannot be read"
        action={<Button onPress={() => void reading.refetch()}>Try again</Button>}
      >
        {problem.message} {problem.hint}
      </EmptyState>
    )
  return <Runner collection={collection} items={items} />
}

interface RunnerProps {
  readonly collection: CollectionInfo
  readonly items: Children
}

function Runner({ collection, items }: RunnerProps): ReactNode {
  const [state, changeState] = useRunState(collection.id)
  const [kept, keep] = useLayoutText(`runs.of.${collection.id}`, '')
  const change: Change = (fields) => {
    changeState(fields)
    if (fields.settings !== undefined && fields.settings !== null) {
      const text = keptText(fields.settings)
      if (text.length <= MOST_OF_LAYOUT) keep(text)
    }
  }
  const workbench = useRequestWorkbench()
  const host = useHost()
  const [ratio, setRatio] = useLayoutNumber('runs.settings', SPLIT)
  const { asked } = state
  const choose = useEffectEvent((path: string) => change({ choice: only(items, path), asked: null }))
  useEffect(() => {
    if (asked !== null) choose(asked)
  }, [asked])
  const settings = state.settings ?? readKept(kept) ?? firstSettings(collection.activeEnvironment)
  const paths = pathsOf(items, state.choice)
  const isUnderWay = state.started !== null && state.started.status !== 'done'
  const place = { workbench, host, collectionId: collection.id }
  const run = (): void => {
    if (isUnderWay || paths === null || !RunSettings.safeParse(settings).success) return
    void startRun(place, optionsOf(settings, paths))
  }
  return (
    <section aria-label={`Run ${collection.name}`} className="flex min-h-0 flex-1 flex-col">
      <header className="flex min-h-44 flex-none flex-wrap items-center gap-10 border-b border-line-1 px-12 py-6">
        <h2 className="min-w-0 flex-1 truncate text-heading">{collection.name}</h2>
        {isUnderWay ? (
          <Button
            icon={Square}
            isBusy={state.started?.status === 'cancelling'}
            onPress={() => void cancelRun(place)}
          >
            {state.started?.status === 'cancelling' ? 'Cancelling…' : 'Cancel run'}
          </Button>
        ) : (
          <Button
            variant="primary"
            type="submit"
            form={RUN_FORM}
            icon={state.started === null ? Play : RotateCcw}
            disabledReason={
              paths === null
                ? 'Choose a request to run.'
                : RunSettings.safeParse(settings).success
                  ? undefined
                  : 'Correct the settings first.'
            }
          >
            {state.started === null ? 'Run' : 'Run again'}
          </Button>
        )}
      </header>
      <SplitPanes
        label="Width of the settings"
        direction="horizontal"
        ratio={ratio}
        standardRatio={SPLIT}
        onRatioChange={setRatio}
        minSize={280}
        first={
          <SettingsPane
            collection={collection}
            items={items}
            state={state}
            settings={settings}
            onChange={change}
            onRun={run}
          />
        }
        second={<Outcome collection={collection} state={state} onChange={change} />}
      />
    </section>
  )
}

function Outcome(props: {
  readonly collection: CollectionInfo
  readonly state: RunState
  readonly onChange: Change
}): ReactNode {
  const { collection, state, onChange } = props
  const reading = useRuns(collection.id)
  const [isSaving, setIsSaving] = useState(false)
  const runs = reading.data ?? []
  const { started, problem } = state
  const shownRun = state.shownRun ?? runs[0]?.runId ?? null
  const ofPage = started?.runId === shownRun ? started : null
  const entry = runs.find(({ runId }) => runId === shownRun)
  const isUnderWay = ofPage === null ? entry?.isUnderWay === true : ofPage.status !== 'done'
  const summary = ofPage?.summary ?? (isUnderWay ? null : (entry?.summary ?? null))
  const counts = summary ?? ofPage?.progress ?? entry?.summary ?? null
  const comparison = useComparison(summary === null ? null : shownRun)
  const readProblem = describeError(reading.error)
  if (shownRun === null)
    return (
      <div className="flex min-h-0 flex-1 flex-col">
        {problem === null ? null : <Refused problem={problem} />}
        {readProblem !== undefined ? (
          <EmptyState
            title="Earlier runs cannot be read"
            action={<Button onPress={() => void reading.refetch()}>Try again</Button>}
          >
            {readProblem.message}
          </EmptyState>
        ) : started !== null || reading.data === undefined ? (
          <SkeletonRows count={6} label="Reading the results" />
        ) : (
          <EmptyState title="Not run yet">
            Requests run as they are saved, from the top. Results, reports and what changed since the run
            before are shown here.
          </EmptyState>
        )}
      </div>
    )
  const changes = comparison.data?.changes ?? []
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {problem === null ? null : <Refused problem={problem} />}
      {counts === null ? null : <Summary counts={counts} summary={summary} started={ofPage} />}
      {changes.length === 0 || state.shown !== 'results' ? null : (
        <p role="status" className="flex-none border-b border-line-1 px-12 py-6 text-small text-2">
          {`Since the run before: ${changesInWords(changes)}.`}
        </p>
      )}
      <Tabs
        label="Parts of the run"
        isFilling
        items={[
          { id: 'results', title: 'Results' },
          { id: 'changes', title: 'Changes', ...(changes.length === 0 ? {} : { count: changes.length }) },
          { id: 'earlier', title: 'Earlier runs', count: runs.length },
        ]}
        value={state.shown}
        onChange={(shown) => onChange({ shown })}
        end={
          <Button
            size="compact"
            icon={FileDown}
            disabledReason={summary === null ? 'There is a report when the run has ended.' : undefined}
            onPress={() => setIsSaving(true)}
          >
            Save report
          </Button>
        }
      >
        {state.shown === 'results' ? (
          <ResultsPane
            key={shownRun}
            collectionId={collection.id}
            runId={shownRun}
            state={state}
            onChange={onChange}
            come={counts?.requests.total ?? 0}
            isUnderWay={isUnderWay}
          />
        ) : state.shown === 'changes' ? (
          summary === null ? (
            <EmptyState title="The run is under way">
              It is compared with the run before when it has ended.
            </EmptyState>
          ) : (
            <ChangesPane collectionId={collection.id} runId={shownRun} />
          )
        ) : (
          <EarlierRuns
            runs={runs}
            shown={shownRun}
            onShow={(runId) => onChange({ shownRun: runId, shown: 'results', selected: null })}
          />
        )}
      </Tabs>
      {isSaving ? (
        <ReportDialog runId={shownRun} name={collection.name} onClose={() => setIsSaving(false)} />
      ) : null}
    </div>
  )
}

function Refused({
  problem,
}: {
  readonly problem: { readonly message: string; readonly hint: string | undefined }
}) {
  return (
    <div className="flex-none px-12 pt-10">
      <FormError message={problem.message} hint={problem.hint} />
    </div>
  )
}
