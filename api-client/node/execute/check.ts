// Holds assertions against a response with a time limit: patterns and schemas of a collection from elsewhere may be made to take for ever.
import { createContext, Script, type Context } from 'node:vm'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { evaluateAssertions, nameOf, type AssertOptions } from '#api-client/common/assert/evaluate.ts'
import type { ResponseFacts } from '#api-client/common/assert/facts.ts'
import type { TestResult } from '#contract/requests/exchange.ts'
import type { Assertion } from '#contract/requests/parts.ts'

const LIMIT_MS = 5_000
const script = new Script('work()')
/** One for all: nothing of a collection runs in it but what `work` does, and making one takes a millisecond. */
const limited: { work: (() => void) | null } = { work: null }
let context: Context | null = null

/** The results; when they take longer than `limitMs` together (five seconds), each fails and says so. */
export function checkAssertions(
  assertions: readonly Assertion[],
  facts: ResponseFacts,
  snapshot: AssertOptions['snapshot'],
  limitMs = LIMIT_MS,
): TestResult[] {
  const evaluate = () => evaluateAssertions(assertions, facts, { validate: validateSchema, snapshot })
  if (assertions.every((one) => !one.isEnabled || isQuick(one))) return evaluate()
  let results: TestResult[] = []
  context ??= createContext(limited)
  limited.work = () => void (results = evaluate())
  try {
    // V8 ends what runs below this script at its limit, a regular expression that is at work too.
    script.runInContext(context, { timeout: limitMs })
    return results
  } catch {
    return assertions
      .filter((assertion) => assertion.isEnabled)
      .map((assertion) => ({
        name: nameOf(assertion),
        source: 'assertion',
        outcome: 'failed',
        message: `The assertions of this request took longer than ${String(limitMs / 1_000)} seconds together, and were ended.`,
      }))
  } finally {
    limited.work = null
  }
}

/** Operators that run what a collection wrote: a pattern, a schema; and the comparison of a whole body. */
const LONG = new Set<Assertion['operator']>(['matches', 'notMatches', 'matchesSchema', 'matchesSnapshot'])
const SHORT_TEXT = 1_000

/** Whether it ends within a moment, whatever the collection and the server wrote. A JSON path does where it names one place. */
function isQuick({ expression, operator, value }: Assertion): boolean {
  return (
    !LONG.has(operator) &&
    expression.length + value.length <= SHORT_TEXT &&
    (!expression.trim().startsWith('$') || /^\s*\$(?:\.[A-Za-z_]\w*|\[\d+\])*\s*$/.test(expression))
  )
}

const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/,
  date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  time: /^\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?$/,
  email: /^[^\s@]+@[^\s@]+$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  uri: /^[a-z][a-z0-9+.-]*:\S*$/i,
  ipv4: /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/,
}

/** What does not fit, in words; draft 2020-12 unless the schema says draft 07 or older. Throws when it is no schema. */
export function validateSchema(schema: unknown, value: unknown): string[] {
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null || Array.isArray(schema)))
    throw new Error('a schema is an object or a boolean')
  const says = typeof schema === 'object' && '$schema' in schema ? String(schema.$schema) : ''
  const options = {
    strict: false,
    allErrors: true,
    logger: false,
    formats: FORMATS,
    addUsedSchema: false,
  } as const
  const ajv = /draft-0\d/.test(says) ? new Ajv(options) : new Ajv2020(options)
  const validate = ajv.compile(schema)
  if (validate(value) === true) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath === '' ? 'the value' : instancePath} ${message ?? 'does not fit'}${
        'additionalProperty' in params ? ` (“${String(params.additionalProperty)}”)` : ''
      }`,
  )
}
