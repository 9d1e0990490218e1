// An environment while it is edited: what was typed, what the file had, and what has to be done with the values of secrets when it is saved.
import type { CollectionId, Environment } from '#contract/requests/collection.ts'
import type { Variable } from '#contract/requests/parts.ts'

/** As the host reads it. */
export interface StoredEnvironment extends Environment {
  readonly revision: string
  readonly secretsWithValue: string[]
}

/** What becomes of a secret's value: left as it is, replaced, or forgotten. */
export type SecretEdit =
  { readonly kind: 'keep' } | { readonly kind: 'set'; readonly value: string } | { readonly kind: 'clear' }

export interface DraftVariable extends Variable {
  /** Stays the same while the name is typed. */
  readonly id: string
  /** The name under which this machine has a value; null for none. */
  readonly keptAs: string | null
  readonly secret: SecretEdit
}

export interface EnvironmentDraft {
  readonly key: string
  readonly collectionId: CollectionId | null
  /** What it was when the editing began; null for a new one. */
  readonly base: StoredEnvironment | null
  readonly name: string
  readonly color: string
  readonly description: string
  readonly extends: string | null
  readonly variables: readonly DraftVariable[]
}

export const KEEP: SecretEdit = { kind: 'keep' }

/** Tells environments of all collections apart. */
export function keyOf(collectionId: CollectionId | null, name: string): string {
  return `${collectionId ?? 'globals'}/${name}`
}

/** A draft in which nothing was typed yet. */
export function draftOf(collectionId: CollectionId | null, stored: StoredEnvironment): EnvironmentDraft {
  const kept = new Set(stored.secretsWithValue)
  return {
    key: keyOf(collectionId, stored.name),
    collectionId,
    base: stored,
    name: stored.name,
    color: stored.color,
    description: stored.description,
    extends: stored.extends,
    variables: stored.variables.map((variable, at) => ({
      ...variable,
      id: `stored ${at}`,
      keptAs: variable.isSecret && kept.has(variable.name) ? variable.name : null,
      secret: KEEP,
    })),
  }
}

/** A draft of an environment that is not there yet. */
export function newDraft(
  input: Pick<EnvironmentDraft, 'key' | 'collectionId' | 'name'> & Partial<EnvironmentDraft>,
): EnvironmentDraft {
  return { base: null, color: '', description: '', extends: null, variables: [], ...input }
}

/** A copy under another name. Values of secrets stay with the first: they are never read here. */
export function copyOf(draft: EnvironmentDraft, key: string, name: string): EnvironmentDraft {
  return newDraft({
    key,
    name,
    collectionId: draft.collectionId,
    color: draft.color,
    description: draft.description,
    extends: draft.extends,
    variables: draft.variables.map((variable) => ({ ...variable, keptAs: null })),
  })
}

/** A name that no other has: "staging 2". */
export function freeName(wanted: string, taken: readonly string[]): string {
  const others = new Set(taken.map((name) => name.toLowerCase()))
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted} ${count}`
    if (!others.has(name.toLowerCase())) return name
  }
}

/** Rows in which nothing was typed are none. */
function isNothing(variable: DraftVariable): boolean {
  return (
    variable.name.trim() === '' &&
    variable.value === '' &&
    variable.keptAs === null &&
    variable.secret.kind !== 'set'
  )
}

/** The environment as it is to be written. Secrets have no value. */
export function environmentOf(draft: EnvironmentDraft): Environment {
  return {
    name: draft.name.trim(),
    color: draft.color,
    description: draft.description,
    extends: draft.extends,
    variables: draft.variables
      .filter((variable) => !isNothing(variable))
      .map((variable) => plain({ ...variable, name: variable.name.trim() })),
  }
}

function plain(variable: Variable): Variable {
  const { name, type, isSecret, isEnabled, description } = variable
  return { name, value: isSecret ? '' : variable.value, type, isSecret, isEnabled, description }
}

/** Whether there is something to save. */
export function isDirty(draft: EnvironmentDraft): boolean {
  const { base } = draft
  if (base === null || draft.variables.some((one) => one.isSecret && one.secret.kind !== 'keep')) return true
  const { name, color, description, extends: parent } = base
  const before: Environment = {
    name,
    color,
    description,
    extends: parent,
    variables: base.variables.map(plain),
  }
  return JSON.stringify(before) !== JSON.stringify(environmentOf(draft))
}

export interface SecretWork {
  /** Values that move with the name of their variable. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[]
  /** Values to keep, or (null) to forget, in this order. */
  readonly writes: readonly { readonly name: string; readonly value: string | null }[]
}

/** What the keychain has to be told, after the file is written. */
export function secretWork(draft: EnvironmentDraft): SecretWork {
  const secrets = draft.variables.filter((one) => one.isSecret && !isNothing(one))
  const renamed = secrets.flatMap(({ keptAs, name, secret }) =>
    keptAs !== null && secret.kind === 'keep' && keptAs !== name.trim()
      ? [{ from: keptAs, to: name.trim() }]
      : [],
  )
  const full = new Set(
    secrets
      .filter(({ secret, keptAs }) => secret.kind === 'set' || (secret.kind === 'keep' && keptAs !== null))
      .map(({ name }) => name.trim()),
  )
  const moved = new Set(renamed.map(({ from }) => from))
  const forgotten = (draft.base?.secretsWithValue ?? []).filter((name) => !full.has(name) && !moved.has(name))
  return {
    renamed,
    writes: [
      ...forgotten.map((name) => ({ name, value: null })),
      ...secrets.flatMap(({ name, secret }) =>
        secret.kind === 'set' ? [{ name: name.trim(), value: secret.value }] : [],
      ),
    ],
  }
}

/** The draft after its file was written and its secrets were not all: those that are left are still to do. */
export function rebased(
  draft: EnvironmentDraft,
  input: { readonly revision: string; readonly done: ReadonlySet<string> },
): EnvironmentDraft {
  const environment = environmentOf(draft)
  const variables = draft.variables.map((variable): DraftVariable => {
    const name = variable.name.trim()
    if (!variable.isSecret) return variable
    const isDone = variable.secret.kind === 'set' && input.done.has(name)
    if (isDone || (variable.secret.kind === 'keep' && variable.keptAs !== null))
      return { ...variable, keptAs: name, secret: KEEP }
    return variable
  })
  const secretsWithValue = variables.flatMap(({ keptAs }) => (keptAs === null ? [] : [keptAs]))
  return {
    ...draft,
    key: keyOf(draft.collectionId, environment.name),
    base: { ...environment, revision: input.revision, secretsWithValue },
    variables,
  }
}
