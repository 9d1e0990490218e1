// From the request of a tab to the form of its endpoint: the API that it calls is found by who it asks as, by the API that is chosen, by its address.
import { useEffect } from 'react'
import { readBack } from '#api-client/common/postgrest/read-back.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { ApiDescription, ApiSource } from '#contract/requests/api-description.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { useCall, type Host } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'
import { projectOf, useRequestWorkbench } from '../requests/index.ts'
import { ENDPOINT_VIEW, findEndpoint, writeParams, type EndpointParams } from './endpoint-params.ts'
import { sourceText, useSource } from './source.ts'

/** Shows nothing: it opens the form, or says why there is none. */
export function OpenAsForm(props: { readonly requestTabId: string; readonly onDone: () => void }): null {
  const { requestTabId, onDone } = props
  const workbench = useRequestWorkbench()
  const { notifications } = useShell()
  const { source, projects, isReading } = useSource()
  const tab = workbench.tabs.get(requestTabId)
  const request = tab?.kind === 'request' && tab.request?.kind === 'http' ? tab.request : null
  const finding = useCall(
    ['explorer', 'form of', requestTabId, request],
    async (host) => {
      if (tab?.kind !== 'request' || request === null) return null
      const own = projectOf(tab, request)
      return findPlace(host, request, [
        ...(own === null ? [] : [projectSource(own)]),
        ...(source === null ? [] : [source]),
        ...projects.map(({ id }) => projectSource(id)),
      ])
    },
    { enabled: !isReading, staleTime: 0 },
  )
  const { data: place } = finding
  useEffect(() => {
    if (place === undefined) return
    if (place === null)
      notifications.toast({
        tone: 'danger',
        text: 'No API that is known here has this request. Choose its API below “Generated from schema”, then open the form again.',
      })
    else
      workbench.openView(
        ENDPOINT_VIEW,
        writeParams({ ...place, request: requestTabId }),
        `Form of ${request?.name ?? place.name}`,
      )
    onDone()
  }, [place, notifications, workbench, requestTabId, request, onDone])
  return null
}

function projectSource(id: string): ApiSource {
  return { type: 'project', projectId: ProjectId.parse(id) }
}

/** The first API of which the request calls an endpoint that is there; an address without variables decides by itself. */
async function findPlace(
  host: Host,
  request: HttpRequest,
  candidates: readonly ApiSource[],
): Promise<EndpointParams | null> {
  const tried = new Set<string>()
  for (const source of candidates) {
    if (tried.has(sourceText(source))) continue
    tried.add(sourceText(source))
    let description: ApiDescription
    try {
      description = await host.explorer.describe({ source })
    } catch {
      // An API that cannot be asked has no form to show.
      continue
    }
    const form = readBack(description, request)
    if (form === null) continue
    const place: EndpointParams = {
      source: sourceText(source),
      kind: form.action === 'call' ? 'function' : 'table',
      schema: form.schema,
      name: form.name,
    }
    if (findEndpoint(description, place) !== undefined) return place
  }
  return null
}
