// For tests: a host whose environments, secrets and cookies are in memory and follow the contract's rules about revisions.
import type { CollectionInfo } from '#contract/capabilities/collections.ts'
import { AppError } from '#contract/errors.ts'
import { CollectionId, Environment } from '#contract/requests/collection.ts'
import type { Variable } from '#contract/requests/parts.ts'
import type { SomeHandlers } from './page.ts'

export const COLLECTION_ID = CollectionId.parse('00000000-0000-4000-8000-000000000001')

/** A variable of text. */
export function variable(name: string, value: string, isSecret = false): Variable {
  return { name, value, type: 'string', isSecret, isEnabled: true, description: '' }
}

export interface MemoryHost {
  readonly state: {
    environments: Environment[]
    globals: Environment
    active: string | null
    /** By environment and name: `staging/token`. */
    readonly secrets: Map<string, string>
    /** What `setSecret` throws. */
    refusal: AppError | null
  }
  readonly handlers: SomeHandlers
  /** As an editor or git does; null deletes the file. */
  changeOutside(environment: Environment | null): void
}

/** Makes it, with the environments of one collection. */
export function memoryHost(
  environments: readonly Environment[],
  options: { readonly active?: string | null; readonly handlers?: SomeHandlers } = {},
): MemoryHost {
  const state: MemoryHost['state'] = {
    environments: [...environments],
    globals: Environment.parse({ name: 'Globals' }),
    active: options.active ?? null,
    secrets: new Map(),
    refusal: null,
  }
  const listeners = new Set<() => void>()
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  const revisions = new WeakMap<Environment, string>()
  let written = 0
  const revisionOf = (environment: Environment): string => {
    const known = revisions.get(environment) ?? String(++written)
    revisions.set(environment, known)
    return known
  }
  const read = (environment: Environment) => ({
    ...environment,
    revision: revisionOf(environment),
    secretsWithValue: environment.variables
      .filter((one) => one.isSecret && state.secrets.has(`${environment.name}/${one.name}`))
      .map((one) => one.name),
  })
  const collection = (): CollectionInfo => ({
    id: COLLECTION_ID,
    name: 'Films',
    folder: '/films',
    organisationId: null,
    requests: 1,
    problems: 0,
    unavailable: null,
    activeEnvironment: state.active,
  })
  const handlers: SomeHandlers = {
    ...options.handlers,
    collections: {
      drafts: async () => [],
      saveDraft: async () => undefined,
      list: async () => [collection()],
      environments: async ({ id }) => (id === null ? [read(state.globals)] : state.environments.map(read)),
      async saveEnvironment({ id, oldName, environment, revision }) {
        const name = oldName ?? environment.name
        const before = id === null ? state.globals : state.environments.find((one) => one.name === name)
        const known = before === undefined ? null : revisionOf(before)
        if (known !== revision) throw new AppError('CONFLICT', 'It was changed in the meantime.')
        if (id === null) state.globals = environment
        else if (before === undefined) state.environments.push(environment)
        else state.environments = state.environments.map((one) => (one === before ? environment : one))
        tell()
        return { revision: revisionOf(environment) }
      },
      async removeEnvironment({ name }) {
        state.environments = state.environments.filter((one) => one.name !== name)
        tell()
      },
      async activateEnvironment({ name }) {
        state.active = name
        tell()
      },
      async setSecret({ scope, name, value }) {
        if (state.refusal !== null) throw state.refusal
        if (scope.type !== 'environment') return
        if (value === null) state.secrets.delete(`${scope.name}/${name}`)
        else state.secrets.set(`${scope.name}/${name}`, value)
        tell()
      },
      changed(emit) {
        const listener = (): void => emit({ id: COLLECTION_ID, paths: null, isOutside: true })
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      ...options.handlers?.collections,
    },
  }
  return {
    state,
    handlers,
    changeOutside(environment) {
      state.environments = environment === null ? [] : [environment]
      tell()
    },
  }
}
