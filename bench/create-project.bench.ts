// How long a project takes from the create call until the first query answers over the proxy: the real service with its own records,
// durable settings. At a person's pace (a copy of the template lies ready), without a pause (it may not), and several at once.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { OrganisationId, ProjectId } from '../contract/capabilities/ids.ts'
import { serviceContract } from '../contract/contract.ts'
import type { ServiceContract } from '../contract/contract.ts'
import { createClient } from '../contract/rpc/client.ts'
import type { Client } from '../contract/rpc/definition.ts'
import { createWebSocketTransport } from '../contract/transports/web-socket.ts'
import { openSession } from '../postgres/node/session.ts'
import type { SessionTarget } from '../postgres/node/session.ts'
import { describeMachine, rounded } from './report.ts'

const PACED = 30
const PAUSE_MS = 1_500
const UNPACED = 12
const AT_ONCE = 8
const WAKES = 20
const PER_ORGANISATION = 5

const Ready = z.object({ type: z.literal('ready'), url: z.string() })

interface Created {
  readonly projectId: ProjectId
  readonly target: SessionTarget
  readonly totalMs: number
}

const stepDurations: (readonly [name: string, durationMs: number])[] = []

// Other work on the machine makes everything here slower: the numbers count on a quiet one.
const loadAverageBefore = loadavg()[0] ?? Number.NaN
const directory = await mkdtemp(join(tmpdir(), 'nebuladb-bench-'))
await chmod(directory, 0o711)
const startedAt = performance.now()
const { child, url } = await startService()
const firstStartMs = performance.now() - startedAt
let accessToken = ''
const client = createClient(
  serviceContract,
  createWebSocketTransport(new WebSocket(`${url.replace('http', 'ws')}/rpc`)),
  {
    metadata: () => (accessToken === '' ? {} : { authorization: `Bearer ${accessToken}` }),
  },
)
try {
  const { api } = client
  const signedIn = await api.auth.signUp({
    email: 'bench@example.com',
    password: 'correct horse battery',
    name: '',
  })
  accessToken = signedIn.tokens.accessToken

  const first = await create(api, await newOrganisation(api, 0), 'First')
  const created: Created[] = []
  let organisationId = await newOrganisation(api, 1)
  const createNext = async (): Promise<void> => {
    const index = created.length
    if (index % PER_ORGANISATION === 0) organisationId = await newOrganisation(api, index + 2)
    created.push(await create(api, organisationId, `Project ${String(index)}`))
  }
  for (let index = 0; index < PACED; index += 1) {
    await delay(PAUSE_MS)
    await createNext()
  }
  const steps = stepMedians()
  for (let index = 0; index < UNPACED; index += 1) await createNext()
  const wakes: number[] = []
  for (const project of created.slice(0, WAKES)) wakes.push(await wake(api, project))

  const organisations = await Promise.all(
    Array.from({ length: 2 }, async (_, index) => await newOrganisation(api, 1_000 + index)),
  )
  const burstStart = performance.now()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, index) => {
      const organisation = organisations[index % 2]
      if (organisation !== undefined) await create(api, organisation, `Burst ${String(index)}`)
    }),
  )
  const burstMs = performance.now() - burstStart

  const totals = created.slice(0, PACED).map((one) => one.totalMs)
  const unpaced = created.slice(PACED).map((one) => one.totalMs)
  console.log(
    JSON.stringify({
      name: 'create-project',
      machine: describeMachine(),
      metrics: rounded({
        serviceFirstStartMs: firstStartMs,
        firstCreateMs: first.totalMs,
        createP50Ms: quantile(totals, 0.5),
        createP95Ms: quantile(totals, 0.95),
        createMaxMs: Math.max(...totals),
        ...steps,
        unpacedP50Ms: quantile(unpaced, 0.5),
        unpacedP95Ms: quantile(unpaced, 0.95),
        wakeOnConnectP50Ms: quantile(wakes, 0.5),
        wakeOnConnectP95Ms: quantile(wakes, 0.95),
        burstOf8Ms: burstMs,
        loadAverageBefore,
        loadAverageAfter: loadavg()[0] ?? Number.NaN,
      }),
      ratios: rounded({ createP95ToGoalOf250Ms: quantile(totals, 0.95) / 250 }),
    }),
  )
} finally {
  client.close()
  await stopService(child)
  await rm(directory, { recursive: true, force: true })
}

/** As the desktop does it: create, follow the progress, fetch the connection, connect, ask. */
async function create(
  api: Client<ServiceContract>,
  organisationId: OrganisationId,
  name: string,
): Promise<Created> {
  const start = performance.now()
  const { id: projectId } = await api.projects.create({ organisationId, name })
  for await (const { project, steps } of api.projects.watch({ projectId })) {
    if (project.status === 'awake') {
      for (const { name: step, durationMs } of steps) stepDurations.push([step, durationMs ?? Number.NaN])
      break
    }
    if (project.status === 'failed') throw new Error(project.problem ?? 'It failed.')
  }
  const { endpoints, database, password } = await api.credentials.get({ projectId })
  const endpoint = endpoints.find((one) => one.kind === 'tcp')
  if (endpoint === undefined) throw new Error('There is no way by TCP.')
  const { host, port, user } = endpoint
  const target = { host, port, user, database, password }
  await queryOnce(target)
  return { projectId, target, totalMs: performance.now() - start }
}

/** From connecting to a sleeping project until its first row. */
async function wake(api: Client<ServiceContract>, { projectId, target }: Created): Promise<number> {
  await api.projects.stop({ projectId })
  for await (const { project } of api.projects.watch({ projectId })) if (project.status === 'asleep') break
  const start = performance.now()
  await queryOnce(target)
  return performance.now() - start
}

async function queryOnce(target: SessionTarget): Promise<void> {
  const session = await openSession(target)
  const { rows } = await session.query('select 40 + 2')
  if (rows[0]?.[0] !== '42') throw new Error('The first query gave a wrong answer.')
  await session.close()
}

async function newOrganisation(api: Client<ServiceContract>, index: number): Promise<OrganisationId> {
  return (await api.organisations.create({ name: `Organisation ${String(index)}` })).id
}

async function startService(): Promise<{ child: ChildProcess; url: string }> {
  const service = fork(join(import.meta.dirname, '..', 'backend', 'entry.ts'), {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      NEBULADB_DATA_DIR: directory,
      NEBULADB_DATABASE_URL: '',
      NEBULADB_SERVICE_PORT: '0',
      NEBULADB_POSTGRES_PORT: '0',
      NEBULADB_LOG_LEVEL: 'warn',
    },
  })
  return await new Promise((resolve, reject) => {
    service.on('message', (message) => {
      const ready = Ready.safeParse(message)
      if (ready.success) resolve({ child: service, url: ready.data.url })
      else reject(new Error(JSON.stringify(message)))
    })
    service.on('exit', () => reject(new Error('The service ended.')))
  })
}

async function stopService(service: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => service.once('exit', resolve))
  service.kill('SIGTERM')
  await ended
}

/** Where the time goes inside the service: the median of each step. */
function stepMedians(): Record<string, number> {
  const byName = Map.groupBy(stepDurations, ([name]) => name)
  return Object.fromEntries(
    [...byName].map(([name, all]) => [
      `step ${name} P50Ms`,
      quantile(
        all.map(([, durationMs]) => durationMs),
        0.5,
      ),
    ]),
  )
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}
