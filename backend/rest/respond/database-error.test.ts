import { expect, test } from 'vitest'
import { fromDatabaseError } from './database-error.ts'
import { respondError } from './error-response.ts'

function error(sqlstate: string, message = 'm', more: { detail?: string; hint?: string } = {}) {
  return { sqlstate, message, detail: more.detail ?? null, hint: more.hint ?? null }
}

test.each([
  ['08006', 503],
  ['09000', 500],
  ['0L000', 403],
  ['0P000', 403],
  ['21000', 500],
  ['22P02', 400],
  ['22023', 400],
  ['23502', 400],
  ['23503', 409],
  ['23505', 409],
  ['25006', 405],
  ['25P02', 500],
  ['28000', 403],
  ['2D000', 500],
  ['38000', 500],
  ['39000', 500],
  ['3B000', 500],
  ['40001', 500],
  ['42501', 403],
  ['42703', 400],
  ['42883', 404],
  ['42P01', 404],
  ['42P17', 500],
  ['53300', 503],
  ['53400', 500],
  ['54000', 500],
  ['55000', 500],
  ['57014', 500],
  ['57P01', 503],
  ['58000', 500],
  ['F0000', 500],
  ['HV000', 500],
  ['P0001', 400],
  ['P0002', 500],
  ['XX000', 500],
  ['PT402', 402],
  ['PT0xy', 500],
  ['PT1', 500],
])('%s is %i', (sqlstate, status) => {
  const shown = fromDatabaseError(error(sqlstate), false)
  expect([shown.status, shown.code, shown.message]).toEqual([status, sqlstate, 'm'])
})

test('a right that is missing asks who is anonymous to log in', () => {
  expect(fromDatabaseError(error('42501'), true)).toMatchObject({
    status: 401,
    headers: [['WWW-Authenticate', 'Bearer']],
  })
})

test('messages decide where the SQLSTATE says too little', () => {
  const status = (sqlstate: string, message: string) =>
    fromDatabaseError(error(sqlstate, message), false).status
  expect(status('21000', 'UPDATE requires a WHERE clause')).toBe(400)
  expect(status('22023', 'role "x" does not exist')).toBe(401)
  expect(status('42883', 'function xmlagg(json) does not exist')).toBe(406)
})

test('detail and hint are passed on; a server that is short of something is to be asked again', () => {
  const shown = fromDatabaseError(error('53300', 'too many', { detail: 'd', hint: 'h' }), false)
  expect(shown).toMatchObject({ details: 'd', hint: 'h', headers: [['Retry-After', '1']] })
})

test('a result that Postgres cannot build is explained', () => {
  const detail = 'Cannot enlarge string buffer containing 1073741822 bytes by 1 more bytes.'
  for (const one of [
    error('54000', 'out of memory', { detail }),
    error('XX000', 'invalid memory alloc request size 1073741824'),
  ])
    expect(fromDatabaseError(one, false).hint).toMatch(/up to 1 GB/)
})

test('PT carries the reason phrase', () => {
  expect(fromDatabaseError(error('PT402', 'Payment Required'), false).statusText).toBe('Payment Required')
})

test('a raised answer says all itself', () => {
  const shown = fromDatabaseError(
    error('PGRST', '{"code":"123","message":"ABC","details":"DEF","hint":"XYZ"}', {
      detail: '{"status":332,"status_text":"Mine","headers":{"X-B":"2","X-A":"1"}}',
    }),
    true,
  )
  expect(shown).toMatchObject({
    code: '123',
    status: 332,
    statusText: 'Mine',
    message: 'ABC',
    details: 'DEF',
    hint: 'XYZ',
    headers: [
      ['X-A', '1'],
      ['X-B', '2'],
    ],
  })
})

const MESSAGE = '{"code":"1","message":"m"}'
test.each([
  ['x', '{}', "Invalid JSON value for MESSAGE: 'x'"],
  ['{"code":"1"}', '{}', `Invalid JSON value for MESSAGE: '{"code":"1"}'`],
  [
    '{"code":"1","message":"m","hint":1}',
    '{}',
    `Invalid JSON value for MESSAGE: '{"code":"1","message":"m","hint":1}'`,
  ],
  [
    '{"code":"1","message":"m","details":{}}',
    '{}',
    `Invalid JSON value for MESSAGE: '{"code":"1","message":"m","details":{}}'`,
  ],
  [MESSAGE, undefined, 'DETAIL is missing in the RAISE statement'],
  [MESSAGE, 'y', "Invalid JSON value for DETAIL: 'y'"],
  [MESSAGE, '{"status":200}', `Invalid JSON value for DETAIL: '{"status":200}'`],
  [MESSAGE, '{"status":2,"headers":{}}', `Invalid JSON value for DETAIL: '{"status":2,"headers":{}}'`],
  [
    MESSAGE,
    '{"status":200,"status_text":1,"headers":{}}',
    `Invalid JSON value for DETAIL: '{"status":200,"status_text":1,"headers":{}}'`,
  ],
  [
    MESSAGE,
    '{"status":200,"headers":{"a":1}}',
    `Invalid JSON value for DETAIL: '{"status":200,"headers":{"a":1}}'`,
  ],
])('raising %s with %s is PGRST121', (message, detail, details) => {
  const shown = fromDatabaseError(error('PGRST', message, detail === undefined ? {} : { detail }), false)
  expect(shown).toMatchObject({ code: 'PGRST121', status: 500, details })
})

test('errors are JSON, and short where the configuration wants it', () => {
  const shown = fromDatabaseError(error('23505', 'é', { detail: 'd' }), false)
  const text = (verbosity: 'verbose' | 'minimal') => {
    const { body } = respondError(shown, verbosity)
    return body?.kind === 'bytes' ? new TextDecoder().decode(body.bytes) : ''
  }
  expect(text('verbose')).toBe('{"code":"23505","details":"d","hint":null,"message":"é"}')
  expect(text('minimal')).toBe('{"code":"23505","message":"é"}')
  expect(respondError(shown, 'verbose')).toMatchObject({
    status: 409,
    headers: [
      ['Content-Type', 'application/json; charset=utf-8'],
      ['Proxy-Status', 'PostgREST; error=23505'],
    ],
  })
})
