// The commands of the tester, for keys, buttons and palette.
import { Code, History, ListChecks, Plus, Save, Send, Square } from 'lucide-react'
import type { Command } from '../../shell/commands.ts'
import { useCommands } from '../../shell/shell.tsx'
import { useLayoutFlag } from '../../shell/use-layout.ts'
import { useRequestWorkbench } from './request-workbench.tsx'
import type { OpenTab } from './tabs/open-tab.ts'
import type { RequestActions } from './use-request-actions.ts'

const API = 'API'

/** Registers them while the area is shown. */
export function useRequestCommands(input: {
  readonly active: OpenTab | undefined
  readonly create: () => void
  readonly actions: RequestActions
}): void {
  const { active, create, actions } = input
  const { tabs, sends, ask } = useRequestWorkbench()
  const [isResponseShown, setIsResponseShown] = useLayoutFlag('requests.response', true)
  const id = active?.kind === 'request' ? active.id : null
  const withRequest = (act: (id: string) => void) => () => {
    if (id !== null) act(id)
  }
  const hasRequest = (): boolean => id !== null
  const commands: readonly Command[] = [
    {
      id: 'tab.create',
      title: 'New request',
      group: API,
      icon: Plus,
      keys: ['Mod+T', 'Alt+T', 'Mod+N'],
      run: create,
    },
    {
      id: 'requests.send',
      title: 'Send the request',
      group: API,
      icon: Send,
      keys: ['Mod+Enter'],
      when: hasRequest,
      run: withRequest(actions.send),
    },
    {
      id: 'requests.cancel',
      title: 'Cancel the request',
      group: API,
      icon: Square,
      keys: ['Shift+F5'],
      when: () => id !== null && sends.state(id).get()?.status === 'sending',
      run: withRequest(actions.cancel),
    },
    {
      id: 'requests.save',
      title: 'Save the request',
      group: API,
      icon: Save,
      keys: ['Mod+S'],
      when: hasRequest,
      run: withRequest((tabId) => void actions.save(tabId)),
    },
    {
      id: 'requests.saveAs',
      title: 'Save the request as',
      group: API,
      keys: ['Mod+Shift+S'],
      when: hasRequest,
      run: withRequest((tabId) => actions.open({ kind: 'save', tabId })),
    },
    {
      id: 'requests.revert',
      title: 'Take back what was not saved',
      group: API,
      when: () => active?.kind === 'request' && active.isDirty && active.saved !== null,
      run: withRequest((tabId) => tabs.revert(tabId)),
    },
    {
      id: 'requests.url',
      title: 'Go to the URL',
      group: API,
      keys: ['Mod+L'],
      when: hasRequest,
      run: () => {
        const field = document.querySelector<HTMLInputElement>('[data-request-url] input')
        field?.focus()
        field?.select()
      },
    },
    {
      id: 'requests.code',
      title: 'Copy as code',
      group: API,
      icon: Code,
      keys: ['Mod+Shift+G'],
      when: hasRequest,
      run: withRequest((tabId) => actions.open({ kind: 'code', tabId })),
    },
    {
      id: 'requests.run',
      title: 'Run the collection',
      group: API,
      icon: ListChecks,
      keys: ['Mod+Shift+R'],
      when: () => active?.kind === 'request' && active.collectionId !== null,
      run: () => {
        if (active?.kind === 'request' && active.collectionId !== null)
          ask.set({ kind: 'run', collectionId: active.collectionId, path: '' })
      },
    },
    {
      id: 'requests.history',
      title: 'Show history of requests',
      group: API,
      icon: History,
      keys: ['Mod+Shift+H'],
      run: () => void tabs.openView('history', '', 'History'),
    },
    {
      id: 'requests.toggleResponse',
      title: 'Show or hide the response',
      group: API,
      keys: ['Mod+J'],
      when: hasRequest,
      run: () => setIsResponseShown(!isResponseShown),
    },
  ]
  useCommands(commands)
}
