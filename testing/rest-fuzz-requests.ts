// Requests for the fuzz of the whole REST engine: reads, writes, calls and batches that could be meant, and the same spoilt.
import type { HttpRequest } from '../backend/rest/parse/api-request.ts'
import { key } from '../backend/rest/types.ts'
import { batchBody } from './rest-fuzz-batches.ts'
import { quoted, readPairs, type Draw } from './rest-fuzz-queries.ts'
import { jsonValueOf, ODD_TEXTS, spoil, valueOf, type Random } from './rest-fuzz-values.ts'

interface Draft {
  readonly method: string
  readonly path: string
  readonly pairs: readonly (readonly [name: string, value: string])[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request that could be meant; its values may still be wrong. */
export function goodRequest(draw: Draw): HttpRequest {
  return encode(draft(draw))
}

/** The same, spoilt in its path, query, headers or body; now and then of a method that nobody knows. */
export function spoiltRequest(draw: Draw): HttpRequest {
  const { value } = draw
  const good = encode(draft(draw))
  const part = value.int(5)
  const names = Object.keys(good.headers)
  const name = names.length === 0 ? 'prefer' : value.pick(names)
  return {
    method: value.chance(5)
      ? value.pick(['OPTIONS', 'TRACE', 'get', '', 'PROPFIND', 'PUT', 'HEAD'])
      : good.method,
    path: part === 0 ? `/${spoil(good.path.slice(1), value)}` : good.path,
    query: part === 1 || part === 2 ? spoil(good.query, value) : good.query,
    headers: part === 3 ? { ...good.headers, [name]: spoil(good.headers[name] ?? '', value) } : good.headers,
    body: part === 4 ? spoilBytes(good.body, value) : good.body,
  }
}

function spoilBytes(body: Uint8Array, value: Random): Uint8Array {
  if (value.chance(80)) return new TextEncoder().encode(spoil(new TextDecoder().decode(body), value))
  const bytes = [...body]
  bytes.splice(value.int(bytes.length + 1), value.int(3), value.int(256), value.int(256))
  return Uint8Array.from(bytes)
}

function draft(draw: Draw): Draft {
  const { shape } = draw
  const kind = shape.int(100)
  if (kind < 45) return readDraft(draw)
  if (kind < 72) return writeDraft(draw)
  if (kind < 94) return callDraft(draw)
  if (kind < 97)
    return {
      method: 'POST',
      path: '/',
      pairs: [],
      headers: { 'content-type': 'application/vnd.nebuladb.batch+json', ...preferHeader(draw) },
      body: batchBody(draw, () => stepOf(draw)),
    }
  return {
    method: shape.pick(['GET', 'HEAD', 'OPTIONS']),
    path: '/',
    pairs: [],
    headers: headersOf(draw, 'api'),
    body: '',
  }
}

/** A request as a step of a batch. */
function stepOf(draw: Draw): { readonly method: string; readonly path: string; readonly body: string } {
  const kind = draw.shape.int(3)
  const made = kind === 0 ? readDraft(draw) : kind === 1 ? writeDraft(draw) : callDraft(draw)
  const { path, query } = encode(made)
  return { method: made.method, path: query === '' ? path : `${path}?${query}`, body: made.body }
}

function readDraft(draw: Draw): Draft {
  const { shape, value } = draw
  const table = shape.pick(draw.tables)
  const pairs = readPairs(draw, table, 2)
  if (shape.chance(5))
    pairs.push(['cursor', `after.${value.pick(['WyJhIiwiMSJd', '', 'x', 'W10', 'bnVsbA'])}`])
  return {
    method: shape.pick(['GET', 'GET', 'GET', 'GET', 'HEAD', 'OPTIONS']),
    path: `/${encodeName(table.name)}`,
    pairs,
    headers: headersOf(draw, table.schema),
    body: '',
  }
}

function writeDraft(draw: Draw): Draft {
  const { shape } = draw
  const table = shape.pick(draw.tables)
  const method = shape.pick(['POST', 'POST', 'PATCH', 'PUT', 'DELETE'])
  const pairs = readPairs(draw, table, 1).filter(
    ([name]) => method !== 'POST' || shape.chance(50) || name === 'select',
  )
  if (method === 'PUT')
    for (const name of table.primaryKey)
      pairs.push([quoted(name), `eq.${valueOf(table.columns.get(name)?.type ?? 'text', draw.value)}`])
  const columns = [...table.columns.values()].filter(() =>
    shape.chance(Math.min(90, 400 / table.columns.size)),
  )
  if (shape.chance(15)) pairs.push(['columns', columns.map(({ name }) => quoted(name)).join(',')])
  if (shape.chance(25))
    pairs.push([
      'on_conflict',
      (table.primaryKey.length > 0 && shape.chance(70) ? table.primaryKey : columns.map(({ name }) => name))
        .map(quoted)
        .join(','),
    ])
  const { type, body } = bodyOf(draw, columns)
  return {
    method,
    path: `/${encodeName(table.name)}`,
    pairs,
    headers: { ...headersOf(draw, table.schema), 'content-profile': table.schema, ...type },
    body: method === 'DELETE' && shape.chance(80) ? '' : body,
  }
}

/** A body with these columns, in one of the formats. */
function bodyOf(
  { shape, value }: Draw,
  columns: readonly { readonly name: string; readonly type: string }[],
): { readonly type: Readonly<Record<string, string>>; readonly body: string } {
  const object = (): object =>
    Object.fromEntries(columns.map(({ name, type }) => [name, jsonValueOf(type, value)]))
  const text = (): string[] => columns.map(({ type }) => valueOf(type, value))
  switch (shape.int(10)) {
    case 0:
      return {
        type: { 'content-type': 'text/csv' },
        body: [
          columns.map(({ name }) => csvCell(name)),
          text().map(csvCell),
          ...value.some(2, () => text().map(csvCell)),
        ]
          .map((row) => row.join(','))
          .join('\n'),
      }
    case 1: {
      const values = text()
      return {
        type: { 'content-type': 'application/x-www-form-urlencoded' },
        body: columns.map(({ name }, at) => `${encodeName(name)}=${encodeName(values[at] ?? '')}`).join('&'),
      }
    }
    case 2:
      return {
        type: {
          'content-type': shape.pick([
            'application/json; charset=utf-8',
            'text/plain',
            'application/octet-stream',
            'x',
            'text/xml',
          ]),
        },
        body: shape.pick([
          JSON.stringify(object()),
          'null',
          '[]',
          '{}',
          '',
          '"x"',
          '[null]',
          '<a/>',
          ...ODD_TEXTS,
        ]),
      }
    case 3:
    case 4:
    case 5:
      return { type: {}, body: JSON.stringify(object()) }
    default:
      return {
        type: shape.chance(50) ? { 'content-type': 'application/json' } : {},
        body: JSON.stringify([object(), ...value.some(3, object)]),
      }
  }
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function callDraft(draw: Draw): Draft {
  const { shape, value, cache } = draw
  const routine = shape.pick(draw.routines)
  const given = routine.parameters.filter(({ isRequired }) => shape.chance(isRequired ? 95 : 50))
  const { returns } = routine
  const table = returns.kind === 'composite' ? cache.tables.get(key(returns.type)) : undefined
  const pairs =
    table === undefined
      ? shape.chance(15)
        ? [['select', shape.pick(['*', 'a', 'pgrst_scalar', 'n,line'])] as const]
        : []
      : shape.chance(60)
        ? readPairs(draw, table, 1)
        : []
  const isGet = shape.chance(50)
  const values = given.flatMap(({ name, type, isVariadic }) =>
    (isVariadic && shape.chance(60) ? ['', ''] : ['']).map(
      () => [name, argumentOf(isVariadic && shape.chance(60) ? type.slice(0, -2) : type, value)] as const,
    ),
  )
  const { type, body } = bodyOf(draw, given)
  return {
    method: isGet ? shape.pick(['GET', 'GET', 'HEAD', 'OPTIONS']) : 'POST',
    path: `/rpc/${encodeName(routine.name)}`,
    pairs: isGet ? [...values, ...pairs] : pairs,
    headers: {
      ...headersOf(draw, routine.schema),
      ...(isGet ? {} : { 'content-profile': routine.schema, ...type }),
    },
    body: isGet ? '' : body,
  }
}

/** Values that look like a filter make a filter of the argument: another shape. */
function argumentOf(type: string, value: Random): string {
  const text = valueOf(type, value)
  return /^(not\.|eq\.|in\.)/.test(text) ? 'x' : text
}

const PREFERENCES = [
  'return=representation',
  'return=representation',
  'return=minimal',
  'return=headers-only',
  'count=exact',
  'count=planned',
  'count=estimated',
  'resolution=merge-duplicates',
  'resolution=ignore-duplicates',
  'missing=default',
  'handling=strict',
  'tx=commit',
  'tx=rollback',
  'pagination=cursor',
  'params=single-object',
  'nonsense',
]

function preferHeader({ shape, value }: Draw): Readonly<Record<string, string>> {
  if (shape.chance(40)) return {}
  const words = shape.some(4, () => shape.pick(PREFERENCES))
  if (shape.chance(10))
    words.push(`timezone=${value.pick(['UTC', 'Europe/Berlin', 'utc', 'Nowhere', "'; --"])}`)
  if (shape.chance(10))
    words.push(
      'handling=strict',
      `max-affected=${value.pick(['0', '1', '100', '-1', 'x', '99999999999999999999'])}`,
    )
  return { prefer: words.join(', ') }
}

const ACCEPTS = [
  'application/json',
  '*/*',
  'text/csv',
  'application/vnd.pgrst.object+json',
  'application/vnd.pgrst.object',
  'application/vnd.pgrst.array+json;nulls=stripped',
  'application/vnd.pgrst.object+json;nulls=stripped',
  'application/geo+json',
  'application/vnd.pgrst.plan+json',
  'application/vnd.pgrst.plan; options=analyze|verbose|settings|buffers|wal',
  'application/vnd.pgrst.plan+text; for="text/csv"',
  'application/octet-stream',
  'text/html',
  'text/xml',
  'text/plain',
  'application/x-list',
  'image/png, */*;q=0.1',
  'application/openapi+json',
  'x',
  '',
]

function headersOf(draw: Draw, schema: string): Readonly<Record<string, string>> {
  const { shape, value } = draw
  return {
    ...preferHeader(draw),
    ...(schema === 'api' && shape.chance(80)
      ? {}
      : { 'accept-profile': shape.chance(2) ? 'hidden' : schema }),
    ...(shape.chance(40) ? { accept: shape.pick(shape.chance(70) ? ACCEPTS.slice(0, 5) : ACCEPTS) } : {}),
    ...(shape.chance(10)
      ? {
          range: shape.pick([
            '0-1',
            '1-',
            '0-0',
            '5-2',
            'x',
            '-5',
            '0-9223372036854775807',
            '99999999999999999999-',
          ]),
          'range-unit': 'items',
        }
      : {}),
    ...(shape.chance(5) ? { cookie: `a=${value.pick(ODD_TEXTS)}; b`, 'x-odd': value.pick(ODD_TEXTS) } : {}),
  }
}

/** Percent-encoded; lone surrogates as bytes that are no UTF-8. */
function encodeName(text: string): string {
  return Array.from(text, (letter) =>
    letter.isWellFormed() ? encodeURIComponent(letter) : '%ED%A0%80',
  ).join('')
}

function encode({ method, path, pairs, headers, body }: Draft): HttpRequest {
  return {
    method,
    path,
    query: pairs.map(([name, value]) => `${encodeName(name)}=${encodeName(value)}`).join('&'),
    headers,
    body: new TextEncoder().encode(body),
  }
}
