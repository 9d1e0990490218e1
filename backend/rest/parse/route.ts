// What a path and a method ask for, and in which schema.
import type { RestConfig } from '../types.ts'
import type { Action, Method } from './api-request.ts'
import {
  methodUnsupported,
  pathInvalid,
  rootDisabled,
  rpcMethodRefused,
  schemaNotExposed,
  textInvalid,
} from './errors.ts'
import { percentDecode } from './query-string.ts'

export type Resource =
  | { readonly kind: 'root' }
  | { readonly kind: 'relation'; readonly name: string }
  | { readonly kind: 'routine'; readonly name: string }

/**
 * Reads `/`, `/{relation}` and `/rpc/{function}`. With db-root-spec the root is that function, in the schema of the request.
 * @throws RestError PGRST125, and PGRST126 for a root that is disabled.
 */
export function parsePath(path: string, config: RestConfig): Resource {
  if (path === '' || path === '/') {
    if (config.openApiMode === 'disabled') throw rootDisabled()
    return config.rootSpec === null ? { kind: 'root' } : { kind: 'routine', name: config.rootSpec.name }
  }
  const [first = '', second, ...deeper] = path.toWellFormed().slice(1).split('/').map(percentDecode)
  if (first.includes('\0') || second?.includes('\0') === true) throw textInvalid('0x00')
  if (second === undefined) return { kind: 'relation', name: first }
  if (first !== 'rpc' || deeper.length > 0) throw pathInvalid()
  return { kind: 'routine', name: second }
}

const METHODS: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

const MUTATIONS = { POST: 'create', PUT: 'upsert-one', PATCH: 'update', DELETE: 'delete' } as const

function relationAction(target: string, method: Method): Action {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return { kind: 'read', target, headersOnly: method === 'HEAD' }
    case 'OPTIONS':
      return { kind: 'info', of: 'relation', target }
    default:
      return { kind: 'mutate', target, mutation: MUTATIONS[method] }
  }
}

function routineAction(target: string, method: Method): Action | null {
  switch (method) {
    case 'GET':
      return { kind: 'call', target, invocation: 'get' }
    case 'HEAD':
      return { kind: 'call', target, invocation: 'head' }
    case 'POST':
      return { kind: 'call', target, invocation: 'post' }
    case 'OPTIONS':
      return { kind: 'info', of: 'routine', target }
    default:
      return null
  }
}

function rootAction(method: Method): Action | null {
  if (method === 'OPTIONS') return { kind: 'info', of: 'schema', target: '' }
  if (method === 'GET' || method === 'HEAD') return { kind: 'inspect', headersOnly: method === 'HEAD' }
  return null
}

/**
 * What `name`, an HTTP method as it came, does with a resource.
 * @throws RestError PGRST101, PGRST117.
 */
export function parseAction(
  resource: Resource,
  name: string,
): { readonly action: Action; readonly method: Method } {
  const method = METHODS.find((known) => known === name)
  if (resource.kind === 'routine') {
    const action = method === undefined ? null : routineAction(resource.name, method)
    if (method === undefined || action === null) throw rpcMethodRefused(name)
    return { action, method }
  }
  if (method === undefined) throw methodUnsupported(name)
  const action = resource.kind === 'root' ? rootAction(method) : relationAction(resource.name, method)
  if (action === null) throw methodUnsupported(name)
  return { action, method }
}

/**
 * The schema: of Content-Profile for writes and calls by POST, else of Accept-Profile, else the first one.
 * @throws RestError PGRST106.
 */
export function parseProfile(
  method: string,
  headers: Readonly<Record<string, string>>,
  schemas: RestConfig['schemas'],
): { readonly schema: string; readonly negotiatedByProfile: boolean } {
  const writes = method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE'
  const asked = headers[writes ? 'content-profile' : 'accept-profile']
  if (asked === undefined) return { schema: schemas[0], negotiatedByProfile: schemas.length > 1 }
  if (!schemas.includes(asked)) throw schemaNotExposed(asked, schemas)
  return { schema: asked, negotiatedByProfile: true }
}
