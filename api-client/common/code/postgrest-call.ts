// A request to PostgREST taken apart into the calls of its clients.
import { headerValue } from '../exchange/media.ts'
import { plainRequest, type PlainRequest } from './plain.ts'
import type { CodeOptions, CodeRequest } from './types.ts'

export interface Filter {
  readonly column: string
  readonly isNot: boolean
  readonly operator: string
  readonly value: string
}

export interface PostgrestCall {
  readonly plain: PlainRequest
  /** `https://host` of `https://host/rest/v1/film`. */
  readonly baseUrl: string
  readonly key: string
  /** Null for the default one. */
  readonly schema: string | null
  readonly kind: 'table' | 'rpc'
  readonly name: string
  readonly action: 'select' | 'insert' | 'upsert' | 'update' | 'delete' | 'rpc'
  readonly isHead: boolean
  readonly isGet: boolean
  readonly select: string | null
  readonly filters: readonly Filter[]
  readonly either: readonly { readonly value: string; readonly table: string | null }[]
  readonly orders: readonly {
    readonly column: string
    readonly isAscending: boolean
    readonly nullsFirst: boolean | null
    readonly table: string | null
  }[]
  readonly limits: readonly {
    readonly limit: number
    readonly offset: number | null
    readonly table: string | null
  }[]
  readonly onConflict: string | null
  readonly columns: string | null
  readonly prefer: ReadonlySet<string>
  /** Arguments of a function that is called by GET. */
  readonly args: readonly (readonly [string, string])[]
  /** JSON; null for none. */
  readonly body: string | null
  readonly accept: 'rows' | 'single' | 'csv'
}

const FILTER = /^(not\.)?([a-z]+(?:\((?:any|all|[\w-]*)\))?)\.([\s\S]*)$/
const OPERATORS =
  /^(eq|gt|gte|lt|lte|neq|like|ilike|match|imatch|in|is|isdistinct|fts|plfts|phfts|wfts|cs|cd|ov|sl|sr|nxr|nxl|adj)(\(|$)/

/** Null for what is no request to PostgREST, or has a part that its clients cannot say. */
export function postgrestCall(request: CodeRequest, options: CodeOptions): PostgrestCall | null {
  const plain = plainRequest(request, options)
  const match = /^(.*)\/rest\/v1\/(rpc\/)?([^/?#]+)(?:\?([^#]*))?(?:#.*)?$/.exec(plain.url)
  if (match === null) return null
  const [, baseUrl = '', rpc, name = '', query = ''] = match
  const { method, body } = plain
  const isReading = method === 'GET' || method === 'HEAD'
  if (!['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'].includes(method) || method === 'PUT') return null
  if (body.type !== 'none' && (body.type !== 'text' || !isJson(body.text))) return null
  const prefer = new Set(
    plain.headers
      .filter((one) => one.name.toLowerCase() === 'prefer')
      .flatMap((one) => one.value.split(',').map((word) => word.trim())),
  )
  const accept = headerValue(plain.headers, 'accept') ?? ''
  const parts = queryParts(query, rpc !== undefined && isReading)
  if (parts === null) return null
  const isUpsert = [...prefer].some((one) => one.startsWith('resolution='))
  return {
    plain,
    baseUrl,
    key: headerValue(plain.headers, 'apikey') ?? bearer(plain) ?? '{{apikey}}',
    schema: headerValue(plain.headers, isReading ? 'accept-profile' : 'content-profile'),
    kind: rpc === undefined ? 'table' : 'rpc',
    name: decoded(name),
    action:
      rpc !== undefined
        ? 'rpc'
        : isReading
          ? 'select'
          : method === 'PATCH'
            ? 'update'
            : method === 'DELETE'
              ? 'delete'
              : isUpsert
                ? 'upsert'
                : 'insert',
    isHead: method === 'HEAD',
    isGet: isReading,
    prefer,
    body: body.type === 'text' ? body.text : null,
    accept: accept.includes('vnd.pgrst.object') ? 'single' : accept.includes('text/csv') ? 'csv' : 'rows',
    ...parts,
  }
}

type Parts = Pick<
  PostgrestCall,
  'select' | 'filters' | 'either' | 'orders' | 'limits' | 'onConflict' | 'columns' | 'args'
>

function queryParts(query: string, isCall: boolean): Parts | null {
  let select: string | null = null
  let onConflict: string | null = null
  let columns: string | null = null
  const filters: Filter[] = []
  const either: { value: string; table: string | null }[] = []
  const orders: Parts['orders'][number][] = []
  const args: [string, string][] = []
  const pages = new Map<string | null, { limit: number | null; offset: number | null }>()
  for (const one of query.split('&').filter((part) => part !== '')) {
    const at = one.indexOf('=')
    const name = decoded(at < 0 ? one : one.slice(0, at))
    const value = decoded(at < 0 ? '' : one.slice(at + 1))
    const dot = name.lastIndexOf('.')
    const [table, last] = dot < 0 ? [null, name] : [name.slice(0, dot), name.slice(dot + 1)]
    const filter = FILTER.exec(value)
    if (name === 'select') select = value
    else if (name === 'on_conflict') onConflict = value
    else if (name === 'columns') columns = value
    else if (last === 'or' && value.startsWith('(') && value.endsWith(')'))
      either.push({ value: value.slice(1, -1), table })
    // The clients have no `and`, but `or` of one `and` is the same.
    else if (last === 'and' && value.startsWith('(')) either.push({ value: `and${value}`, table })
    else if (last === 'order') {
      for (const word of value.split(',')) {
        const [, column = '', , direction, , nulls] =
          /^(.*?)((?:\.(asc|desc))?(\.(nullsfirst|nullslast))?)$/.exec(word) ?? []
        orders.push({
          column,
          table,
          isAscending: direction !== 'desc',
          nullsFirst: nulls === undefined ? null : nulls === 'nullsfirst',
        })
      }
    } else if ((last === 'limit' || last === 'offset') && /^\d+$/.test(value)) {
      const page = pages.get(table) ?? { limit: null, offset: null }
      pages.set(table, { ...page, [last]: Number(value) })
    } else if (filter !== null && OPERATORS.test(filter[2] ?? ''))
      filters.push({
        column: name,
        isNot: filter[1] !== undefined,
        operator: filter[2] ?? '',
        value: filter[3] ?? '',
      })
    else if (isCall) args.push([name, value])
    else return null
  }
  const limits: Parts['limits'][number][] = []
  for (const [table, { limit, offset }] of pages) {
    if (limit === null) return null
    limits.push({ table, limit, offset })
  }
  return { select, onConflict, columns, filters, either, orders, limits, args }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/\{\{[^{}]*\}\}/g, '0'))
    return true
  } catch {
    return false
  }
}

function bearer(plain: PlainRequest): string | null {
  return /^Bearer (.*)$/.exec(headerValue(plain.headers, 'authorization') ?? '')?.[1] ?? null
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
