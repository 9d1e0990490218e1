// What the database did, in the inspector beside a request of which the service can tell.
import type { ReactNode } from 'react'
import { Inspector } from '../../shell/slots.tsx'
import { useLayoutFlag } from '../../shell/use-layout.ts'
import { useRequestWorkbench, useSendState } from './request-workbench.tsx'
import type { OpenTab } from './tabs/open-tab.ts'

/** The pane. While a request is under way it shows the one before, so that nothing jumps. */
export function InsightPane({ tab }: { readonly tab: OpenTab }): ReactNode {
  const { parts, sends } = useRequestWorkbench()
  const state = useSendState(tab.id)
  const [, setIsShown] = useLayoutFlag('inspector.shown', true)
  const exchange = state?.exchange ?? sends.earlier(tab.id)[0]
  if (parts.Insight === undefined || exchange === undefined) return null
  // Other APIs leave the room to the response.
  if (exchange.insight === null && !isOfProject(tab)) return null
  return (
    <Inspector title="What the database did" onClose={() => setIsShown(false)}>
      <parts.Insight exchange={exchange} />
    </Inspector>
  )
}

/** Whether it is meant to be sent as a user of a project, by its own word or by what it inherits. */
function isOfProject(tab: OpenTab): boolean {
  if (tab.kind !== 'request' || tab.request === null) return false
  const { auth } = tab.request
  if (auth.type !== 'inherit') return auth.type === 'project'
  return (
    tab.inherited.findLast(({ defaults }) => defaults.auth.type !== 'inherit')?.defaults.auth.type ===
    'project'
  )
}
