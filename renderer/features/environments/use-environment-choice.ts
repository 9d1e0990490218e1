// What can be done about the environment of a request, for the picker, the status bar and the commands.
import type { CollectionId } from '#contract/requests/collection.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'
import { useRequestWorkbench } from '../requests/index.ts'
import type { StoredEnvironment } from './draft.ts'
import { useActiveEnvironment, useEnvironments } from './use-environments.ts'

export interface EnvironmentChoice {
  readonly environments: readonly StoredEnvironment[]
  /** Name of the one that counts; null for none. */
  readonly active: string | null
  /** The one that counts; undefined for none, and for one that is not there. */
  readonly shown: StoredEnvironment | undefined
  readonly isMissing: boolean
  choose(name: string | null): void
  edit(): void
  /** Shows the variables of the request that is open. */
  showVariables(): void
  showCookies(): void
}

/** Of a collection; of null: of requests that are in none. */
export function useEnvironmentChoice(collectionId: CollectionId | null): EnvironmentChoice {
  const { ask, tabs } = useRequestWorkbench()
  const { notifications } = useShell()
  const reading = useEnvironments(collectionId)
  const active = useActiveEnvironment(collectionId)
  const environments = collectionId === null ? NONE : (reading.data ?? NONE)
  const shown = environments.find((one) => one.name === active)
  const choosing = useAction(
    async (host, name: string | null) => {
      if (collectionId !== null) await host.collections.activateEnvironment({ id: collectionId, name })
    },
    ['collections'],
    {
      onError: (error) =>
        notifications.toast({
          tone: 'danger',
          text: `The environment was not changed. ${describeError(error)?.message ?? ''}`,
        }),
    },
  )
  return {
    environments,
    active,
    shown,
    isMissing: active !== null && shown === undefined && reading.data !== undefined,
    choose: (name) => choosing.mutate(name),
    edit: () =>
      ask.set({
        kind: 'environments',
        collectionId,
        path: '',
        ...(active === null ? {} : { focus: active }),
      }),
    showVariables() {
      const tab = tabs.tabs.get().find((one) => one.id === tabs.activeId.get())
      const path = tab?.kind === 'request' && tab.collectionId === collectionId ? (tab.path ?? '') : ''
      ask.set({ kind: 'variables', collectionId, path, name: '' })
    },
    showCookies: () => ask.set({ kind: 'cookies', collectionId, path: '' }),
  }
}

const NONE: readonly StoredEnvironment[] = []
