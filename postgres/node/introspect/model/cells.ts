// Takes rows of the catalog apart. What comes is our own SQL's, so that anything unexpected is a defect and throws.
import { z } from 'zod'
import type { Grant } from '#contract/schema/types.ts'

/** A row as a session gives it. */
export type Row = readonly (string | null)[]

/** The text of a cell that is never null. */
export function textAt(row: Row, index: number): string {
  const value = row[index]
  if (value === null || value === undefined) throw new TypeError(`cell ${index} of ${String(row[0])} is null`)
  return value
}

/** The text of a cell, or null. */
export function optionalAt(row: Row, index: number): string | null {
  return row[index] ?? null
}

/** A whole number. */
export function numberAt(row: Row, index: number): number {
  return Number(textAt(row, index))
}

/** `t` is true. */
export function flagAt(row: Row, index: number): boolean {
  return row[index] === 't'
}

/** Numbers of an int2vector, an oidvector (`1 2`) or an array of numbers (`{1,2}`), as text; none of null. */
export function numbersAt(row: Row, index: number): string[] {
  const text = row[index] ?? ''
  const inner = text.startsWith('{') ? text.slice(1, -1) : text
  return inner === '' ? [] : inner.split(/[ ,]/)
}

/** The elements of a Postgres array of one dimension. */
export function arrayAt(row: Row, index: number): (string | null)[] {
  const text = textAt(row, index)
  if (text === '{}') return []
  const isPlain = !text.includes('"')
  const elements: (string | null)[] = isPlain ? text.slice(1, -1).split(',') : [...quotedElements(text)]
  return isPlain && text.includes('NULL')
    ? elements.map((element) => (element === 'NULL' ? null : element))
    : elements
}

function* quotedElements(text: string): Iterable<string | null> {
  for (const [, quoted, plain = ''] of text.matchAll(/[{,](?:"((?:[^"\\]|\\[^])*)"|([^,{}"]*))(?=[,}])/g)) {
    if (quoted !== undefined) yield quoted.replaceAll(/\\([^])/g, '$1')
    else yield plain === 'NULL' ? null : plain
  }
}

const NO_TEXTS: string[] = []
const Texts = z.array(z.string())

/** A JSON array of texts; empty for null. */
export function textsAt(row: Row, index: number): string[] {
  const text = row[index] ?? null
  return text === null ? NO_TEXTS : Texts.parse(JSON.parse(text))
}

const NO_GRANTS: MutableGrant[] = []
const Acl = z.array(z.tuple([z.number(), z.string(), z.boolean()]))

export type MutableGrant = { -readonly [Key in keyof Grant]: Grant[Key] }

/** What `aclSql` (sources.ts) gave: grants by grantee and privilege, without the owner's own. */
export function grantsAt(
  row: Row,
  index: number,
  options: { readonly ownerOid: string; readonly roleName: (oid: string) => string },
): MutableGrant[] {
  const text = row[index] ?? null
  if (text === null) return NO_GRANTS
  const grants = new Map<string, MutableGrant>()
  for (const [oid, privilege, isGrantable] of Acl.parse(JSON.parse(text))) {
    if (String(oid) === options.ownerOid) continue
    const grantee = oid === 0 ? null : options.roleName(String(oid))
    // Two may have granted the same.
    const key = `${grantee ?? ''}\0${privilege}`
    const known = grants.get(key)
    if (known === undefined) grants.set(key, { grantee, privilege, isGrantable })
    else known.isGrantable ||= isGrantable
  }
  return grants.size === 0
    ? NO_GRANTS
    : [...grants].sort(([a], [b]) => compareTexts(a, b)).map(([, grant]) => grant)
}

/** Order by code units, the same everywhere. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
