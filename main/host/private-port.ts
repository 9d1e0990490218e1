// What passes between Electron's main process and the host in its utility process, besides the pages' own ports: the messages that hand ports
// over, and the private contract by which the main process answers for the keychain, the clipboard and the browser. Neither ever reaches a page.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { createClient } from '#contract/rpc/client.ts'
import { call, capability, type Handlers } from '#contract/rpc/definition.ts'
import type { Transport } from '#contract/rpc/frames.ts'
import { serve, type ServeOptions } from '#contract/rpc/server.ts'
import type { MessagePortLike } from '#contract/transports/message-port.ts'
import type { SandboxProcess } from '#api-client/node/sandbox/start-process.ts'
import type { SecretStore } from '../secrets/index.ts'
import type { Clipboard } from './clipboard.ts'
import { connectSandboxes, sandboxes, serveSandboxes } from './sandbox-relay.ts'

/** From the main process to the host. `private` comes first and `page` for each page, each with one port; `stop` ends the host in order. */
export const MessageToHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('private') }),
  z.object({ type: z.literal('page') }),
  z.object({ type: z.literal('stop') }),
])
export type MessageToHost = z.infer<typeof MessageToHost>

/** From the host to the main process. After `failed` and `stopped` the host's process ends. */
export const MessageFromHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  /** Why the host cannot start, in words for the person. */
  z.object({ type: z.literal('failed'), message: z.string(), hint: z.string().optional() }),
  z.object({ type: z.literal('stopped') }),
])
export type MessageFromHost = z.infer<typeof MessageFromHost>

const text = z.string().max(1_000_000)

/** What the main process serves to the host, and to nobody else. Sealed bytes travel as base64. */
export const privateContract = {
  secrets: capability('secrets', {
    seal: call({ input: z.object({ plain: text }), output: z.base64() }),
    open: call({ input: z.object({ sealed: z.base64() }), output: z.string() }),
    describe: call({ input: z.object({}), output: z.string() }),
  }),
  clipboard: capability('clipboard', {
    /** False when the system has no clipboard. */
    write: call({ input: z.object({ text }), output: z.boolean() }),
  }),
  browser: capability('browser', {
    /** Hands an https address to the person's browser; any other is dropped. */
    open: call({ input: z.object({ url: z.string().max(100_000) }), output: z.void() }),
  }),
  sandboxes,
}

/** What the main process does for the host. */
export interface PrivateServices {
  readonly secretStore: SecretStore
  readonly clipboard: Clipboard
  /** Opens an address in the person's browser. Without it nothing is opened: the page shows the address. */
  readonly openBrowser?: (url: string) => Promise<void> | void
  /** Starts a process for scripts. */
  readonly startSandbox?: () => SandboxProcess
}

/** The main process's end: answers the host with the keychain and the clipboard of the system until the transport closes. */
export function servePrivateServices(
  services: PrivateServices,
  transport: Transport,
  options: Pick<ServeOptions, 'newBugId' | 'onBug'>,
): void {
  const { secretStore, clipboard, openBrowser, startSandbox } = services
  const handlers: Handlers<typeof privateContract> = {
    secrets: {
      seal: async ({ plain }) => Buffer.from(await secretStore.seal(plain)).toString('base64'),
      open: ({ sealed }) => secretStore.open(Buffer.from(sealed, 'base64')),
      describe: async () => secretStore.describe(),
    },
    clipboard: { write: ({ text }) => clipboard.write(text) },
    browser: { open: async ({ url }) => openBrowser?.(url) },
    sandboxes: serveSandboxes(startSandbox),
  }
  serve(privateContract, handlers, transport, { kind: 'desktop', ...options })
}

/** The host's end. Rejects with TRANSPORT_CLOSED when the main process goes away first. */
export async function connectPrivateServices(transport: Transport): Promise<PrivateServices> {
  const { api } = createClient(privateContract, transport)
  const description = await api.secrets.describe({})
  return {
    secretStore: {
      seal: async (plain) => Buffer.from(await api.secrets.seal({ plain }), 'base64'),
      open: (sealed) => api.secrets.open({ sealed: Buffer.from(sealed).toString('base64') }),
      describe: () => description,
    },
    clipboard: { write: (text) => api.clipboard.write({ text }) },
    openBrowser: (url) => api.browser.open({ url }),
    startSandbox: connectSandboxes(api.sandboxes, randomUUID),
  }
}

/** The shape that Electron's MessagePortMain has in both processes. */
export interface ElectronPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  start(): void
  close(): void
}

/** Adapts an Electron port to the message-port transport. */
export function adaptElectronPort(port: ElectronPort): MessagePortLike {
  return {
    postMessage: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', (event) => listener(event.data)),
    onClose: (listener) => void port.on('close', listener),
    start: () => port.start(),
    close: () => port.close(),
  }
}
