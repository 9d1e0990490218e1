// Comparing two schemas: choose both, confirm renames, choose differences, take their SQL over.
import { ArrowLeftRight, GitCompareArrows } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { RolePower } from '#contract/capabilities/migrations.ts'
import type { SchemaSource } from '#contract/capabilities/schema.ts'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { Spinner } from '../../components/spinner.tsx'
import { describeError, type ErrorText } from '../../host/error-text.ts'
import { useHost } from '../../host/host-provider.tsx'
import { Page } from '../../shell/page.tsx'
import { useConnections } from '../connections/index.ts'
import { askedOf, powerWords } from '../migrations/index.ts'
import { loadModel, type LoadedModel } from '../schema/index.ts'
import { ComparisonView } from './comparison-view.tsx'
import { SourcePicker, sourceOf, sourceWords, type SourceChoice } from './source-picker.tsx'

interface Loaded {
  readonly older: LoadedModel
  readonly newer: LoadedModel
  /** The database that the SQL would change; null when the older side is none. */
  readonly target: ConnectionId | null
  readonly words: { readonly older: string; readonly newer: string }
  /** Counts comparisons: another one starts with nothing chosen. */
  readonly turn: number
}

type State =
  | { readonly status: 'idle' }
  | { readonly status: 'loading'; readonly abort: AbortController }
  | {
      readonly status: 'failed'
      readonly problem: ErrorText | undefined
      /** Migrations are run to see what they make: whether they may run as this role. */
      readonly asked: RolePower | undefined
    }
  | { readonly status: 'ready'; readonly loaded: Loaded }

/** The page. `connectionId` is the side that would be changed, to begin with. */
export function ComparePage({ connectionId }: { readonly connectionId: ConnectionId }): ReactNode {
  const host = useHost()
  const connections = useConnections()
  const all = connections.data ?? []
  const start: SourceChoice = { kind: 'connection', connectionId, format: 'sql', text: '' }
  const [older, setOlder] = useState(start)
  const [chosenNewer, setNewer] = useState<SourceChoice>()
  const newer = chosenNewer ?? {
    ...start,
    connectionId: all.find(({ id }) => id !== connectionId)?.id ?? connectionId,
  }
  const [state, setState] = useState<State>({ status: 'idle' })
  const [turn, setTurn] = useState(0)
  const from = sourceOf(older, all)
  const to = sourceOf(newer, all)

  const compare = async (asSuperuser = false): Promise<void> => {
    if (from === undefined || to === undefined) return
    const abort = new AbortController()
    setState({ status: 'loading', abort })
    try {
      const options = { refresh: true, signal: abort.signal }
      const [one, other] = await Promise.all([
        loadModel(host, agreed(from, asSuperuser), options),
        loadModel(host, agreed(to, asSuperuser), options),
      ])
      const connection =
        from.kind === 'connection' ? all.find(({ id }) => id === from.connectionId) : undefined
      setTurn(turn + 1)
      setState({
        status: 'ready',
        loaded: {
          older: one,
          newer: other,
          target: connection?.id ?? null,
          words: { older: sourceWords(older, all), newer: sourceWords(newer, all) },
          turn: turn + 1,
        },
      })
    } catch (error) {
      setState(
        abort.signal.aborted
          ? { status: 'idle' }
          : { status: 'failed', problem: describeError(error), asked: askedOf(error) },
      )
    }
  }
  const isLoading = state.status === 'loading'
  const targetConnection =
    state.status === 'ready' ? all.find(({ id }) => id === state.loaded.target) : undefined

  return (
    <Page
      title="Compare schemas"
      detail="The SQL that makes the first like the second"
      actions={
        <>
          <Button
            icon={ArrowLeftRight}
            onPress={() => {
              setOlder(newer)
              setNewer(older)
              setState({ status: 'idle' })
            }}
          >
            Swap
          </Button>
          {isLoading ? (
            <Button onPress={() => state.abort.abort()}>Cancel</Button>
          ) : (
            <Button
              variant="primary"
              icon={GitCompareArrows}
              disabledReason={from === undefined || to === undefined ? 'Choose both sides first.' : undefined}
              onPress={() => void compare()}
            >
              Compare
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-14">
        <Card>
          {connections.data === undefined ? (
            <SkeletonRows count={2} label="Reading the connections" />
          ) : (
            <div className="flex flex-wrap gap-28 px-14 py-14">
              <SourcePicker title="What is changed" choice={older} connections={all} onChange={setOlder} />
              <SourcePicker
                title="What it should be like"
                choice={newer}
                connections={all}
                onChange={setNewer}
              />
            </div>
          )}
        </Card>
        {state.status === 'loading' ? (
          <p role="status" className="flex items-center gap-8 text-body text-2">
            <Spinner /> Reading both schemas…
          </p>
        ) : state.status === 'failed' && state.asked !== undefined ? (
          <Card>
            <EmptyState
              title={`Run the migrations as ${state.asked.role}?`}
              action={<Button onPress={() => void compare(true)}>Run them as {state.asked.role}</Button>}
            >
              To see what they make they are run, on a scratch database of their server.{' '}
              {powerWords(state.asked)} Run only files that you have read or whose author you trust.
            </EmptyState>
          </Card>
        ) : state.status === 'failed' ? (
          <Card>
            <EmptyState
              title="They could not be compared"
              action={<Button onPress={() => void compare()}>Try again</Button>}
            >
              {state.problem?.message} {state.problem?.hint ?? ''}
            </EmptyState>
          </Card>
        ) : state.status === 'ready' ? (
          <ComparisonView
            key={state.loaded.turn}
            {...state.loaded}
            isReadOnly={targetConnection?.isReadOnly === true}
            onApplied={() => void compare()}
          />
        ) : null}
      </div>
    </Page>
  )
}

/** The source, with what the person has said of its migrations. */
function agreed(source: SchemaSource, asSuperuser: boolean): SchemaSource {
  return source.kind === 'migrations' ? { ...source, asSuperuser } : source
}
