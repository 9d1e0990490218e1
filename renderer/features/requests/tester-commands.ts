// What the palette offers of the tester wherever the person is: it goes to the tester and does it there. Keys and what needs an open request are the area's own.
import { Box, Cookie, Download, History, ListChecks, Plus, Server, Settings2, Sparkles } from 'lucide-react'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import type { Command } from '../../shell/commands.ts'
import { useCommands, useLocation } from '../../shell/shell.tsx'
import type { TesterAsk } from './parts.ts'
import { REQUESTS_AREA, useAskTester, useRequestWorkbench } from './request-workbench.tsx'
import { useCollections } from './use-collections.ts'

const GROUP = 'API'

type PlainAsk = Exclude<TesterAsk, { kind: 'variables' | 'form' | 'generateFor' | 'run' }>['kind']

/** Renders nothing; mount it once below the workbench, outside of the areas. */
export function TesterCommands(): null {
  const isThere = useLocation().area === REQUESTS_AREA
  const { openRequest, openView } = useRequestWorkbench()
  const ask = useAskTester()
  const { collections } = useCollections()
  const asking = (kind: PlainAsk) => () => ask?.({ kind, collectionId: null, path: '' })
  const always: readonly Command[] = [
    { id: 'requests.import', title: 'Import requests', group: GROUP, icon: Download, run: asking('import') },
    {
      id: 'requests.newCollection',
      title: 'New collection of requests',
      group: GROUP,
      icon: Box,
      run: asking('newCollection'),
    },
    {
      id: 'requests.openFolder',
      title: 'Open a folder of requests',
      group: GROUP,
      icon: Box,
      run: asking('openFolder'),
    },
    {
      id: 'requests.teamCollections',
      title: 'Open a team’s collection',
      group: GROUP,
      icon: Box,
      run: asking('teamCollections'),
    },
    {
      id: 'requests.generate',
      title: 'Generate requests from a project',
      group: GROUP,
      icon: Sparkles,
      run: asking('generate'),
    },
  ]
  // In the tester these are commands of the area, with keys and of what is open.
  const elsewhere: readonly Command[] = [
    {
      id: 'requests.create',
      title: 'New API request',
      group: GROUP,
      icon: Plus,
      run: () => void openRequest(newHttpRequest('New request'), collections[0]?.id ?? null),
    },
    {
      id: 'requests.history',
      title: 'Show history of requests',
      group: GROUP,
      icon: History,
      run: () => openView('history', '', 'History'),
    },
    {
      id: 'environments.edit',
      title: 'Edit environments',
      group: GROUP,
      icon: Settings2,
      run: asking('environments'),
    },
    {
      id: 'environments.cookies',
      title: 'Show cookies',
      group: GROUP,
      icon: Cookie,
      run: asking('cookies'),
    },
    { id: 'mocks.open', title: 'Show mock servers', group: GROUP, icon: Server, run: asking('mocks') },
    ...collections.map(({ id, name }): Command => ({
      id: `runs.open.${id}`,
      title: `Run ${name}`,
      group: GROUP,
      icon: ListChecks,
      run: () => ask?.({ kind: 'run', collectionId: id, path: '' }),
    })),
  ]
  useCommands(isThere ? always : [...always, ...elsewhere])
  return null
}
