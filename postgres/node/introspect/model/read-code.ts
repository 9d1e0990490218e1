// Triggers, rules, policies and sequences of relations.
import { z } from 'zod'
import type * as model from '#contract/schema/model.ts'
import { CATALOG } from './catalogs.ts'
import { compareTexts, flagAt, numbersAt, optionalAt, textAt, type Row } from './cells.ts'
import { enabledOf, type ColumnDraft, type RelationDraft, type Relations } from './draft.ts'
import { relationName, rowsOf, type Lookups, type Rows } from './lookups.ts'

const COMMANDS: Readonly<Record<string, 'all' | 'select' | 'insert' | 'update' | 'delete'>> = {
  '*': 'all',
  r: 'select',
  a: 'insert',
  w: 'update',
  d: 'delete',
}

/** Adds triggers, rules and policies. */
export function addCode(rows: Rows, relations: Relations, lookups: Lookups): void {
  for (const row of rowsOf(rows, 'trigger')) {
    const object = relations.get(textAt(row, 0))?.object
    const definition = optionalAt(row, 3)
    if (object === undefined || object.kind === 'composite' || definition === null) continue
    object.triggers.push({
      id: `trigger:${textAt(row, 1)}`,
      name: textAt(row, 2),
      definition,
      enabled: enabledOf(textAt(row, 4)),
      isInherited: flagAt(row, 5),
      comment: lookups.comment(CATALOG.trigger, textAt(row, 1)),
    })
  }
  for (const row of rowsOf(rows, 'rule')) {
    const object = relations.get(textAt(row, 0))?.object
    const definition = optionalAt(row, 3)
    // The rule that makes a view has no definition here.
    if (object === undefined || object.kind === 'composite' || definition === null) continue
    object.rules.push({
      id: `rule:${textAt(row, 1)}`,
      name: textAt(row, 2),
      definition: definition.replace(/;\s*$/, ''),
      enabled: enabledOf(textAt(row, 4)),
      comment: lookups.comment(CATALOG.rule, textAt(row, 1)),
    })
  }
  for (const row of rowsOf(rows, 'policy')) {
    const object = relations.get(textAt(row, 0))?.object
    if (object?.kind !== 'table') continue
    object.policies.push({
      id: `policy:${textAt(row, 1)}`,
      name: textAt(row, 2),
      command: COMMANDS[textAt(row, 3)] ?? 'all',
      isPermissive: flagAt(row, 4),
      roles: numbersAt(row, 5)
        .filter((oid) => oid !== '0')
        .map(lookups.roleName)
        .sort(compareTexts),
      using: optionalAt(row, 6),
      check: optionalAt(row, 7),
      comment: lookups.comment(CATALOG.policy, textAt(row, 1)),
    })
  }
}

type SequenceDraft = z.infer<typeof model.Sequence>

/** Puts sequences of identity columns into their columns and gives the others. */
export function readSequences(rows: Rows, relations: Relations, lookups: Lookups): SequenceDraft[] {
  const sequences: SequenceDraft[] = []
  for (const row of rowsOf(rows, 'sequence')) {
    const oid = textAt(row, 0)
    const namespace = lookups.namespace(textAt(row, 1))
    if (namespace === undefined) continue
    const name = textAt(row, 2)
    const owner = relations.get(optionalAt(row, 14) ?? '')
    const column = owner?.columns[Number(optionalAt(row, 15) ?? 0)]
    const options = readOptions(row)
    if (row[13] === 'i') {
      if (column !== undefined && column.identity !== null)
        column.identity = { ...column.identity, sequence: { schema: namespace.name, name }, options }
      continue
    }
    if (!namespace.isUsers || lookups.extensionOf(CATALOG.class, oid) !== undefined) continue
    const ownerOid = textAt(row, 3)
    sequences.push({
      kind: 'sequence',
      id: `sequence:${oid}`,
      schema: namespace.name,
      name,
      owner: lookups.roleName(ownerOid),
      comment: lookups.comment(CATALOG.class, oid),
      options,
      ownedBy: readOwner(row, lookups) ?? ownerOf(owner, column),
      isUnlogged: row[4] === 'u',
      grants: lookups.grants(row, 5, ownerOid),
    })
  }
  return sequences
}

type Owner = SequenceDraft['ownedBy']
const Told = z.tuple([z.number(), z.string(), z.tuple([z.string()])])

/** The owner as the row tells it, when only some relations are read. */
function readOwner(row: Row, lookups: Lookups): Owner {
  if (typeof row[16] !== 'string') return null
  const [namespace, name, [column]] = Told.parse(JSON.parse(row[16]))
  return { ...relationName(lookups, String(namespace), name), column }
}

function ownerOf(relation: RelationDraft | undefined, column: ColumnDraft | undefined): Owner {
  return relation === undefined || column === undefined
    ? null
    : { schema: relation.object.schema, name: relation.object.name, column: column.name }
}

const TYPES: Readonly<Record<string, string>> = { 20: 'bigint', 21: 'smallint', 23: 'integer' }

function readOptions(row: Row): SequenceDraft['options'] {
  return {
    type: TYPES[textAt(row, 6)] ?? 'bigint',
    start: textAt(row, 7),
    increment: textAt(row, 8),
    min: textAt(row, 9),
    max: textAt(row, 10),
    cache: textAt(row, 11),
    isCycling: flagAt(row, 12),
  }
}
