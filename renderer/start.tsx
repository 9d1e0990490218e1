// What both entries do: show the workbench on a host link, and keep the page's own failures visible instead of blank.
import { createRoot } from 'react-dom/client'
import { createHostLink } from './host/link.ts'
import type { Transport } from '#contract/rpc/frames.ts'
import { createPageQueryClient, HostProvider } from './host/host-provider.tsx'
import { applySystemTheme } from './shell/theme.ts'
import { Workbench } from './workbench.tsx'
import './styles/theme.css'

/** Renders the app into #root over the transports that `openTransport` opens. */
export function startPage(
  openTransport: () => Promise<Transport>,
  environment: { readonly isBrowser: boolean },
): void {
  applySystemTheme(document)
  const root = document.getElementById('root')
  if (root === null) throw new Error('The page has no #root.')
  const link = createHostLink(openTransport)
  createRoot(root).render(
    <HostProvider link={link} queryClient={createPageQueryClient()}>
      <Workbench isBrowser={environment.isBrowser} />
    </HostProvider>,
  )
}
