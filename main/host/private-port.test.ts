import { MessageChannel } from 'node:worker_threads'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startSandboxProcess } from '#api-client/node/sandbox/start-process.ts'
import { AppError } from '#contract/errors.ts'
import { createMessagePortTransport } from '#contract/transports/message-port.ts'
import { asElectronPort } from '#testing/node-ports.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { openKeyFile, type SecretStore } from '../secrets/index.ts'
import {
  adaptElectronPort,
  connectPrivateServices,
  servePrivateServices,
  type PrivateServices,
} from './private-port.ts'

function connect(services: PrivateServices) {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  const bugs: unknown[] = []
  servePrivateServices(services, createMessagePortTransport(adaptElectronPort(asElectronPort(port1))), {
    newBugId: () => 'bug-1',
    onBug: (bug) => bugs.push(bug),
  })
  const host = connectPrivateServices(createMessagePortTransport(adaptElectronPort(asElectronPort(port2))))
  return { host, bugs, port1 }
}

function keyFile(): SecretStore {
  return openKeyFile(join(tempDirectory(), 'secret.key'))
}

test('seals, opens and describes by the main process', async () => {
  const { host } = connect({ secretStore: keyFile(), clipboard: { write: async () => true } })
  const { secretStore } = await host
  const sealed = await secretStore.seal('pässword')
  expect(Buffer.from(sealed).toString('latin1')).not.toContain('ssword')
  expect(await secretStore.open(sealed)).toBe('pässword')
  expect(secretStore.describe()).toContain('only your user can read')
})

test('writes to the clipboard of the main process', async () => {
  const written: string[] = []
  const { host } = connect({
    secretStore: keyFile(),
    clipboard: { write: async (text) => (written.push(text), true) },
  })
  expect(await (await host).clipboard.write('psql …')).toBe(true)
  expect(written).toEqual(['psql …'])
})

test('addresses are opened by the main process', async () => {
  const opened: string[] = []
  const { host } = connect({
    secretStore: keyFile(),
    clipboard: { write: async () => true },
    openBrowser: (url) => void opened.push(url),
  })
  await (await host).openBrowser?.('https://login.example.com/authorize')
  expect(opened).toEqual(['https://login.example.com/authorize'])
})

test('scripts run in processes that the main process starts', async () => {
  const { host } = connect({
    secretStore: keyFile(),
    clipboard: { write: async () => true },
    startSandbox: startSandboxProcess,
  })
  const { startSandbox } = await host
  const child = startSandbox!()
  const ready = Promise.withResolvers<unknown>()
  const gone = Promise.withResolvers<void>()
  child.onMessage(ready.resolve)
  child.onExit(gone.resolve)
  expect(await ready.promise).toEqual({ type: 'ready' })
  child.kill()
  await gone.promise
})

test('a keychain that is locked fails with its own words', async () => {
  const locked = async (): Promise<never> => {
    throw new AppError('SECRET_STORE_UNAVAILABLE', 'Unlock the keychain.')
  }
  const { host } = connect({
    secretStore: { seal: locked, open: locked, describe: () => 'Keychain' },
    clipboard: { write: async () => true },
  })
  await expect((await host).secretStore.seal('x')).rejects.toMatchObject({
    code: 'SECRET_STORE_UNAVAILABLE',
    message: 'Unlock the keychain.',
  })
})

test('fails when the main process goes away', async () => {
  const { host, port1 } = connect({ secretStore: keyFile(), clipboard: { write: async () => true } })
  const { secretStore } = await host
  port1.close()
  await expect(secretStore.seal('x')).rejects.toMatchObject({ code: 'TRANSPORT_CLOSED' })
})
