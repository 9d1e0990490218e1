// What is kept of one request that somebody watches: enough to show it and to plan it again, bounded in size, in memory only.
import type { TracedStatement } from '#contract/capabilities/insight.ts'
import type { RefusedRequest } from '../api/index.ts'
import {
  namesOf,
  type Identity,
  type PlannedWork,
  type PlanNames,
  type RestConfig,
  type RestError,
  type Statement,
  type StageTimes,
  type Transaction,
  type WatchedAnswer,
} from '../rest/index.ts'
import { HIDDEN, hideInJson, hideInQuery, isSecretName } from './secrets.ts'

type Plan = PlannedWork['plan']
type MutatePlan = Extract<Plan, { readonly kind: 'mutate' }>['mutate']

export interface RecordedStep {
  readonly kind: Plan['kind']
  readonly names: PlanNames
  readonly statements: readonly TracedStatement[]
  /** To be run again; null where its values were too long to keep. */
  readonly transaction: Transaction | null
  /** What is written; null for reads and calls, and where it was too long to keep. */
  readonly mutate: MutatePlan | null
  /** Whether written rows are given back: then the policies for reading hold them too. */
  readonly givesBack: boolean
}

export interface Recording {
  readonly at: Date
  readonly method: string
  /** Below the API's root, with the query. */
  readonly path: string
  readonly status: number
  readonly error: RestError | null
  /** Of a refusal before the engine: what it was made of. */
  readonly cause: unknown
  readonly identity: Identity | null
  readonly ms: StageTimes | null
  readonly rowsReturned: number
  /** Null where that is not known: of functions. */
  readonly rowsWritten: number | null
  readonly steps: readonly RecordedStep[]
  readonly config: RestConfig | null
  readonly schema: WatchedAnswer['schema']
  /** About what it takes of the memory. */
  readonly bytes: number
}

/** Letters of a parameter that are shown. */
const SHOWN_LENGTH = 10_000
/** Of one step's statements; longer ones are shown cut, and cannot be planned again. */
const MAX_STEP_BYTES = 1024 * 1024
const MAX_STEPS = 20
/** Of everything else in a recording, about. */
const BASE_BYTES = 4_096
const MAX_PATH_LENGTH = 10_000
/** In the statement of the settings, each that is not fixed: `$name`, `$value`. */
const SETTING = /set_config\(\$(\d+), \$(\d+), true\)/g

/** Records what the engine answered. */
export function recordAnswer(answer: WatchedAnswer, at: Date): Recording {
  const { request, identity, config, rows, error } = answer
  const { path, secrets, bytes: pathBytes } = pathOf(request.path, request.query)
  const steps = answer.work.slice(0, MAX_STEPS).map((work) => recordStep(work, secrets))
  const plans = answer.work.map(({ plan }) => plan)
  const hasFailed = error !== null
  return {
    at,
    method: request.method,
    path,
    status: answer.status,
    error,
    cause: null,
    identity,
    ms: answer.ms,
    rowsReturned: hasFailed || plans.some(isSilent) ? 0 : rows,
    rowsWritten: hasFailed ? 0 : rowsWritten(plans, rows),
    steps,
    config,
    schema: answer.schema,
    bytes:
      BASE_BYTES +
      pathBytes +
      steps.reduce((sum, { transaction, statements }) => sum + sizeOf(transaction, statements), 0),
  }
}

/** Records what was refused before the engine saw it. */
export function recordRefusal(request: RefusedRequest, at: Date): Recording {
  const [below = '', ...query] = request.path.split('?')
  const { path, bytes } = pathOf(below, query.join('?'))
  return {
    at,
    method: request.method,
    path,
    status: request.error.status,
    error: request.error,
    cause: request.cause,
    identity: null,
    ms: null,
    rowsReturned: 0,
    rowsWritten: 0,
    steps: [],
    config: null,
    schema: null,
    bytes: BASE_BYTES + bytes,
  }
}

function pathOf(
  path: string,
  query: string,
): { readonly path: string; readonly secrets: ReadonlySet<string>; readonly bytes: number } {
  const { text, secrets } = hideInQuery(query)
  const kept = (text === '' ? path : `${path}?${text}`).slice(0, MAX_PATH_LENGTH)
  return { path: kept, secrets, bytes: kept.length * 2 }
}

/** Writes whose rows are only counted. */
function isSilent(plan: Plan): boolean {
  return plan.kind === 'mutate' && plan.returned !== 'representation'
}

/** Of a batch nobody counts the steps apart: null where some read. */
function rowsWritten(plans: readonly Plan[], rows: number): number | null {
  if (plans.length > 0 && plans.every(({ kind }) => kind === 'mutate')) return rows
  return plans.some(({ kind }) => kind === 'mutate' || kind === 'call') ? null : 0
}

function recordStep({ plan, transaction }: PlannedWork, secrets: ReadonlySet<string>): RecordedStep {
  const statements = statementsOf(transaction, secrets)
  const isKept = bytesOf(transaction) <= MAX_STEP_BYTES
  return {
    kind: plan.kind,
    names: namesOf(plan),
    statements,
    transaction: isKept ? transaction : null,
    mutate: isKept && plan.kind === 'mutate' ? plan.mutate : null,
    givesBack: plan.kind === 'mutate' && plan.returned === 'representation',
  }
}

function statementsOf(
  { settings, preRequest, planned, main }: Transaction,
  secrets: ReadonlySet<string>,
): readonly TracedStatement[] {
  const shown = (purpose: TracedStatement['purpose'], one: Statement | null): TracedStatement[] =>
    one === null
      ? []
      : [{ purpose, sql: one.text, parameters: one.values.map((value) => shownValue(value, secrets)) }]
  return [
    ...shown('settings', withoutSecrets(settings)),
    ...shown('pre-request', preRequest),
    ...shown('count', planned),
    ...shown('query', main),
  ]
}

/** The settings tell the database all headers, and what roles and projects have set: keys and tokens among them are not shown. */
function withoutSecrets(settings: Statement): Statement {
  const place = (name: string): number =>
    Number(new RegExp(`set_config\\('${name}', \\$(\\d+), true\\)`).exec(settings.text)?.[1] ?? 0) - 1
  const cookies = place('request\\.cookies')
  const hidden = new Set(
    [...settings.text.matchAll(SETTING)].flatMap(([, name, value]) => {
      const text = settings.values[Number(name) - 1]
      return typeof text === 'string' && isSecretName(text) ? [Number(value) - 1] : []
    }),
  )
  return {
    text: settings.text,
    values: settings.values.map((value, index) => {
      if (hidden.has(index)) return HIDDEN
      return index === cookies && typeof value === 'string' ? hideAll(value) : value
    }),
  }
}

function hideAll(json: string): string {
  const all: unknown = JSON.parse(json)
  if (typeof all !== 'object' || all === null) return HIDDEN
  return JSON.stringify(Object.fromEntries(Object.keys(all).map((name) => [name, HIDDEN])))
}

function shownValue(value: Statement['values'][number], secrets: ReadonlySet<string>): string | null {
  if (value === null) return null
  if (typeof value !== 'string')
    return cut(hideInJson(Buffer.from(value.subarray(0, SHOWN_LENGTH)).toString('utf8')), value.byteLength)
  return secrets.has(value) ? HIDDEN : cut(hideInJson(value.slice(0, SHOWN_LENGTH + 1)), value.length)
}

function cut(text: string, length: number): string {
  return length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH)}… (${length} in all)`
}

function bytesOf({ settings, preRequest, planned, main }: Transaction): number {
  return [settings, preRequest, planned, main].reduce(
    (sum, one) =>
      sum +
      (one === null
        ? 0
        : one.text.length +
          one.values.reduce((bytes, value) => bytes + (value === null ? 0 : value.length), 0)),
    0,
  )
}

function sizeOf(transaction: Transaction | null, statements: readonly TracedStatement[]): number {
  const shown = statements.reduce(
    (sum, { sql, parameters }) =>
      sum + sql.length + parameters.reduce((size, one) => size + (one?.length ?? 0), 0),
    0,
  )
  return (shown + (transaction === null ? 0 : bytesOf(transaction))) * 2
}
