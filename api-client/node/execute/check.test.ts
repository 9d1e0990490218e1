import { describe, expect, it } from 'vitest'
import type { ResponseFacts } from '#api-client/common/assert/facts.ts'
import type { Assertion } from '#contract/requests/parts.ts'
import { checkAssertions, validateSchema } from './check.ts'

const FACTS: ResponseFacts = {
  status: 200,
  statusText: 'OK',
  durationMs: 1,
  bodyBytes: 1,
  headers: [],
  body: JSON.stringify({ text: `${'a'.repeat(60)}!`, id: 1, at: 'today' }),
  bodyProblem: null,
}
const assertion = (expression: string, operator: Assertion['operator'], value: string): Assertion => ({
  expression,
  operator,
  value,
  isEnabled: true,
  description: '',
})

it.each<[string, Assertion]>([
  ['a pattern', assertion('res.body.text', 'matches', '/^(a+)+$/')],
  ['a schema', assertion('res.body', 'matchesSchema', '{"properties":{"text":{"pattern":"^(a+)+$"}}}')],
  ['a path with a pattern', assertion('$[?match(@, "(a+)+b")]', 'isEmpty', '')],
])('%s that takes for ever is ended, and the host goes on', (_, endless) => {
  const [result] = checkAssertions([endless, assertion('res.status', 'eq', '200')], FACTS, () => null, 300)
  expect(result).toMatchObject({ outcome: 'failed', source: 'assertion' })
  expect(result?.message).toContain('longer than 0.3 seconds')
})

it('after one that was ended others are held, each with its own results', () => {
  const fine = [assertion('res.body.id', 'matches', '^1$'), assertion('$.id', 'eq', '2')]
  checkAssertions([assertion('res.body.text', 'matches', '/^(a+)+$/')], FACTS, () => null, 100)
  for (let round = 0; round < 3; round++)
    expect(checkAssertions(fine, FACTS, () => null).map(({ outcome }) => outcome)).toEqual([
      'passed',
      'failed',
    ])
  expect(checkAssertions(fine.slice(1), FACTS, () => null).map(({ outcome }) => outcome)).toEqual(['failed'])
})

describe('a schema', () => {
  it.each<[unknown, string[]]>([
    [{ type: 'object', required: ['id'] }, []],
    [true, []],
    [
      { properties: { id: { type: 'string' }, at: { format: 'date' } } },
      ['/id must be string', '/at must match format "date"'],
    ],
    [
      { properties: { id: {} }, additionalProperties: false },
      [
        'the value must NOT have additional properties (“text”)',
        'the value must NOT have additional properties (“at”)',
      ],
    ],
    [
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        definitions: { a: { type: 'null' } },
        properties: { id: { $ref: '#/definitions/a' } },
      },
      ['/id must be null'],
    ],
    [{ $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [true] }, []],
    [{ properties: { id: { format: 'one of their own' } } }, []],
  ])('%j', (schema, problems) => {
    expect(validateSchema(schema, JSON.parse(FACTS.body ?? ''))).toEqual(problems)
  })

  it.each([[null], ['text'], [[1]], [{ type: 'nothing' }]])('%j is none', (schema) => {
    expect(() => validateSchema(schema, 1)).toThrow()
  })
})
