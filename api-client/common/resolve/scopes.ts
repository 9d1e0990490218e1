// Where variables stand and which of two with one name counts: script, row of data, request, folder (nearest first), environment, collection, all collections.
import type { Environment, RequestDefaults } from '#contract/requests/collection.ts'
import type { Variable } from '#contract/requests/parts.ts'

export type ScopeName =
  'script' | 'data' | 'request' | 'folder' | 'environment' | 'collection' | 'global' | 'process'

/** Values of secrets are filled in by the host before; in the page they are empty. */
export interface VariableScope {
  readonly scope: ScopeName
  /** Name of the folder or environment; empty where there is one only. */
  readonly from: string
  readonly variables: readonly Variable[]
}

export interface FoundVariable {
  readonly variable: Variable
  readonly scope: ScopeName
  readonly from: string
}

export interface Lookup {
  /** The variable of that name which counts. Names are exact. */
  readonly find: (name: string) => FoundVariable | undefined
  /** Each name once, the nearest scope first. */
  readonly all: () => readonly FoundVariable[]
  /** Values of all secrets of all scopes, hidden ones too: a script may have read them. */
  readonly secrets: () => readonly string[]
}

/** What a folder or the collection gives, as contract/capabilities/collections.ts reads it. The collection is the first and has an empty path. */
export interface InheritedLevel {
  readonly path: string
  readonly name: string
  readonly defaults: RequestDefaults
}

export interface ScopesInput {
  readonly request: { readonly variables: readonly Variable[] } | null
  readonly inherited: readonly InheritedLevel[]
  /** All environments of the collection: `extends` names others of them. */
  readonly environments: readonly Environment[]
  /** Name of the chosen one. */
  readonly environment: string | null
  readonly globals: readonly Variable[]
  /** Set by scripts for this request or run. */
  readonly script?: readonly Variable[]
  /** The row of this iteration. */
  readonly data?: readonly Variable[]
}

/** The scopes of a request, the nearest first. */
export function scopesOf(input: ScopesInput): VariableScope[] {
  const [collection, ...folders] = input.inherited
  return [
    { scope: 'script', from: '', variables: input.script ?? [] },
    { scope: 'data', from: '', variables: input.data ?? [] },
    { scope: 'request', from: '', variables: input.request?.variables ?? [] },
    ...folders.reverse().map((folder): VariableScope => {
      return { scope: 'folder', from: folder.name, variables: folder.defaults.variables }
    }),
    ...environmentChain(input.environments, input.environment).map((environment): VariableScope => {
      return { scope: 'environment', from: environment.name, variables: environment.variables }
    }),
    {
      scope: 'collection',
      from: collection?.name ?? '',
      variables: collection?.defaults.variables ?? [],
    },
    { scope: 'global', from: '', variables: input.globals },
  ]
}

/** The environment and those that it extends, each once: a circle ends where it closes. */
export function environmentChain(environments: readonly Environment[], name: string | null): Environment[] {
  const chain: Environment[] = []
  for (let next = name; next !== null;) {
    const found = environments.find((one) => one.name === next)
    if (found === undefined || chain.includes(found)) break
    chain.push(found)
    next = found.extends
  }
  return chain
}

/** Every variable that is switched on, the nearest scope first, and whether a nearer scope has one of its name. */
export function foundInScopes(
  scopes: readonly VariableScope[],
): readonly (FoundVariable & { readonly isOverridden: boolean })[] {
  const names = new Set<string>()
  return scopes.flatMap(({ scope, from, variables }) => {
    const here = new Map<string, Variable>()
    for (const variable of variables) if (variable.isEnabled) here.set(variable.name, variable)
    const found = [...here.values()].map((variable) => ({
      variable,
      scope,
      from,
      isOverridden: names.has(variable.name),
    }))
    for (const name of here.keys()) names.add(name)
    return found
  })
}

/** One lookup over scopes, the nearest first. Variables that are switched off do not count; of two of one name in a scope the last does. */
export function createLookup(scopes: readonly VariableScope[]): Lookup {
  const byName = new Map<string, FoundVariable>()
  for (const { isOverridden, ...found } of foundInScopes(scopes))
    if (!isOverridden) byName.set(found.variable.name, found)
  return {
    find: (name) => byName.get(name),
    all: () => [...byName.values()],
    secrets: () => [
      ...new Set(
        scopes
          .flatMap((scope) => scope.variables)
          .filter((variable) => variable.isSecret && variable.value !== '')
          .map((variable) => variable.value),
      ),
    ],
  }
}
