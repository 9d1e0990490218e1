// The request that a snippet makes, for the languages that speak HTTP themselves.
import { quoteName, quoteParameterName } from '#api-client/common/postgrest/quote.ts'
import type { Json, Match, SnippetAction, SnippetTarget } from './types.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Without the query; encoded. */
  readonly address: string
  /** Not encoded. */
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Json | undefined
}

/** The request of an action. */
export function toHttpRequest(target: SnippetTarget, action: SnippetAction): HttpRequest {
  const key = ['apikey', target.key] as const
  const profile = (name: 'Accept-Profile' | 'Content-Profile'): (readonly [string, string])[] =>
    target.schema === null ? [] : [[name, target.schema]]
  const reading = [key, ...profile('Accept-Profile')]
  const writing = [key, ...profile('Content-Profile')]
  const json = ['Content-Type', 'application/json'] as const
  const returned = ['Prefer', 'return=representation'] as const
  const at = (name: string): string => `${target.restUrl}/${pathSegment(name)}`
  switch (action.type) {
    case 'read':
      return {
        method: 'GET',
        address: at(action.table),
        query: [
          ['select', action.columns.length === 0 ? '*' : action.columns.map(quoteName).join(',')],
          ...(action.match === null ? [] : [filter(action.match)]),
          ...(action.limit === null ? [] : [['limit', String(action.limit)] as const]),
        ],
        headers: reading,
        body: undefined,
      }
    case 'insert':
      return {
        method: 'POST',
        address: at(action.table),
        query: [],
        headers: [...writing, json, returned],
        body: action.values,
      }
    case 'upsert':
      return {
        method: 'POST',
        address: at(action.table),
        query: [],
        headers: [...writing, json, ['Prefer', 'resolution=merge-duplicates,return=representation']],
        body: action.values,
      }
    case 'update':
      return {
        method: 'PATCH',
        address: at(action.table),
        query: [filter(action.match)],
        headers: [...writing, json, returned],
        body: action.values,
      }
    case 'delete':
      return {
        method: 'DELETE',
        address: at(action.table),
        query: [filter(action.match)],
        headers: [...writing, returned],
        body: undefined,
      }
    case 'call': {
      const address = `${target.restUrl}/rpc/${pathSegment(action.function)}`
      if (action.method === 'GET')
        return {
          method: 'GET',
          address,
          query: Object.entries(action.arguments).map(([name, value]) => [
            // What means something else in a query is quoted.
            quoteArgument(name),
            argumentText(value),
          ]),
          headers: reading,
          body: undefined,
        }
      return { method: 'POST', address, query: [], headers: [...writing, json], body: action.arguments }
    }
  }
}

/** The whole address, encoded. */
export function addressOf({ address, query }: HttpRequest): string {
  const pairs = query.map(([name, value]) => `${queryPart(name)}=${queryPart(value)}`)
  return pairs.length === 0 ? address : `${address}?${pairs.join('&')}`
}

function filter({ column, value }: Match): readonly [string, string] {
  return [quoteParameterName(column), `eq.${value}`]
}

/** An argument in a query: arrays as Postgres writes them, objects as JSON. */
function argumentText(value: Json): string {
  if (isList(value)) return `{${value.map(argumentText).join(',')}}`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** An argument's name as it is, but for names that mean something else in a query. */
function quoteArgument(name: string): string {
  return quoteName(name) === name ? quoteParameterName(name) : name
}

/** A relation's or function's name as one segment of a path. */
function pathSegment(name: string): string {
  return encodeURIComponent(name).replace(/'/g, '%27')
}

/** One part of a query, encoded no more than needed: commas, colons, stars and parentheses stay readable. */
function queryPart(text: string): string {
  return encodeURIComponent(text).replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/'/g, '%27')
}
