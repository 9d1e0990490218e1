// What the database did, in the inspector beside a request of which the service can tell.
import { Database } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../../components/button.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { Inspector } from '../../shell/slots.tsx'
import { useInspector } from '../../shell/use-inspector.ts'
import { useRequestWorkbench, useSendState } from './request-workbench.tsx'
import type { OpenTab } from './tabs/open-tab.ts'

/** The pane. While a request is under way it shows the one before, so that nothing jumps. */
export function InsightPane({ tab }: { readonly tab: OpenTab }): ReactNode {
  const { parts, sends } = useRequestWorkbench()
  const state = useSendState(tab.id)
  const [, setIsShown] = useInspector(true)
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

/** Opens and closes the pane, beside the status of a response that has one. */
export function InsightButton({ tab }: { readonly tab: OpenTab }): ReactNode {
  const { parts } = useRequestWorkbench()
  const exchange = useSendState(tab.id)?.exchange ?? null
  const [isShown, setIsShown] = useInspector(true)
  const caps = useCaps('inspector.toggle')
  if (parts.Insight === undefined || exchange === null) return null
  if (exchange.insight === null && !isOfProject(tab)) return null
  return (
    <IconButton
      icon={Database}
      size="small"
      label="What the database did"
      caps={caps}
      isActive={isShown}
      onPress={() => setIsShown(!isShown)}
    />
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
