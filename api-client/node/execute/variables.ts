// The variables of one execution: as the caller gave them, and as scripts changed them on the way.
import {
  createLookup,
  environmentChain,
  scopesOf,
  type InheritedLevel,
  type Lookup,
} from '#api-client/common/resolve/scopes.ts'
import type { Environment } from '#contract/requests/collection.ts'
import type { Variable } from '#contract/requests/parts.ts'
import type { ScriptOutcome, ScriptRun, ScriptVariable } from '../sandbox/types.ts'
import type { ExecuteInput } from './types.ts'

type Changes = ScriptOutcome['changes']

export interface Variables {
  readonly lookup: () => Lookup
  /** As scripts are given them. */
  readonly forScripts: () => ScriptRun['variables']
  /** Takes changes over, in order. */
  readonly apply: (changes: Changes) => void
  /** `pm.variables`. */
  readonly script: () => readonly Variable[]
  /** Whether the value of this name is hidden wherever it is shown. */
  readonly isSecret: (scope: string, name: string) => boolean
}

/** The variables of an execution. Without a chosen environment scripts may still set its variables: they last as long as the execution. */
export function createVariables(input: ExecuteInput): Variables {
  const name = input.environment ?? ''
  const [collection] = input.inherited
  let environments: readonly Environment[] =
    input.environments.some((one) => one.name === input.environment) || input.environment !== null
      ? input.environments
      : [...input.environments, unnamed()]
  let ofCollection: readonly Variable[] = collection?.defaults.variables ?? []
  let globals: readonly Variable[] = input.globals
  let script: readonly Variable[] = input.script ?? []

  const inherited = (): InheritedLevel[] =>
    input.inherited.map((level, index) =>
      index === 0 ? { ...level, defaults: { ...level.defaults, variables: [...ofCollection] } } : level,
    )
  const scopes = () =>
    scopesOf({
      request: input.request,
      inherited: inherited(),
      environments,
      environment: name,
      globals,
      script,
      data: input.data ?? [],
    })
  const environmentVariables = () =>
    environmentChain(environments, name).flatMap((environment) => environment.variables)

  return {
    lookup: () => createLookup(scopes()),
    forScripts: () => ({
      script: plain(script),
      data: plain(input.data ?? []),
      nearer: scopes()
        .filter(({ scope }) => scope === 'request' || scope === 'folder')
        .flatMap(({ variables }) => plain(variables)),
      environment: plain(environmentVariables()),
      collection: plain(ofCollection),
      global: plain(globals),
    }),
    apply: (changes) => {
      for (const change of changes)
        if (change.scope === 'script') script = changedVariables(script, change)
        else if (change.scope === 'collection') ofCollection = changedVariables(ofCollection, change)
        else if (change.scope === 'global') globals = changedVariables(globals, change)
        else
          environments = environments.map((one) =>
            one.name === name ? { ...one, variables: [...changedVariables(one.variables, change)] } : one,
          )
    },
    script: () => script,
    isSecret: (scope, variable) =>
      scopes().some(
        (one) => one.scope === scope && one.variables.some((each) => each.name === variable && each.isSecret),
      ),
  }
}

function unnamed(): Environment {
  return { name: '', color: '', description: '', extends: null, variables: [] }
}

/** The nearest first, as scripts take them. */
function plain(variables: readonly Variable[]): ScriptVariable[] {
  return variables.filter((one) => one.isEnabled).map(({ name, value, type }) => ({ name, value, type }))
}

/** Variables with a change that a script made. */
export function changedVariables(
  variables: readonly Variable[],
  { name, value, type }: Changes[number],
): readonly Variable[] {
  if (value === null) return variables.filter((one) => one.name !== name)
  const at = variables.findIndex((one) => one.name === name)
  if (at < 0) return [...variables, { name, value, type, isSecret: false, isEnabled: true, description: '' }]
  return variables.map((one, index) => (index === at ? { ...one, value, type, isEnabled: true } : one))
}
