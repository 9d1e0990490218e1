// Answers from rows of tables, as PostgREST answers simple requests. Writes change the copy in memory; nothing reaches a database.
import { parseExact, textOfValue } from '#api-client/common/assert/exact-json.ts'
import { asPostgrest, RowsError, tableMissing } from './rows-errors.ts'
import { matches, projected, readQuery, sorted, type RowsQuery } from './rows-query.ts'
import { copyTable, deleteRows, insertRows, updateRows, type Row, type Table } from './rows-write.ts'
import type { Answerer, MockAnswer, MockRequest, MockTable } from './types.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE']
const OBJECT = 'application/vnd.pgrst.object+json'

/** Answers from a copy of these tables. */
export function rowAnswerer(given: readonly MockTable[]): Answerer {
  const tables = new Map(given.map((table) => [table.name, copyTable(table)]))
  return {
    methods: (path) => (tables.has(tableName(path)) ? METHODS : []),
    answer(request) {
      const name = tableName(request.path)
      const table = tables.get(name)
      try {
        if (table === undefined) throw tableMissing(name, [...tables.keys()])
        return { ...answerFrom(table, request), matched: name }
      } catch (error) {
        if (!(error instanceof RowsError)) throw error
        return asPostgrest(error, { method: request.method, matched: table === undefined ? null : name })
      }
    },
  }
}

/** `/films` and `/rest/v1/films`, also below another path: what supabase-js and our own service put before it. */
function tableName(path: string): string {
  const rest = path
    .replace(/^.*?\/rest\/v1(?=\/|$)/, '')
    .replace(/^\//, '')
    .replace(/\/$/, '')
  try {
    return decodeURIComponent(rest)
  } catch {
    return rest
  }
}

function answerFrom(table: Table, request: MockRequest): Omit<MockAnswer, 'matched'> {
  const isSingle = acceptsSingle(request.headers['accept'])
  const query = readQuery(table, request)
  const prefer = preferences(request.headers['prefer'])
  const exchange = { table, query, prefer, isSingle }
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return read(exchange)
    case 'POST':
      return insert(exchange, request)
    case 'PATCH':
    case 'DELETE':
      return change(exchange, request)
    case 'OPTIONS':
      return { status: 200, headers: [['Allow', ['OPTIONS', ...METHODS].join(',')]], body: null }
    default:
      throw new RowsError(405, { code: 'PGRST117', message: `Unsupported HTTP method: ${request.method}` })
  }
}

interface Exchange {
  readonly table: Table
  readonly query: RowsQuery
  readonly prefer: ReadonlyMap<string, string>
  readonly isSingle: boolean
}

/** 406 for what is no JSON. */
function acceptsSingle(accept: string | undefined): boolean {
  const types = (accept ?? '*/*').split(',').map((one) => (one.split(';')[0] ?? '').trim().toLowerCase())
  const found = types.find((one) => one === OBJECT || JSON_TYPES.has(one))
  if (found === undefined)
    throw new RowsError(406, {
      code: 'PGRST107',
      message: `None of these media types are available: ${types.join(', ')}`,
    })
  return found === OBJECT
}

const JSON_TYPES = new Set([
  '',
  '*/*',
  'application/*',
  'application/json',
  'application/vnd.pgrst.array+json',
])

function preferences(header: string | undefined): ReadonlyMap<string, string> {
  const pairs = (header ?? '').split(',').map((one) => one.trim().split('='))
  return new Map(pairs.map(([name = '', value = '']) => [name.trim(), value.trim()]))
}

function read({ table, query, prefer, isSingle }: Exchange): Omit<MockAnswer, 'matched'> {
  const found = sorted(
    table.rows.filter((row) => matches(table, row, query.where)),
    { table, order: query.order },
  )
  const { offset } = query
  const rows = found.slice(offset, query.limit === null ? undefined : offset + query.limit)
  const isCounted = prefer.get('count') !== undefined
  const total = isCounted ? String(found.length) : '*'
  if (isCounted && offset > found.length)
    throw new RowsError(
      416,
      {
        code: 'PGRST103',
        message: 'Requested range not satisfiable',
        details: `An offset of ${String(offset)} was requested, but there are only ${total} rows.`,
      },
      [['Content-Range', `*/${total}`]],
    )
  if (isSingle && rows.length !== 1) throw notSingular(rows.length)
  const range =
    rows.length === 0 ? `*/${total}` : `${String(offset)}-${String(offset + rows.length - 1)}/${total}`
  return {
    status: isCounted && rows.length < found.length ? 206 : 200,
    headers: [['Content-Range', range], ...applied(prefer, ['count']), ...typeOf(isSingle)],
    body: bodyOf(rows, { query, isSingle }),
  }
}

function insert(exchange: Exchange, request: MockRequest): Omit<MockAnswer, 'matched'> {
  const { table, query, prefer, isSingle } = exchange
  const given = payload(request)
  const rows = Array.isArray(given) ? given : [given]
  // Nothing of several is kept when one of them cannot be.
  const { written, commit } = insertRows(table, rows, resolutionOf(prefer))
  if (isSingle && written.length !== 1) throw notSingular(written.length)
  commit()
  const preferred = prefer.get('return')
  const key = written.length === 1 ? written[0] : undefined
  const location =
    preferred === 'headers-only' && key !== undefined && table.primaryKey.length > 0
      ? ([['Location', locationOf(table, key)]] as const)
      : []
  const headers = [
    ['Content-Range', prefer.has('count') ? `*/${String(written.length)}` : '*/*'] as const,
    ...location,
    ...applied(prefer, ['return', 'resolution', 'count']),
  ]
  if (preferred !== 'representation') return { status: 201, headers, body: null }
  return {
    status: 201,
    headers: [...headers, ...typeOf(isSingle)],
    body: bodyOf(written, { query, isSingle }),
  }
}

function resolutionOf(prefer: ReadonlyMap<string, string>) {
  const resolution = prefer.get('resolution')
  return resolution === 'merge-duplicates' || resolution === 'ignore-duplicates' ? resolution : null
}

function change(exchange: Exchange, request: MockRequest): Omit<MockAnswer, 'matched'> {
  const { table, query, prefer, isSingle } = exchange
  const found = table.rows.filter((row) => matches(table, row, query.where))
  if (isSingle && found.length !== 1) throw notSingular(found.length)
  const changed =
    request.method === 'DELETE' ? deleteRows(table, found) : updateRows(table, found, payload(request))
  const count = prefer.has('count') ? String(changed.length) : '*'
  const range = changed.length === 0 ? `*/${count}` : `0-${String(changed.length - 1)}/${count}`
  const headers = [
    ['Content-Range', request.method === 'DELETE' ? `*/${count}` : range] as const,
    ...applied(prefer, ['return', 'count']),
  ]
  if (prefer.get('return') !== 'representation') return { status: 204, headers, body: null }
  return {
    status: 200,
    headers: [...headers, ...typeOf(isSingle)],
    body: bodyOf(changed, { query, isSingle }),
  }
}

/** What was sent, as JSON. */
function payload({ headers, body }: MockRequest): unknown {
  const type = (headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json' && !type.endsWith('+json'))
    throw new RowsError(415, { code: 'PGRST102', message: `Content-Type not acceptable: ${type}` })
  if (body.trim() === '') throw new RowsError(400, { code: 'PGRST102', message: 'Empty or invalid json' })
  try {
    return parseExact(body)
  } catch {
    throw new RowsError(400, { code: 'PGRST102', message: 'Empty or invalid json' })
  }
}

function bodyOf(
  rows: readonly Row[],
  { query, isSingle }: { readonly query: RowsQuery; readonly isSingle: boolean },
): string {
  const shown = rows.map((row) => projected(row, query.select))
  return textOfValue(isSingle ? shown[0] : shown)
}

function typeOf(isSingle: boolean): readonly (readonly [string, string])[] {
  return [['Content-Type', `${isSingle ? OBJECT : 'application/json'}; charset=utf-8`]]
}

function applied(
  prefer: ReadonlyMap<string, string>,
  names: readonly string[],
): readonly (readonly [string, string])[] {
  const used = names.flatMap((name) => (prefer.has(name) ? [`${name}=${prefer.get(name) ?? ''}`] : []))
  return used.length === 0 ? [] : [['Preference-Applied', used.join(', ')]]
}

function locationOf(table: Table, row: Row): string {
  const filters = table.primaryKey.map(
    (name) => `${encodeURIComponent(name)}=eq.${encodeURIComponent(String(row[name]))}`,
  )
  return `/${encodeURIComponent(table.name)}?${filters.join('&')}`
}

function notSingular(rows: number): RowsError {
  return new RowsError(406, {
    code: 'PGRST116',
    message: 'Cannot coerce the result to a single JSON object',
    details: `The result contains ${String(rows)} rows`,
  })
}
