// Finds what changed in a catalog since it was read: which rows are new, and which are gone.
import type { Catalog } from './catalog.ts'
import { numberAt, numbersAt, textAt, type Row } from './cells.ts'
import {
  bucketOf,
  changesSql,
  dependentsSql,
  missingSql,
  PLAN_SQL,
  type ChangesQuestion,
  type CountedKind,
} from './changes-sql.ts'
import type { Hint } from './hints.ts'
import { rowsOf, type Reader } from './read.ts'

/** OIDs of what was written, or is gone. */
export interface Changes extends Hint {
  readonly types: ReadonlySet<number>
}

/** Changes while they are collected. */
export interface ChangesDraft extends Changes {
  readonly relations: Set<number>
  readonly routines: Set<number>
  readonly types: Set<number>
}

/** Asks what changed. Runs in the transaction that `question.now` is of. Rejects as the session does. */
export async function findChanges(session: Reader, question: ChangesQuestion): Promise<ChangesDraft> {
  const { before } = question
  const changes: ChangesDraft = { relations: new Set(), routines: new Set(), types: new Set() }
  await session.query(PLAN_SQL)
  const { named, counts } = readChanges(before, changes, await rowsOf(session, changesSql(question)))
  const suspects = {
    relation: suspectsOf(before.relations, counts.relation),
    constraint: suspectsOf(before.constraints, counts.constraint),
    routine: suspectsOf(before.routines, counts.routine),
  }
  if (Object.values(suspects).some(({ length }) => length > 0))
    for (const row of await rowsOf(session, missingSql(suspects))) addMissing(before, changes, row)
  if (named.size > 0)
    for (const row of await rowsOf(session, dependentsSql([...named])))
      changes.relations.add(numberAt(row, 0))
  return changes
}

/** How many old objects of a kind are there, by bucket, and which are not old. */
interface Counts {
  readonly old: Map<number, number>
  readonly written: Set<number>
}

interface Found {
  /** Sequences, functions and types that defaults may name. */
  readonly named: Set<number>
  readonly counts: Readonly<Record<CountedKind, Counts>>
}

function readChanges(catalog: Catalog, changes: ChangesDraft, rows: readonly Row[]): Found {
  const named = new Set<number>()
  const counts = { relation: noCounts(), constraint: noCounts(), routine: noCounts() }
  for (const row of rows) {
    const what = textAt(row, 0)
    switch (what) {
      case 'relation':
        addCount(counts.relation, row)
        addAll(changes.relations, numbersAt(row, 3))
        addAll(named, numbersAt(row, 4))
        break
      case 'constraint':
        addCount(counts.constraint, row)
        addAll(changes.relations, numbersAt(row, 4))
        break
      case 'routine':
        addCount(counts.routine, row)
        addAll(changes.routines, numbersAt(row, 3))
        addAll(named, numbersAt(row, 3))
        break
      case 'part':
        addAll(changes.relations, numbersAt(row, 3))
        break
      case 'type':
        addAll(changes.types, numbersAt(row, 3))
        addAll(named, numbersAt(row, 4))
        break
      case 'relation comment': {
        addAll(changes.relations, numbersAt(row, 3))
        const comments = commentsAt(row)
        for (const { oid, comments: known } of catalog.relations.values())
          if (known.size !== (comments.get(oid) ?? 0)) changes.relations.add(oid)
        break
      }
      default: {
        const comments = commentsAt(row)
        for (const { oid, comment } of catalog.routines.values())
          if ((comment === null ? 0 : 1) !== (comments.get(oid) ?? 0)) changes.routines.add(oid)
        for (const oid of numbersAt(row, 3)) if (catalog.routines.has(oid)) changes.routines.add(oid)
      }
    }
  }
  return { named, counts }
}

function noCounts(): Counts {
  return { old: new Map(), written: new Set() }
}

function addCount({ old, written }: Counts, row: Row): void {
  old.set(numberAt(row, 1), numberAt(row, 2))
  addAll(written, numbersAt(row, 3))
}

/**
 * What was there and was not written should still be counted: in a bucket where it is not, something is gone. The reverse cannot be: what is old and
 * there was read before.
 */
function suspectsOf(known: ReadonlyMap<number, unknown>, { old, written }: Counts): number[] {
  const expected = new Map<number, number>()
  for (const oid of known.keys()) {
    if (written.has(oid)) continue
    const bucket = bucketOf(oid)
    expected.set(bucket, (expected.get(bucket) ?? 0) + 1)
  }
  const isWrong = new Set<number>()
  for (const [bucket, count] of expected) if (count !== (old.get(bucket) ?? 0)) isWrong.add(bucket)
  if (isWrong.size === 0) return []
  return [...known.keys()].filter((oid) => isWrong.has(bucketOf(oid)) && !written.has(oid))
}

function addMissing(catalog: Catalog, changes: ChangesDraft, row: Row): void {
  const oid = numberAt(row, 1)
  switch (row[0]) {
    case 'relation':
      changes.relations.add(oid)
      break
    case 'routine':
      changes.routines.add(oid)
      break
    default: {
      const owner = catalog.constraints.get(oid)?.relation
      if (owner !== undefined) changes.relations.add(owner)
    }
  }
}

function commentsAt(row: Row): Map<number, number> {
  const pairs = typeof row[1] === 'string' ? row[1].split(',') : []
  return new Map(
    pairs.map((pair) => {
      const [oid, count] = pair.split(':')
      return [Number(oid), Number(count)]
    }),
  )
}

function addAll(into: Set<number>, oids: readonly number[]): void {
  for (const oid of oids) into.add(oid)
}
