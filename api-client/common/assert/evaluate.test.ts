import { describe, expect, it } from 'vitest'
import type { Assertion, AssertionOperator } from '#contract/requests/parts.ts'
import { evaluateAssertions, type AssertOptions } from './evaluate.ts'
import type { ResponseFacts } from './facts.ts'
import { isEqual, parseExact, textOfValue } from './exact-json.ts'

const FACTS: ResponseFacts = {
  status: 200,
  statusText: 'OK',
  durationMs: 42.5,
  bodyBytes: 500,
  headers: [
    { name: 'Content-Type', value: 'application/json; charset=utf-8' },
    { name: 'X-Count', value: '5' },
    { name: 'Vary', value: 'a' },
    { name: 'vary', value: 'b' },
  ],
  body: '{"id":9007199254740993,"n":5,"title":"Alien","none":null,"yes":true,"list":[{"id":1},{"id":2}],"a b":{"c.d":"x"},"empty":"","constructor2":1}',
  bodyProblem: null,
}
const OPTIONS: AssertOptions = {
  validate: (schema, value) =>
    typeof value === 'object' && schema !== false ? [] : ['the value does not fit'],
  snapshot: (name) => (name === 'good' ? null : `no snapshot ${name}`),
}
const assertion = (expression: string, operator: AssertionOperator, value: string): Assertion => ({
  expression,
  operator,
  value,
  isEnabled: true,
  description: '',
})
const check = (expression: string, operator: AssertionOperator, value = '', facts = FACTS) =>
  evaluateAssertions([assertion(expression, operator, value)], facts, OPTIONS)[0]?.message

describe('holds', () => {
  it.each<[string, AssertionOperator, string]>([
    ['res.status', 'eq', '200'],
    ['res.status', 'neq', '404'],
    ['res.status', 'in', '200, 201'],
    ['res.status', 'in', '[200, 201]'],
    ['res.status', 'notIn', '400,500'],
    ['res.status', 'between', '200, 299'],
    ['res.statusText', 'eq', 'OK'],
    ['res.statusText', 'eq', '"OK"'],
    ['res.statusText', 'eq', "'OK'"],
    ['res.responseTime', 'lt', '1000'],
    ['res.size', 'gte', '500'],
    ['res.size', 'lte', '500'],
    ['res.size', 'gt', '499'],
    ['res.headers.content-type', 'contains', 'json'],
    ['res.headers.X-Count', 'eq', '5'],
    ['res.headers["x-count"]', 'gt', '4'],
    ['res.headers.vary', 'eq', 'a, b'],
    ['res.headers.none', 'isUndefined', ''],
    ['res.body.id', 'eq', '9007199254740993'],
    ['res.body.id', 'neq', '9007199254740992'],
    ['res.body.id', 'gt', '9007199254740992'],
    ['res.body.id', 'isNumber', ''],
    ['res.body.title', 'startsWith', 'Al'],
    ['res.body.title', 'endsWith', 'en'],
    ['res.body.title', 'matches', '^A.*n$'],
    ['res.body.title', 'matches', '/^alien$/i'],
    ['res.body.title', 'notMatches', '\\d'],
    ['res.body.title', 'length', '5'],
    ['res.body.title', 'isString', ''],
    ['res.body.title', 'notContains', 'x'],
    ['res.body.title', 'isTruthy', ''],
    ['res.body.list', 'length', '2'],
    ['res.body.list.length', 'eq', '2'],
    ['res.body.list', 'isArray', ''],
    ['res.body.list', 'contains', '{"id":2}'],
    ['res.body.list', 'isNotEmpty', ''],
    ['res.body.list[1].id', 'eq', '2'],
    ['res.body["a b"]["c.d"]', 'eq', 'x'],
    ["res.body['a b']", 'contains', 'c.d'],
    ['res.body', 'contains', '{"n":5}'],
    ['res.body.none', 'isNull', ''],
    ['res.body.none', 'isDefined', ''],
    ['res.body.none', 'isFalsy', ''],
    ['res.body.missing.x', 'isUndefined', ''],
    ['res.body.empty', 'isEmpty', ''],
    ['res.body.yes', 'isBoolean', ''],
    ['res.body.yes', 'eq', 'true'],
    ['res.body.constructor', 'isUndefined', ''],
    ['res.body.__proto__', 'isUndefined', ''],
    ['$.n', 'eq', '5'],
    ['$.list[*].id', 'eq', '[1,2]'],
    ['$..id', 'length', '3'],
    ['$.list[?@.id > 1].id', 'eq', '[2]'],
    ['$.id', 'eq', '9007199254740993'],
    ['$.missing', 'isUndefined', ''],
    ['$["a b"]["c.d"]', 'eq', 'x'],
    ['res.body', 'isJson', ''],
    ['$', 'isJson', ''],
    ['res.body', 'matchesSchema', '{"type":"object"}'],
    ['res.body', 'matchesSnapshot', 'good'],
  ])('%s %s %s', (expression, operator, value) => {
    expect(check(expression, operator, value)).toBeNull()
  })
})

describe('fails with what was expected and what is there', () => {
  it.each<[string, AssertionOperator, string, string]>([
    ['res.status', 'eq', '404', 'Expected res.status to be 404. It is 200.'],
    ['res.status', 'neq', '200', 'Expected res.status not to be 200. It is 200.'],
    [
      'res.body.id',
      'eq',
      '9007199254740992',
      'Expected res.body.id to be 9007199254740992. It is 9007199254740993.',
    ],
    ['res.body.n', 'eq', '"5"', 'Expected res.body.n to be "5". It is 5.'],
    ['res.body.missing', 'eq', '1', 'Expected res.body.missing to be 1. It is not there.'],
    ['res.body.title', 'lt', '"Abba"', 'Expected res.body.title to be less than "Abba". It is "Alien".'],
    ['res.body.title', 'gt', '5', 'Expected res.body.title to be greater than 5. It is "Alien".'],
    ['res.body.none', 'lt', '5', 'Expected res.body.none to be less than 5. It is null.'],
    [
      'res.body.list',
      'length',
      '3',
      'Expected res.body.list to have the length 3, but it has 2. It is [{"id":1},{"id":2}].',
    ],
    ['res.body.n', 'length', '1', 'Expected res.body.n to have the length 1, but it has none. It is 5.'],
    ['res.body.n', 'isString', '', 'Expected res.body.n to be a string. It is 5.'],
    ['res.body.n', 'between', '6, 9', 'Expected res.body.n to be between 6 and 9. It is 5.'],
    ['res.body.n', 'in', '1,2', 'Expected res.body.n to be one of [1,2]. It is 5.'],
    ['res.body.title', 'contains', 'x', 'Expected res.body.title to contain "x". It is "Alien".'],
    ['res.body.title', 'matches', '(', 'This assertion cannot be held: Invalid regular expression'],
    ['status', 'eq', '200', 'begins with neither res nor $'],
    ['res.nothing', 'eq', '1', 'A response has no “nothing”'],
    ['res..x[', 'eq', '1', 'cannot be read'],
    ['$..[', 'eq', '1', 'is no JSON path (RFC 9535)'],
    ['res.body', 'matchesSchema', '{', 'The schema is no valid JSON'],
    ['res.body', 'matchesSchema', 'false', 'It does not fit the schema: the value does not fit.'],
    ['res.body', 'matchesSnapshot', '', 'no snapshot res.body'],
    ['res.body.title', 'isJson', '', 'Expected res.body.title to be JSON. It is "Alien".'],
  ])('%s %s %s', (expression, operator, value, message) => {
    expect(check(expression, operator, value) ?? '').toContain(message)
  })

  it('says why a body was not read, and reads the rest of the response', () => {
    const large = {
      ...FACTS,
      body: null,
      bodyProblem: 'The body has 30.0 MB: assertions read up to 10.0 MB.',
    }
    expect(check('res.body.id', 'eq', '1', large)).toBe(large.bodyProblem)
    expect(check('$.id', 'isDefined', '', large)).toBe(large.bodyProblem)
    expect(check('res.body', 'isJson', '', large)).toBe(large.bodyProblem)
    expect(check('res.status', 'eq', '200', large)).toBeNull()
  })

  it('takes a body that is no JSON as text', () => {
    const text = { ...FACTS, body: 'plain text' }
    expect(check('res.body', 'contains', 'plain', text)).toBeNull()
    expect(check('$.a', 'eq', '1', text)).toContain('The body is no valid JSON')
    expect(check('res.body', 'isJson', '', text)).toContain('The body is no valid JSON')
  })
})

it('switched-off assertions are left out, and a description is the name', () => {
  const results = evaluateAssertions(
    [
      { ...assertion('res.status', 'eq', '200'), isEnabled: false },
      { ...assertion('res.status', 'eq', '200'), description: 'It works' },
      assertion('res.status', 'isDefined', ''),
    ],
    FACTS,
    OPTIONS,
  )
  expect(results.map(({ name, source, outcome }) => [name, source, outcome])).toEqual([
    ['It works', 'assertion', 'passed'],
    ['res.status isDefined', 'assertion', 'passed'],
  ])
})

describe('exact JSON', () => {
  it('keeps the digits of large integers and nothing else', () => {
    const text =
      '{"a":9007199254740993,"b":-123456789012345678901234567890,"c":1.5e300,"d":"9007199254740993","e":1234567890123456}'
    expect(textOfValue(parseExact(text))).toBe(text.replace('1.5e300', '1.5e+300'))
  })

  it.each<[string, string, boolean]>([
    ['{"a":1,"b":[2]}', '{"b":[2],"a":1.0}', true],
    ['9007199254740993', '9007199254740992', false],
    ['9007199254740993', '9007199254740993', true],
    ['[1,2]', '[2,1]', false],
    ['{"a":null}', '{}', false],
    ['[]', '{}', false],
    ['"1"', '1', false],
  ])('%s and %s', (a, b, expected) => {
    expect(isEqual(parseExact(a), parseExact(b))).toBe(expected)
  })
})
