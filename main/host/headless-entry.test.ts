import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { hostContract } from '#contract/contract.ts'
import { createClient } from '#contract/rpc/client.ts'
import { createWebSocketTransport } from '#contract/transports/web-socket.ts'
import { tempDirectory } from '#testing/temp-directory.ts'

/** Each test starts several processes, on machines that do other things too. */
const SLOW = { timeout: 60_000 }

const Message = z.union([
  z.object({ type: z.literal('ready'), url: z.string() }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])

interface StartedHost {
  readonly child: ChildProcess
  readonly message: z.infer<typeof Message>
}

async function start(dataDirectory: string, environment: Record<string, string> = {}): Promise<StartedHost> {
  const child = fork(join(import.meta.dirname, 'headless-entry.ts'), {
    env: {
      PATH: process.env['PATH'],
      HOME: dataDirectory,
      NEBULADB_DATA_DIR: dataDirectory,
      NEBULADB_HOST_PORT: '0',
      NEBULADB_SERVICE_URL: 'http://127.0.0.1:9',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [message]: unknown[] = await once(child, 'message')
  return { child, message: Message.parse(message) }
}

function urlOf({ message }: StartedHost): URL {
  if (message.type === 'failed') throw new Error(message.message)
  return new URL(message.url)
}

function connect(url: URL) {
  const token = new URLSearchParams(url.hash.slice(1)).get('token') ?? ''
  const socket = new WebSocket(`ws://${url.host}/rpc`, `nebuladb.${token}`, { origin: url.origin })
  return createClient(hostContract, createWebSocketTransport(socket))
}

async function stop({ child }: StartedHost, signal: NodeJS.Signals): Promise<unknown[]> {
  const ended = once(child, 'exit')
  child.kill(signal)
  return ended
}

test('starts, serves with a new token each time, ends in order, and finds its data again', SLOW, async () => {
  const directory = tempDirectory()
  const first = await start(directory)
  const page = connect(urlOf(first))
  await page.api.settings.set({ theme: 'dark' })
  expect(await page.api.settings.about({})).toMatchObject({
    hostKind: 'headless',
    dataDirectory: join(directory, 'desktop'),
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    secretStore: expect.stringContaining('which only your user can read'),
  })
  expect(await stop(first, 'SIGTERM')).toEqual([0, null])
  const second = await start(directory)
  expect(urlOf(second).hash).not.toBe(urlOf(first).hash)
  expect(await connect(urlOf(second)).api.settings.get({})).toMatchObject({ theme: 'dark' })
  const log = readFileSync(join(directory, 'desktop', 'logs', 'host.log'), 'utf8')
  expect(log).toContain('"type":"host-stopped"')
  expect(log).not.toContain(urlOf(first).hash.slice(7))
  if (process.platform !== 'win32') expect(statSync(join(directory, 'desktop')).mode & 0o077).toBe(0)
})

test('a second host on the same data is told so; after a kill the next one just starts', SLOW, async () => {
  const directory = tempDirectory()
  const first = await start(directory)
  const second = await start(directory)
  expect(second.message).toEqual({
    type: 'failed',
    message: `NebulaDB is already running with this data folder (process ${first.child.pid}). Use the window that is open, or start this one with another NEBULADB_DATA_DIR.`,
  })
  await connect(urlOf(first)).api.settings.set({ theme: 'light' })
  await stop(first, 'SIGKILL')
  const third = await start(directory)
  expect(await connect(urlOf(third)).api.settings.get({})).toMatchObject({ theme: 'light' })
})

test('ends when whoever started it is gone', SLOW, async () => {
  const host = await start(tempDirectory())
  const ended = once(host.child, 'exit')
  host.child.disconnect()
  expect(await ended).toEqual([0, null])
})

test('a taken port and a bad variable are told in words', SLOW, async () => {
  const directory = tempDirectory()
  const first = await start(directory)
  const taken = await start(join(directory, 'other'), { NEBULADB_HOST_PORT: urlOf(first).port })
  expect(taken.message).toMatchObject({ message: expect.stringContaining('is used by another program') })
  const bad = await start(join(directory, 'third'), { NEBULADB_HOST_PORT: 'many' })
  expect(bad.message).toMatchObject({ message: expect.stringContaining('NEBULADB_HOST_PORT') })
  expect(existsSync(join(directory, 'third'))).toBe(false)
})
