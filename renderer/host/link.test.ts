// The host link: one client over connections that come and go.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hostContract } from '#contract/contract.ts'
import { AppError } from '#contract/errors.ts'
import type { Frame, Transport } from '#contract/rpc/frames.ts'
import { createMemoryTransports } from '#contract/transports/memory.ts'
import { openBrowserTransport, rpcAddress, takeHostToken } from './browser-transport.ts'
import { createHostLink, type HostLink } from './link.ts'

let link: HostLink | undefined
afterEach(() => link?.close())

/** A host by hand: greets, answers `settings.about`, tells of `history.changed`. */
function startHost(version: string): { readonly page: Transport; readonly host: Transport; tell(): void } {
  const [page, host] = createMemoryTransports()
  const subscriptions: number[] = []
  host.onFrame(({ head }: Frame) => {
    if (head.type === 'hello')
      host.send({
        head: { type: 'hello', version: 1, kind: 'headless', capabilities: Object.keys(hostContract) },
        bodies: [],
      })
    if (head.type === 'call')
      host.send({
        head: {
          type: 'reply',
          id: head.id,
          value: { version, hostKind: 'headless', platform: 'linux', dataDirectory: '', secretStore: '' },
        },
        bodies: [],
      })
    if (head.type === 'subscribe') subscriptions.push(head.id)
  })
  return {
    page,
    host,
    tell: () => {
      for (const id of subscriptions) host.send({ head: { type: 'event', id, payload: {} }, bodies: [] })
    },
  }
}

describe('the host link', () => {
  it('answers calls that were made before the connection was there', async () => {
    link = createHostLink(async () => startHost('1').page)
    expect((await link.api.settings.about({})).version).toBe('1')
    expect(link.state.get()).toEqual({ status: 'connected', kind: 'headless' })
  })

  it('connects again, renews subscriptions and says so', async () => {
    const first = startHost('1')
    const second = startHost('2')
    const hosts = [first, second]
    link = createHostLink(async () => hosts.shift()?.page ?? Promise.reject(new Error('none left')), {
      backoffMs: () => 0,
    })
    const heard = vi.fn<() => void>()
    const reconnected = vi.fn<() => void>()
    link.onReconnect(reconnected)
    link.api.history.changed(heard)
    await link.api.settings.about({})
    first.host.close('crashed')
    await vi.waitFor(() => expect(reconnected).toHaveBeenCalledOnce())
    expect((await link.api.settings.about({})).version).toBe('2')
    second.tell()
    await vi.waitFor(() => expect(heard).toHaveBeenCalledOnce())
  })

  it('says since when the host is lost and lets calls fail', async () => {
    link = createHostLink(() => Promise.reject(new AppError('TRANSPORT_CLOSED', 'nobody there')), {
      backoffMs: () => 60_000,
      now: () => new Date('2026-11-22T09:12:00Z'),
    })
    await expect(link.api.settings.about({})).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
    expect(link.state.get()).toEqual({ status: 'lost', since: new Date('2026-11-22T09:12:00Z'), attempts: 1 })
  })

  it('does not try again when the versions differ', async () => {
    const [page, host] = createMemoryTransports()
    host.onFrame(({ head }) => {
      if (head.type === 'hello')
        host.send({ head: { type: 'hello', version: 99, kind: 'headless', capabilities: [] }, bodies: [] })
    })
    const open = vi.fn<() => Promise<Transport>>(async () => page)
    link = createHostLink(open, { backoffMs: () => 0 })
    await expect(link.api.settings.about({})).rejects.toMatchObject({ code: 'PROTOCOL_MISMATCH' })
    expect(link.state.get().status).toBe('refused')
    expect(open).toHaveBeenCalledOnce()
  })

  it('forgets a listener that was taken away', async () => {
    const host = startHost('1')
    link = createHostLink(async () => host.page)
    const gone = vi.fn<() => void>()
    const kept = vi.fn<() => void>()
    const stop = link.api.history.changed(gone)
    link.api.history.changed(kept)
    await link.api.settings.about({})
    stop()
    host.tell()
    await vi.waitFor(() => expect(kept).toHaveBeenCalled())
    expect(gone).not.toHaveBeenCalled()
  })
})

describe('the token of a browser page', () => {
  const pageAt = (href: string, kept: Record<string, string> = {}) => {
    const shown: string[] = []
    return {
      shown,
      kept,
      page: {
        location: { href, hash: new URL(href).hash },
        history: { replaceState: (_data: unknown, _unused: string, url: string) => void shown.push(url) },
        sessionStorage: {
          getItem: (key: string) => kept[key] ?? null,
          setItem: (key: string, value: string) => void (kept[key] = value),
        },
      },
    }
  }
  it('leaves the address and is kept for the tab', () => {
    const { page, shown, kept } = pageAt('http://127.0.0.1:7410/#token=secret')
    expect(takeHostToken(page)).toBe('secret')
    expect(shown).toEqual(['/'])
    expect(takeHostToken(pageAt('http://127.0.0.1:7410/', kept).page)).toBe('secret')
  })
  it('is missing when nobody gave one', () => {
    expect(takeHostToken(pageAt('http://127.0.0.1:7410/').page)).toBeUndefined()
  })
  it('goes to /rpc of the same origin, encrypted where the page is', () => {
    expect(rpcAddress('http://127.0.0.1:7410/index.html')).toBe('ws://127.0.0.1:7410/rpc')
    expect(rpcAddress('https://db.example/')).toBe('wss://db.example/rpc')
  })
  it('is offered as a subprotocol, and a closed socket is an error', async () => {
    const asked: string[] = []
    const listeners: Record<
      string,
      ((event: { readonly reason: string; readonly data: unknown }) => void)[]
    > = {}
    const opened = openBrowserTransport('t0ken', 'http://127.0.0.1:7410/', (address, protocol) => {
      asked.push(address, protocol)
      return {
        binaryType: '',
        readyState: 0,
        send: () => undefined,
        close: () => undefined,
        addEventListener: (
          type: string,
          listener: (event: { readonly reason: string; readonly data: unknown }) => void,
        ) => void (listeners[type] ??= []).push(listener),
      }
    })
    for (const tell of listeners['close'] ?? []) tell({ reason: '', data: undefined })
    await expect(opened).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
    expect(asked).toEqual(['ws://127.0.0.1:7410/rpc', 'nebuladb.t0ken'])
  })
})
