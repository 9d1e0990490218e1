// A page for component tests: the real host link over the memory transport, to handlers that the test writes by hand.
import { render, type RenderResult } from '@testing-library/react'
import { createElement, type ReactNode } from 'react'
import { hostContract, type HostContract } from '#contract/contract.ts'
import { AppError } from '#contract/errors.ts'
import type { Handlers } from '#contract/rpc/definition.ts'
import { serve } from '#contract/rpc/server.ts'
import { createMemoryTransports } from '#contract/transports/memory.ts'
import { createPageQueryClient, HostProvider } from '../renderer/host/host-provider.tsx'
import { createHostLink } from '../renderer/host/link.ts'
import { createShell, ShellProvider, type Shell } from '../renderer/shell/shell.tsx'

/** Any handlers of the host, as many as the test needs. */
export type SomeHandlers = { readonly [N in keyof HostContract]?: Partial<Handlers<HostContract>[N]> }

/** Every other call fails with NOT_FOUND, every other event stays silent. */
export function completeHandlers(some: SomeHandlers): Handlers<HostContract>
export function completeHandlers(some: Readonly<Record<string, object | undefined>>): object {
  return Object.fromEntries(
    Object.entries(hostContract).map(([capability, { members }]) => [
      capability,
      Object.fromEntries(
        Object.entries(members).map(([name, member]) => {
          const given: unknown = Reflect.get(some[capability] ?? {}, name)
          const silent = () => () => undefined
          const missing = async (): Promise<never> => {
            throw new AppError('NOT_FOUND', `The test has no ${capability}.${name}.`)
          }
          return [name, given ?? (member.kind === 'event' ? silent : missing)]
        }),
      ),
    ]),
  )
}

/** A service that is there or not. */
export function connectivityThat(state: 'online' | 'offline'): NonNullable<SomeHandlers['connectivity']> {
  return {
    current: async () => ({
      state,
      offlineSince: null,
      latencyMs: 1,
      isSyncing: false,
      lastSyncedAt: null,
      pendingChanges: 0,
      problem: null,
    }),
  }
}

export interface TestPage extends RenderResult {
  readonly shell: Shell
  /** What the host logged as bugs: a test expects none. */
  readonly bugs: readonly unknown[]
}

/** Renders `ui` on a page of its own. */
export function renderPage(ui: ReactNode, handlers: SomeHandlers = {}): TestPage {
  const bugs: unknown[] = []
  const link = createHostLink(async () => {
    const [page, host] = createMemoryTransports()
    serve(hostContract, completeHandlers(handlers), host, {
      kind: 'headless',
      newBugId: () => 'bug',
      onBug: ({ error }) => bugs.push(error),
      validateOutputs: true,
    })
    return page
  })
  const shell = createShell({
    keys: { platform: 'linux', isBrowser: false, overrides: {} },
    layout: {},
    location: { area: 'home', page: '', id: '' },
    saveLayout: () => undefined,
    now: () => new Date(),
  })
  const inShell = createElement(ShellProvider, { shell, children: ui })
  const rendered = render(
    createElement(HostProvider, { link, queryClient: createPageQueryClient(), children: inShell }),
  )
  return { ...rendered, shell, bugs }
}
