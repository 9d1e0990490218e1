// One endpoint as a tab of the tester: its form and its documentation at the left, what the form means as a request and as code at the right.
import { type ReactNode } from 'react'
import type { ApiDescription, ApiFunction, ApiSource, ApiTable } from '#contract/requests/api-description.ts'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { useStore } from '../../host/store.ts'
import { useRequestWorkbench, type OpenTab } from '../requests/index.ts'
import { findEndpoint, readParams } from './endpoint-params.ts'
import { EndpointWorkbench, type Origin } from './endpoint-workbench.tsx'
import { readSource, useDescription, useWithToken } from './source.ts'

export interface EndpointViewProps {
  readonly tabId: string
  readonly params: string
}

/** The tab's content. */
export function EndpointView({ tabId, params }: EndpointViewProps): ReactNode {
  const wanted = readParams(params)
  const source = useWithToken(readSource(wanted?.source))
  const description = useDescription(source)
  const problem = describeError(description.error)
  const open = useStore(useRequestWorkbench().tabs.tabs)
  if (wanted === null || source === null)
    return (
      <EmptyState title="This tab names no endpoint">
        It was kept by another version. Close it and open the endpoint from the sidebar.
      </EmptyState>
    )
  if (description.data === undefined)
    return problem === undefined ? (
      <SkeletonRows count={8} label="Reading the schema" />
    ) : (
      <EmptyState
        title="The schema cannot be read"
        action={<Button onPress={() => void description.refetch()}>Try again</Button>}
      >
        {problem.message}
      </EmptyState>
    )
  const origin = originOf(open, wanted.request)
  if (origin === 'reading') return <SkeletonRows count={8} label="Reading the request" />
  const endpoint = findEndpoint(description.data, wanted)
  if (endpoint === undefined)
    return (
      <EmptyState
        title={`${wanted.name} is not there any more`}
        action={<Button onPress={() => void description.refetch()}>Read the schema again</Button>}
      >
        The API has no {wanted.kind} of this name. It was renamed or dropped, or this role may not see it.
      </EmptyState>
    )
  return (
    <Endpoint
      key={`${tabId} ${endpoint.kind}`}
      tabId={tabId}
      origin={origin}
      source={source}
      description={description.data}
      endpoint={endpoint}
    />
  )
}

/** The request that the form was opened on, while its tab is open. */
function originOf(open: readonly OpenTab[], tabId: string | undefined): Origin | 'reading' | null {
  const tab = open.find(({ id }) => id === tabId)
  if (tab?.kind !== 'request') return null
  if (tab.request === null) return tab.problem === null ? 'reading' : null
  return tab.request.kind === 'http' ? { tab, request: tab.request } : null
}

function Endpoint(props: {
  readonly tabId: string
  readonly origin: Origin | null
  readonly source: ApiSource
  readonly description: ApiDescription
  readonly endpoint: ApiTable | ApiFunction
}): ReactNode {
  const { endpoint, origin } = props
  const path = `${endpoint.kind === 'function' ? '/rpc' : ''}/${endpoint.name}`
  return (
    <article aria-label={endpoint.name} className="flex min-h-0 flex-1 flex-col">
      <header className="flex flex-none flex-col gap-2 border-b border-line-1 px-14 py-10">
        <div className="flex items-center gap-8">
          <h2 className="min-w-0 truncate font-mono text-[15px]/22 font-semibold select-text">{path}</h2>
          <Badge>
            {endpoint.kind === 'table' ? 'Table' : endpoint.kind === 'view' ? 'View' : 'Function'}
          </Badge>
          <span className="font-mono text-data text-3">{endpoint.schema}</span>
          {origin === null ? null : (
            <span className="min-w-0 truncate text-small text-2">
              The form of the request <span className="text-1">{origin.request.name}</span>
            </span>
          )}
        </div>
        {endpoint.docs === '' ? null : (
          <p className="max-w-720 text-body whitespace-pre-line text-2 select-text">{endpoint.docs}</p>
        )}
      </header>
      <EndpointWorkbench {...props} />
    </article>
  )
}
