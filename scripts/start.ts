// `npm start`: builds what is needed, starts the service and the desktop host, opens the app, and ends all of it on Ctrl-C.
// Options: --no-open (only print the address), --headless (no Electron even where it is there), --demo-billing (plans are sold by a stand-in for the payment
// provider, with data of its own; no money moves).
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readConfig } from '../backend/config.ts'
import { isAppError } from '../contract/errors.ts'
import { buildPage } from './build-page.ts'
import { FAKE_API_KEY, FAKE_WEBHOOK_SECRET } from '../testing/stripe/keys.ts'
import { choosePort } from './choose-port.ts'
import { hasDisplay, openAddress } from './open-address.ts'
import { findElectron } from './electron-binary.ts'
import { announceRunning, findRunning, forgetRunning } from './running.ts'
import { ROOT, runStep } from './run.ts'
import { createSupervisor, type Supervised } from './supervise.ts'

const options = new Set(process.argv.slice(2))
const say = (line: string): void => console.log(line)

/** Says what it does, does it, and says how long it took once it took noticeably long. */
async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  if (process.stdout.isTTY) process.stdout.write(`  ${title}…`)
  const value = await work()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  say(`${process.stdout.isTTY ? '\r' : ''}  ${title} (${seconds} s)`)
  return value
}

async function start(): Promise<void> {
  const config = readConfig()
  const isDemo = options.has('--demo-billing')
  // What was bought in the demo exists only there.
  const data = isDemo ? `${dirname(config.directory)}-demo-billing` : dirname(config.directory)
  say(isDemo ? 'NebulaDB, with test payments: no money moves' : 'NebulaDB')

  const running = await findRunning(data)
  if (running !== undefined) {
    say(`  It runs already: ${running.url}`)
    if (!options.has('--no-open')) openAddress(running.url)
    return
  }
  mkdirSync(join(data, 'logs'), { recursive: true, mode: 0o700 })

  await step('App is built', buildPage)
  const electron = options.has('--headless') || !hasDisplay() ? undefined : findElectron()
  if (electron !== undefined) {
    await step('Desktop app is built', async () => {
      const { exitCode, output } = await runStep({
        title: 'electron',
        command: ['node', 'scripts/build.ts', 'electron'],
      })
      if (exitCode !== 0) throw new Error(output)
    })
  }

  const supervisor = createSupervisor(say)
  let stopping: Promise<void> | undefined
  const stop = (why: string, exitCode: number): Promise<void> =>
    (stopping ??= (async () => {
      say(`${process.stdout.isTTY ? '\r' : ''}  ${why}`)
      await supervisor.stopAll()
      forgetRunning(data)
      say('  Stopped; your data stays where it is.')
      process.exit(exitCode)
    })())
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop('Stopping…', 0))

  try {
    const servicePort = await choosePort({
      wanted: config.http.port,
      isChosen: process.env['NEBULADB_SERVICE_PORT'] !== undefined,
      purpose: 'the service',
      say,
    })
    const postgresPort = await choosePort({
      wanted: config.postgres.port,
      isChosen: process.env['NEBULADB_POSTGRES_PORT'] !== undefined,
      purpose: 'Postgres connections',
      say,
    })
    const environment = {
      NEBULADB_DATA_DIR: data,
      NEBULADB_SERVICE_PORT: String(servicePort),
      NEBULADB_POSTGRES_PORT: String(postgresPort),
      ...(isDemo ? await startPayments(servicePort, data) : {}),
      // Compiled code is kept between starts: the second start is about half a second faster.
      NODE_COMPILE_CACHE: join(data, 'cache'),
    }
    const service = await step('Service is up', () =>
      supervisor.start({
        name: 'service',
        command: [process.execPath, join(ROOT, 'backend/entry.ts')],
        environment,
        logFile: join(data, 'logs/service.log'),
      }),
    )
    say(`    ${service.url}, data in ${data}`)
    if (electron === undefined) {
      const host = await startHeadlessHost({ ...environment, NEBULADB_SERVICE_URL: service.url }, data)
      announceRunning(data, host.url)
      const opened = !options.has('--no-open') && hasDisplay() && openAddress(host.url)
      say(
        opened
          ? `  Opened in your browser: ${host.url}`
          : `  Open it in a browser on this machine: ${host.url}`,
      )
    } else {
      const environmentOfApp = { ...environment, NEBULADB_SERVICE_URL: service.url }
      await step('Window is open', () =>
        supervisor.start({
          name: 'app',
          command: [electron, ROOT],
          environment: environmentOfApp,
          logFile: join(data, 'logs/desktop.log'),
          endsAll: () => void stop('The app was closed. Stopping…', 0),
        }),
      )
    }
    say('  Ctrl-C ends everything.')
  } catch (error) {
    say(`  ${explain(error)}`)
    await stop('Nothing was lost. Stopping what runs…', 1)
  }

  /** The payment provider's stand-in, and what the service needs to know of it. */
  async function startPayments(servicePort: number, data: string): Promise<Record<string, string>> {
    const wanted = Number(process.env['NEBULADB_STRIPE_FAKE_PORT'] ?? 7430)
    const port = await choosePort({
      wanted,
      isChosen: process.env['NEBULADB_STRIPE_FAKE_PORT'] !== undefined,
      purpose: 'test payments',
      say,
    })
    const payments = await step('Test payments are up', () =>
      supervisor.start({
        name: 'test payments',
        command: [process.execPath, join(ROOT, 'scripts/stripe-fake.ts')],
        environment: {
          NEBULADB_STRIPE_FAKE_PORT: String(port),
          NEBULADB_STRIPE_FAKE_FILE: join(data, 'test-payments.jsonl'),
          NEBULADB_STRIPE_FAKE_WEBHOOK: `http://127.0.0.1:${servicePort}/billing/webhook`,
        },
        logFile: join(data, 'logs/test-payments.log'),
      }),
    )
    return {
      NEBULADB_STRIPE_KEY: FAKE_API_KEY,
      NEBULADB_STRIPE_WEBHOOK_SECRETS: FAKE_WEBHOOK_SECRET,
      NEBULADB_STRIPE_URL: payments.url,
      // For the desktop app, which otherwise opens https alone.
      NEBULADB_TEST_PAYMENTS_URL: payments.url,
    }
  }

  async function startHeadlessHost(environment: Record<string, string>, data: string): Promise<Supervised> {
    const wanted = Number(process.env['NEBULADB_HOST_PORT'] ?? 7410)
    const port = await choosePort({
      wanted,
      isChosen: process.env['NEBULADB_HOST_PORT'] !== undefined,
      purpose: 'the app',
      say,
    })
    return step('Desktop host is up', () =>
      supervisor.start({
        name: 'desktop host',
        command: [process.execPath, join(ROOT, 'main/host/headless-entry.ts')],
        environment: { ...environment, NEBULADB_HOST_PORT: String(port) },
        logFile: join(data, 'logs/desktop.log'),
      }),
    )
  }
}

/** What went wrong, in words for the person at the terminal. */
function explain(error: unknown): string {
  if (isAppError(error)) return error.message
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM')
    return `${error.message}. The folder belongs to another user: start NebulaDB as that user, or set NEBULADB_DATA_DIR to a folder of yours.`
  if (code === 'ENOSPC') return 'The disk is full. Free some space and start again; nothing was changed.'
  if (code === 'EROFS') return `${error.message}. Set NEBULADB_DATA_DIR to a folder that can be written.`
  return error.message
}

try {
  await start()
} catch (error) {
  console.error(`  ${explain(error)}`)
  process.exitCode = 1
}
