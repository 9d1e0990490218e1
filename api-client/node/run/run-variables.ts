// The variables of a run: what scripts of a request changed is there for the next one, and nothing is written to files.
import type { InheritedLevel } from '#api-client/common/resolve/scopes.ts'
import type { Environment } from '#contract/requests/collection.ts'
import type { Variable } from '#contract/requests/parts.ts'
import type { ExecuteInput, VariableChange } from '../execute/types.ts'
import { changedVariables } from '../execute/variables.ts'

export interface RunVariables {
  /** The variables for the next request. */
  readonly forRequest: (
    inherited: readonly InheritedLevel[],
  ) => Pick<ExecuteInput, 'inherited' | 'environments' | 'environment' | 'globals' | 'script'>
  readonly apply: (changes: readonly VariableChange[], script: readonly Variable[]) => void
  /** The last change of each variable that outlives a run. */
  readonly changes: () => readonly VariableChange[]
}

export interface RunVariablesInput {
  readonly environments: readonly Environment[]
  readonly environment: string | null
  readonly globals: readonly Variable[]
}

/** Begins with the values as they are kept. Without a chosen environment scripts may still set its variables: they last as long as the run. */
export function createRunVariables(input: RunVariablesInput): RunVariables {
  const environment = input.environment ?? ''
  let environments: readonly Environment[] =
    input.environment === null ? [...input.environments, UNNAMED] : input.environments
  let globals = input.globals
  let script: readonly Variable[] = []
  const ofCollection: VariableChange[] = []
  const last = new Map<string, VariableChange>()

  return {
    forRequest: (inherited) => ({
      inherited: withChanges(inherited, ofCollection),
      environments,
      environment,
      globals,
      script,
    }),
    apply(changes, left) {
      script = left
      for (const change of changes) {
        if (change.scope === 'script') continue
        if (change.scope === 'global') globals = changedVariables(globals, change)
        else if (change.scope === 'collection') {
          const at = ofCollection.findIndex((one) => one.name === change.name)
          ofCollection.splice(at < 0 ? ofCollection.length : at, 1, change)
        } else
          environments = environments.map((one) =>
            one.name === environment
              ? { ...one, variables: [...changedVariables(one.variables, change)] }
              : one,
          )
        last.set(`${change.scope} ${change.name}`, change)
      }
    },
    changes: () => [...last.values()],
  }
}

const UNNAMED: Environment = { name: '', color: '', description: '', extends: null, variables: [] }

function withChanges(
  [collection, ...folders]: readonly InheritedLevel[],
  changes: readonly VariableChange[],
): readonly InheritedLevel[] {
  if (collection === undefined) return []
  if (changes.length === 0) return [collection, ...folders]
  const variables = changes.reduce<readonly Variable[]>(changedVariables, collection.defaults.variables)
  return [{ ...collection, defaults: { ...collection.defaults, variables: [...variables] } }, ...folders]
}
