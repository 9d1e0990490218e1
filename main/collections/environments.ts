// Environments and variables as the page sees them: names and values, of secrets only whether there is one.
import { createHash } from 'node:crypto'
import { foundInScopes, scopesOf } from '#api-client/common/resolve/scopes.ts'
import type { collections } from '#contract/capabilities/collections.ts'
import { AppError } from '#contract/errors.ts'
import type { CollectionId, Environment, ItemPath } from '#contract/requests/collection.ts'
import type { Variable } from '#contract/requests/parts.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { GLOBALS_NAME, type CollectionStore, type SecretOwner, type VariableStore } from '../cache/index.ts'
import type { OpenFolders } from './open-folders.ts'
import type { PrivateValues } from './private-values.ts'
import {
  collectionScope,
  environmentOwner,
  environmentScope,
  GLOBAL_SCOPE,
  itemOwner,
} from './request-context.ts'

type EnvironmentHandlers = Pick<
  CapabilityHandlers<typeof collections>,
  'environments' | 'saveEnvironment' | 'removeEnvironment' | 'activateEnvironment' | 'setSecret' | 'variables'
>

export interface EnvironmentDependencies {
  readonly folders: OpenFolders
  readonly store: CollectionStore
  readonly variables: VariableStore
  readonly values: PrivateValues
  /** Tells the page that variables of a collection, or (null) the globals changed. */
  readonly notify: (collectionId: CollectionId | null) => void
}

/** The handlers. */
export function createEnvironmentHandlers(dependencies: EnvironmentDependencies): EnvironmentHandlers {
  const { folders, store, variables, values, notify } = dependencies

  const saveGlobals = (environment: Environment, revision: string | null): { revision: string } => {
    if (revision !== null && revision !== revisionOf(store.globals()))
      throw new AppError('CONFLICT', 'The globals were changed in another window.', {
        hint: 'Read them again and repeat your change.',
      })
    const before = store.globals().variables
    const next = { ...environment, name: GLOBALS_NAME, extends: null, variables: withoutSecrets(environment) }
    store.saveGlobals(next)
    values.forgetSetValues(GLOBAL_SCOPE, changedNames(before, next.variables))
    return { revision: revisionOf(next) }
  }

  /** Environments that extend one name it. */
  async function followRename(id: CollectionId, from: string, to: string): Promise<void> {
    const folder = await folders.folder(id)
    for (const { revision, ...one } of await folder.environments())
      if (one.extends === from)
        await folder.saveEnvironment({ ...one, extends: to }, { oldName: one.name, revision })
  }

  /** All values are read before one is written: two secrets may have changed names with each other. */
  async function renameSecrets(
    owner: SecretOwner,
    renamed: readonly { readonly from: string; readonly to: string }[],
  ): Promise<void> {
    const found = await Promise.all(
      renamed.map(async ({ from, to }) => ({ to, value: await values.secret(owner, from) })),
    )
    for (const { from } of renamed) await values.setSecret(owner, from, null)
    for (const { to, value } of found) if (value !== null) await values.setSecret(owner, to, value)
  }

  return {
    async environments({ id }) {
      const found =
        id === null
          ? [{ ...store.globals(), revision: revisionOf(store.globals()) }]
          : await (await folders.folder(id)).environments()
      const kept = variables.secretNames(id, 'environment')
      return found.map((environment) => ({
        ...environment,
        secretsWithValue: environment.variables
          .filter((one) => one.isSecret && kept.get(environment.name)?.has(one.name) === true)
          .map((one) => one.name),
      }))
    },
    async saveEnvironment({ id, oldName, environment, revision, renamedSecrets }) {
      if (id === null) {
        const saved = saveGlobals(environment, revision)
        await renameSecrets(environmentOwner(null, GLOBALS_NAME), renamedSecrets)
        notify(null)
        return saved
      }
      const folder = await folders.folder(id)
      const name = oldName ?? environment.name
      const before = (await folder.environments()).find((one) => one.name === name)
      const next = { ...environment, variables: withoutSecrets(environment) }
      const saved = await folder.saveEnvironment(next, { oldName, revision })
      if (oldName !== null && oldName !== environment.name) {
        variables.renameEnvironment(id, oldName, environment.name)
        await followRename(id, oldName, environment.name)
      }
      await renameSecrets(environmentOwner(id, environment.name), renamedSecrets)
      values.forgetSetValues(
        environmentScope(id, environment.name),
        changedNames(before?.variables ?? [], next.variables),
      )
      notify(id)
      return saved
    },
    async removeEnvironment({ id, name }) {
      await (await folders.folder(id)).removeEnvironment(name)
      variables.forgetEnvironment(id, name)
      notify(id)
    },
    async activateEnvironment({ id, name }) {
      folders.save({ ...folders.known(id), activeEnvironment: name })
      notify(id)
    },
    async setSecret({ id, scope, name, value }) {
      const owner =
        scope.type === 'environment' ? environmentOwner(id, scope.name) : itemOwner(id, scope.path)
      await values.setSecret(owner, name, value)
      notify(id)
    },
    async variables({ id, path, environment, withOverridden }) {
      const named = {
        item: variables.secretNames(id, 'item'),
        environment: variables.secretNames(id, 'environment'),
        globals: variables.secretNames(null, 'environment').get(GLOBALS_NAME),
      }
      const withValue = new Set<Variable>()
      const mark = (list: Variable[], names: ReadonlySet<string> | undefined): Variable[] => {
        for (const variable of list)
          if (!variable.isSecret || names?.has(variable.name) === true) withValue.add(variable)
        return list
      }
      const seen = id === null ? NOTHING : await seenFrom(folders, id, path)
      const scopes = scopesOf({
        request: seen.request && {
          variables: mark(seen.request.variables, named.item.get(path)),
        },
        inherited: seen.inherited.map((level) => {
          const scope = level.path === '' && id !== null ? collectionScope(id) : null
          const found = values.withSetValues(level.defaults.variables, scope)
          return {
            ...level,
            defaults: { ...level.defaults, variables: mark(found, named.item.get(level.path)) },
          }
        }),
        environments: seen.environments.map((one) => {
          const scope = id === null ? null : environmentScope(id, one.name)
          const found = values.withSetValues(one.variables, scope)
          return { ...one, variables: mark(found, named.environment.get(one.name)) }
        }),
        environment,
        globals: mark(values.withSetValues(store.globals().variables, GLOBAL_SCOPE), named.globals),
      })
      return foundInScopes(scopes)
        .filter(({ isOverridden }) => withOverridden || !isOverridden)
        .flatMap(({ variable, scope, from, isOverridden }) =>
          scope === 'data' || scope === 'process'
            ? []
            : [
                {
                  ...variable,
                  value: variable.isSecret ? '' : variable.value,
                  scope,
                  from,
                  hasValue: withValue.has(variable),
                  isOverridden,
                },
              ],
        )
    },
  }
}

const NOTHING: Awaited<ReturnType<typeof seenFrom>> = { request: null, inherited: [], environments: [] }

async function seenFrom(folders: OpenFolders, id: CollectionId, path: ItemPath) {
  const folder = await folders.folder(id)
  const known = new Set(folder.items().map((item) => item.path))
  // The nearest that is there: a new request has a folder and no file.
  let at = path
  while (at !== '' && !known.has(at)) at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : ''
  const { item, inherited } = await folder.read(at)
  const isLevel = item.kind === 'folder' || item.kind === 'collection'
  return {
    request: isLevel ? null : item,
    inherited: isLevel ? [...inherited, { path: at, name: item.name, defaults: item.defaults }] : inherited,
    environments: await folder.environments(),
  }
}

/** A secret's value is never in a file, whatever was asked for. */
function withoutSecrets({ variables }: Environment): Variable[] {
  return variables.map((variable) => (variable.isSecret ? { ...variable, value: '' } : variable))
}

/** Where the person typed another value, theirs counts and not a script's. */
function changedNames(before: readonly Variable[], after: readonly Variable[]): string[] {
  const known = new Map(before.map((variable) => [variable.name, variable.value]))
  const kept = new Set(after.map((variable) => variable.name))
  return [
    ...after.filter(({ name, value }) => known.get(name) !== value).map(({ name }) => name),
    ...before.filter(({ name }) => !kept.has(name)).map(({ name }) => name),
  ]
}

function revisionOf(environment: Environment): string {
  return createHash('sha256').update(JSON.stringify(environment)).digest('hex')
}
