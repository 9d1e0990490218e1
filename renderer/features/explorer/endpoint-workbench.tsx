// The form of an endpoint beside what it means; what is sent, saved and shown as code is one and the same request.
import { FileInput, MoreHorizontal, Save, Send } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { compose, warningOf } from '#api-client/common/postgrest/compose.ts'
import { readBack } from '#api-client/common/postgrest/read-back.ts'
import type { EndpointForm } from '#api-client/common/postgrest/form.ts'
import type { ApiDescription, ApiFunction, ApiSource, ApiTable } from '#contract/requests/api-description.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { Banner } from '../../components/banner.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { MenuButton } from '../../components/menu.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { useCommands } from '../../shell/shell.tsx'
import {
  isSame,
  newRequestTab,
  ResponsePane,
  useRequestActions,
  useRequestWorkbench,
  VariablesProvider,
  type RequestTab,
} from '../requests/index.ts'
import { ACTION_TITLES, actionsOf, firstForm } from './actions.ts'
import { BodyFields } from './body-fields.tsx'
import { CallFields } from './call-fields.tsx'
import { Documentation } from './documentation.tsx'
import { useEndpointState, type EndpointState } from './endpoint-state.ts'
import { Preferences, ReadFields } from './form-fields.tsx'
import { KeptParts } from './kept-parts.tsx'
import { CodePreview } from './preview.tsx'
import { firstRunAs, RunAs } from './run-as.tsx'
import { SaveDialog } from './save-dialog.tsx'
import { UrlField } from './url-field.tsx'

/** A request that is open in a tab, shown here as a form. */
export interface Origin {
  readonly tab: RequestTab
  readonly request: HttpRequest
}

export interface EndpointWorkbenchProps {
  readonly tabId: string
  readonly source: ApiSource
  readonly description: ApiDescription
  readonly endpoint: ApiTable | ApiFunction
  readonly origin: Origin | null
}

function firstState({ source, description, endpoint, origin }: EndpointWorkbenchProps): EndpointState {
  const form = origin === null ? null : readBack(description, origin.request)
  return {
    action: form?.action ?? actionsOf(endpoint)[0] ?? 'read',
    forms: new Map(form === null ? [] : [[form.action, form]]),
    auth: origin?.request.auth ?? firstRunAs(source),
    shown: 'request',
    aside: 'url',
    readFrom: origin?.request ?? null,
  }
}

/** The line with the address, and the two panes. Each operation keeps its own form while the tab is open. */
export function EndpointWorkbench(props: EndpointWorkbenchProps): ReactNode {
  const { tabId, source, description, endpoint, origin } = props
  const workbench = useRequestWorkbench()
  const actions = useRequestActions()
  const [state, setState] = useEndpointState(tabId, () => firstState(props))
  const [isSaving, setIsSaving] = useState(false)
  const caps = useCaps('explorer.send')
  const { action, auth } = state
  const form = state.forms.get(action) ?? firstForm(endpoint, action)
  const change = (fields: Partial<EndpointForm>): void =>
    setState({ forms: new Map([...state.forms, [action, { ...form, ...fields }]]) })
  const request: HttpRequest = { ...compose(description, form, origin?.request), auth }
  const collectionId = origin?.tab.collectionId ?? null
  const path = origin?.tab.path ?? null
  const environment = actions.environmentOf(collectionId)
  const isPossible = actionsOf(endpoint).length > 0
  const send = (): void => {
    if (!isPossible) return
    setState({ aside: 'response' })
    void workbench.sends.send(tabId, { request, collectionId, path, environment })
  }
  const putBack = (): void => {
    if (origin === null) return
    workbench.tabs.change(origin.tab.id, request)
    setState({ readFrom: request })
    workbench.tabs.select(origin.tab.id)
  }
  useCommands([
    {
      id: 'explorer.send',
      title: 'Send the request of the form',
      group: 'API',
      icon: Send,
      keys: ['Mod+Enter'],
      run: send,
    },
    {
      id: 'explorer.save',
      title: 'Save the request of the form',
      group: 'API',
      icon: Save,
      keys: ['Mod+S'],
      run: () => (origin === null ? setIsSaving(true) : putBack()),
    },
  ])
  const isOutdated =
    origin !== null && state.readFrom !== null && !isSame(shown(origin.request), shown(state.readFrom))
  return (
    <VariablesProvider
      collectionId={collectionId}
      path={path ?? ''}
      environment={environment}
      request={request}
    >
      <div className="flex flex-none items-start gap-8 border-b border-line-1 px-14 py-9">
        <UrlField
          key={action}
          description={description}
          form={form}
          request={request}
          onChange={change}
          onEnter={send}
        />
        <Button variant="primary" caps={caps} onPress={send} isDisabled={!isPossible}>
          Send
        </Button>
        {origin === null ? (
          <Button icon={Save} onPress={() => setIsSaving(true)}>
            Save
          </Button>
        ) : (
          <Button icon={FileInput} onPress={putBack}>
            Put into the request
          </Button>
        )}
        <MenuButton
          label="More for this form"
          placement="bottom end"
          entries={[
            {
              id: 'request',
              label: 'Open as a request',
              onAction: () => void workbench.openRequest(request, collectionId),
            },
            ...(origin === null
              ? []
              : [{ id: 'save', label: 'Save as another request', onAction: () => setIsSaving(true) }]),
            {
              id: 'clear',
              label: 'Begin again',
              startsGroup: true,
              onAction: () =>
                setState({ forms: new Map([...state.forms].filter(([name]) => name !== action)) }),
            },
          ]}
        >
          <IconButton icon={MoreHorizontal} label="More for this form" />
        </MenuButton>
      </div>
      {isOutdated ? (
        <Banner
          tone="warning"
          icon={FileInput}
          lead="The request changed since."
          actions={
            <Button size="compact" onPress={() => setState(firstState(props))}>
              Read it again
            </Button>
          }
        >
          What the form shows is from before.
        </Banner>
      ) : null}
      <div className="flex min-h-0 flex-1 max-lg:flex-col max-lg:overflow-y-auto">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col max-lg:flex-none">
          <Tabs
            label="Endpoint"
            isFilling
            items={[
              { id: 'request', title: 'Request' },
              { id: 'documentation', title: 'Documentation' },
            ]}
            value={state.shown}
            onChange={(next) => setState({ shown: next })}
          >
            {state.shown === 'documentation' ? (
              <Documentation endpoint={endpoint} />
            ) : (
              <Form {...props} form={form} state={state} onState={setState} onChange={change} />
            )}
          </Tabs>
        </div>
        <aside
          aria-label="Preview"
          className="flex min-h-0 w-[46%] min-w-320 flex-none flex-col border-l border-line-1 max-lg:min-h-360 max-lg:w-full max-lg:border-t max-lg:border-l-0"
        >
          <div className="flex flex-none flex-wrap items-end gap-8 border-b border-line-1 px-14 py-8">
            <RunAs
              source={source}
              auth={auth}
              own={origin?.request.auth ?? null}
              onChange={(next) => setState({ auth: next })}
            />
          </div>
          <CodePreview
            request={request}
            value={state.aside}
            onChange={(aside) => setState({ aside })}
            response={
              <ResponsePane
                tab={newRequestTab(tabId, { collectionId, path }, request)}
                request={request}
                actions={{ ...actions, send }}
              />
            }
          />
        </aside>
      </div>
      {isSaving ? <SaveDialog request={request} onClose={() => setIsSaving(false)} /> : null}
    </VariablesProvider>
  )
}

/** What of a request the form is read from. */
function shown({ method, url, parameters, headers, body }: HttpRequest): unknown {
  return { method, url, parameters, headers, body }
}

function Form(
  props: EndpointWorkbenchProps & {
    readonly form: EndpointForm
    readonly state: EndpointState
    readonly onState: (fields: Partial<EndpointState>) => void
    readonly onChange: (fields: Partial<EndpointForm>) => void
  },
): ReactNode {
  const { description, endpoint, form, state, origin, onChange } = props
  const actions = actionsOf(endpoint)
  const warning = warningOf(form)
  if (actions.length === 0) return <p className="p-14 text-body text-2">This role may do nothing with it.</p>
  return (
    <div className="flex flex-col gap-16 p-14">
      {actions.length < 2 ? null : (
        <div className="flex flex-wrap gap-6" role="group" aria-label="Operation">
          {actions.map((one) => (
            <Button
              key={one}
              size="compact"
              variant="ghost"
              isActive={one === state.action}
              onPress={() => props.onState({ action: one })}
            >
              {ACTION_TITLES[one]}
            </Button>
          ))}
        </div>
      )}
      {endpoint.kind === 'function' ? (
        <CallFields endpoint={endpoint} form={form} onChange={onChange} />
      ) : (
        <>
          {warning === '' ? null : (
            <p role="status" className="rounded-control bg-warning-soft px-10 py-8 text-small text-warning">
              {warning}
            </p>
          )}
          <BodyFields table={endpoint} form={form} onChange={onChange} />
          <ReadFields description={description} table={endpoint} form={form} onChange={onChange} />
        </>
      )}
      <Preferences form={form} onChange={onChange} />
      <KeptParts form={form} origin={origin?.request ?? null} onChange={onChange} />
    </div>
  )
}
