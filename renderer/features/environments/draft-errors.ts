// What is wrong with an environment that is edited, by field.
import type { VariableType } from '#contract/requests/parts.ts'
import type { DraftVariable, EnvironmentDraft } from './draft.ts'

export interface DraftErrors {
  readonly name: string | undefined
  readonly extends: string | undefined
  /** By the id of the variable. */
  readonly variables: ReadonlyMap<string, { readonly name?: string; readonly value?: string }>
  readonly isEmpty: boolean
}

/** The environments of the same collection, without the one that is edited. */
export type Others = readonly { readonly name: string; readonly extends: string | null }[]

/** Checks a draft. */
export function draftErrors(draft: EnvironmentDraft, others: Others): DraftErrors {
  const name = draft.collectionId === null ? undefined : nameError(draft.name, others)
  const parent = extendsError(draft, others)
  const variables = new Map<string, { readonly name?: string; readonly value?: string }>()
  for (const variable of draft.variables) {
    const found = variableErrors(variable, draft.variables)
    if (found !== null) variables.set(variable.id, found)
  }
  const isEmpty = name === undefined && parent === undefined && variables.size === 0
  return { name, extends: parent, variables, isEmpty }
}

function nameError(name: string, others: Others): string | undefined {
  if (name.trim() === '') return 'Give it a name.'
  if (name.length > 200) return 'A name has at most 200 characters.'
  const taken = others.find((one) => one.name.toLowerCase() === name.trim().toLowerCase())
  return taken === undefined ? undefined : `There is an environment ${taken.name} already.`
}

function extendsError(draft: EnvironmentDraft, others: Others): string | undefined {
  if (draft.extends === null) return undefined
  const seen = new Set<string>()
  for (let next: string | null = draft.extends; next !== null;) {
    const name: string = next
    if (name === draft.base?.name || name === draft.name || seen.has(name))
      return 'It would extend itself in a circle.'
    seen.add(name)
    const found = others.find((one) => one.name === name)
    if (found === undefined) return `There is no environment ${name}.`
    next = found.extends
  }
  return undefined
}

function variableErrors(
  variable: DraftVariable,
  all: readonly DraftVariable[],
): { readonly name?: string; readonly value?: string } | null {
  const name = variable.name.trim()
  const hasValue = variable.value !== '' || variable.secret.kind === 'set' || variable.keptAs !== null
  const wrongName =
    name === ''
      ? hasValue
        ? 'Give it a name.'
        : undefined
      : /[{}\n\r]/.test(name)
        ? 'A name has no braces and no line breaks.'
        : all.some((one) => one.id !== variable.id && one.name.trim() === name)
          ? 'Another variable has this name.'
          : undefined
  const wrongValue = variable.isSecret ? undefined : valueError(variable.type, variable.value)
  if (wrongName === undefined && wrongValue === undefined) return null
  return {
    ...(wrongName === undefined ? {} : { name: wrongName }),
    ...(wrongValue === undefined ? {} : { value: wrongValue }),
  }
}

/** Why a text is no value of a type. One with {{variables}} is known only when it is used. */
export function valueError(type: VariableType, value: string): string | undefined {
  if (value === '' || value.includes('{{')) return undefined
  switch (type) {
    case 'string':
    case 'null':
      return undefined
    case 'number':
      return /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value.trim())
        ? undefined
        : 'It is no number. Digits, or choose the type text.'
    case 'boolean':
      return value === 'true' || value === 'false' ? undefined : 'It is true or false.'
    case 'object':
      return jsonError(value)
  }
}

function jsonError(value: string): string | undefined {
  try {
    JSON.parse(value)
    return undefined
  } catch (error) {
    return `It is no JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}
