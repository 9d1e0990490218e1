// The content of the tester: the active tab, its editor over its response, and the dialogs around it.
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { Button, TextButton } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { useStore } from '../../host/store.ts'
import { useIsAreaVisible, useTabHost } from '../../shell/shell.tsx'
import { CodeDialog } from './code-dialog.tsx'
import { ConflictDialog } from './conflict-dialog.tsx'
import { HistoryView } from './history/history-view.tsx'
import { InsightPane } from './insight-pane.tsx'
import { RequestPane } from './request-pane.tsx'
import { useRequestWorkbench } from './request-workbench.tsx'
import { SaveDialog } from './save-dialog.tsx'
import { createRequestTabHost } from './tabs/tab-host.tsx'
import { useCollections } from './use-collections.ts'
import { useRequestActions } from './use-request-actions.ts'
import { useRequestCommands } from './use-request-commands.ts'

/** The content of the area. */
export function RequestsArea(): ReactNode {
  const workbench = useRequestWorkbench()
  const { tabs, parts } = workbench
  const all = useStore(tabs.tabs)
  const activeId = useStore(tabs.activeId)
  const active = all.find((tab) => tab.id === activeId)
  const { collections } = useCollections()
  const isVisible = useIsAreaVisible()
  const [hasBeenVisible, setHasBeenVisible] = useState(isVisible)
  if (isVisible && !hasBeenVisible) setHasBeenVisible(true)
  const newCollection = active?.kind === 'request' ? active.collectionId : (collections[0]?.id ?? null)
  const create = (): void => void tabs.openNew(newHttpRequest('New request'), newCollection)
  const actions = useRequestActions()

  const tabHost = useMemo(() => createRequestTabHost(workbench), [workbench])
  useEffect(() => tabHost.start(), [tabHost])
  useEffect(() => tabHost.onCreate(create))
  useTabHost(tabHost.host)
  useRequestCommands({ active, create, actions })

  if (!hasBeenVisible) return null
  const View = active?.kind === 'view' ? parts.views[active.view]?.Content : undefined
  return (
    <>
      {active === undefined ? (
        <NothingOpen onCreate={create} />
      ) : active.kind === 'view' ? (
        active.view === 'history' ? (
          <HistoryView key={active.id} params={active.params} />
        ) : View === undefined ? (
          <EmptyState
            title="This tab cannot be shown"
            action={<Button onPress={() => tabs.close(active.id)}>Close tab</Button>}
          >
            It was kept by another version of the app.
          </EmptyState>
        ) : (
          <>
            <View key={active.id} tabId={active.id} params={active.params} />
            <InsightPane key={`insight ${active.id}`} tab={active} />
          </>
        )
      ) : (
        <>
          <RequestPane key={active.id} tab={active} actions={actions} />
          <InsightPane key={`insight ${active.id}`} tab={active} />
        </>
      )}
      {actions.dialog === null ? null : actions.dialog.kind === 'save' ? (
        <SaveDialog tabId={actions.dialog.tabId} onClose={actions.closeDialog} />
      ) : actions.dialog.kind === 'code' ? (
        <CodeDialog tabId={actions.dialog.tabId} onClose={actions.closeDialog} />
      ) : (
        <ConflictDialog tabId={actions.dialog.tabId} onClose={actions.closeDialog} />
      )}
      {parts.dialogs?.map((Dialog, index) => (
        <Dialog key={index} />
      ))}
    </>
  )
}

function NothingOpen({ onCreate }: { readonly onCreate: () => void }): ReactNode {
  const { ask } = useRequestWorkbench()
  return (
    <EmptyState
      title="No request open"
      action={
        <Button variant="primary" onPress={onCreate}>
          New request
        </Button>
      }
      secondary={
        <TextButton onPress={() => ask.set({ kind: 'import', collectionId: null, path: '' })}>
          Import
        </TextButton>
      }
    >
      Choose a request in the tree, or write a new one. A pasted cURL command becomes a request too.
    </EmptyState>
  )
}
