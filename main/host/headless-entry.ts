// The desktop host without Electron: serves the page and the contract on loopback, to a browser on this machine.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import { openKeyFile } from '../secrets/index.ts'
import { clipboardCommands, createCommandClipboard } from './clipboard.ts'
import { composeHost } from './compose.ts'
import { readHostConfig } from './config.ts'
import { startHeadlessServer } from './headless-server.ts'
import { createRevealPages } from './reveal-pages.ts'

async function main(): Promise<void> {
  const config = readHostConfig()
  const now = (): Date => new Date()
  const revealPages = createRevealPages(now)
  const host = composeHost(config, {
    kind: 'headless',
    secretStore: openKeyFile(join(config.dataDirectory, 'secret.key')),
    clipboard: createCommandClipboard(clipboardCommands(process.platform, config.hasDisplay)),
    offerOnce: revealPages.create,
    now,
  })
  process.on('uncaughtException', (error) => {
    host.observe({ type: 'bug', id: 'uncaught', at: 'the host', error })
  })
  const token = config.token ?? randomBytes(32).toString('base64url')
  const server = await startHeadlessServer({
    port: config.port,
    token,
    rendererDirectory: config.rendererDirectory,
    revealPages,
    onPage: host.attach,
  }).catch(async (error: unknown) => {
    await host.close()
    throw error
  })

  let isStopping = false
  const stop = (): void => {
    if (isStopping) return
    isStopping = true
    void server
      .close()
      .then(host.close)
      .catch((error: unknown) => host.observe({ type: 'problem', during: 'stopping', error }))
      .finally(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  // Whoever started this host is gone: nobody else would end it.
  process.on('disconnect', stop)

  const url = `${server.origin}/#token=${token}`
  tell({ type: 'ready', url })
  if (process.send === undefined) process.stdout.write(`NebulaDB: ${url}\n`)
}

function tell(message: { type: 'ready'; url: string } | { type: 'failed'; message: string }): void {
  process.send?.(message)
}

main().catch((error: unknown) => {
  const words =
    error instanceof AppError
      ? [error.message, error.hint].filter((part) => part !== undefined).join(' ')
      : `The desktop host could not start: ${error instanceof Error ? error.message : String(error)}`
  tell({ type: 'failed', message: words })
  process.stderr.write(`${words}\n`)
  process.exitCode = 1
  process.disconnect?.()
})
