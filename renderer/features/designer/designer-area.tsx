// The Designer area: which connection, its designs as tabs, and in each the canvas with what belongs around it.
import { CloudOff, FileCode2, GitCompareArrows, Plug, TriangleAlert } from 'lucide-react'
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import type { Connection } from '#contract/capabilities/connections.ts'
import type { DesignId } from '#contract/capabilities/designs.ts'
import { Banner } from '../../components/banner.tsx'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { formatAge, formatMoment } from '../../components/format.ts'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { useNow } from '../../components/use-now.ts'
import { describeError } from '../../host/error-text.ts'
import { createStore, useStore } from '../../host/store.ts'
import type { Scope } from '../../shell/scope.ts'
import { useCommands, useLocation, useScope, useShell, useTabHost } from '../../shell/shell.tsx'
import { BannerSlot, StatusSegment } from '../../shell/slots.tsx'
import { useLayoutText } from '../../shell/use-layout.ts'
import { toConnectionId, useConnections } from '../connections/index.ts'
import { ConnectionPage, connectionPageOf } from './connection-page.tsx'
import { DesignPage } from './design-page.tsx'
import { createDesignerTabHost } from './designer-tab-host.ts'
import { useDesigner, type OpenState } from './designer-workbench.tsx'
import { NameDialog } from './name-dialog.tsx'
import type { OpenDesign } from './open-design.ts'

type Asking = { readonly kind: 'create' } | { readonly kind: 'rename'; readonly id: DesignId } | null

/** The content of the area. */
export function DesignerArea(): ReactNode {
  const { navigation } = useShell()
  const { id } = useLocation()
  const connections = useConnections()
  const [lastId, setLastId] = useLayoutText('designer.connection', '')
  const all = connections.data
  const connection = chosen(all, [id, lastId])
  useEffect(() => {
    if (connection !== undefined && connection.id !== lastId) setLastId(connection.id)
  }, [connection, lastId, setLastId])
  if (connection !== undefined) return <ConnectionDesigns connection={connection} all={all ?? []} />
  const problem = describeError(connections.error)
  if (all === undefined && problem === undefined)
    return <SkeletonRows count={6} label="Reading the connections" />
  if (problem !== undefined)
    return (
      <EmptyState
        title="The connections cannot be shown"
        action={<Button onPress={() => void connections.refetch()}>Try again</Button>}
      >
        {problem.message}
      </EmptyState>
    )
  return (
    <EmptyState
      title="No database to draw"
      action={
        <Button variant="primary" icon={Plug} onPress={() => navigation.go({ area: 'connections' })}>
          Add connection
        </Button>
      }
      secondary={<Button onPress={() => navigation.go({ area: 'home' })}>Create project</Button>}
    >
      The designer shows the schema of a database and changes it. Connect to a Postgres that you have, or
      create a project.
    </EmptyState>
  )
}

/** The connection that the location names, the one of the last time, the one used last. */
function chosen(all: readonly Connection[] | undefined, wanted: readonly string[]): Connection | undefined {
  for (const text of wanted) {
    const id = toConnectionId(text)
    const found = id === undefined ? undefined : all?.find((one) => one.id === id)
    if (found !== undefined) return found
  }
  return all?.toSorted((a, b) => (b.lastUsedAt ?? '').localeCompare(a.lastUsedAt ?? ''))[0]
}

interface ConnectionDesignsProps {
  readonly connection: Connection
  readonly all: readonly Connection[]
}

function ConnectionDesigns({ connection, all }: ConnectionDesignsProps): ReactNode {
  const { navigation } = useShell()
  const workbench = useDesigner()
  const designs = useStore(workbench.designs)
  const problem = describeError(useStore(workbench.problem))
  const { activeId } = useStore(workbench.tabs)
  const opened = useStore(workbench.opened)
  const state = activeId === null ? undefined : opened.get(activeId)
  const [asking, setAsking] = useState<Asking>(null)
  useEffect(() => workbench.enter(connection.id), [workbench, connection.id])
  const isStale = useIsStale(state)
  const scope = useMemo<Scope>(
    () => ({
      kind: connection.kind === 'project' ? 'project' : 'connection',
      id: connection.id,
      name: connection.name,
      environment: connection.environment,
      isSnapshot: isStale,
      isReadOnly: connection.isReadOnly,
      switchTo: (next) => {
        if (all.some((one) => one.id === next)) navigation.go({ area: 'designer', id: next })
      },
    }),
    [connection, all, navigation, isStale],
  )
  useScope(scope)
  const tabHost = useMemo(
    () =>
      createDesignerTabHost(workbench, {
        create: () => setAsking({ kind: 'create' }),
        rename: (id) => setAsking({ kind: 'rename', id }),
      }),
    [workbench],
  )
  useEffect(() => tabHost.start(), [tabHost])
  const page = connectionPageOf(useLocation().page)
  useTabHost(
    useMemo(
      () =>
        page === undefined
          ? tabHost.host
          : {
              ...tabHost.host,
              // None is shown.
              activeId: createStore<string | null>(null),
              select(id) {
                tabHost.host.select(id)
                navigation.go({ area: 'designer', id: connection.id })
              },
            },
      [tabHost, page, navigation, connection.id],
    ),
  )
  useCommands([
    {
      id: 'designer.migrations',
      title: 'Show migrations',
      group: 'Designer',
      icon: FileCode2,
      run: () => navigation.go({ area: 'designer', page: 'migrations', id: connection.id }),
    },
    {
      id: 'designer.compare',
      title: 'Compare schemas',
      group: 'Designer',
      icon: GitCompareArrows,
      run: () => navigation.go({ area: 'designer', page: 'compare', id: connection.id }),
    },
  ])
  return (
    <>
      {page !== undefined ? (
        <ConnectionPage page={page} connectionId={connection.id} />
      ) : designs === null && problem !== undefined ? (
        <EmptyState
          title="The designs cannot be shown"
          action={<Button onPress={() => workbench.retry()}>Try again</Button>}
        >
          {problem.message}
        </EmptyState>
      ) : designs !== null && activeId === null ? (
        <EmptyState
          title="No design is open"
          action={
            <Button variant="primary" onPress={() => setAsking({ kind: 'create' })}>
              New design
            </Button>
          }
          secondary={<Button onPress={() => workbench.reopen()}>Reopen closed design</Button>}
        >
          A design keeps its arrangement and its changes. Closed designs can be opened again.
        </EmptyState>
      ) : (
        <OneDesign key={activeId} state={state} connection={connection} />
      )}
      {asking === null ? null : (
        <NameDialog
          {...(asking.kind === 'create'
            ? { title: 'New design', submitLabel: 'Create design', busyLabel: 'Creating…' }
            : { title: 'Rename design', submitLabel: 'Rename design', busyLabel: 'Renaming…' })}
          initialName={
            asking.kind === 'create'
              ? `Design ${(designs?.length ?? 0) + 1}`
              : (designs?.find(({ designId }) => designId === asking.id)?.name ?? '')
          }
          onSave={(name) =>
            asking.kind === 'create' ? workbench.create(name) : workbench.rename(asking.id, name)
          }
          onClose={() => setAsking(null)}
        />
      )}
    </>
  )
}

function useIsStale(state: OpenState | undefined): boolean {
  const [isStale, setIsStale] = useState(false)
  useEffect(() => {
    if (state?.status !== 'open') return undefined
    const { live } = state.session
    const follow = (): void => setIsStale(live.get().isStale)
    follow()
    return live.subscribe(follow)
  }, [state])
  return state?.status === 'open' && isStale
}

interface OneDesignProps {
  readonly state: OpenState | undefined
  readonly connection: Connection
}

function OneDesign({ state, connection }: OneDesignProps): ReactNode {
  const { retry } = useDesigner()
  if (state === undefined || state.status === 'opening')
    return (
      <>
        <h1 className="sr-only">Designer</h1>
        <SkeletonRows count={8} label="Reading the schema" />
      </>
    )
  if (state.status === 'failed')
    return (
      <>
        <h1 className="sr-only">Designer</h1>
        <EmptyState
          title={`The schema of ${connection.name} cannot be shown`}
          action={
            <Button variant="primary" onPress={retry}>
              Try again
            </Button>
          }
        >
          {describeError(state.error)?.message}{' '}
          {describeError(state.error)?.hint ??
            'It was not read before, so there is nothing to show without the database.'}
        </EmptyState>
      </>
    )
  return (
    <>
      <Conditions session={state.session} />
      <DesignPage session={state.session} />
    </>
  )
}

/** What lasts and has to be known: the database is away, the journal cannot be written. */
function Conditions({ session }: { readonly session: OpenDesign }): ReactNode {
  const { asOf, isStale } = useStore(session.live)
  const unwritten = useStore(session.draft.problem)
  const unsaved = useStore(session.problem)
  const isOutdated = useStore(session.draft.isOutdated)
  const [isReloading, setIsReloading] = useState(false)
  const reload = (): void => {
    setIsReloading(true)
    // The banner stays while it does not work.
    void session
      .reload()
      .catch(() => undefined)
      .finally(() => setIsReloading(false))
  }
  const [isReading, setIsReading] = useState(false)
  const now = useNow(10_000)
  const read = (): void => {
    setIsReading(true)
    // The banner stays while it does not work.
    void session
      .refresh()
      .catch(() => undefined)
      .finally(() => setIsReading(false))
  }
  return (
    <>
      <StatusSegment side="left" order={10} label="When the database's schema was read" onPress={read}>
        {isStale
          ? `Schema as of ${formatMoment(asOf, now)}`
          : `Compared with live schema ${formatAge(asOf, now)}`}
      </StatusSegment>
      {isStale ? (
        <BannerSlot>
          <Banner
            icon={CloudOff}
            lead="The database is out of reach."
            actions={
              <Button size="compact" isBusy={isReading} onPress={read}>
                Try again
              </Button>
            }
          >
            You see its schema as of {formatMoment(asOf, now)}. Changes are kept here and merged when it is
            back.
          </Banner>
        </BannerSlot>
      ) : null}
      {isOutdated ? (
        <BannerSlot>
          <Banner
            icon={TriangleAlert}
            tone="warning"
            lead="This design was changed in another window."
            actions={
              <Button size="compact" isBusy={isReloading} onPress={reload}>
                Reload
              </Button>
            }
          >
            Your changes since then are not on disk. Reloading puts them on top of what is there: both are
            kept.
          </Banner>
        </BannerSlot>
      ) : null}
      {unwritten === null && unsaved === null ? null : (
        <BannerSlot>
          <Banner icon={TriangleAlert} tone="danger" lead="Your changes cannot be written to disk.">
            {unwritten ?? unsaved} They are kept as long as this window is open.
          </Banner>
        </BannerSlot>
      )}
    </>
  )
}
