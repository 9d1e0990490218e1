// Everything that a request stands in: what its folders give it, environments, the values of variables. Secrets are in it, so it never leaves the host.
import type { InheritedLevel } from '#api-client/common/resolve/scopes.ts'
import type { VariableChange } from '#api-client/node/execute/types.ts'
import {
  Collection,
  type ClientCertificate,
  type CollectionId,
  type Environment,
  type ItemPath,
  type ProxySettings,
} from '#contract/requests/collection.ts'
import type { Variable } from '#contract/requests/parts.ts'
import { GLOBALS_NAME, type CollectionStore, type SecretOwner, type ValueScope } from '../cache/index.ts'
import type { OpenFolders } from './open-folders.ts'
import type { PrivateValues } from './private-values.ts'

/** Where a request is asked to stand: both null for one of no collection. */
export interface RequestPlace {
  readonly collectionId: CollectionId | null
  readonly path: ItemPath | null
  readonly environment: string | null
}

export interface RequestContext {
  readonly collectionId: CollectionId | null
  readonly path: ItemPath | null
  readonly inherited: readonly InheritedLevel[]
  readonly environments: readonly Environment[]
  readonly environment: string | null
  readonly globals: readonly Variable[]
  readonly directory: string | null
  readonly proxy: ProxySettings
  readonly clientCertificates: readonly ClientCertificate[]
}

export interface RequestContexts {
  of(place: RequestPlace): Promise<RequestContext>
  /** A request's own variables with their secrets. */
  fillRequest<R extends { readonly variables: Variable[] }>(request: R, place: RequestPlace): Promise<R>
  /** Keeps what scripts set: on this machine, not in the collection's files. */
  keep(place: RequestPlace, changes: readonly VariableChange[]): Promise<void>
}

export interface RequestContextDependencies {
  readonly folders: OpenFolders
  readonly store: CollectionStore
  readonly values: PrivateValues
  /** Told when a script set variables. */
  readonly onVariables: (collectionId: CollectionId | null) => void
}

/** Makes it. */
export function createRequestContexts(dependencies: RequestContextDependencies): RequestContexts {
  const { folders, store, values, onVariables } = dependencies

  const filledGlobals = (): Promise<Variable[]> =>
    values.fill(store.globals().variables, environmentOwner(null, GLOBALS_NAME), GLOBAL_SCOPE)

  async function inCollection(id: CollectionId, place: RequestPlace): Promise<RequestContext> {
    const folder = await folders.folder(id)
    const [{ item: root }, levels, environments, globals] = await Promise.all([
      folder.read(''),
      levelsOf(id, place.path),
      folder.environments(),
      filledGlobals(),
    ])
    const collection = Collection.parse(root)
    return {
      collectionId: id,
      path: place.path,
      inherited: await Promise.all(
        levels.map(async (level) => ({
          ...level,
          defaults: {
            ...level.defaults,
            variables: await values.fill(
              level.defaults.variables,
              itemOwner(id, level.path),
              level.path === '' ? collectionScope(id) : null,
            ),
          },
        })),
      ),
      environments: await Promise.all(
        environments.map(async ({ revision: _, ...environment }) => ({
          ...environment,
          variables: await values.fill(
            environment.variables,
            environmentOwner(id, environment.name),
            environmentScope(id, environment.name),
          ),
        })),
      ),
      environment: place.environment,
      globals,
      directory: folder.directory,
      proxy: collection.proxy,
      clientCertificates: collection.clientCertificates,
    }
  }

  /** From the collection down to the parent folder of a path, which need not exist. */
  async function levelsOf(id: CollectionId, path: ItemPath | null): Promise<readonly InheritedLevel[]> {
    const folder = await folders.folder(id)
    const known = new Set(folder.items().map((item) => item.path))
    if (path !== null && path !== '' && known.has(path)) return (await folder.read(path)).inherited
    const parent = path === null || !path.includes('/') ? '' : path.slice(0, path.lastIndexOf('/'))
    const { item, inherited } = await folder.read(known.has(parent) ? parent : '')
    if (item.kind !== 'folder' && item.kind !== 'collection') return inherited
    const at = item.kind === 'collection' ? '' : parent
    return [...inherited, { path: at, name: item.name, defaults: item.defaults }]
  }

  return {
    async of(place) {
      if (place.collectionId !== null) return inCollection(place.collectionId, place)
      return {
        collectionId: null,
        path: null,
        inherited: [],
        environments: [],
        environment: null,
        globals: await filledGlobals(),
        directory: null,
        proxy: { mode: 'inherit' },
        clientCertificates: [],
      }
    },
    async fillRequest(request, { collectionId, path }) {
      const owner = itemOwner(collectionId, path ?? '')
      return path === null
        ? request
        : { ...request, variables: await values.fill(request.variables, owner, null) }
    },
    async keep({ collectionId, environment }, changes) {
      const folder = collectionId === null ? null : await folders.folder(collectionId)
      for (const { scope, name, value, type } of changes) {
        if (scope === 'script') continue
        const set = value === null ? null : { value, type }
        const change = { name, set }
        if (scope === 'global')
          await values.setByScript(
            store.globals().variables,
            { owner: environmentOwner(null, GLOBALS_NAME), scope: GLOBAL_SCOPE },
            change,
          )
        if (collectionId === null || folder === null) continue
        if (scope === 'collection') {
          const { item } = await folder.read('')
          const variables = item.kind === 'collection' ? item.defaults.variables : []
          const where = { owner: itemOwner(collectionId, ''), scope: collectionScope(collectionId) }
          await values.setByScript(variables, where, change)
        }
        if (scope === 'environment' && environment !== null) {
          const found = (await folder.environments()).find((one) => one.name === environment)
          const owner = environmentOwner(collectionId, environment)
          const where = { owner, scope: environmentScope(collectionId, environment) }
          await values.setByScript(found?.variables ?? [], where, change)
        }
      }
      if (changes.some(({ scope }) => scope !== 'script')) onVariables(collectionId)
    },
  }
}

export const GLOBAL_SCOPE: ValueScope = { collectionId: null, scope: 'global', scopeName: '' }

/** Values that scripts set for a collection. */
export function collectionScope(collectionId: CollectionId): ValueScope {
  return { collectionId, scope: 'collection', scopeName: '' }
}

/** Values that scripts set for an environment. */
export function environmentScope(collectionId: CollectionId, name: string): ValueScope {
  return { collectionId, scope: 'environment', scopeName: name }
}

/** Secrets of an environment; of null: of the globals. */
export function environmentOwner(collectionId: CollectionId | null, name: string): SecretOwner {
  return { collectionId, kind: 'environment', owner: name }
}

/** Secrets of a request, a folder or (an empty path) the collection. */
export function itemOwner(collectionId: CollectionId | null, path: ItemPath): SecretOwner {
  return { collectionId, kind: 'item', owner: path }
}
