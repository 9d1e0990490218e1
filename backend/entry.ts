// The service as a process: reads the configuration, listens, tells its parent, ends on a signal.
import { isAppError } from '#contract/errors.ts'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'

/** A shutdown that takes longer than this is ended by force; the databases are adopted by the next start. */
const SHUTDOWN_DEADLINE_MS = 30_000

/** What our parent is told over the IPC channel, if it opened one. */
type Report =
  { readonly type: 'ready'; readonly url: string } | { readonly type: 'failed'; readonly message: string }

async function main(): Promise<void> {
  process.on('unhandledRejection', fail)
  process.on('uncaughtException', fail)
  let isStopping = false
  const building = Promise.resolve().then(() => buildApp(readConfig()))

  /** Also while the service is still starting: what is half open is closed once it is whole. */
  const stop = (reason: string): void => {
    if (isStopping) process.exit(1) // asked twice: at once
    isStopping = true
    setTimeout(() => process.exit(1), SHUTDOWN_DEADLINE_MS).unref()
    building.then((app) => app.close({ reason })).then(() => process.exit(0), fail)
  }
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('SIGTERM', () => stop('SIGTERM'))
  // A parent that went away can no longer end us.
  process.on('disconnect', () => stop('the parent process ended'))

  try {
    const app = await building
    if (!isStopping) await report({ type: 'ready', url: await app.listen() })
  } catch (error) {
    if (!isStopping) await fail(error)
  }
}

/** Ends with a message for the person who started us. What is still open is adopted by the next start. */
async function fail(error: unknown): Promise<void> {
  const message = describe(error)
  process.stderr.write(`${message}\n`)
  await report({ type: 'failed', message })
  process.exit(1)
}

function describe(error: unknown): string {
  if (isAppError(error)) return [error.message, error.hint ?? ''].join(' ').trim()
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

async function report(message: Report): Promise<void> {
  if (process.send === undefined || !process.connected) return
  const send = process.send.bind(process)
  await new Promise<void>((resolve) => void send(message, undefined, undefined, () => resolve()))
}

await main()
