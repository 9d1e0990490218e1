// What the database did, in the inspector beside a request of which the service can tell.
import type { ReactNode } from 'react'
import { Inspector } from '../../shell/slots.tsx'
import { useRequestWorkbench, useSendState } from './request-workbench.tsx'
import type { OpenTab } from './tabs/open-tab.ts'

/** The pane. While a request is under way it shows the one before, so that nothing jumps. */
export function InsightPane({ tab }: { readonly tab: OpenTab }): ReactNode {
  const { parts, sends } = useRequestWorkbench()
  const state = useSendState(tab.id)
  const exchange = state?.exchange ?? sends.earlier(tab.id)[0]
  if (parts.Insight === undefined || exchange === undefined) return null
  // Other APIs leave the room to the response.
  const request = tab.kind === 'request' ? tab.request : null
  const isOfProject = request !== null && request.kind !== 'websocket' && request.auth.type === 'project'
  if (exchange.insight === null && !isOfProject) return null
  return (
    <Inspector title="What the database did">
      <parts.Insight exchange={exchange} />
    </Inspector>
  )
}
