import { describe, expect, test } from 'vitest'
import { sampleCache, sampleRequest, sampleRoutine } from '#testing/rest-sample.ts'
import { chooseRoutine, offerOf } from './call.ts'

const routines = [
  sampleRoutine('add', ['a integer', 'b integer']),
  sampleRoutine('greet', ['name text', 'loudly boolean default']),
  sampleRoutine('now', []),
  sampleRoutine('join_all', ['variadic words text[]']),
  sampleRoutine('twice', ['x integer'], { oid: 2 }),
  sampleRoutine('twice', ['x text'], { oid: 3 }),
  sampleRoutine('over', [], { oid: 4 }),
  sampleRoutine('over', ['a integer'], { oid: 5 }),
  sampleRoutine('over', ['a integer', 'b integer'], { oid: 6 }),
  sampleRoutine('whole', [' json'], { oid: 7 }),
  sampleRoutine('whole', ['a integer', 'b integer'], { oid: 8 }),
  sampleRoutine('raw', [' text'], { oid: 9 }),
  sampleRoutine('raw', [' xml'], { oid: 10 }),
  sampleRoutine('raw', [' bytea'], { oid: 11 }),
  sampleRoutine('both', [' json'], { oid: 12 }),
  sampleRoutine('both', [' jsonb'], { oid: 13 }),
  sampleRoutine('optional', ['a integer default', 'b integer default'], { oid: 14 }),
]
const cache = sampleCache([], routines)

function choose(method: string, url: string, body?: string, contentType = 'application/json') {
  const request = sampleRequest(method, url, {
    ...(body === undefined ? {} : { body, headers: { 'content-type': contentType } }),
  })
  const { action } = request
  if (action.kind !== 'call') throw new TypeError('not a call')
  return chooseRoutine(
    { schema: 'api', name: action.target },
    offerOf(request, action.invocation === 'post'),
    cache,
  )
}

describe('the overload is chosen by the names of the arguments', () => {
  test.each([
    ['GET', '/rpc/add?a=1&b=2', undefined, 'a, b'],
    ['GET', '/rpc/greet?name=Ann', undefined, 'name, loudly'],
    ['GET', '/rpc/now', undefined, ''],
    ['POST', '/rpc/now', '{}', ''],
    ['POST', '/rpc/now', '', ''],
    ['GET', '/rpc/join_all', undefined, 'words'],
    ['GET', '/rpc/join_all?words=a&words=b', undefined, 'words'],
    ['GET', '/rpc/over', undefined, ''],
    ['GET', '/rpc/over?a=1', undefined, 'a'],
    ['POST', '/rpc/over', '{"b":1,"a":2}', 'a, b'],
    ['POST', '/rpc/over?columns=a', '{"b":1,"a":2}', 'a'],
    ['POST', '/rpc/optional', '{"b":1}', 'a, b'],
    ['POST', '/rpc/whole', '{"a":1,"b":2}', 'a, b'],
  ])('%s %s %s', (method, url, body, names) => {
    expect(
      choose(method, url, body)
        .parameters.map(({ name }) => name)
        .join(', '),
    ).toBe(names)
  })

  test('filters on the result are no arguments', () => {
    expect(choose('GET', '/rpc/over?a=1&id=eq.3').oid).toBe(5)
  })

  test.each([
    ['/rpc/whole', '{"other":1}', 'application/json', 7],
    ['/rpc/raw', 'text', 'text/plain', 9],
    ['/rpc/raw', '<x/>', 'text/xml', 10],
    ['/rpc/raw', 'bytes', 'application/octet-stream', 11],
  ])('the body of %s as %s %s goes to the only parameter, which has no name', (url, body, type, oid) => {
    expect(choose('POST', url, body, type).oid).toBe(oid)
  })

  test('a form has arguments by name', () => {
    expect(choose('POST', '/rpc/add', 'a=1&b=2', 'application/x-www-form-urlencoded').name).toBe('add')
  })
})

describe('a call that fits no function', () => {
  test('names what was searched for, and the overload most like it', () => {
    expect(() => choose('GET', '/rpc/greet?nam=Ann')).toThrow(
      expect.objectContaining({
        code: 'PGRST202',
        status: 404,
        message: 'Could not find the function api.greet(nam) in the schema cache',
        details:
          'Searched for the function api.greet with parameter nam, but no matches were found in the schema cache.',
        hint: 'Perhaps you meant to call the function api.greet(loudly, name)',
      }),
    )
  })

  test('names the arguments in their own order, however they came', () => {
    expect(() => choose('GET', '/rpc/add?c=1&b=2&a=3')).toThrow(
      expect.objectContaining({
        message: 'Could not find the function api.add(a, b, c) in the schema cache',
        details: expect.stringContaining('with parameters a, b, c,'),
      }),
    )
  })

  test('of a POST also says that one parameter without a name would do', () => {
    expect(() => choose('POST', '/rpc/add', '{"a":1,"c":2}')).toThrow(
      expect.objectContaining({
        message: 'Could not find the function api.add(a, c) in the schema cache',
        details:
          'Searched for the function api.add with parameters a, c or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      }),
    )
    expect(() => choose('POST', '/rpc/add')).toThrow(
      expect.objectContaining({
        message: 'Could not find the function api.add without parameters in the schema cache',
        details:
          'Searched for the function api.add without parameters or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      }),
    )
  })

  test('of text has no arguments to speak of', () => {
    expect(() => choose('POST', '/rpc/now', 'hello', 'text/plain')).toThrow(
      expect.objectContaining({
        message: 'Could not find the function api.now in the schema cache',
        details:
          'Searched for the function api.now with a single unnamed text parameter, but no matches were found in the schema cache.',
        hint: null,
      }),
    )
  })

  test('of another name hints at the function most like it, when it is very like it', () => {
    expect(() => choose('GET', '/rpc/optiona')).toThrow(
      expect.objectContaining({ hint: 'Perhaps you meant to call the function api.optional' }),
    )
    expect(() => choose('GET', '/rpc/nothing_like_it')).toThrow(expect.objectContaining({ hint: null }))
  })

  test('that several take is refused with all of them', () => {
    expect(() => choose('GET', '/rpc/twice?x=1')).toThrow(
      expect.objectContaining({
        code: 'PGRST203',
        status: 300,
        message:
          'Could not choose the best candidate function between: api.twice(x => integer), api.twice(x => text)',
      }),
    )
    expect(() => choose('POST', '/rpc/both', '{"a":1}')).toThrow(
      expect.objectContaining({
        message:
          'Could not choose the best candidate function between: api.both( => json), api.both( => jsonb)',
      }),
    )
  })
})
