// The file of an environment changed while it was edited: what differs, and both changes in one.
import type { Variable } from '#contract/requests/parts.ts'
import { KEEP, keyOf, type DraftVariable, type EnvironmentDraft, type StoredEnvironment } from './draft.ts'

export interface Difference {
  /** "Colour", or the name of a variable. */
  readonly what: string
  readonly theirs: string
  readonly mine: string
}

const NOT_THERE = 'not there'

/** What the file has and what was typed, where they are not the same. Values of secrets are not shown. */
export function differences(draft: EnvironmentDraft, stored: StoredEnvironment): readonly Difference[] {
  const fields: readonly Difference[] = [
    { what: 'Name', theirs: stored.name, mine: draft.name },
    { what: 'Extends', theirs: stored.extends ?? 'nothing', mine: draft.extends ?? 'nothing' },
    { what: 'Colour', theirs: stored.color || 'none', mine: draft.color || 'none' },
  ]
  const theirs = new Map(stored.variables.map((one) => [one.name, one]))
  const mine = new Map(draft.variables.filter((one) => one.name !== '').map((one) => [one.name, one]))
  const variables = [...new Set([...theirs.keys(), ...mine.keys()])].map((what) => ({
    what,
    theirs: words(theirs.get(what)),
    mine: words(mine.get(what)),
  }))
  return [...fields, ...variables].filter((one) => one.theirs !== one.mine)
}

function words(variable: (Variable & Partial<DraftVariable>) | undefined): string {
  if (variable === undefined) return NOT_THERE
  const off = variable.isEnabled ? '' : ' (off)'
  if (variable.isSecret) return `secret${variable.secret?.kind === 'set' ? ', new value' : ''}${off}`
  const type = variable.type === 'string' ? '' : ` (${variable.type})`
  return `${variable.value === '' ? 'empty' : variable.value}${type}${off}`
}

/** Both changes in one: where only one side changed something its change counts, where both did, what was typed here. */
export function mergeOutside(draft: EnvironmentDraft, stored: StoredEnvironment): EnvironmentDraft {
  const { base } = draft
  const before = new Map((base?.variables ?? []).map((one) => [one.name, one]))
  const theirs = new Map(stored.variables.map((one) => [one.name, one]))
  const kept = new Set(stored.secretsWithValue)
  const adopt = (variable: Variable): DraftVariable => ({
    ...variable,
    id: `outside ${variable.name}`,
    keptAs: variable.isSecret && kept.has(variable.name) ? variable.name : null,
    secret: KEEP,
  })
  const names = new Set(draft.variables.map((one) => one.name))
  const own = draft.variables.flatMap((variable): readonly DraftVariable[] => {
    const old = before.get(variable.name)
    if (old === undefined || variable.secret.kind !== 'keep' || !isSame(old, variable)) return [variable]
    const outside = theirs.get(variable.name)
    return outside === undefined ? [] : [{ ...variable, ...outside }]
  })
  const added = stored.variables.filter((variable) => {
    if (names.has(variable.name)) return false
    const old = before.get(variable.name)
    // Removed here: it comes back only if it was changed there.
    return old === undefined || !isSame(old, variable)
  })
  const pick = <T>(mine: T, old: T | undefined, outside: T): T => (mine === old ? outside : mine)
  return {
    ...draft,
    key: keyOf(draft.collectionId, stored.name),
    base: stored,
    name: pick(draft.name, base?.name, stored.name),
    color: pick(draft.color, base?.color, stored.color),
    description: pick(draft.description, base?.description, stored.description),
    extends: pick(draft.extends, base?.extends, stored.extends),
    variables: [...own, ...added.map(adopt)],
  }
}

function isSame(a: Variable, b: Variable): boolean {
  return (
    a.type === b.type &&
    a.isSecret === b.isSecret &&
    a.isEnabled === b.isEnabled &&
    a.description === b.description &&
    (a.isSecret || a.value === b.value)
  )
}
