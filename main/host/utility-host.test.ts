import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import { hostContract } from '#contract/contract.ts'
import { AppError } from '#contract/errors.ts'
import { createClient } from '#contract/rpc/client.ts'
import { createMessagePortTransport } from '#contract/transports/message-port.ts'
import { adaptNodePort, asElectronPort } from '#testing/node-ports.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { openKeyFile } from '../secrets/index.ts'
import { readHostConfig, type HostConfig } from './config.ts'
import {
  adaptElectronPort,
  MessageFromHost,
  servePrivateServices,
  type ElectronPort,
  type MessageToHost,
} from './private-port.ts'
import { runUtilityHost } from './utility-host.ts'

/** The main process's side of a host in this process. */
function setUp(readConfig?: () => HostConfig) {
  const directory = tempDirectory()
  const told: MessageFromHost[] = []
  const exits: number[] = []
  type Listener = (event: { readonly data: unknown; readonly ports: readonly ElectronPort[] }) => void
  let listener: Listener = () => undefined
  runUtilityHost({
    parentPort: {
      on: (_, next) => (listener = next),
      postMessage: (message) => told.push(MessageFromHost.parse(message)),
    },
    readConfig:
      readConfig ??
      (() => readHostConfig({ NEBULADB_DATA_DIR: directory, NEBULADB_SERVICE_URL: 'http://127.0.0.1:9' })),
    exit: (code) => exits.push(code),
  })
  const post = (message: MessageToHost, ports: readonly ElectronPort[] = []): void =>
    listener({ data: message, ports })
  const sendPrivate = (): void => {
    const { port1, port2 } = new MessageChannel()
    onTestFinished(() => port1.close())
    servePrivateServices(
      {
        secretStore: openKeyFile(join(directory, 'secret.key')),
        clipboard: { write: async () => true },
      },
      createMessagePortTransport(adaptElectronPort(asElectronPort(port1))),
      { newBugId: () => 'bug', onBug: () => undefined },
    )
    post({ type: 'private' }, [asElectronPort(port2)])
  }
  const openPage = () => {
    const { port1, port2 } = new MessageChannel()
    onTestFinished(() => port1.close())
    const client = createClient(hostContract, createMessagePortTransport(adaptNodePort(port1)))
    post({ type: 'page' }, [asElectronPort(port2)])
    return client
  }
  const stop = async (): Promise<void> => {
    post({ type: 'stop' })
    await vi.waitFor(() => expect(told.at(-1)).toEqual({ type: 'stopped' }))
  }
  return {
    told,
    exits,
    post,
    send: (data: unknown) => listener({ data, ports: [] }),
    sendPrivate,
    openPage,
    stop,
  }
}

test('serves pages that came before and after it was up, and stops in order', async () => {
  const { told, exits, sendPrivate, openPage, stop } = setUp()
  sendPrivate()
  const early = openPage()
  expect(await early.hello).toMatchObject({ kind: 'desktop' })
  expect(told).toEqual([{ type: 'ready' }])
  const late = openPage()
  await late.api.settings.set({ theme: 'dark' })
  expect(await early.api.settings.get({})).toMatchObject({ theme: 'dark' })
  expect(await late.api.settings.about({})).toMatchObject({
    hostKind: 'desktop',
    secretStore: expect.stringContaining('which only your user can read'),
  })
  await stop()
  expect(exits).toEqual([0])
  await expect(early.api.settings.get({})).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
})

test('a start that fails is told in words', async () => {
  const { told, exits, sendPrivate, openPage } = setUp(() => {
    throw new AppError('LOCAL_DATA_UNUSABLE', 'The data is of a newer version.', { hint: 'Update NebulaDB.' })
  })
  sendPrivate()
  const page = openPage()
  await vi.waitFor(() => expect(exits).toEqual([1]))
  expect(told).toEqual([
    { type: 'failed', message: 'The data is of a newer version.', hint: 'Update NebulaDB.' },
  ])
  await expect(page.hello).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
})

test('what is not a message of the protocol is not heard; a page before the private port is refused', async () => {
  const { told, send, post, openPage, sendPrivate, stop } = setUp()
  send('hello')
  send({ type: 'shutdown' })
  post({ type: 'private' })
  await expect(openPage().hello).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
  expect(told).toEqual([])
  sendPrivate()
  await vi.waitFor(() => expect(told).toEqual([{ type: 'ready' }]))
  await stop()
})

test('stops also when it never started', async () => {
  const { exits, stop } = setUp()
  await stop()
  expect(exits).toEqual([0])
})
