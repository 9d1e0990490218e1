// `npm run postgrest-cases -- FOLDER`: holds the stand-alone REST server to PostgREST's own cases. FOLDER has cases.json, run.mjs and fixtures/.
// Options: --config NAME (only that one), --postgres BIN_DIR, --cluster PORT (one that runs), --only REGEXP, --report FILE, --verbose.
// Fails when a case fails that docs/specs/rest.md does not list under "Cases that we do not serve".
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { CannotRun, type CasesCluster, createCasesCluster, useCasesCluster } from './cases-cluster.ts'
import { ROOT } from './run.ts'

const Cases = z.object({
  configs: z.record(z.string(), z.record(z.string(), z.unknown())),
  cases: z.array(z.object({ id: z.string(), config: z.string() })),
})
const Report = z.object({
  pass: z.number(),
  fail: z.number(),
  failures: z.array(z.looseObject({ id: z.string(), problems: z.array(z.unknown()) })),
})
type Report = z.infer<typeof Report>

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: 'string' },
    postgres: { type: 'string', default: '/usr/lib/postgresql/15/bin' },
    cluster: { type: 'string' },
    only: { type: 'string' },
    report: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})

/** One configuration: a fresh copy of the database, our server on it, the runner against the server. */
async function runConfiguration(
  cluster: CasesCluster,
  folder: string,
  name: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<Report> {
  const place = mkdtempSync(join(tmpdir(), 'nebuladb-rest-'))
  const file = join(place, 'rest.conf')
  const report = join(place, 'report.json')
  const uri = await cluster.freshCopy()
  writeFileSync(
    file,
    configFile({ ...settings, 'db-uri': uri, 'server-host': '127.0.0.1', 'server-port': 0 }),
  )
  const server = await startServer(file)
  try {
    await runCases([
      join(folder, 'run.mjs'),
      join(folder, 'cases.json'),
      ...['--base-url', server.url, '--config', name, '--report', report],
      ...(options.only === undefined ? [] : ['--only', options.only]),
      ...(options.verbose ? ['--verbose'] : []),
    ])
    return Report.parse(JSON.parse(readFileSync(report, 'utf8')))
  } finally {
    await server.stop()
    rmSync(place, { recursive: true, force: true })
  }
}

/** The settings in the form of PostgREST's file. */
function configFile(settings: Readonly<Record<string, unknown>>): string {
  const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&').replaceAll('$', '$$$$')}"`
  return Object.entries(settings)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => {
      const plain = Array.isArray(value) ? value.join(',') : value
      return `${name} = ${typeof plain === 'string' ? quote(plain) : String(plain)}\n`
    })
    .join('')
}

const Message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.string() }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])

async function startServer(file: string): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [join(ROOT, 'backend/rest-entry.ts'), file], {
    stdio: ['ignore', 'ignore', options.verbose ? 'inherit' : 'ignore', 'ipc'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ended with ${code} before it was ready.`)))
    child.on('message', (raw) => {
      const message = Message.parse(raw)
      if (message.type === 'ready') resolve(message.url)
      else reject(new Error(message.message))
    })
  })
  return { url, stop: () => end(child) }
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

async function runCases(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', options.verbose ? 'inherit' : 'ignore', 'inherit'],
  })
  const code = await new Promise<number | null>((resolve) => void child.once('exit', resolve))
  if (code !== 0) throw new Error(`The runner ended with ${code}.`)
}

/** Ids in the list of docs/specs/rest.md: one item each, the id in backquotes first. */
function listedCases(): ReadonlySet<string> {
  const spec = join(ROOT, 'docs/specs/rest.md')
  if (!existsSync(spec)) return new Set()
  const [, section = ''] = readFileSync(spec, 'utf8').split(/^## Cases that we do not serve$/m)
  const list = section.split(/^## /m)[0] ?? ''
  return new Set([...list.matchAll(/^- `([^`]+)`/gm)].map((match) => match[1] ?? ''))
}

async function main(): Promise<number> {
  // Folders are named as the person sees them: npm says where it was called.
  process.chdir(process.env['INIT_CWD'] ?? '.')
  const [folderArgument] = positionals
  if (folderArgument === undefined || !existsSync(join(folderArgument, 'cases.json'))) {
    console.error(
      'Name the folder that has cases.json, run.mjs and fixtures/: npm run postgrest-cases -- FOLDER',
    )
    return 2
  }
  const folder = resolve(folderArgument)
  const { configs, cases } = Cases.parse(JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')))
  const names = Object.keys(configs).filter(
    (name) =>
      (options.config === undefined || name === options.config) && cases.some((item) => item.config === name),
  )
  if (names.length === 0) {
    console.error(`No case has the configuration ${options.config ?? ''}.`)
    return 2
  }
  const listed = listedCases()
  const cluster =
    options.cluster === undefined
      ? await createCasesCluster({ binaries: options.postgres, fixtures: join(folder, 'fixtures') })
      : useCasesCluster({ binaries: options.postgres, port: Number(options.cluster) })
  const reports: Record<string, Report> = {}
  try {
    for (const name of names) {
      const report = await runConfiguration(cluster, folder, name, configs[name] ?? {})
      reports[name] = report
      const unlisted = report.failures.filter((failure) => !listed.has(failure.id)).length
      const note = report.fail === unlisted ? '' : `, ${report.fail - unlisted} of them listed`
      console.log(
        `${String(report.pass).padStart(5)} passed ${String(report.fail).padStart(4)} failed${note}  ${name}`,
      )
    }
  } finally {
    await cluster.close()
  }
  const passed = Object.values(reports).reduce((sum, report) => sum + report.pass, 0)
  const failures = Object.values(reports).flatMap((report) => report.failures)
  const unlisted = failures.filter((failure) => !listed.has(failure.id))
  for (const failure of unlisted) console.log(`  failed: ${failure.id}`)
  console.log(
    `${passed} passed, ${failures.length} failed, ${failures.length - unlisted.length} of these listed.`,
  )
  if (options.report !== undefined) writeFileSync(options.report, `${JSON.stringify(reports, null, 1)}\n`)
  return unlisted.length === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof CannotRun)) throw error
  console.log(`Skipped: ${error.message}`)
}
