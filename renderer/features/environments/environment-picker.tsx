// Which environment counts for a request: beside its parts, and in the status bar.
import { Braces, ChevronDown, Cookie, Settings2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import { Button } from '../../components/button.tsx'
import { MenuButton, type MenuEntry } from '../../components/menu.tsx'
import { describeError } from '../../host/error-text.ts'
import { useStore } from '../../host/store.ts'
import { useAction } from '../../host/host-provider.tsx'
import type { Command } from '../../shell/commands.ts'
import { useCommands, useShell } from '../../shell/shell.tsx'
import { StatusSegment } from '../../shell/slots.tsx'
import { useRequestWorkbench } from '../requests/index.ts'
import { EnvironmentDot } from './colours.tsx'
import { useActiveEnvironment, useEnvironments } from './use-environments.ts'

export interface EnvironmentPickerProps {
  readonly collectionId: CollectionId | null
}

/** A request of no collection has the globals only. */
export function EnvironmentPicker({ collectionId }: EnvironmentPickerProps): ReactNode {
  return collectionId === null ? <GlobalsOnly /> : <Picker collectionId={collectionId} />
}

const COMMANDS = 'API'

function Picker({ collectionId }: { readonly collectionId: CollectionId }): ReactNode {
  const { ask, tabs } = useRequestWorkbench()
  const { notifications } = useShell()
  const reading = useEnvironments(collectionId)
  const activeId = useStore(tabs.activeId)
  const active = useActiveEnvironment(collectionId)
  const environments = reading.data ?? []
  const choosing = useAction(
    (host, name: string | null) => host.collections.activateEnvironment({ id: collectionId, name }),
    ['collections'],
    {
      onError: (error) =>
        notifications.toast({
          tone: 'danger',
          text: `The environment was not changed. ${describeError(error)?.message ?? ''}`,
        }),
    },
  )
  const shown = environments.find((one) => one.name === active)
  const isMissing = active !== null && shown === undefined && reading.data !== undefined
  const path = (): string => {
    const tab = tabs.tabs.get().find((one) => one.id === activeId)
    return tab?.kind === 'request' ? (tab.path ?? '') : ''
  }
  const edit = (): void =>
    ask.set({ kind: 'environments', collectionId, path: '', ...(active === null ? {} : { focus: active }) })
  const look = (): void => ask.set({ kind: 'variables', collectionId, path: path(), name: '' })

  useCommands([
    ...environments.map((one): Command => ({
      id: `environments.use.${one.name}`,
      title: `Use environment ${one.name}`,
      group: COMMANDS,
      when: () => one.name !== active,
      run: () => choosing.mutate(one.name),
    })),
    {
      id: 'environments.useNone',
      title: 'Use no environment',
      group: COMMANDS,
      when: () => active !== null,
      run: () => choosing.mutate(null),
    },
    {
      id: 'environments.variables',
      title: 'Show variables of this request',
      group: COMMANDS,
      icon: Braces,
      run: look,
    },
  ])

  const entries: readonly MenuEntry[] = [
    ...environments.map((one): MenuEntry => ({
      id: `use ${one.name}`,
      label: one.name,
      mark: <EnvironmentDot colour={one.color} />,
      isCurrent: one.name === active,
      ...(one.extends === null ? {} : { detail: `extends ${one.extends}` }),
      onAction: () => choosing.mutate(one.name),
    })),
    {
      id: 'none',
      label: 'No environment',
      mark: <EnvironmentDot colour="" />,
      isCurrent: active === null,
      onAction: () => choosing.mutate(null),
    },
    { id: 'variables', label: 'Variables that count here', icon: Braces, startsGroup: true, onAction: look },
    { id: 'edit', label: 'Edit environments', icon: Settings2, onAction: edit },
    {
      id: 'cookies',
      label: 'Cookies',
      icon: Cookie,
      onAction: () => ask.set({ kind: 'cookies', collectionId, path: '' }),
    },
  ]
  const word = active ?? 'No environment'
  return (
    <>
      <MenuButton label="Environment" entries={entries} placement="bottom end">
        <Button
          variant="ghost"
          size="compact"
          label={
            active === null ? 'No environment' : `Environment ${active}${isMissing ? ', not there' : ''}`
          }
        >
          <EnvironmentDot colour={shown?.color ?? ''} />
          <span className={isMissing ? 'max-w-160 truncate text-danger line-through' : 'max-w-160 truncate'}>
            {word}
          </span>
          <ChevronDown aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
        </Button>
      </MenuButton>
      <StatusSegment side="left" order={40} label="Edit environments" onPress={edit}>
        <EnvironmentDot colour={shown?.color ?? ''} />
        {active === null ? 'No environment' : `Environment: ${active}`}
      </StatusSegment>
    </>
  )
}

function GlobalsOnly(): ReactNode {
  const { ask } = useRequestWorkbench()
  return (
    <MenuButton
      label="Environment"
      placement="bottom end"
      entries={[
        {
          id: 'variables',
          label: 'Variables that count here',
          icon: Braces,
          onAction: () => ask.set({ kind: 'variables', collectionId: null, path: '', name: '' }),
        },
        {
          id: 'edit',
          label: 'Edit globals',
          icon: Settings2,
          onAction: () => ask.set({ kind: 'environments', collectionId: null, path: '' }),
        },
        {
          id: 'cookies',
          label: 'Cookies',
          icon: Cookie,
          onAction: () => ask.set({ kind: 'cookies', collectionId: null, path: '' }),
        },
      ]}
    >
      <Button variant="ghost" size="compact" label="Globals only: the request is in no collection">
        <EnvironmentDot colour="" />
        Globals only
        <ChevronDown aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
      </Button>
    </MenuButton>
  )
}
