// What a reading must remember so that the next one can read only what changed.
import { z } from 'zod'
import type { SchemaModel } from '#contract/schema/types.ts'
import { FIRST_USER_OID } from './catalogs.ts'
import { COMMENT_GROUPS, groupOf } from './change-sources.ts'
import { numberAt, textAt, type Row } from './cells.ts'
import { rowsOf, type Lookups, type Rows } from './lookups.ts'

/** Plain data: it may be stored. */
export const Watermark = z.object({
  /** The database, its cluster and its timeline. */
  identity: z.string(),
  serverVersion: z.number().int(),
  /** The oldest transaction that was still running, 64 bits as text: what it and later ones wrote was not all seen. */
  firstUnseen: z.string().regex(/^\d+$/),
  /** Names of roles, schemas and others that many objects mention, by kind and OID. */
  names: z.record(z.string(), z.string()),
  /** What extensions own: `catalog:oid`. */
  members: z.array(z.string()).readonly(),
  /** How many comments there are, by `catalog:group`. */
  comments: z.record(z.string(), z.number()),
  /** How many relations and parts of them there are, by `what:group` of relations. */
  parts: z.record(z.string(), z.number()),
})
export type Watermark = Readonly<z.infer<typeof Watermark>>

/** A model with what `refreshModel` needs to bring it up to date. */
export interface ModelReading {
  readonly model: SchemaModel
  readonly watermark: Watermark
}

/** The watermark of a reading, with counts by `countComments` and `countParts` or by the server. */
export function markReading(
  rows: Rows,
  lookups: Lookups,
  counts: Pick<Watermark, 'comments' | 'parts'>,
): Watermark {
  const names: Record<string, string> = {}
  for (const tag of [
    'role',
    'namespace',
    'tablespace',
    'access method',
    'collation name',
    'operator class name',
  ])
    for (const row of rowsOf(rows, tag))
      if (tag === 'role' || tag === 'namespace' || numberAt(row, 0) >= FIRST_USER_OID)
        names[`${tag}:${textAt(row, 0)}`] = textAt(row, 1)
  return {
    identity: lookups.identity,
    serverVersion: lookups.serverVersion,
    firstUnseen: lookups.snapshot.split(':')[0] ?? '0',
    names,
    members: rowsOf(rows, 'member').map((row) => `${textAt(row, 0)}:${textAt(row, 1)}`),
    ...counts,
  }
}

/** Counts the rows of commentSource as the server would. */
export function countComments(rows: readonly Row[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const row of rows) {
    const oid = numberAt(row, 1)
    if (oid < FIRST_USER_OID) continue
    const key = `${textAt(row, 0)}:${String(oid % COMMENT_GROUPS)}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** Counts the rows of relationSources as the server would. */
export function countParts(rows: Rows): Record<string, number> {
  const counts: Record<string, number> = {}
  const count = (what: string, counted: readonly Row[]): void => {
    for (const row of counted) {
      const key = `${what}:${String(groupOf(numberAt(row, 0)))}`
      counts[key] = (counts[key] ?? 0) + 1
    }
  }
  count(
    'relation',
    rowsOf(rows, 'relation').filter((row) => row[3] !== 'c'),
  )
  count('relation', rowsOf(rows, 'sequence'))
  for (const what of ['constraint', 'index', 'trigger', 'rule', 'policy', 'inherits'])
    count(what, rowsOf(rows, what))
  return counts
}
