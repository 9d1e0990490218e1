// Values of variables that no file may hold: secrets, sealed by the keychain, and what scripts set on this machine. Files have the names, this has the values.
import type { Variable } from '#contract/requests/parts.ts'
import type { SecretOwner, SetValue, ValueScope, VariableStore } from '../cache/index.ts'
import type { SecretStore } from '../secrets/index.ts'

export interface PrivateValues {
  /** Seals and keeps the value of a secret; null forgets it. Throws SECRET_STORE_UNAVAILABLE. */
  setSecret(owner: SecretOwner, name: string, value: string | null): Promise<void>
  /** The value of one secret; null for none. */
  secret(owner: SecretOwner, name: string): Promise<string | null>
  /** Whether the keychain has a value. */
  hasSecret(owner: SecretOwner, name: string): boolean
  /** Variables with their secrets, and over them what scripts set. Never for the page. */
  fill(variables: readonly Variable[], owner: SecretOwner, scope: ValueScope | null): Promise<Variable[]>
  /** Variables as a page may see them: with what scripts set, without secrets. */
  withSetValues(variables: readonly Variable[], scope: ValueScope | null): Variable[]
  /** Keeps what a script set. A variable that is a secret keeps its value in the keychain. Null takes it away. */
  setByScript(
    variables: readonly Variable[],
    where: { readonly owner: SecretOwner; readonly scope: ValueScope },
    change: { readonly name: string; readonly set: SetValue | null },
  ): Promise<void>
  /** Forgets what scripts set for the names. */
  forgetSetValues(scope: ValueScope, names: Iterable<string>): void
}

/** Makes it over the store and the machine's keychain. */
export function createPrivateValues(store: VariableStore, secretStore: SecretStore): PrivateValues {
  /** What was opened: a keychain may take milliseconds for each, and a request has many. The sealed bytes tell whether it is still that value. */
  const opened = new WeakMap<Uint8Array, string>()
  const sealedOf = new Map<string, Uint8Array>()
  const open = async (key: string, sealed: Uint8Array): Promise<string> => {
    const before = sealedOf.get(key)
    const known = before !== undefined && Buffer.from(before).equals(sealed) ? opened.get(before) : undefined
    if (known !== undefined) return known
    const plain = await secretStore.open(sealed)
    sealedOf.set(key, sealed)
    opened.set(sealed, plain)
    return plain
  }
  const keyOf = (owner: SecretOwner, name: string): string =>
    JSON.stringify([owner.collectionId, owner.kind, owner.owner, name])

  const values: PrivateValues = {
    async setSecret(owner, name, value) {
      store.setSecret(owner, name, value === null ? null : await secretStore.seal(value))
    },
    async secret(owner, name) {
      const sealed = store.secrets(owner).get(name)
      return sealed === undefined ? null : open(keyOf(owner, name), sealed)
    },
    hasSecret: (owner, name) => store.secrets(owner).has(name),
    async fill(variables, owner, scope) {
      const set = scope === null ? new Map<string, SetValue>() : store.values(scope)
      const sealed = variables.some((variable) => variable.isSecret) ? store.secrets(owner) : new Map()
      const filled = await Promise.all(
        variables.map(async (variable): Promise<Variable> => {
          if (!variable.isSecret) return { ...variable, ...set.get(variable.name) }
          const bytes = sealed.get(variable.name)
          return {
            ...variable,
            value: bytes === undefined ? '' : await open(keyOf(owner, variable.name), bytes),
          }
        }),
      )
      return [...filled, ...added(variables, set)]
    },
    withSetValues(variables, scope) {
      const set = scope === null ? new Map<string, SetValue>() : store.values(scope)
      return [
        ...variables.map((variable) =>
          variable.isSecret ? { ...variable, value: '' } : { ...variable, ...set.get(variable.name) },
        ),
        ...added(variables, set),
      ]
    },
    async setByScript(variables, { owner, scope }, { name, set }) {
      if (variables.some((variable) => variable.name === name && variable.isSecret))
        return values.setSecret(owner, name, set?.value ?? null)
      store.setValue(scope, name, set)
    },
    forgetSetValues(scope, names) {
      for (const name of names) store.setValue(scope, name, null)
    },
  }
  return values
}

/** Variables that only scripts know. */
function added(variables: readonly Variable[], set: ReadonlyMap<string, SetValue>): Variable[] {
  const names = new Set(variables.map((variable) => variable.name))
  return [...set].flatMap(([name, value]): Variable[] =>
    names.has(name)
      ? []
      : [{ name, ...value, isSecret: false, isEnabled: true, description: 'Set by a script.' }],
  )
}
