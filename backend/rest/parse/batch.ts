// Atomic batches: several requests in one body, where later ones may use what earlier ones gave. Rules in docs/specs/rest.md, "Atomic batches".
import { z } from 'zod'
import { RestError, type StepPlace } from '../errors.ts'
import type { Isolation } from '../types.ts'
import type { HttpRequest } from './api-request.ts'
import { followPointer, MAX_JSON_DEPTH, parseJsonText, sliceOf, type JsonNode } from './json-text.ts'
import { mediaTypeName, parseMediaType } from './media-type.ts'

export const BATCH_MEDIA_TYPE = 'application/vnd.nebuladb.batch+json'

/** Steps of one batch at most. */
export const MAX_BATCH_STEPS = 100
/** Letters of a step's path with its query string at most: as much as the head of an HTTP request may hold. */
export const MAX_STEP_PATH = 16_384
/** Letters of all that a step asks for at most, with the filters of its `match`. */
export const MAX_STEP_QUERY = 65_536

export interface Batch {
  /** null takes the role's. */
  readonly isolation: Isolation | null
  readonly steps: readonly BatchStep[]
}

export interface BatchStep {
  /** From 0. */
  readonly index: number
  /** By which later steps refer to it. */
  readonly name: string | null
  readonly method: string
  readonly path: string
  readonly query: string
  /** Headers of the step's own: prefer, accept, profile. */
  readonly headers: Readonly<Record<string, string>>
  /** More filters: column and value. */
  readonly match: readonly (readonly [column: string, value: Template])[]
  readonly body: Template | null
}

/** JSON text with places that are filled in later. */
export type Template = readonly (string | Reference)[]

export interface Reference {
  readonly step: string
  /** JSON Pointer into the step's answer. */
  readonly pointer: string
}

/** What a step gave, as JSON text. */
export interface BatchAnswer {
  readonly text: string
  root(): JsonNode
}

/** By the step's name; null for those that gave nothing. */
export type BatchAnswers = ReadonlyMap<string, BatchAnswer | null>

/** What a step gave, read when it is first referred to. */
export function createBatchAnswer(text: string): BatchAnswer {
  let root: JsonNode | undefined
  return { text, root: () => (root ??= parseJsonText(text)) }
}

/** Whether `request` is a batch: POST to the root, with the media type of batches. */
export function isBatch({ method, path, headers }: HttpRequest): boolean {
  if (method !== 'POST' || (path !== '' && path !== '/')) return false
  const contentType = headers['content-type']
  return contentType !== undefined && mediaTypeName(parseMediaType(contentType)) === BATCH_MEDIA_TYPE
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/

const Step = z.strictObject({
  name: z.string().regex(NAME, 'a name has letters, digits, _ and - and begins with no digit').optional(),
  method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']),
  path: z
    .string()
    .startsWith('/', 'a path begins with a slash')
    .max(MAX_STEP_PATH, `a path has at most ${String(MAX_STEP_PATH)} letters`),
  prefer: z.string().optional(),
  accept: z.string().optional(),
  profile: z.string().optional(),
  match: z.record(z.string().min(1), z.unknown()).optional(),
  body: z.unknown().optional(),
})

const Document = z.strictObject({
  isolation: z.enum(['read committed', 'repeatable read', 'serializable']).optional(),
  steps: z
    .array(Step)
    .min(1, 'there is no step')
    .max(MAX_BATCH_STEPS, `there are more than ${String(MAX_BATCH_STEPS)}`),
})

/**
 * Reads a batch.
 * @throws RestError NDB110 for what is no batch, NDB112 for a reference to a step that does not come before.
 */
export function parseBatch(text: string): Batch {
  const { root, document } = readDocument(text)
  const { isolation, steps } = document
  const known = new Set<string>()
  return {
    isolation: isolation ?? null,
    steps: steps.map((step, index) => {
      const bodyNode = followPointer(root, `/steps/${String(index)}/body`)
      const matchNode = followPointer(root, `/steps/${String(index)}/match`)
      // every member counts, also of names that an object of JavaScript would not hold
      const matched = matchNode?.kind === 'object' ? matchNode.members : []
      const match = matched.map(({ name, value }) => [name, templateOf(text, value)] as const)
      const body = bodyNode === undefined ? null : templateOf(text, bodyNode)
      checkReferences([...match.map(([, value]) => value), body ?? []], known, {
        index,
        name: step.name ?? null,
      })
      if (step.name !== undefined) {
        if (known.has(step.name))
          throw batchInvalid(`steps.${String(index)}.name: two steps are called "${step.name}"`)
        known.add(step.name)
      }
      const [path = '', ...query] = step.path.split('?')
      return {
        index,
        name: step.name ?? null,
        method: step.method,
        path,
        query: query.join('?'),
        headers: headersOf(step),
        match,
        body,
      }
    }),
  }
}

export interface StepContent {
  readonly answers: BatchAnswers
  /** Of the batch, as the database is told of them. */
  readonly headers: Readonly<Record<string, string>>
  /** What the step's body may hold once it is filled in; null for no limit. */
  readonly maxBodyBytes: number | null
}

/**
 * The step as a request of its own, with what earlier steps gave filled in.
 * @throws RestError NDB111, NDB112; BODY_TOO_LARGE: a reference copies, so a small batch can ask for a lot.
 */
export function requestOfStep(step: BatchStep, { answers, headers, maxBodyBytes }: StepContent): HttpRequest {
  const filters: string[] = []
  let length = step.query.length
  for (const [column, value] of step.match) {
    const json = fill(value, answers, { length: MAX_STEP_QUERY, refuse: matchTooLong })
    const filter = `${columnKey(column)}=${filterOf(json, column)}`
    length += filter.length + 1
    if (length > MAX_STEP_QUERY) throw matchTooLong()
    filters.push(filter)
  }
  const limit = { length: maxBodyBytes ?? Infinity, refuse: () => batchBodyTooLarge(maxBodyBytes ?? 0) }
  const body = step.body === null ? '' : fill(step.body, answers, limit)
  return {
    method: step.method,
    path: step.path,
    query: [...(step.query === '' ? [] : [step.query]), ...filters].join('&'),
    headers: { ...headers, ...step.headers },
    body: new TextEncoder().encode(body),
  }
}

/** NDB110: the body is no batch. */
export function batchInvalid(details: string): RestError {
  return new RestError(
    { code: 'NDB110', status: 400, message: 'The batch could not be read' },
    { details, hint: 'A batch is an object with a list of steps, each with at least a method and a path.' },
  )
}

/** NDB111: a step that cannot be part of a batch. */
export function stepRefused(details: string): RestError {
  return new RestError(
    { code: 'NDB111', status: 400, message: 'The step cannot be part of a batch' },
    { details },
  )
}

/** NDB112: a reference that leads nowhere. */
export function referenceInvalid(details: string, hint: string | null = null): RestError {
  return new RestError(
    { code: 'NDB112', status: 400, message: 'A reference of the batch leads nowhere' },
    { details, hint },
  )
}

function matchTooLong(): RestError {
  return stepRefused(`What a step asks for has at most ${String(MAX_STEP_QUERY)} letters, with its match.`)
}

/** BODY_TOO_LARGE: what earlier steps gave, filled in, makes the bodies longer than one request's may be. */
export function batchBodyTooLarge(leftBytes: number): RestError {
  return new RestError(
    { code: 'BODY_TOO_LARGE', status: 413, message: 'The bodies of the batch are too large' },
    {
      details: `With what earlier steps gave, this one would be longer than the ${String(leftBytes)} bytes that are left.`,
      hint: 'Refer to less, or send fewer rows at once.',
    },
  )
}

/** NDB113: the steps gave more than one answer can hold. */
export function batchAnswerTooLarge(limitBytes: number): RestError {
  return new RestError(
    { code: 'NDB113', status: 413, message: 'The steps of the batch gave too much' },
    {
      details: `The limit is ${String(limitBytes)} bytes.`,
      hint: 'Ask for fewer rows or columns, or for return=minimal.',
    },
  )
}

function readDocument(text: string): {
  readonly root: JsonNode
  readonly document: z.infer<typeof Document>
} {
  const root = readJson(text)
  const parsed = Document.safeParse(JSON.parse(text))
  if (parsed.success) return { root, document: parsed.data }
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') ?? ''
  throw batchInvalid(`${where === '' ? '' : `${where}: `}${issue?.message ?? 'it is no batch'}`)
}

function readJson(text: string): JsonNode {
  try {
    return parseJsonText(text)
  } catch {
    throw batchInvalid(`The body is no JSON, or nested deeper than ${String(MAX_JSON_DEPTH)}.`)
  }
}

function headersOf({
  method,
  prefer,
  accept,
  profile,
  body,
}: z.infer<typeof Step>): Readonly<Record<string, string>> {
  return {
    ...(prefer === undefined ? {} : { prefer }),
    ...(accept === undefined ? {} : { accept }),
    ...(profile === undefined ? {} : { [method === 'GET' ? 'accept-profile' : 'content-profile']: profile }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
}

/** The value's text, cut at its references. `{"$value": …}` stands for what it holds, which is not looked into. */
function templateOf(text: string, root: JsonNode): Template {
  const pieces: (string | Reference)[] = []
  let copied = root.start
  const replace = (node: JsonNode, ...by: readonly (string | Reference)[]) => {
    pieces.push(text.slice(copied, node.start), ...by)
    copied = node.end
  }
  const visit = (node: JsonNode): void => {
    if (node.kind === 'array') for (const item of node.items) visit(item)
    if (node.kind !== 'object') return
    const [only, ...others] = node.members
    if (only !== undefined && others.length === 0) {
      if (only.name === '$ref' && only.value.kind === 'string') {
        replace(node, referenceOf(String(JSON.parse(sliceOf(text, only.value)))))
        return
      }
      if (only.name === '$value') {
        replace(node, sliceOf(text, only.value))
        return
      }
    }
    for (const { value } of node.members) visit(value)
  }
  visit(root)
  pieces.push(text.slice(copied, root.end))
  return pieces.filter((piece) => piece !== '')
}

/** `author/0/id`: a step's name, and a JSON Pointer into what it gave. */
function referenceOf(text: string): Reference {
  const slash = text.indexOf('/')
  return slash < 0 ? { step: text, pointer: '' } : { step: text.slice(0, slash), pointer: text.slice(slash) }
}

function checkReferences(templates: readonly Template[], known: ReadonlySet<string>, where: StepPlace): void {
  for (const piece of templates.flat()) {
    if (typeof piece === 'string' || known.has(piece.step)) continue
    throw atStep(referenceInvalid(`No step before it is called "${piece.step}".`), where)
  }
}

/** How long a filled template may be, and what a longer one is refused with. */
interface Limit {
  readonly length: number
  readonly refuse: () => RestError
}

function fill(template: Template, answers: BatchAnswers, { length, refuse }: Limit): string {
  let left = length
  return template
    .map((piece) => {
      const text = typeof piece === 'string' ? piece : referredText(piece, answers)
      left -= text.length
      if (left < 0) throw refuse()
      return text
    })
    .join('')
}

function referredText({ step, pointer }: Reference, answers: BatchAnswers): string {
  const answer = answers.get(step)
  if (answer === undefined || answer === null)
    throw referenceInvalid(
      `The step "${step}" gave nothing.`,
      `Let it have "prefer": "return=representation".`,
    )
  const found = followPointer(rootOf(answer, step), pointer)
  if (found === undefined) throw referenceInvalid(`What the step "${step}" gave has no ${pointer}.`)
  return sliceOf(answer.text, found)
}

function rootOf(answer: BatchAnswer, step: string): JsonNode {
  try {
    return answer.root()
  } catch {
    throw referenceInvalid(`What the step "${step}" gave is nested deeper than ${String(MAX_JSON_DEPTH)}.`)
  }
}

/** Words that mean something else in a query string. */
const RESERVED: ReadonlySet<string> = new Set([
  'select',
  'columns',
  'on_conflict',
  'order',
  'limit',
  'offset',
  'and',
  'or',
  'cursor',
])

/** Quoted where the grammar would read more than a name. */
function columnKey(column: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(column) && !RESERVED.has(column)
  return encodeURIComponent(isPlain ? column : quoted(column))
}

/** The filter that a JSON value stands for: equal, null, or one of several. */
function filterOf(json: string, column: string): string {
  const node = parseJsonText(json)
  if (node.kind === 'array') {
    const items = node.items.map((item) => quoted(scalarText(json, item, column)))
    return encodeURIComponent(`in.(${items.join(',')})`)
  }
  if (node.kind === 'word' && sliceOf(json, node) === 'null') return 'is.null'
  return encodeURIComponent(`eq.${scalarText(json, node, column)}`)
}

function scalarText(json: string, node: JsonNode, column: string): string {
  const text = sliceOf(json, node)
  if (node.kind === 'string') return String(JSON.parse(text))
  if (node.kind === 'number' || text === 'true' || text === 'false') return text
  throw stepRefused(`match.${column}: only text, numbers, booleans, null and lists of these can be matched.`)
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/** `error`, with the step that it is of. */
export function atStep(error: RestError, step: StepPlace): RestError {
  const { code, status, message, details, hint, statusText, headers, cause, object } = error
  return new RestError(
    { code, status, message },
    { details, hint, headers, cause, step, object, ...(statusText === null ? {} : { statusText }) },
  )
}
