// Opens the tab of mock servers when the tester is asked for it, and from the palette.
import { Server } from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import { useCommands } from '../../shell/shell.tsx'
import { useRequestWorkbench, useTesterAsk } from '../requests/index.ts'

/** As `openView` names it. */
export const MOCKS_VIEW = 'mocks'

/** For `TesterParts.dialogs`. Shows nothing of its own. */
export function MockDialogs(): null {
  const [ask, setAsk] = useTesterAsk()
  const workbench = useRequestWorkbench()
  const open = (collectionId: CollectionId | null): void =>
    workbench.openView(MOCKS_VIEW, collectionId ?? '', 'Mock servers')
  const answer = useEffectEvent((collectionId: CollectionId | null) => {
    setAsk(null)
    open(collectionId)
  })
  useEffect(() => {
    if (ask?.kind === 'mocks') answer(ask.collectionId)
  }, [ask])
  useCommands([
    {
      id: 'mocks.open',
      title: 'Show mock servers',
      group: 'API',
      icon: Server,
      run: () => open(null),
    },
  ])
  return null
}
