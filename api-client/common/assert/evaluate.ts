// Assertions without code: each becomes a test result that says what was expected and what was there.
import type { TestResult } from '#contract/requests/exchange.ts'
import type { Assertion } from '#contract/requests/parts.ts'
import { parseExact, textOfValue } from './exact-json.ts'
import type { ResponseFacts } from './facts.ts'
import { compare } from './operators.ts'
import { readExpression, type BodyReader, type Read } from './read-expression.ts'

export interface AssertOptions {
  /** What of a value does not fit a JSON Schema, in words; empty when all does. Throws when it is no schema. */
  readonly validate: (schema: unknown, value: unknown) => readonly string[]
  /** Compares with the snapshot of that name: null when it is the same (or was written now), else what differs. */
  readonly snapshot: (name: string, value: unknown) => string | null
}

const LONGEST_SHOWN = 1_000

/** Holds the assertions that are switched on against a response, in order. Never throws. References in them are replaced by the caller. */
export function evaluateAssertions(
  assertions: readonly Assertion[],
  facts: ResponseFacts,
  options: AssertOptions,
): TestResult[] {
  const body = bodyReader(facts)
  return assertions
    .filter((assertion) => assertion.isEnabled)
    .map((assertion): TestResult => {
      const message = failureOf(assertion, facts, { ...options, body })
      return {
        name: nameOf(assertion),
        source: 'assertion',
        outcome: message === null ? 'passed' : 'failed',
        message,
      }
    })
}

/** `res.status eq 200`: how an assertion is called where it has no description. */
export function nameOf({ description, expression, operator, value }: Assertion): string {
  if (description.trim() !== '') return description.trim()
  const shown = value.length > 200 ? `${value.slice(0, 200)}…` : value
  return `${expression.trim()} ${operator} ${shown}`.trim()
}

interface Context extends AssertOptions {
  readonly body: BodyReader
}

function failureOf(assertion: Assertion, facts: ResponseFacts, context: Context): string | null {
  const { expression, operator, value } = assertion
  try {
    if (operator === 'isJson') return isJsonFailure(expression, facts, context)
    const read = readExpression(expression, facts, context.body)
    if ('problem' in read) return read.problem
    if (operator === 'matchesSchema') return schemaFailure(read.value, value, context)
    if (operator === 'matchesSnapshot') return context.snapshot(snapshotName(assertion), read.value)
    const expected = compare(operator, read.value, value)
    return expected === null ? null : `Expected ${expression.trim()} ${expected}. It is ${shown(read.value)}.`
  } catch (error) {
    return `This assertion cannot be held: ${error instanceof Error ? error.message : String(error)}`
  }
}

function isJsonFailure(expression: string, facts: ResponseFacts, context: Context): string | null {
  if (expression.trim() === 'res.body' || expression.trim() === '$') {
    const read = context.body.json()
    return 'problem' in read ? read.problem : null
  }
  const read = readExpression(expression, facts, context.body)
  if ('problem' in read) return read.problem
  if (typeof read.value === 'string')
    try {
      JSON.parse(read.value)
      return null
    } catch {
      return `Expected ${expression.trim()} to be JSON. It is ${shown(read.value)}.`
    }
  return read.value === undefined ? `Expected ${expression.trim()} to be JSON. It is not there.` : null
}

function schemaFailure(value: unknown, text: string, context: Context): string | null {
  let schema: unknown
  try {
    schema = JSON.parse(text)
  } catch (error) {
    return `The schema is no valid JSON: ${error instanceof Error ? error.message : ''}`
  }
  const problems = context.validate(schema, plain(value))
  if (problems.length === 0) return null
  const more = problems.length > 10 ? `; and ${String(problems.length - 10)} more` : ''
  return `It does not fit the schema: ${problems.slice(0, 10).join('; ')}${more}.`
}

/** A validator knows no bigints: the nearest number has the same type and order. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]))
}

function snapshotName({ expression, value }: Assertion): string {
  return value.trim() === '' ? expression.trim() : value.trim()
}

function shown(value: unknown): string {
  if (value === undefined) return 'not there'
  const text = textOfValue(value)
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}

/** Parses once, and only when somebody asks. */
function bodyReader({ body, bodyProblem }: ResponseFacts): BodyReader {
  let parsed: Read | null = null
  const json = (): Read => (parsed ??= parse(body, bodyProblem))
  return {
    json,
    loose: () => {
      if (body === null) return json()
      const read = json()
      return 'problem' in read ? { value: body } : read
    },
  }
}

function parse(body: string | null, problem: string | null): Read {
  if (body === null) return { problem: problem ?? 'The response has no body that can be read.' }
  try {
    return { value: parseExact(body.replace(/^\uFEFF/, '')) }
  } catch (error) {
    return { problem: `The body is no valid JSON: ${error instanceof Error ? error.message : ''}` }
  }
}
