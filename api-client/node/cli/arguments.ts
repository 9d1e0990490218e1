// What was typed after `npm run api --`.
import { parseArgs } from 'node:util'
import type { z } from 'zod'
import type { TextExportFormat } from '#api-client/common/exchange/export.ts'
import { AppError } from '#contract/errors.ts'
import { ReportFormat, RunOptions } from '#contract/requests/run.ts'

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
  service: { type: 'string' },
  'token-env': { type: 'string' },
  replace: { type: 'boolean' },
  port: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

export interface NamedValue {
  readonly name: string
  readonly value: string
}

export interface RunCommand {
  readonly command: 'run'
  readonly folder: string
  readonly options: RunOptions
  readonly variables: readonly NamedValue[]
  /** Names of variables, and of the environment variables that hold their values. */
  readonly secrets: readonly NamedValue[]
  readonly reports: readonly { readonly format: ReportFormat; readonly file: string }[]
  readonly isInsecure: boolean
  readonly proxy: string | null
  readonly timeoutMs: number | null
  /** Where requests that are sent as somebody of a project get their tokens, and the environment variable with the access token for it. */
  readonly service: { readonly url: string; readonly tokenVariable: string } | null
  readonly updatesSnapshots: boolean
  readonly detail: 'verbose' | 'normal' | 'quiet'
}

export interface ImportCommand {
  readonly command: 'import'
  readonly file: string
  readonly folder: string
}

export interface ExportCommand {
  readonly command: 'export'
  readonly folder: string
  readonly format: TextExportFormat
  /** Null for the standard output. */
  readonly file: string | null
  readonly replaces: boolean
}

export interface MockCommand {
  readonly command: 'mock'
  readonly folder: string
  readonly port: number | null
  readonly delayMs: number
  readonly environment: string | null
}

export type Command = RunCommand | ImportCommand | ExportCommand | MockCommand

const TAKES: Readonly<Record<Command['command'], readonly string[]>> = {
  run: Object.keys(OPTIONS).filter((name) => name !== 'replace' && name !== 'port'),
  import: [],
  export: ['replace'],
  mock: ['port', 'delay', 'environment'],
}

/** Reads the arguments; null when help was asked for. INVALID_INPUT, with what is wrong, for others. */
export function readArguments(args: readonly string[]): Command | null {
  const { values, positionals } = parsed(args)
  if (values.help === true) return null
  const [command, ...others] = positionals
  if (command === undefined) throw wrong('Say what to do: “run”, “import”, “export” or “mock”.')
  if (command !== 'run' && command !== 'import' && command !== 'export' && command !== 'mock')
    throw wrong(`There is no command “${command}”.`)
  const other = Object.keys(values).find((name) => !TAKES[command].includes(name))
  if (other !== undefined) throw wrong(`“${command}” has no option --${other}.`)
  const read = { run: readRun, import: readImport, export: readExport, mock: readMock }[command]
  return read(values, others)
}

type Values = ReturnType<typeof parsed>['values']

function readImport(_: Values, [file, folder, ...more]: readonly string[]): ImportCommand {
  if (file === undefined) throw wrong('Say which file is imported.')
  if (folder === undefined) throw wrong('Say which folder the collection is to be in.')
  nothingMore(more)
  return { command: 'import', file, folder }
}

const FORMATS: Readonly<Record<string, TextExportFormat>> = {
  ...{ postman: 'postman-2.1', openapi: 'openapi-3.1', har: 'har', curl: 'curl' },
  ...{ 'postman-2.1': 'postman-2.1', 'openapi-3.1': 'openapi-3.1' },
}

function readExport(values: Values, [folder, name, file, ...more]: readonly string[]): ExportCommand {
  if (folder === undefined) throw wrong('Say which folder holds the collection.')
  const format = name !== undefined && Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
  if (format === undefined)
    throw wrong(
      name === undefined
        ? 'Say which format: postman, openapi, har or curl.'
        : `There is no format “${name}”: there are postman, openapi, har and curl.`,
    )
  nothingMore(more)
  return { command: 'export', folder, format, file: file ?? null, replaces: values.replace ?? false }
}

function readMock(values: Values, [folder, ...more]: readonly string[]): MockCommand {
  if (folder === undefined) throw wrong('Say which folder holds the collection.')
  nothingMore(more)
  const port = values.port === undefined ? null : wholeNumber('--port', values.port)
  if (port !== null && (port < 1_024 || port > 65_535)) throw wrong('--port takes 1024 to 65535.')
  const delayMs = values.delay === undefined ? 0 : wholeNumber('--delay', values.delay)
  if (delayMs > 60_000) throw wrong('--delay: 60000 at most.')
  return { command: 'mock', folder, port, delayMs, environment: values.environment ?? null }
}

function nothingMore([more]: readonly string[]): void {
  if (more !== undefined) throw wrong(`“${more}” is one argument too many.`)
}

function readRun(values: Values, [folder, ...paths]: readonly string[]): RunCommand {
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
    command: 'run',
    folder,
    options: options.data,
    variables: (values.variable ?? []).map((text) => named('--variable', text)),
    secrets: (values.secret ?? []).map((text) => named('--secret', text)),
    reports: (values.report ?? []).map(reportOf),
    isInsecure: values.insecure ?? false,
    proxy: values.proxy === undefined ? null : proxyOf(values.proxy),
    timeoutMs: number('timeout') ?? null,
    service: serviceOf(values),
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

/** An access token goes there, so the way must be encrypted, or not leave the machine. */
function serviceOf(values: Values): RunCommand['service'] {
  const { service: url, 'token-env': tokenVariable } = values
  if (url === undefined && tokenVariable === undefined) return null
  if (url === undefined || tokenVariable === undefined)
    throw wrong('--service and --token-env belong together.')
  const address = URL.canParse(url) ? new URL(url) : null
  const isHere = address !== null && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(address.hostname)
  if (address === null || !(address.protocol === 'https:' || (address.protocol === 'http:' && isHere)))
    throw wrong('--service takes an address with https://, or http:// of this machine.')
  return { url: url.replace(/\/+$/, ''), tokenVariable }
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
