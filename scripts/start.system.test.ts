// `npm start` as a person meets it: a few calm lines, one address, Ctrl-C that leaves nothing behind, and a second start that finds the first's data.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { ROOT } from './run.ts'

let data = ''
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'nebuladb start '))
})
const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) await end(child, 'SIGINT')
  await until(() => processesOf(data).length === 0)
  rmSync(data, { recursive: true, force: true })
})

interface Started {
  readonly child: ChildProcess
  readonly output: () => string
}

/** Runs the script of `npm start` and resolves once it says that it is up, or has ended. */
async function start(environment: Record<string, string> = {}): Promise<Started> {
  const child = spawn(process.execPath, ['scripts/start.ts', '--no-open', '--headless'], {
    cwd: ROOT,
    env: {
      ...process.env,
      NEBULADB_DATA_DIR: data,
      NEBULADB_SERVICE_PORT: '0',
      NEBULADB_POSTGRES_PORT: '0',
      NEBULADB_HOST_PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await Promise.race([ended, until(() => output.includes('Ctrl-C ends everything.'))])
  return { child, output: () => output }
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code))
    child.kill(signal)
  })
}

/** Processes that have the data folder in their arguments, their environment or as their working directory. */
function processesOf(folder: string): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return ['cmdline', 'environ'].some((file) =>
          readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(folder),
        )
      } catch {
        return false
      }
    })
    .map(Number)
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}

const address = (output: string): string =>
  /http:\/\/127[.]0[.]0[.]1:\d+\/#token=[\w-]+/.exec(output)?.[0] ?? ''
const serviceAddress = (output: string): string =>
  /(http:\/\/127[.]0[.]0[.]1:\d+), data in/.exec(output)?.[1] ?? ''
const call = async (
  service: string,
  path: string,
  body: unknown,
): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${service}/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}
const person = { email: 'mara@example.com', password: 'correct horse battery' }

test('it starts in a few lines, serves the app, ends on Ctrl-C without a trace, and the next start finds the data of the first', async () => {
  const first = await start()
  expect(first.output().split('\n').length).toBeLessThan(15)
  const page = await fetch(address(first.output()))
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<div id="root">')
  expect(await call(serviceAddress(first.output()), '/auth/sign-up', person)).toMatchObject({ status: 200 })

  expect(await end(first.child, 'SIGINT')).toBe(0)
  expect(processesOf(data)).toEqual([])

  const second = await start()
  expect(await call(serviceAddress(second.output()), '/auth/log-in', person)).toMatchObject({ status: 200 })
})

test('a second start beside a running one points to it', async () => {
  const first = await start()
  const second = await start()
  expect(second.child.exitCode).toBe(0)
  expect(second.output()).toContain(`It runs already: ${address(first.output())}`)
})

test('after the whole run was killed, its parts end by themselves and the next start just works', async () => {
  const first = await start()
  await call(serviceAddress(first.output()), '/auth/sign-up', person)
  await end(first.child, 'SIGKILL')
  const next = await start()
  expect(await call(serviceAddress(next.output()), '/auth/log-in', person)).toMatchObject({ status: 200 })
})

test('when the service crashes it is started again', async () => {
  const first = await start()
  const service = z.coerce.number().parse(
    spawnSync('pgrep', ['-f', 'backend/entry.ts', '-P', String(first.child.pid)], {
      encoding: 'utf8',
    }).stdout.trim(),
  )
  process.kill(service, 'SIGKILL')
  await until(() => first.output().includes('starting it again'))
  await until(async () => {
    try {
      return (await fetch(`${serviceAddress(first.output())}/readyz`)).status === 200
    } catch {
      return false
    }
  })
})

test('a port that the person chose and another program has is named, and nothing is left running', async () => {
  const other = createServer()
  const port = await new Promise<number>((resolve) =>
    other.listen(0, '127.0.0.1', () => {
      const bound = other.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0)
    }),
  )
  const { child, output } = await start({ NEBULADB_SERVICE_PORT: String(port) })
  expect(child.exitCode).toBe(1)
  expect(output()).toContain(`Port ${port} for the service is taken by another program.`)
  expect(processesOf(data)).toEqual([])
  other.close()
})

test('a data folder that cannot be used is named with what to do', async () => {
  writeFileSync(join(data, 'file'), 'not a folder')
  const { child, output } = await start({ NEBULADB_DATA_DIR: join(data, 'file') })
  expect(child.exitCode).toBe(1)
  expect(output()).toContain(join(data, 'file'))
  expect(output().split('\n').length).toBeLessThan(12)
})
