// The sidebar of the tester: collections with their folders and requests; below it what was generated from a schema.
import { useQueries } from '@tanstack/react-query'
import { Download, Plus } from 'lucide-react'
import { useDeferredValue, useMemo, useRef, useState, type ReactNode } from 'react'
import { newGraphqlRequest, newHttpRequest, newWebSocketRequest } from '#api-client/common/new-request.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import { Button, IconButton, TextButton } from '../../../components/button.tsx'
import { EmptyState } from '../../../components/empty-state.tsx'
import { MenuButton } from '../../../components/menu.tsx'
import { SkeletonRows } from '../../../components/skeleton.tsx'
import { SearchField } from '../../../components/text-field.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useCall, useHost } from '../../../host/host-provider.tsx'
import { useStore } from '../../../host/store.ts'
import { SidebarHeading } from '../../../shell/sidebar-parts.tsx'
import { useRequestWorkbench } from '../request-workbench.tsx'
import { useCollections } from '../use-collections.ts'
import { CollectionTree } from './collection-tree.tsx'
import { indexItems, treeNodes, type ItemIndex } from './tree-nodes.ts'

const MOST_FOUND = 500

/** The sidebar. */
export function RequestsSidebar(): ReactNode {
  const { tabs, parts, ask, toggled } = useRequestWorkbench()
  const { collections, reading } = useCollections()
  const [filter, setFilter] = useState('')
  const text = useDeferredValue(filter.trim())
  const tree = useRef<HTMLDivElement>(null)
  const open = useStore(toggled)
  const indexes = useIndexes(collections.map((one) => one.id))
  const found = useCall(
    ['collections', 'search', text],
    (host, options) => host.collections.search({ id: null, text, limit: MOST_FOUND }, options),
    { enabled: text !== '' },
  )
  // While the next letter is looked for, what the one before found stays.
  const [lastHits, setLastHits] = useState(found.data)
  if (found.data !== undefined && found.data !== lastHits) setLastHits(found.data)
  const hits = text === '' ? null : (found.data ?? lastHits ?? null)
  const nodes = useMemo(
    () => treeNodes({ collections, indexes, toggled: open, hits }),
    [collections, indexes, open, hits],
  )
  const problem = describeError(reading.error)
  const newTab = (kind: 'http' | 'graphql' | 'websocket') => () => {
    const make = { http: newHttpRequest, graphql: newGraphqlRequest, websocket: newWebSocketRequest }[kind]
    tabs.openNew(make('New request'), collections[0]?.id ?? null)
  }
  const asking = (kind: 'newCollection' | 'openFolder' | 'teamCollections' | 'import' | 'generate') => () =>
    ask.set({ kind, collectionId: null, path: '' })
  return (
    <>
      <SidebarHeading
        title="API"
        actions={
          <>
            <IconButton icon={Download} label="Import" onPress={asking('import')} />
            <MenuButton
              label="New"
              placement="bottom end"
              entries={[
                { id: 'http', label: 'New request', onAction: newTab('http') },
                { id: 'graphql', label: 'New GraphQL request', onAction: newTab('graphql') },
                { id: 'websocket', label: 'New WebSocket', onAction: newTab('websocket') },
                {
                  id: 'collection',
                  label: 'New collection',
                  startsGroup: true,
                  onAction: asking('newCollection'),
                },
                { id: 'open', label: 'Open a folder', onAction: asking('openFolder') },
                { id: 'team', label: 'Open a team’s collection', onAction: asking('teamCollections') },
                { id: 'generate', label: 'Generate from a project', onAction: asking('generate') },
                {
                  id: 'history',
                  label: 'History',
                  startsGroup: true,
                  onAction: () => tabs.openView('history', '', 'History'),
                },
                {
                  id: 'cookies',
                  label: 'Cookies',
                  onAction: () => ask.set({ kind: 'cookies', collectionId: null, path: '' }),
                },
              ]}
            >
              <IconButton icon={Plus} label="New" />
            </MenuButton>
          </>
        }
      />
      {collections.length === 0 ? null : (
        <div className="flex-none p-8">
          <SearchField
            label="Filter requests"
            value={filter}
            onChange={setFilter}
            onEnter={() => tree.current?.querySelector<HTMLElement>('[role="tree"]')?.focus()}
          />
        </div>
      )}
      <div ref={tree} className="flex min-h-0 flex-1 flex-col">
        {reading.data === undefined ? (
          problem === undefined ? (
            <SkeletonRows count={6} label="Reading the collections" />
          ) : (
            <EmptyState
              title="The collections cannot be shown"
              action={<Button onPress={() => void reading.refetch()}>Try again</Button>}
            >
              {problem.message}
            </EmptyState>
          )
        ) : collections.length === 0 ? (
          <EmptyState
            title="No requests yet"
            action={<Button onPress={newTab('http')}>New request</Button>}
            secondary={<TextButton onPress={asking('import')}>Import</TextButton>}
          >
            Requests are text files in a folder of yours, made for git. Write one, import a collection, or{' '}
            <TextButton onPress={asking('generate')}>generate one from a project</TextButton>.
          </EmptyState>
        ) : hits !== null && nodes.length === 0 ? (
          <EmptyState
            title="No requests match"
            action={<Button onPress={() => setFilter('')}>Clear the filter</Button>}
          >
            {`Nothing in names, addresses, headers, bodies, scripts or docs has “${text}”.`}
          </EmptyState>
        ) : (
          <CollectionTree nodes={nodes} collections={collections} indexes={indexes} />
        )}
      </div>
      {parts.SidebarSection === undefined ? null : <parts.SidebarSection />}
    </>
  )
}

/** The items of every collection, each read once and again when its files change. */
function useIndexes(ids: readonly CollectionId[]): ReadonlyMap<CollectionId, ItemIndex> {
  const host = useHost()
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: ['collections', 'items', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => host.collections.items({ id }, { signal }),
      select: indexItems,
      staleTime: Infinity,
    })),
    combine: (results) => {
      const indexes = new Map<CollectionId, ItemIndex>()
      results.forEach((result, at) => {
        const id = ids[at]
        if (id !== undefined && result.data !== undefined) indexes.set(id, result.data)
      })
      return indexes
    },
  })
}
