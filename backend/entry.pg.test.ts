import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { tempDirectory } from '#testing/temp-directory.ts'

const Report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.url() }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])
const SLOW_MS = 90_000

let control: ControlDatabase
let children: ChildProcess[]
beforeEach(async () => {
  control = await createControlDatabase()
  children = []
})
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await control.drop()
})

function start(environment: Record<string, string> = {}) {
  const child = fork(join(import.meta.dirname, 'entry.ts'), {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NEBULADB_DATA_DIR: tempDirectory(),
      NEBULADB_DATABASE_URL: control.temp.url,
      NEBULADB_SERVICE_PORT: '0',
      NEBULADB_POSTGRES_PORT: '0',
      NEBULADB_LOG_LEVEL: 'info',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  children.push(child)
  let errors = ''
  child.stderr?.on('data', (chunk) => (errors += String(chunk)))
  const exit = once(child, 'exit').then(([code]) => z.number().nullable().parse(code))
  const report = once(child, 'message').then(([message]) => Report.parse(message))
  return { child, exit, report, errors: () => errors }
}

test('it tells its parent where it listens, and ends with 0 on SIGTERM', { timeout: SLOW_MS }, async () => {
  const service = start()
  const report = await service.report
  expect(report.type, service.errors()).toBe('ready')
  const url = report.type === 'ready' ? report.url : ''
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  service.child.kill('SIGTERM')
  expect(await service.exit).toBe(0)
  await expect(fetch(`${url}/healthz`)).rejects.toThrow()
})

test('it ends when its parent goes away', { timeout: SLOW_MS }, async () => {
  const service = start()
  expect((await service.report).type, service.errors()).toBe('ready')
  service.child.disconnect()
  expect(await service.exit).toBe(0)
})

test('a signal while it starts ends it without leaving its lock', { timeout: SLOW_MS }, async () => {
  const directory = tempDirectory()
  const first = start({ NEBULADB_DATA_DIR: directory })
  await once(first.child, 'spawn')
  first.child.kill('SIGINT')
  await first.exit
  const second = start({ NEBULADB_DATA_DIR: directory })
  expect((await second.report).type, second.errors()).toBe('ready')
  second.child.kill('SIGINT')
  expect(await second.exit).toBe(0)
})

test('a port that is taken is said in words, with an exit code', { timeout: SLOW_MS }, async () => {
  const squatter: Server = createServer()
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
  const address = squatter.address()
  const port = typeof address === 'object' && address !== null ? String(address.port) : ''
  const service = start({ NEBULADB_SERVICE_PORT: port })
  const report = await service.report
  expect(report).toMatchObject({
    type: 'failed',
    message: expect.stringContaining('is taken by another program'),
  })
  expect(await service.exit).toBe(1)
  expect(service.errors()).toContain('NEBULADB_SERVICE_PORT')
  squatter.close()
})

test(
  'a wrong configuration and a database that is away are said in words',
  { timeout: SLOW_MS },
  async () => {
    const wrong = start({ NEBULADB_SERVICE_PORT: 'many' })
    expect(await wrong.report).toMatchObject({ message: expect.stringContaining('NEBULADB_SERVICE_PORT') })
    expect(await wrong.exit).toBe(1)
    const away = start({ NEBULADB_DATABASE_URL: 'postgresql://nobody:hunter2@127.0.0.1:1/control' })
    const report = await away.report
    expect(report).toMatchObject({ type: 'failed', message: expect.stringContaining('127.0.0.1:1') })
    expect(await away.exit).toBe(1)
    expect(JSON.stringify(report) + away.errors()).not.toContain('hunter2')
    expect(away.errors()).not.toContain('    at ')
  },
)
