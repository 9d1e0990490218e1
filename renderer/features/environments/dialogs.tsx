// The dialogs of this feature, shown when the tester asks for them; its commands, and the environment in the status bar.
import { Braces, Cookie, Settings2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useStore } from '../../host/store.ts'
import type { Command } from '../../shell/commands.ts'
import { useCommands } from '../../shell/shell.tsx'
import { StatusSegment } from '../../shell/slots.tsx'
import { useRequestWorkbench, useTesterAsk } from '../requests/index.ts'
import { EnvironmentDot } from './colours.tsx'
import { CookiesDialog } from './cookies-dialog.tsx'
import { EnvironmentsDialog } from './environments-dialog.tsx'
import { useEnvironmentChoice } from './use-environment-choice.ts'
import { VariablesDialog } from './variables-dialog.tsx'

const API = 'API'

/** Mounted once in the tester. */
export function EnvironmentDialogs(): ReactNode {
  const { tabs } = useRequestWorkbench()
  const all = useStore(tabs.tabs)
  const activeId = useStore(tabs.activeId)
  const tab = all.find((one) => one.id === activeId)
  const hasRequest = tab?.kind === 'request'
  const collectionId = hasRequest ? tab.collectionId : null
  const choice = useEnvironmentChoice(collectionId)
  const { environments, active, shown } = choice
  useCommands([
    ...environments.map((one): Command => ({
      id: `environments.use.${one.name}`,
      title: `Use environment ${one.name}`,
      group: API,
      when: () => one.name !== active,
      run: () => choice.choose(one.name),
    })),
    {
      id: 'environments.useNone',
      title: 'Use no environment',
      group: API,
      when: () => active !== null,
      run: () => choice.choose(null),
    },
    {
      id: 'environments.variables',
      title: 'Show variables of the request',
      group: API,
      icon: Braces,
      when: () => hasRequest,
      run: choice.showVariables,
    },
    { id: 'environments.edit', title: 'Edit environments', group: API, icon: Settings2, run: choice.edit },
    { id: 'environments.cookies', title: 'Show cookies', group: API, icon: Cookie, run: choice.showCookies },
  ])
  return (
    <>
      {collectionId === null ? null : (
        <StatusSegment side="left" order={40} label="Edit environments" onPress={choice.edit}>
          <EnvironmentDot colour={shown?.color ?? ''} />
          {active === null ? 'No environment' : `Environment: ${active}`}
        </StatusSegment>
      )}
      <Asked />
    </>
  )
}

function Asked(): ReactNode {
  const [ask, setAsk] = useTesterAsk()
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
