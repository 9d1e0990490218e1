// The variables that a request sees, for marking and explaining `{{names}}` and for completing them.
import { createContext, useContext, useMemo, type ReactNode } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import { createLookup, type Lookup } from '#api-client/common/resolve/scopes.ts'
import { useCall } from '../../../host/host-provider.tsx'
import { useRequestWorkbench } from '../request-workbench.tsx'

const EMPTY: Lookup = createLookup([])
const VariablesContext = createContext<{
  readonly lookup: Lookup
  readonly show: ((name: string) => void) | null
}>({ lookup: EMPTY, show: null })

export interface VariablesProviderProps {
  readonly collectionId: CollectionId | null
  /** Where the request stands; its folder counts. */
  readonly path: string
  readonly environment: string | null
  /** Its own variables as they stand in the editor, saved or not. */
  readonly request: ApiRequest | null
  readonly children: ReactNode
}

/** Gives fields below it the variables at a place. */
export function VariablesProvider(props: VariablesProviderProps): ReactNode {
  const { collectionId, path, environment, request } = props
  const { data } = useCall(['collections', 'variables', collectionId, path, environment], (host, options) =>
    host.collections.variables({ id: collectionId, path, environment }, options),
  )
  const own = request?.variables
  const lookup = useMemo(
    () =>
      createLookup([
        { scope: 'request', from: '', variables: own ?? [] },
        // One per name, the nearest first: each a scope of its own keeps where it is from.
        ...(data ?? [])
          .filter((variable) => variable.scope !== 'request')
          .map((variable) => ({ scope: variable.scope, from: variable.from, variables: [variable] })),
      ]),
    [own, data],
  )
  const { ask } = useRequestWorkbench()
  const here = useMemo(
    () => ({
      lookup,
      show: (name: string) => ask.set({ kind: 'variables', collectionId, path, name }),
    }),
    [lookup, ask, collectionId, path],
  )
  return <VariablesContext value={here}>{props.children}</VariablesContext>
}

/** The variables at the place where the component stands. */
export function useVariables(): Lookup {
  return useContext(VariablesContext).lookup
}

/** Shows where a variable comes from, or what there is in its place; null where no request stands. */
export function useShowVariable(): ((name: string) => void) | null {
  return useContext(VariablesContext).show
}
