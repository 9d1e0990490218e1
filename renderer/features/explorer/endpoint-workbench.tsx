// The form of an endpoint beside what it means; what is sent, saved and shown as code is one and the same request.
import { Save, Send } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { compose, warningOf } from '#api-client/common/postgrest/compose.ts'
import type { Action, EndpointForm } from '#api-client/common/postgrest/form.ts'
import type { ApiDescription, ApiFunction, ApiSource, ApiTable } from '#contract/requests/api-description.ts'
import type { Auth } from '#contract/requests/auth.ts'
import { Button } from '../../components/button.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useRequestWorkbench } from '../requests/index.ts'
import { ACTION_TITLES, actionsOf, firstForm } from './actions.ts'
import { Documentation } from './documentation.tsx'
import { CallFields } from './call-fields.tsx'
import { BodyFields, Preferences, ReadFields } from './form-fields.tsx'
import { CodePreview } from './preview.tsx'
import { firstRunAs, RunAs } from './run-as.tsx'
import { SaveDialog } from './save-dialog.tsx'

export interface EndpointWorkbenchProps {
  readonly source: ApiSource
  readonly description: ApiDescription
  readonly endpoint: ApiTable | ApiFunction
}

type Shown = 'request' | 'documentation'

/** The two panes. Each operation keeps its own form while the tab is open. */
export function EndpointWorkbench({ source, description, endpoint }: EndpointWorkbenchProps): ReactNode {
  const workbench = useRequestWorkbench()
  const actions = actionsOf(endpoint)
  const [action, setAction] = useState<Action>(actions[0] ?? 'read')
  const [forms, setForms] = useState<ReadonlyMap<Action, EndpointForm>>(new Map())
  const [auth, setAuth] = useState<Auth>(() => firstRunAs(source))
  const [shown, setShown] = useState<Shown>('request')
  const [isSaving, setIsSaving] = useState(false)
  const form = forms.get(action) ?? firstForm(endpoint, action)
  const change = (fields: Partial<EndpointForm>): void =>
    setForms((before) => new Map([...before, [action, { ...form, ...fields }]]))
  const request = { ...compose(description, form), auth }
  const warning = warningOf(form)
  const send = (): void => {
    const tabId = workbench.openRequest(request)
    void workbench.sends.send(tabId, { request, collectionId: null, path: null, environment: null })
  }
  return (
    <div className="flex min-h-0 flex-1 max-lg:flex-col max-lg:overflow-y-auto">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Tabs
          label="Endpoint"
          isFilling
          items={[
            { id: 'request', title: 'Request' },
            { id: 'documentation', title: 'Documentation' },
          ]}
          value={shown}
          onChange={setShown}
        >
          {shown === 'documentation' ? (
            <Documentation endpoint={endpoint} />
          ) : (
            <div className="flex flex-col gap-16 p-14">
              {actions.length < 2 ? null : (
                <div className="flex flex-wrap gap-6" role="group" aria-label="Operation">
                  {actions.map((one) => (
                    <Button
                      key={one}
                      size="compact"
                      variant={one === action ? 'primary' : 'secondary'}
                      onPress={() => setAction(one)}
                    >
                      {ACTION_TITLES[one]}
                    </Button>
                  ))}
                </div>
              )}
              {actions.length === 0 ? (
                <p className="text-body text-2">This role may do nothing with it.</p>
              ) : endpoint.kind === 'function' ? (
                <CallFields endpoint={endpoint} form={form} onChange={change} />
              ) : (
                <>
                  {action === 'read' || action === 'insert' || action === 'upsert' ? null : warning ===
                    '' ? null : (
                    <p
                      role="status"
                      className="rounded-control bg-warning-soft px-10 py-8 text-small text-warning"
                    >
                      {warning}
                    </p>
                  )}
                  <BodyFields table={endpoint} form={form} onChange={change} />
                  <ReadFields description={description} table={endpoint} form={form} onChange={change} />
                </>
              )}
              <Preferences form={form} onChange={change} />
            </div>
          )}
        </Tabs>
      </div>
      <aside
        aria-label="Preview"
        className="flex min-h-0 w-[44%] min-w-360 flex-none flex-col border-l border-line-1 max-lg:w-full max-lg:border-t max-lg:border-l-0"
      >
        <div className="flex flex-none flex-wrap items-end gap-8 border-b border-line-1 px-14 py-8">
          <RunAs source={source} auth={auth} onChange={setAuth} />
          <span className="flex-1" />
          <Button icon={Save} onPress={() => setIsSaving(true)}>
            Save to a collection
          </Button>
          <Button variant="primary" icon={Send} onPress={send} isDisabled={actions.length === 0}>
            Send
          </Button>
        </div>
        <CodePreview request={request} />
      </aside>
      {isSaving ? <SaveDialog request={request} onClose={() => setIsSaving(false)} /> : null}
    </div>
  )
}
