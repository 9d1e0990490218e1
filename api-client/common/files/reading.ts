// Takes values out of what YAML gave: forgiving about what may be left out, with the place of what cannot be read.
import { Unreadable } from './yaml.ts'

export type Path = readonly (string | number)[]

/** A value and where it stands. */
export interface At {
  readonly value: unknown
  readonly path: Path
}

export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === '~' || value === 'null'
}

/** A map's field; absent where there is no map. */
export function field(at: At, ...names: readonly string[]): At {
  let value: unknown = at.value
  const path = [...at.path]
  for (const name of names) {
    path.push(name)
    if (isAbsent(value)) value = undefined
    else if (!isFields(value)) throw new Unreadable(path.slice(0, -1), 'Fields are expected here.')
    else value = Object.hasOwn(value, name) ? value[name] : undefined
  }
  return { value, path }
}

/** Whether something is there. */
export function has(at: At): boolean {
  return !isAbsent(at.value)
}

/** The elements of a list; none where there is nothing. */
export function elements(at: At): At[] {
  if (isAbsent(at.value)) return []
  if (!Array.isArray(at.value)) throw new Unreadable(at.path, 'A list is expected here.')
  return at.value.map((value: unknown, index) => ({ value, path: [...at.path, index] }))
}

/** A text; `otherwise` where there is none. Structured text (`content` and `type`) is its content. */
export function text(at: At, otherwise = ''): string {
  if (at.value === undefined || at.value === null) return otherwise
  if (typeof at.value === 'string') return at.value
  if (isFields(at.value) && typeof at.value['content'] === 'string') return at.value['content']
  throw new Unreadable(at.path, 'A text is expected here.')
}

/** A text that must be there. */
export function required(at: At, what: string): string {
  const value = text(at)
  if (value === '') throw new Unreadable(at.path, `${what} is missing.`)
  return value
}

export function flag(at: At, otherwise = false): boolean {
  if (isAbsent(at.value)) return otherwise
  const value = text(at).toLowerCase()
  if (value === 'true') return true
  if (value === 'false') return false
  throw new Unreadable(at.path, '`true` or `false` is expected here.')
}

/** A number; null where there is none. */
export function number(at: At): number | null {
  if (isAbsent(at.value)) return null
  const value = Number(text(at))
  if (Number.isFinite(value)) return value
  throw new Unreadable(at.path, 'A number is expected here.')
}

/** One of some words; `otherwise` where there is none. */
export function word<T extends string>(at: At, words: readonly T[], otherwise: T): T {
  const exact = words.find((one) => one === at.value)
  if (exact !== undefined) return exact
  if (isAbsent(at.value)) return otherwise
  const value = text(at)
  const found =
    words.find((one) => one === value) ?? words.find((one) => one.toLowerCase() === value.toLowerCase())
  if (found !== undefined) return found
  throw new Unreadable(
    at.path,
    `\`${value.slice(0, 100)}\` is not known here: it can be ${words.join(', ')}.`,
  )
}

/** Of variants the one that is selected, or else the first. */
export function selected(variants: readonly At[]): At | undefined {
  return variants.find((one) => isSelected(one.value)) ?? variants[0]
}

export function isSelected(value: unknown): boolean {
  return isFields(value) && (value['selected'] === 'true' || value['selected'] === true)
}
