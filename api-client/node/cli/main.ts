// The command line: runs a collection where no app is, in CI above all; imports, exports and mocks one.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DEFAULT_SETTINGS } from '#api-client/common/resolve/effective.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import { ExchangeId } from '#contract/requests/exchange.ts'
import type { Variable } from '#contract/requests/parts.ts'
import type { RequestResult, RunSummary } from '#contract/requests/run.ts'
import { createBodyStore } from '../bodies/store.ts'
import { openCollectionFolder } from '../collection/folder.ts'
import { createExecutor } from '../execute/executor.ts'
import { renderReport } from '../run/reports/render.ts'
import { runCollection } from '../run/run-collection.ts'
import { folderSource } from '../run/sources.ts'
import type { RunSource } from '../run/types.ts'
import { createSandbox } from '../sandbox/sandbox.ts'
import { createCookieJar } from '../send/cookies.ts'
import { createNetworkGuard } from '../send/guard.ts'
import { createMemoryTokenStore } from '../send/memory-tokens.ts'
import { proxyFromEnvironment } from '../send/proxy.ts'
import { createSender } from '../send/sender.ts'
import type { CommandLine } from './command-line.ts'
import { readArguments, type Command, type RunCommand } from './arguments.ts'
import { exportCollection, importCollection } from './exchange.ts'
import { mockCollection } from './mock.ts'
import { createOutput } from './output.ts'
import { commandSessions } from './sessions.ts'
import { USAGE } from './usage.ts'

const EXIT = { passed: 0, failed: 1, wrong: 2, interrupted: 3 } as const

/** Does what was asked and resolves to the exit code. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  try {
    const command = readArguments(line.args)
    if (command === null) {
      line.out(USAGE)
      return EXIT.passed
    }
    return await perform(command, line)
  } catch (error) {
    if (!isAppError(error)) throw error
    line.error(`${[error.message, error.hint ?? ''].join(' ').trim()}\n`)
    if (error.code === 'INVALID_INPUT') line.error('“npm run api -- --help” tells what there is.\n')
    return EXIT.wrong
  }
}

async function perform(command: Command, line: CommandLine): Promise<number> {
  const temporary = await mkdtemp(join(tmpdir(), 'nebuladb-api-'))
  try {
    if (command.command === 'import') await importCollection(command, line)
    else if (command.command === 'export') await exportCollection(command, line, temporary)
    else if (command.command === 'mock') await mockCollection(command, line, temporary)
    else {
      const summary = await runIn(temporary, command, line)
      if (summary.ended === 'cancelled') return EXIT.interrupted
      return summary.requests.failed > 0 ? EXIT.failed : EXIT.passed
    }
    return EXIT.passed
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function runIn(temporary: string, command: RunCommand, line: CommandLine): Promise<RunSummary> {
  const { environment, directory } = line
  const variables = givenVariables(command, environment)
  const folder = await openCollectionFolder({
    directory: resolve(directory, command.folder),
    trash: join(temporary, 'trash'),
    isWatched: false,
  })
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => folder.close())
  const source = withVariables(
    await folderSource(folder, { fill: (given) => filled(given, variables) }),
    variables,
  )
  const bodies = await createBodyStore({
    directory: join(temporary, 'bodies'),
    limits: { bytesPerBody: 1_000_000_000, bytesInAll: 4_000_000_000 },
  })
  cleanup.defer(() => bodies.close())
  const sandbox = createSandbox()
  cleanup.defer(() => sandbox.close())
  const sender = createCommandSender(command, line)
  cleanup.defer(() => sender.close())
  const newExchangeId = () => ExchangeId.parse(randomUUID())
  const executor = createExecutor({
    sender,
    bodies,
    sandbox,
    now: Date.now,
    random: Math.random,
    processVariable: (name) => environment[name],
  })
  const { data } = command.options
  const results: RequestResult[] = []
  const show = createOutput({
    write: line.out,
    isTerminal: line.isTerminal,
    hasColour: line.isTerminal && (environment['NO_COLOR'] ?? '') === '',
    detail: command.detail,
  })
  const summary = await runCollection({
    source,
    executor,
    bodies,
    options:
      data?.path === undefined
        ? command.options
        : { ...command.options, data: { ...data, path: resolve(directory, data.path) } },
    newExchangeId,
    now: Date.now,
    signal: line.signal,
    settings: {
      ...DEFAULT_SETTINGS,
      ...(command.isInsecure ? { verifiesCertificates: false } : {}),
      ...(command.timeoutMs === null ? {} : { timeoutMs: command.timeoutMs }),
    },
    cookies: createCookieJar(),
    updatesSnapshots: command.updatesSnapshots,
    // A snapshot that CI takes is thrown away with it, and would never fail.
    createsSnapshots: (environment['CI'] ?? '') === '',
    onEvent(event) {
      // Only reports need them: without one, a run of any length keeps nothing.
      if (event.type === 'results' && command.reports.length > 0) results.push(...event.results)
      show(event)
    },
  })
  for (const { format, file } of command.reports)
    await writeReport(resolve(directory, file), renderReport(format, { summary, results }))
  return summary
}

function createCommandSender(command: RunCommand, { environment }: CommandLine) {
  const { proxy } = command
  return createSender({
    now: Date.now,
    randomBytes: (size) => randomBytes(size),
    // Whoever runs the command line may ask what this machine may ask.
    guard: createNetworkGuard({ allowsPrivate: true }),
    tokens: createMemoryTokenStore(),
    systemProxy: () =>
      proxy === null ? proxyFromEnvironment(environment) : { http: proxy, https: proxy, bypass: '' },
    openBrowser: () => {
      throw new AppError('FORBIDDEN', 'This authorization needs a person with a browser.', {
        hint: 'In a command line use the flow client_credentials, or a bearer token from a secret.',
      })
    },
    projectSession: commandSessions(command.service, environment),
    userAgent: 'NebulaDB-api',
  })
}

/** Variables of the command line, which stand in place of the collection's of the same name. */
function givenVariables(
  { variables, secrets }: RunCommand,
  environment: CommandLine['environment'],
): readonly Variable[] {
  const fields = { type: 'string', isEnabled: true, description: '' } as const
  return [
    ...variables.map((one) => ({ ...one, ...fields, isSecret: false })),
    ...secrets.map(({ name, value: source }): Variable => {
      const value = environment[source]
      if (value === undefined || value === '')
        throw new AppError(
          'INVALID_INPUT',
          `--secret ${name}: the environment variable ${source} is not set.`,
        )
      return { name, value, ...fields, isSecret: true }
    }),
  ]
}

/** A value that was given replaces the variable's, wherever it stands. What was given as secret stays it. */
function filled(variables: readonly Variable[], given: readonly Variable[]): Variable[] {
  return variables.map((one) => {
    const found = given.findLast((other) => other.name === one.name)
    return found === undefined
      ? one
      : { ...one, value: found.value, isSecret: one.isSecret || found.isSecret }
  })
}

/** Those that the collection does not have itself are variables of the collection. */
function withVariables(source: RunSource, given: readonly Variable[]): RunSource {
  if (given.length === 0) return source
  return {
    ...source,
    async read(path) {
      const { request, inherited } = await source.read(path)
      const [collection, ...folders] = inherited
      if (collection === undefined) return { request, inherited }
      const known = new Set(collection.defaults.variables.map((one) => one.name))
      const variables = [...collection.defaults.variables, ...given.filter((one) => !known.has(one.name))]
      const defaults = { ...collection.defaults, variables }
      return { request, inherited: [{ ...collection, defaults }, ...folders] }
    },
  }
}

async function writeReport(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  } catch (error) {
    throw new AppError('FORBIDDEN', `The report “${file}” cannot be written.`, { cause: error })
  }
}
