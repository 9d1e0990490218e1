// One request: what is written above, what came back below.
import { FileWarning, Save } from 'lucide-react'
import type { ReactNode } from 'react'
import { Banner } from '../../components/banner.tsx'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { SplitPanes } from '../../components/split-panes.tsx'
import { useLayoutFlag, useLayoutNumber } from '../../shell/use-layout.ts'
import { RequestEditor } from './editor/request-editor.tsx'
import { VariablesProvider } from './editor/variables.tsx'
import { useRequestWorkbench } from './request-workbench.tsx'
import { ResponsePane } from './response/response-pane.tsx'
import { SocketPane } from './socket/socket-pane.tsx'
import type { RequestTab } from './tabs/open-tab.ts'
import type { RequestActions } from './use-request-actions.ts'

const SPLIT = 0.4

export interface RequestPaneProps {
  readonly tab: RequestTab
  readonly actions: RequestActions
}

/** The pane. */
export function RequestPane({ tab, actions }: RequestPaneProps): ReactNode {
  const { tabs } = useRequestWorkbench()
  const [ratio, setRatio] = useLayoutNumber('requests.split', SPLIT)
  const [isResponseShown] = useLayoutFlag('requests.response', true)
  const { request } = tab
  if (request === null)
    return tab.problem === null ? (
      <SkeletonRows count={8} label="Reading the request" />
    ) : (
      <EmptyState
        title="The request cannot be shown"
        action={
          <Button
            onPress={() => tab.collectionId !== null && void tabs.refresh(tab.collectionId, [tab.path ?? ''])}
          >
            Try again
          </Button>
        }
      >
        {tab.problem.message} {tab.problem.hint}
      </EmptyState>
    )
  return (
    <VariablesProvider
      collectionId={tab.collectionId}
      path={tab.path ?? ''}
      environment={actions.environmentOf(tab.collectionId)}
      request={request}
    >
      {tab.outside === null ? null : (
        <Banner
          icon={FileWarning}
          tone="warning"
          lead="The file changed on disk."
          actions={
            <Button size="compact" onPress={() => actions.open({ kind: 'conflict', tabId: tab.id })}>
              Compare
            </Button>
          }
        >
          What you typed here is kept. Choose which of both counts.
        </Banner>
      )}
      {tab.isGone ? (
        <Banner
          icon={FileWarning}
          tone="warning"
          lead="The file is gone."
          actions={
            <Button size="compact" icon={Save} onPress={() => actions.open({ kind: 'save', tabId: tab.id })}>
              Save again
            </Button>
          }
        >
          What is here is the only copy.
        </Banner>
      ) : null}
      <SplitPanes
        label="Height of the request"
        direction="vertical"
        ratio={ratio}
        standardRatio={SPLIT}
        onRatioChange={setRatio}
        minSize={160}
        first={<RequestEditor tab={tab} request={request} actions={actions} />}
        second={
          !isResponseShown ? null : request.kind === 'websocket' ? (
            <SocketPane tabId={tab.id} request={request} actions={actions} />
          ) : (
            <ResponsePane tab={tab} request={request} actions={actions} />
          )
        }
      />
    </VariablesProvider>
  )
}
