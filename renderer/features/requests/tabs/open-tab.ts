// What the tester has open: requests being written, and views of other features (a run, an endpoint, an environment).
import type { CollectionId, RequestDefaults } from '#contract/requests/collection.ts'
import type { ApiRequest } from '#contract/requests/request.ts'

/** From the collection down to the request's folder. */
export type Inherited = readonly {
  readonly path: string
  readonly name: string
  readonly defaults: RequestDefaults
}[]

export interface Problem {
  readonly message: string
  readonly hint: string | undefined
}

export interface RequestTab {
  readonly kind: 'request'
  /** Also the id of its draft. */
  readonly id: string
  readonly collectionId: CollectionId | null
  /** Null for a request that was never saved. */
  readonly path: string | null
  /** As it stands here; null until it is read. */
  readonly request: ApiRequest | null
  /** As the file has it, as far as is known here; null for one without a file. */
  readonly saved: ApiRequest | null
  readonly revision: string | null
  readonly inherited: Inherited
  readonly isDirty: boolean
  /** The file changed after it was read here, and there are changes here too. */
  readonly outside: { readonly request: ApiRequest; readonly revision: string } | null
  /** Its file is gone: what is here is the only copy. */
  readonly isGone: boolean
  /** Why it could not be read. */
  readonly problem: Problem | null
}

export interface ViewTab {
  readonly kind: 'view'
  readonly id: string
  /** Which of the views that the tester was given. */
  readonly view: string
  /** What it shows, in the view's own words: an id, a path, JSON. */
  readonly params: string
  readonly title: string
}

export type OpenTab = RequestTab | ViewTab

/** A tab that was just opened on a file, or on a request without one. */
export function newRequestTab(
  id: string,
  place: { readonly collectionId: CollectionId | null; readonly path: string | null },
  request: ApiRequest | null,
): RequestTab {
  return {
    kind: 'request',
    id,
    ...place,
    request,
    saved: null,
    revision: null,
    inherited: [],
    isDirty: place.path === null && request !== null,
    outside: null,
    isGone: false,
    problem: null,
  }
}

/** Whether two values of a request say the same. Long texts are compared last by the engine itself, which is quick. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((one, at) => isSame(one, b[at]))
    )
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(Reflect.get(a, key), Reflect.get(b, key)))
  )
}

/** The method as trees and tabs show it: `GQL` and `WS` for what is no plain request. */
export function methodOf(request: ApiRequest): string {
  return request.kind === 'graphql' ? 'GQL' : request.kind === 'websocket' ? 'WS' : request.method
}

/** The tab's name: the request's, or the end of its file's. */
export function titleOf(tab: OpenTab): string {
  if (tab.kind === 'view') return tab.title
  return (
    tab.request?.name ??
    tab.path
      ?.split('/')
      .at(-1)
      ?.replace(/\.ya?ml$/, '') ??
    'Request'
  )
}
