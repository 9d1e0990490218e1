// The dialogs of this feature, shown when the tester asks for them, and the commands that ask.
import { Cookie, Settings2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import { useStore } from '../../host/store.ts'
import { useCommands } from '../../shell/shell.tsx'
import { useRequestWorkbench, useTesterAsk } from '../requests/index.ts'
import { CookiesDialog } from './cookies-dialog.tsx'
import { EnvironmentsDialog } from './environments-dialog.tsx'
import { VariablesDialog } from './variables-dialog.tsx'

/** Mounted once in the tester. */
export function EnvironmentDialogs(): ReactNode {
  const [ask, setAsk] = useTesterAsk()
  const { tabs } = useRequestWorkbench()
  const activeId = useStore(tabs.activeId)
  const collectionId = (): CollectionId | null => {
    const tab = tabs.tabs.get().find((one) => one.id === activeId)
    return tab?.kind === 'request' ? tab.collectionId : null
  }
  useCommands([
    {
      id: 'environments.edit',
      title: 'Edit environments',
      group: 'API',
      icon: Settings2,
      run: () => setAsk({ kind: 'environments', collectionId: collectionId(), path: '' }),
    },
    {
      id: 'environments.cookies',
      title: 'Show cookies',
      group: 'API',
      icon: Cookie,
      run: () => setAsk({ kind: 'cookies', collectionId: collectionId(), path: '' }),
    },
  ])
  const close = (): void => setAsk(null)
  switch (ask?.kind) {
    case 'environments':
      return (
        <EnvironmentsDialog
          collectionId={ask.collectionId}
          focus={ask.focus ?? null}
          variable={ask.variable ?? null}
          onClose={close}
        />
      )
    case 'variables':
      return (
        <VariablesDialog collectionId={ask.collectionId} path={ask.path} name={ask.name} onClose={close} />
      )
    case 'cookies':
      return <CookiesDialog collectionId={ask.collectionId} onClose={close} />
    default:
      return null
  }
}
