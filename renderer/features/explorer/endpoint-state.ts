// What an endpoint's tab holds while it is open: a form per operation, who asks, which panes are shown. It outlives the tab being turned away from.
import type { Action, EndpointForm } from '#api-client/common/postgrest/form.ts'
import type { Auth } from '#contract/requests/auth.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { createStore, useStore, type Store } from '../../host/store.ts'
import { useRequestWorkbench, type RequestWorkbench } from '../requests/index.ts'

export interface EndpointState {
  readonly action: Action
  readonly forms: ReadonlyMap<Action, EndpointForm>
  readonly auth: Auth
  readonly shown: 'request' | 'documentation'
  readonly aside: 'response' | 'url' | 'curl' | 'supabase' | 'python' | 'go'
  /** The request that the form was read from, as it was then; null for a form that began empty. */
  readonly readFrom: HttpRequest | null
}

/** What was chosen so far; the rest is as it is at first. */
type States = ReadonlyMap<string, Partial<EndpointState>>
const stores = new WeakMap<RequestWorkbench, Store<States>>()

function storeOf(workbench: RequestWorkbench): Store<States> {
  const known = stores.get(workbench)
  if (known !== undefined) return known
  const made = createStore<States>(new Map())
  stores.set(workbench, made)
  return made
}

/** The state of a tab, and how to change it; `first` is what it begins with. */
export function useEndpointState(
  tabId: string,
  first: () => EndpointState,
): readonly [EndpointState, (fields: Partial<EndpointState>) => void] {
  const store = storeOf(useRequestWorkbench())
  const state = { ...first(), ...useStore(store).get(tabId) }
  return [
    state,
    (fields) =>
      store.update((before) => new Map([...before, [tabId, { ...state, ...before.get(tabId), ...fields }]])),
  ]
}

/** Shows an operation in a tab that was just opened, or is open. */
export function chooseAction(workbench: RequestWorkbench, tabId: string, action: Action): void {
  storeOf(workbench).update(
    (before) => new Map([...before, [tabId, { ...before.get(tabId), action, shown: 'request' as const }]]),
  )
}
