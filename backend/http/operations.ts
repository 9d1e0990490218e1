// Every call and stream of a contract that has a place in the HTTP API, with its handler: what both the routes and the OpenAPI document are made from.
import { findMember, type ErasedHandler } from '#contract/rpc/server.ts'
import type { CallDefinition, Contract, HttpRoute, StreamDefinition } from '#contract/rpc/definition.ts'

export interface Operation {
  /** `projects.create`. */
  readonly id: string
  readonly capability: string
  readonly definition: CallDefinition | StreamDefinition
  readonly http: HttpRoute
  /** Fields of the input that stand in the path, in order. */
  readonly pathFields: readonly string[]
}

/** Lists the operations of a contract in its order. */
export function listOperations(contract: Contract): readonly Operation[] {
  return Object.entries(contract).flatMap(([capability, { members }]) =>
    Object.entries(members).flatMap(([name, definition]) => {
      if (definition.kind === 'event' || definition.http === undefined) return []
      const pathFields = [...definition.http.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
      const id = `${capability}.${name}`
      return [{ id, capability, definition, http: definition.http, pathFields }]
    }),
  )
}

/** The handler of an operation. */
export function handlerOf(contract: Contract, handlers: object, operation: Operation): ErasedHandler {
  const [capability = '', member = ''] = operation.id.split('.')
  return findMember(contract, handlers, { capability, member }).handler
}

/** Whether the fields that are not in the path come from the query instead of the body. */
export function readsQuery(http: HttpRoute): boolean {
  return http.method === 'GET' || http.method === 'DELETE'
}
