// The line of a request: method, URL with its variables, Send and Save.
import { ChevronDown, Code, MoreHorizontal } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { ApiRequest } from '#contract/requests/request.ts'
import { Button, IconButton } from '../../../components/button.tsx'
import { methodColour } from '../../../components/method-label.tsx'
import { MenuButton } from '../../../components/menu.tsx'
import { SuggestField } from '../../../components/suggest-field.tsx'
import { useStore } from '../../../host/store.ts'
import { useCaps } from '../../../shell/command-hint.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useRequestWorkbench, useSendState } from '../request-workbench.tsx'
import type { RequestTab } from '../tabs/open-tab.ts'
import type { RequestActions } from '../use-request-actions.ts'
import { looksLikeCurl, requestOfCurl } from './paste-curl.ts'
import { paramsOfUrl, shownUrl } from './url-params.ts'
import { VariableField } from './variable-field.tsx'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const

export interface UrlBarProps {
  readonly tab: RequestTab
  readonly request: ApiRequest
  readonly actions: RequestActions
}

/** The bar. */
export function UrlBar({ tab, request, actions }: UrlBarProps): ReactNode {
  const { tabs, ask } = useRequestWorkbench()
  const { notifications } = useShell()
  const caps = useCaps('requests.send')
  const paste = (text: string): boolean => {
    if (!looksLikeCurl(text)) return false
    void requestOfCurl(text).then(
      (read) => {
        if (read !== null) tabs.change(tab.id, { ...read, name: request.name })
      },
      (error: unknown) =>
        notifications.toast({
          tone: 'danger',
          text: `The command could not be read: ${describeError(error)?.message ?? ''}`,
        }),
    )
    return true
  }
  return (
    <div className="flex h-48 flex-none items-center gap-8 border-b border-line-1 px-12">
      <div className="flex h-30 min-w-0 flex-1 items-center rounded-control border border-line-2 bg-s2 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent-text">
        {request.kind === 'http' ? (
          <span className="flex h-full flex-none items-center border-r border-line-2">
            <MethodField
              method={request.method}
              onChange={(method) => tabs.change(tab.id, { ...request, method })}
            />
          </span>
        ) : (
          <span className="flex h-full flex-none items-center border-r border-line-2 px-10 font-mono text-data font-semibold text-syn-keyword">
            {request.kind === 'graphql' ? 'GraphQL' : 'WS'}
          </span>
        )}
        <div data-request-url="" className="flex min-w-0 flex-1 px-10">
          <VariableField
            label="URL"
            value={shownUrl(request.url, request.parameters)}
            placeholder={
              request.kind === 'websocket'
                ? 'wss://… or {{variable}}/path'
                : 'https://… or {{variable}}/path, or paste a cURL command'
            }
            onPasteText={paste}
            onEnter={() => actions.send(tab.id)}
            onChange={(url) =>
              tabs.change(tab.id, { ...request, url, parameters: paramsOfUrl(url, request.parameters) })
            }
          />
        </div>
      </div>
      {request.kind === 'websocket' ? (
        <ConnectButton tabId={tab.id} actions={actions} caps={caps} />
      ) : (
        <SendButton tabId={tab.id} actions={actions} caps={caps} />
      )}
      <Button onPress={() => void actions.save(tab.id)}>Save</Button>
      <MenuButton
        label="More for this request"
        placement="bottom end"
        entries={[
          {
            id: 'code',
            label: 'Copy as code',
            icon: Code,
            onAction: () => actions.open({ kind: 'code', tabId: tab.id }),
          },
          {
            id: 'form',
            label: 'Open in the form',
            isDisabled: request.kind !== 'http',
            onAction: () => ask.set({ kind: 'form', tabId: tab.id }),
          },
          { id: 'saveAs', label: 'Save as', onAction: () => actions.open({ kind: 'save', tabId: tab.id }) },
          {
            id: 'revert',
            label: 'Take back what was not saved',
            isDisabled: !tab.isDirty || tab.saved === null,
            onAction: () => tabs.revert(tab.id),
          },
          {
            id: 'history',
            label: 'History of this request',
            startsGroup: true,
            isDisabled: tab.path === null,
            onAction: () =>
              void tabs.openView(
                'history',
                JSON.stringify({ collectionId: tab.collectionId, path: tab.path }),
                `History of ${request.name}`,
              ),
          },
          {
            id: 'cookies',
            label: 'Cookies',
            onAction: () => ask.set({ kind: 'cookies', collectionId: tab.collectionId, path: '' }),
          },
        ]}
      >
        <IconButton icon={MoreHorizontal} label="More for this request" />
      </MenuButton>
    </div>
  )
}

interface SendButtonProps {
  readonly tabId: string
  readonly actions: RequestActions
  readonly caps: readonly string[] | undefined
}

function SendButton({ tabId, actions, caps }: SendButtonProps): ReactNode {
  const isSending = useSendState(tabId)?.status === 'sending'
  return isSending ? (
    <Button onPress={() => actions.cancel(tabId)}>Cancel</Button>
  ) : (
    <Button variant="primary" caps={caps} onPress={() => actions.send(tabId)}>
      Send
    </Button>
  )
}

function ConnectButton({ tabId, actions, caps }: SendButtonProps): ReactNode {
  const state = useStore(useRequestWorkbench().sockets.state(tabId))
  return state === null || state.status === 'closed' ? (
    <Button variant="primary" caps={caps} onPress={() => actions.send(tabId)}>
      Connect
    </Button>
  ) : (
    <Button onPress={() => actions.cancel(tabId)}>Disconnect</Button>
  )
}

/** A method from the list, or any other that is typed. */
function MethodField(props: {
  readonly method: string
  readonly onChange: (method: string) => void
}): ReactNode {
  const [isTyping, setIsTyping] = useState(false)
  return isTyping ? (
    <div className="w-110 flex-none">
      <SuggestField
        label="Method"
        isLabelHidden
        isMono
        autoFocus
        value={props.method}
        suggest={(text) =>
          METHODS.filter((method) => method.startsWith(text.toUpperCase())).map((id) => ({ id, label: id }))
        }
        onCommit={(text) => {
          setIsTyping(false)
          const method = text.trim().toUpperCase()
          if (/^[!#$%&'*+.^_`|~0-9A-Z-]+$/.test(method)) props.onChange(method)
        }}
      />
    </div>
  ) : (
    <MenuButton
      label="Method"
      entries={[
        ...METHODS.map((method) => ({
          id: method,
          label: method,
          isCurrent: method === props.method,
          onAction: () => props.onChange(method),
        })),
        { id: 'other', label: 'Another method…', startsGroup: true, onAction: () => setIsTyping(true) },
      ]}
    >
      <MethodButton method={props.method} />
    </MenuButton>
  )
}

function MethodButton({ method }: { readonly method: string }): ReactNode {
  return (
    <Button variant="ghost" label={`Method ${method}`}>
      <span className={`font-mono text-data font-semibold ${methodColour(method)}`}>{method}</span>
      <ChevronDown aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
    </Button>
  )
}
