// The REST engine alone, as a process: a drop-in for PostgREST with its configuration, command line, signals and admin server.
import { openSession } from '#postgres/node/session.ts'
import { loadSchemaCache } from './rest/index.ts'
import {
  checkReady,
  contactDatabase,
  createRestServer,
  createServerLog,
  dumpSettings,
  EXAMPLE,
  parseArguments,
  POSTGREST_VERSION,
  printSchemaCache,
  readServerConfig,
  type ServerConfig,
  USAGE,
} from './rest-server/index.ts'

/** What our parent is told over the IPC channel, if it opened one. */
type Report =
  { readonly type: 'ready'; readonly url: string } | { readonly type: 'failed'; readonly message: string }

const print = (text: string): void => void process.stdout.write(text)

async function main(): Promise<void> {
  // Whoever reads our output may leave; the server goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const command = parseArguments(process.argv.slice(2))
  switch (command.kind) {
    case 'help':
      return print(USAGE)
    case 'version':
      return print(`NebulaDB REST, PostgREST ${POSTGREST_VERSION} protocol\n`)
    case 'example':
      return print(EXAMPLE)
    case 'mistake':
      process.stderr.write(`${command.message}\n\n${USAGE}`)
      process.exitCode = 1
      return
    case 'ready': {
      const { isReady, message } = await checkReady(readServerConfig({ path: command.path }))
      process.exitCode = isReady ? 0 : 1
      return void (isReady ? process.stdout : process.stderr).write(`${message}\n`)
    }
    case 'dump-config':
      return print(dumpSettings(await withDatabase(command.path), { withSecrets: true }))
    case 'dump-schema':
      return print(await dumpSchema(await withDatabase(command.path)))
    case 'run':
      return run(command.path)
  }
}

/** The configuration with the database's settings, or without them when it cannot be reached. */
async function withDatabase(path: string | undefined): Promise<ServerConfig> {
  const config = readServerConfig({ path })
  if (!config.database.readsSettings) return config
  try {
    return (await contactDatabase(config, (database) => readServerConfig({ path, database }))).config
  } catch (error) {
    process.stderr.write(`Failed to query database settings for the config parameters. ${describe(error)}\n`)
    return config
  }
}

async function dumpSchema({ rest, targets }: ServerConfig): Promise<string> {
  const session = await openSession(targets[0])
  try {
    const { schemas, extraSearchPath, hoistedTxSettings } = rest
    return `${printSchemaCache(await loadSchemaCache(session, { schemas, extraSearchPath, hoistedTxSettings }))}\n`
  } finally {
    await session.close()
  }
}

async function run(path: string | undefined): Promise<void> {
  const readConfig = (database?: ReadonlyMap<string, string>): ServerConfig =>
    readServerConfig({ path, ...(database === undefined ? {} : { database }) })
  const log = createServerLog({
    level: readConfig().log.level,
    out: print,
    err: (line) => void process.stderr.write(line),
    now: () => new Date(),
  })
  const server = createRestServer({
    readConfig,
    log,
    onFatal: (error) => {
      log.say(error.message)
      void server.close().finally(() => fail(error))
    },
  })
  let isStopping = false
  const stop = (reason: string): void => {
    if (isStopping) process.exit(1) // asked twice: at once
    isStopping = true
    log.say(`Received termination unix signal ${reason}`)
    void server.close().then(() => process.exit(0))
  }
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGUSR1', () => server.reloadSchema())
  process.on('SIGUSR2', () => void server.reloadConfig())
  // A parent that went away can no longer end us.
  process.on('disconnect', () => stop('of the parent process, which ended'))
  await report({ type: 'ready', url: await server.start() })
}

async function fail(error: unknown): Promise<never> {
  await report({ type: 'failed', message: describe(error) })
  process.exit(1)
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function report(message: Report): Promise<void> {
  if (process.send === undefined || !process.connected) return
  const send = process.send.bind(process)
  await new Promise<void>((resolve) => void send(message, undefined, undefined, () => resolve()))
}

main().catch((error: unknown) => {
  process.stderr.write(`${describe(error)}\n`)
  void fail(error)
})
