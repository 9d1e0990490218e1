// What was typed after `npm run api --`.
import { parseArgs } from 'node:util'
import type { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { ReportFormat, RunOptions } from '#contract/requests/run.ts'

export const USAGE = `npm run api -- run FOLDER [REQUEST-OR-FOLDER ...] [options]

Runs the requests of a collection, and their scripts, tests and assertions.

  --environment NAME       an environment of the collection
  --variable name=value    a variable's value, in place of the collection's; may be repeated
  --secret name=ENVVAR     the same for a secret, from an environment variable
  --data FILE              rows for the iterations: .csv with a line of names, or .json with an array of objects
  --iterations N           how often everything runs
  --parallel N             iterations at once
  --delay MS               between two requests
  --stop-on-failure        no further request after one that failed
  --retries N              more tries of a request that failed
  --tag T                  only requests with this tag; may be repeated
  --report FORMAT=FILE     junit, html or json; may be repeated
  --insecure               accept certificates that cannot be verified
  --proxy URL              in place of HTTP_PROXY and HTTPS_PROXY
  --timeout MS             of a request that says nothing itself
  --update-snapshots       take snapshots anew
  --verbose                all tests and addresses
  --quiet                  only what failed

Exit codes: 0 all passed, 1 something failed, 2 wrong use or unreadable files, 3 interrupted.
`

const OPTIONS = {
  environment: { type: 'string' },
  variable: { type: 'string', multiple: true },
  secret: { type: 'string', multiple: true },
  data: { type: 'string' },
  iterations: { type: 'string' },
  parallel: { type: 'string' },
  delay: { type: 'string' },
  'stop-on-failure': { type: 'boolean' },
  retries: { type: 'string' },
  tag: { type: 'string', multiple: true },
  report: { type: 'string', multiple: true },
  insecure: { type: 'boolean' },
  proxy: { type: 'string' },
  timeout: { type: 'string' },
  'update-snapshots': { type: 'boolean' },
  verbose: { type: 'boolean' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

export interface NamedValue {
  readonly name: string
  readonly value: string
}

export interface RunCommand {
  readonly folder: string
  readonly options: RunOptions
  readonly variables: readonly NamedValue[]
  /** Names of variables, and of the environment variables that hold their values. */
  readonly secrets: readonly NamedValue[]
  readonly reports: readonly { readonly format: ReportFormat; readonly file: string }[]
  readonly isInsecure: boolean
  readonly proxy: string | null
  readonly timeoutMs: number | null
  readonly updatesSnapshots: boolean
  readonly detail: 'verbose' | 'normal' | 'quiet'
}

/** Reads the arguments; null when help was asked for. INVALID_INPUT, with what is wrong, for others. */
export function readArguments(args: readonly string[]): RunCommand | null {
  const { values, positionals } = parsed(args)
  if (values.help === true) return null
  const [command, folder, ...paths] = positionals
  if (command === undefined) throw wrong('Say what to do: “run”.')
  if (command !== 'run') throw wrong(`There is no command “${command}”.`)
  if (folder === undefined) throw wrong('Say which folder holds the collection.')
  if (values.verbose === true && values.quiet === true)
    throw wrong('--verbose and --quiet exclude each other.')
  const number = (name: 'iterations' | 'parallel' | 'delay' | 'retries' | 'timeout') =>
    values[name] === undefined ? undefined : wholeNumber(`--${name}`, values[name])
  const options = RunOptions.safeParse({
    paths: paths.map((path) => path.replaceAll('\\', '/').replace(/\/+$/, '')),
    environment: values.environment ?? null,
    iterations: number('iterations'),
    data: values.data === undefined ? null : { format: dataFormat(values.data), path: values.data },
    delayMs: number('delay'),
    parallel: number('parallel'),
    stopsOnFailure: values['stop-on-failure'] ?? false,
    retries: number('retries'),
    tags: values.tag ?? [],
  })
  if (!options.success) throw wrong(issueOf(options.error))
  return {
    folder,
    options: options.data,
    variables: (values.variable ?? []).map((text) => named('--variable', text)),
    secrets: (values.secret ?? []).map((text) => named('--secret', text)),
    reports: (values.report ?? []).map(reportOf),
    isInsecure: values.insecure ?? false,
    proxy: values.proxy === undefined ? null : proxyOf(values.proxy),
    timeoutMs: number('timeout') ?? null,
    updatesSnapshots: values['update-snapshots'] ?? false,
    detail: values.verbose === true ? 'verbose' : values.quiet === true ? 'quiet' : 'normal',
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw wrong(`${option} takes a whole number, not “${text}”.`)
  return Number(text)
}

function named(option: string, text: string): NamedValue {
  const at = text.indexOf('=')
  if (at < 1) throw wrong(`${option} takes name=value, not “${text}”.`)
  return { name: text.slice(0, at), value: text.slice(at + 1) }
}

function reportOf(text: string): RunCommand['reports'][number] {
  const { name, value: file } = named('--report', text)
  const format = ReportFormat.safeParse(name)
  if (!format.success) throw wrong(`There is no report “${name}”: there are junit, html and json.`)
  if (file === '') throw wrong(`--report ${name}= needs a file.`)
  return { format: format.data, file }
}

function dataFormat(file: string): 'csv' | 'json' {
  if (/\.csv$/i.test(file)) return 'csv'
  if (/\.json$/i.test(file)) return 'json'
  throw wrong(`--data takes a .csv or a .json file, not “${file}”.`)
}

function proxyOf(text: string): string {
  if (/^(?:https?|socks[45]):\/\/./.test(text) && URL.canParse(text)) return text
  throw wrong('--proxy takes an address like http://localhost:3128 or socks5://localhost:1080.')
}

const NAMES: Readonly<Record<string, string>> = { delayMs: 'delay' }

function issueOf(error: z.ZodError): string {
  const [issue] = error.issues
  const name = String(issue?.path[0] ?? '')
  return `--${NAMES[name] ?? name}: ${issue?.message ?? 'not valid'}.`
}

function wrong(message: string): AppError {
  return new AppError('INVALID_INPUT', message)
}
