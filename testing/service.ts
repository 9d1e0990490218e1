// The whole service in this process on a database of its own: what tests of it, and of its clients, talk to.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { buildApp, type App, type AppOptions } from '../backend/app.ts'
import type { Config } from '../backend/config.ts'
import type { Observation } from '../backend/monitoring/index.ts'
import type { SignedIn } from '../contract/capabilities/auth.ts'
import { serviceContract, type ServiceContract } from '../contract/contract.ts'
import { createClient } from '../contract/rpc/client.ts'
import type { CallMetadata, Client } from '../contract/rpc/definition.ts'
import { createWebSocketTransport } from '../contract/transports/web-socket.ts'
import { createControlDatabase, type ControlDatabase } from './control-database.ts'
import { createIdleProvisioning } from './idle-provisioning.ts'
import type { TestServer } from './postgres-global-setup.ts'

export interface TestServiceOptions extends AppOptions {
  /** `idle` (the default) never makes a database; `local` runs real ones. */
  readonly provisioning?: 'idle' | 'local'
  /** Changes to the configuration, HTTP's by field. */
  readonly config?: Partial<Omit<Config, 'http'>> & { readonly http?: Partial<Config['http']> }
  /** The Postgres to use outside vitest. */
  readonly server?: TestServer
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body read as JSON; undefined when it is none. */
  readonly json: unknown
}

/** One person as the service knows them, with clients that act for them. */
export interface TestPerson extends SignedIn {
  readonly email: string
  readonly password: string
  readonly api: Client<ServiceContract>
  http(method: string, path: string, body?: unknown): Promise<HttpAnswer>
}

export interface TestService extends AsyncDisposable {
  readonly url: string
  /** Where the service keeps its files. */
  readonly directory: string
  readonly app: App
  readonly control: ControlDatabase
  /** The contract over WebSocket, without a token. */
  readonly client: Client<ServiceContract>
  /** Everything the service said of itself so far. */
  readonly observations: readonly Observation[]
  http(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<HttpAnswer>
  /** A new account with its own clients. */
  signUp(email?: string): Promise<TestPerson>
  /** A client over a WebSocket of its own. */
  connect(metadata?: () => CallMetadata): Client<ServiceContract>
  /** The mails to an address, the oldest first, waiting until there is one at least. */
  mailbox(email: string): Promise<readonly string[]>
  close(): Promise<void>
}

const PASSWORD = 'correct horse battery'
const WAIT_MS = 10_000

/** Starts it. Rate limits are a thousand times wider unless `rateLimitScale` says otherwise. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const { provisioning = 'idle', config: changes = {}, server, ...appOptions } = options
  const directory = await mkdtemp(join(tmpdir(), 'nebuladb service '))
  const control = await createControlDatabase(server === undefined ? {} : { server })
  const observations: Observation[] = []
  const config: Config = {
    directory: join(directory, 'service'),
    databaseUrl: control.temp.url,
    api: { domain: undefined, redisUrl: undefined, privateIssuers: false },
    postgres: { host: '127.0.0.1', port: 0 },
    secretKey: undefined,
    logLevel: 'silent',
    billing: { stripe: undefined, limits: { limits: {}, quotas: {} } },
    mail: { smtpUrl: undefined, from: 'NebulaDB <no-reply@localhost>' },
    ...changes,
    http: {
      host: '127.0.0.1',
      port: 0,
      publicUrl: undefined,
      allowedOrigins: [],
      trustedProxies: [],
      ...changes.http,
    },
  }
  const remove = async (): Promise<void> => {
    await control.drop()
    await rm(directory, { recursive: true, force: true })
  }
  let app: App
  let url: string
  try {
    app = await buildApp(config, {
      log: false,
      validateOutputs: true,
      rateLimitScale: 1000,
      ...(provisioning === 'idle' ? { createProvisioning: createIdleProvisioning } : {}),
      ...appOptions,
      observe: (one) => {
        observations.push(one)
        appOptions.observe?.(one)
      },
    })
    url = await app.listen()
  } catch (error) {
    await remove()
    throw error
  }

  const closers: (() => void)[] = []
  const connect = (metadata?: () => CallMetadata): Client<ServiceContract> => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/rpc`)
    const connected = createClient(
      serviceContract,
      createWebSocketTransport(socket),
      metadata === undefined ? {} : { metadata },
    )
    closers.push(() => connected.close())
    return connected.api
  }
  const http: TestService['http'] = (method, path, body, headers = {}) =>
    request({ url: `${url}${path}`, method, body, headers })
  const client = connect()
  const mailDirectory = join(config.directory, 'mail')
  let people = 0

  const close = async (): Promise<void> => {
    for (const closeOne of closers) closeOne()
    await app.close()
    await remove()
  }
  return {
    url,
    directory: config.directory,
    app,
    control,
    client,
    observations,
    http,
    connect,
    async signUp(email = `person-${(people += 1)}@example.com`) {
      const signedIn = await client.auth.signUp({ email, password: PASSWORD, name: email.split('@')[0] })
      const authorization = `Bearer ${signedIn.tokens.accessToken}`
      return {
        ...signedIn,
        email,
        password: PASSWORD,
        api: connect(() => ({ authorization })),
        http: (method, path, body) => http(method, path, body, { authorization }),
      }
    },
    async mailbox(email) {
      for (const until = Date.now() + WAIT_MS; ;) {
        const found = await readMails(mailDirectory, email)
        if (found.length > 0) return found
        if (Date.now() > until) throw new Error(`No mail to ${email} within ${WAIT_MS} ms.`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function request(options: {
  url: string
  method: string
  body: unknown
  headers: Record<string, string>
}): Promise<HttpAnswer> {
  const { url, method, body, headers } = options
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parseJson(text) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function readMails(directory: string, email: string): Promise<string[]> {
  const files = await readdir(directory).catch(() => [])
  const mails = await Promise.all(files.sort().map((file) => readFile(join(directory, file), 'utf8')))
  return mails.filter((mail) => mail.includes(`To: ${email}`))
}
