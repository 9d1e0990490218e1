// Rules REST-B1 to REST-B6 of docs/specs/rest.md, "Atomic batches".
import { describe, expect, test } from 'vitest'
import {
  BATCH_MEDIA_TYPE,
  createBatchAnswer,
  isBatch,
  MAX_BATCH_STEPS,
  parseBatch,
  requestOfStep,
  type BatchAnswers,
} from './batch.ts'

const step = { method: 'POST', path: '/film' }

function parse(document: unknown) {
  return parseBatch(JSON.stringify(document))
}

/** The last step as a request, after the others gave `answers`. */
function requestOf(steps: readonly unknown[], given: Readonly<Record<string, string | null>> = {}) {
  const answers: BatchAnswers = new Map(
    Object.entries(given).map(([name, text]) => [name, text === null ? null : createBatchAnswer(text)]),
  )
  const last = parse({ steps }).steps.at(-1)
  if (last === undefined) throw new TypeError('no step')
  const { body, ...request } = requestOfStep(last, {
    answers,
    headers: { 'user-agent': 'test' },
    maxBodyBytes: 1000,
  })
  return { ...request, body: new TextDecoder().decode(body) }
}

test.each([
  ['POST', '/', BATCH_MEDIA_TYPE, true],
  ['POST', '', `${BATCH_MEDIA_TYPE}; charset=utf-8`, true],
  ['POST', '/', 'application/json', false],
  ['GET', '/', BATCH_MEDIA_TYPE, false],
  ['POST', '/rpc/film', BATCH_MEDIA_TYPE, false],
  ['POST', '/film', BATCH_MEDIA_TYPE, false],
])('REST-B1: %s %s with %s is a batch: %s', (method, path, type, expected) => {
  const request = { method, path, query: '', headers: { 'content-type': type }, body: new Uint8Array() }
  expect(isBatch(request)).toBe(expected)
  expect(isBatch({ ...request, headers: {} })).toBe(false)
})

describe('REST-B3: the document', () => {
  test('has steps with what a request has', () => {
    expect(
      requestOf([
        {
          name: 'a-1',
          method: 'PATCH',
          path: '/film?id=eq.1&select=a?b',
          prefer: 'return=representation',
          accept: 'application/vnd.pgrst.object+json',
          profile: 'other',
          body: { title: 'x' },
        },
      ]),
    ).toEqual({
      method: 'PATCH',
      path: '/film',
      query: 'id=eq.1&select=a?b',
      headers: {
        'user-agent': 'test',
        prefer: 'return=representation',
        accept: 'application/vnd.pgrst.object+json',
        'content-profile': 'other',
        'content-type': 'application/json',
      },
      body: '{"title":"x"}',
    })
    expect(requestOf([{ method: 'GET', path: '/film', profile: 'other' }])).toMatchObject({
      headers: { 'accept-profile': 'other' },
      body: '',
    })
  })

  test.each([
    ['[]', /expected object/],
    ['{}', /^steps: /],
    ['{"steps":[]}', 'steps: there is no step'],
    ['{"steps":[{}]}', /^steps\.0\.method: /],
    ['{"steps":[{"method":"HEAD","path":"/film"}]}', /^steps\.0\.method: /],
    ['{"steps":[{"method":"GET","path":"film"}]}', 'steps.0.path: a path begins with a slash'],
    ['{"steps":[{"method":"GET","path":"/film","name":"1a"}]}', /^steps\.0\.name: a name has letters/],
    ['{"steps":[{"method":"GET","path":"/film","name":"__proto__"}]}', null],
    ['{"steps":[{"method":"GET","path":"/film","headers":{}}]}', /^steps\.0: Unrecognized key: "headers"/],
    ['{"steps":[{"method":"GET","path":"/film"}],"isolation":"chaos"}', /^isolation: /],
    ['{"steps":', 'The body is no JSON, or nested deeper than 500.'],
    [
      '{"steps":[{"method":"GET","path":"/f","name":"a"},{"method":"GET","path":"/f","name":"a"}]}',
      'steps.1.name: two steps are called "a"',
    ],
  ])('%s', (text, details) => {
    if (details === null) {
      expect(parseBatch(text).steps).toHaveLength(1)
      return
    }
    const expected = typeof details === 'string' ? details : expect.stringMatching(details)
    expect(() => parseBatch(text)).toThrow(
      expect.objectContaining({ code: 'NDB110', status: 400, details: expected }),
    )
  })

  test(`has ${String(MAX_BATCH_STEPS)} steps at most`, () => {
    expect(parse({ steps: Array.from({ length: MAX_BATCH_STEPS }, () => step) }).steps).toHaveLength(100)
    expect(() => parse({ steps: Array.from({ length: MAX_BATCH_STEPS + 1 }, () => step) })).toThrow(
      expect.objectContaining({ code: 'NDB110', details: 'steps: there are more than 100' }),
    )
  })

  test('that is nested too deep is refused', () => {
    const deep = `{"steps":[{"method":"POST","path":"/f","body":${'['.repeat(600)}${']'.repeat(600)}}]}`
    expect(() => parseBatch(deep)).toThrow(expect.objectContaining({ code: 'NDB110' }))
  })
})

describe('REST-B4: references', () => {
  const named = { ...step, name: 'film' }

  test.each([
    [{ id: { $ref: 'film/0/id' } }, '{"id":9007199254740993}'],
    [[{ $ref: 'film/0/id' }, { deep: [{ $ref: 'film/1' }] }], '[9007199254740993,{"deep":[{"id":2.50}]}]'],
    [{ $ref: 'film' }, '[{"id":9007199254740993},{"id":2.50}]'],
    [{ $ref: 5 }, '{"$ref":5}'],
    [{ $ref: 'film/0', and: 'more' }, '{"$ref":"film/0","and":"more"}'],
  ])('%j', (body, expected) => {
    expect(
      requestOf([named, { ...step, body }], { film: '[{"id":9007199254740993},{"id":2.50}]' }).body,
    ).toBe(expected)
  })

  test('go to steps that came before', () => {
    for (const name of ['other', 'late', 'constructor'])
      expect(() =>
        parse({ steps: [named, { ...step, body: { $ref: `${name}/0` } }, { ...step, name: 'late' }] }),
      ).toThrow(expect.objectContaining({ code: 'NDB112', step: { index: 1, name: null } }))
  })

  test('need something to refer to', () => {
    const steps = [named, { ...step, body: { $ref: 'film/0/id' } }]
    expect(() => requestOf(steps, { film: null })).toThrow(
      expect.objectContaining({ code: 'NDB112', hint: 'Let it have "prefer": "return=representation".' }),
    )
    expect(() => requestOf(steps, { film: '[]' })).toThrow(
      expect.objectContaining({ code: 'NDB112', details: 'What the step "film" gave has no /0/id.' }),
    )
    expect(() => requestOf(steps, { film: '['.repeat(600) + ']'.repeat(600) })).toThrow(
      expect.objectContaining({ code: 'NDB112' }),
    )
  })
})

test('REST-B5: $value stands for what it holds, which is not looked into', () => {
  expect(requestOf([{ ...step, body: { a: { $value: { $ref: 'x', b: [{ $value: 1 }] } } } }]).body).toBe(
    '{"a":{"$ref":"x","b":[{"$value":1}]}}',
  )
})

describe('REST-B6: match', () => {
  const queryOf = (match: unknown, path = '/film') =>
    decodeURIComponent(requestOf([{ method: 'GET', path, match }]).query)

  test.each([
    [{ id: 1 }, 'id=eq.1'],
    [{ id: '1' }, 'id=eq.1'],
    [{ open: true }, 'open=eq.true'],
    [{ gone: null }, 'gone=is.null'],
    [{ id: [1, 'a"b\\c', false] }, String.raw`id=in.("1","a\"b\\c","false")`],
    [{ id: [] }, 'id=in.()'],
    [{ title: 'a&b=c' }, 'title=eq.a&b=c'],
    [{ select: 1, 'a.b': 2, 'odd "x"': 3 }, String.raw`"select"=eq.1&"a.b"=eq.2&"odd \"x\""=eq.3`],
    [{ a: 1, b: 2 }, 'a=eq.1&b=eq.2'],
    [{}, ''],
  ])('%j is %s', (match, query) => {
    expect(queryOf(match)).toBe(query)
  })

  test('comes after the filters of the path, and is escaped', () => {
    const { query } = requestOf([{ method: 'GET', path: '/film?year=gt.1', match: { title: 'a&b' } }])
    expect(query).toBe('year=gt.1&title=eq.a%26b')
  })

  test('no column is passed over, whatever its name', () => {
    const text = '{"steps":[{"method":"DELETE","path":"/film","match":{"__proto__":1,"a":1,"a":2}}]}'
    const [first] = parseBatch(text).steps
    expect(first?.match.map(([column]) => column)).toEqual(['__proto__', 'a', 'a'])
  })

  test('takes no objects, and no lists of lists or nulls', () => {
    for (const value of [{}, [[1]], [null], [{}]])
      expect(() => queryOf({ id: value })).toThrow(expect.objectContaining({ code: 'NDB111' }))
  })
})

describe('REST-B11: a batch holds no more than requests of their own would', () => {
  test('a path is as long as the head of a request may be', () => {
    const path = `/film?id=in.(${'1,'.repeat(8_180)}1)`
    expect(parse({ steps: [{ method: 'GET', path }] }).steps).toHaveLength(1)
    expect(() => parse({ steps: [{ method: 'GET', path: `${path}&id=gt.100` }] })).toThrow(
      expect.objectContaining({ code: 'NDB110', details: expect.stringContaining('16384 letters') }),
    )
  })

  test.each([
    ['a list', { id: Array.from({ length: 20_000 }, (_, id) => id) }],
    ['many columns', Object.fromEntries(Array.from({ length: 7000 }, (_, id) => [`c${id}`, id]))],
    ['what is copied', { id: Array.from({ length: 10 }, () => ({ $ref: 'a' })) }],
  ])('a match by %s is not longer than a path could be', (_, match) => {
    const steps = [
      { ...step, name: 'a' },
      { method: 'DELETE', path: '/film', match },
    ]
    expect(() => requestOf(steps, { a: `"${'x'.repeat(10_000)}"` })).toThrow(
      expect.objectContaining({ code: 'NDB111', details: expect.stringContaining('65536 letters') }),
    )
  })

  test('references do not copy more than a body may hold', () => {
    const refs = (count: number) => [
      { ...step, name: 'a' },
      { ...step, body: Array.from({ length: count }, () => ({ $ref: 'a' })) },
    ]
    const given = { a: `"${'x'.repeat(200)}"` }
    expect(requestOf(refs(4), given).body).toHaveLength(4 * 203 + 1)
    expect(() => requestOf(refs(5), given)).toThrow(
      expect.objectContaining({ code: 'BODY_TOO_LARGE', status: 413 }),
    )
  })
})
