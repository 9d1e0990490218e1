// Parts of a request: pairs of names and values, variables, and bodies. Texts may hold {{variables}} until a request is sent.
import { z } from 'zod'

/** A file of a collection is text that a person reads: nothing in it is longer. */
export const MOST_TEXT = 20_000_000
const Text = z.string().max(MOST_TEXT)

/** A header, a field of a form, a parameter. Order and repetition count; what is switched off is kept, not sent. */
export const Pair = z.object({
  name: z.string().max(10_000),
  value: Text,
  isEnabled: z.boolean().default(true),
  description: z.string().max(100_000).default(''),
})
export type Pair = z.infer<typeof Pair>

/** Of the query, or of a `:name` in the path. */
export const Parameter = Pair.extend({ place: z.enum(['query', 'path']) })
export type Parameter = z.infer<typeof Parameter>

export const VariableType = z.enum(['string', 'number', 'boolean', 'null', 'object'])
export type VariableType = z.infer<typeof VariableType>

/** A variable of a request, a folder, a collection, an environment or of all collections. */
export const Variable = z.object({
  name: z.string().max(1_000),
  /** The text of the value: JSON for `object`. Always empty for a secret: its value is kept by this machine's keychain only. */
  value: Text.default(''),
  type: VariableType.default('string'),
  isSecret: z.boolean().default(false),
  isEnabled: z.boolean().default(true),
  description: z.string().max(100_000).default(''),
})
export type Variable = z.infer<typeof Variable>

/** A field of a multipart body: text, or files by their paths (relative to the collection's folder, or absolute). */
export const MultipartField = z.discriminatedUnion('type', [
  Pair.extend({ type: z.literal('text'), contentType: z.string().max(300).nullable().default(null) }),
  z.object({
    type: z.literal('file'),
    name: z.string().max(10_000),
    paths: z.array(z.string().max(4_096)).max(1_000),
    contentType: z.string().max(300).nullable().default(null),
    isEnabled: z.boolean().default(true),
    description: z.string().max(100_000).default(''),
  }),
])
export type MultipartField = z.infer<typeof MultipartField>

export const Body = z.discriminatedUnion('type', [
  z.object({ type: z.literal('none') }),
  z.object({ type: z.enum(['json', 'text', 'xml']), text: Text }),
  z.object({ type: z.literal('form'), fields: z.array(Pair).max(10_000) }),
  z.object({ type: z.literal('multipart'), fields: z.array(MultipartField).max(10_000) }),
  /** The bytes of one file. */
  z.object({
    type: z.literal('file'),
    path: z.string().max(4_096),
    contentType: z.string().max(300).nullable().default(null),
  }),
])
export type Body = z.infer<typeof Body>

/** Scripts run in a sandbox: before the request, after its response, and as tests. Empty for none. */
export const Scripts = z.object({
  beforeRequest: Text.default(''),
  afterResponse: Text.default(''),
  tests: Text.default(''),
})
export type Scripts = z.infer<typeof Scripts>

export const AssertionOperator = z.enum([
  'eq',
  'neq',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'notIn',
  'contains',
  'notContains',
  'length',
  'matches',
  'notMatches',
  'startsWith',
  'endsWith',
  'between',
  'isEmpty',
  'isNotEmpty',
  'isNull',
  'isUndefined',
  'isDefined',
  'isTruthy',
  'isFalsy',
  'isJson',
  'isNumber',
  'isString',
  'isBoolean',
  'isArray',
  /** The value is a JSON Schema (draft 2020-12 or 07), as JSON text. */
  'matchesSchema',
  /** The same as when its snapshot was taken. */
  'matchesSnapshot',
])
export type AssertionOperator = z.infer<typeof AssertionOperator>

/** What must hold of a response, without code. */
export const Assertion = z.object({
  /** `res.status`, `res.statusText`, `res.responseTime` (ms), `res.size` (bytes), `res.headers.NAME`, `res.body`, `res.body.a[0].b`, or a JSON path of the body: `$..id`. */
  expression: z.string().max(10_000),
  operator: AssertionOperator,
  /** What to compare with, as text: numbers, `true`, `null`, quoted or plain strings; lists by commas. */
  value: Text.default(''),
  isEnabled: z.boolean().default(true),
  description: z.string().max(100_000).default(''),
})
export type Assertion = z.infer<typeof Assertion>
