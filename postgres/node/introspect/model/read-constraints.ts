// Constraints and indexes of relations.
import { z } from 'zod'
import type { RelationName } from '#contract/schema/types.ts'
import { CATALOG } from './catalogs.ts'
import { arrayAt, numberAt, numbersAt, optionalAt, textAt, textsAt, type Row } from './cells.ts'
import {
  columnNames,
  hasBit,
  type ConstraintDraft,
  type IndexDraft,
  type RelationDraft,
  type Relations,
} from './draft.ts'
import { oidAt, relationName, rowsOf, type Lookups, type Rows } from './lookups.ts'
import { objectName } from './object-name.ts'
import type { OperatorClassParameters } from './read-relations.ts'

/** Adds constraints to tables and indexes to tables and views. Columns must be there. */
export function addConstraintsAndIndexes(
  rows: Rows,
  { relations, parameters }: { readonly relations: Relations; readonly parameters: OperatorClassParameters },
  lookups: Lookups,
): void {
  const constraints = rowsOf(rows, 'constraint')
  const indexRows = new Map(rowsOf(rows, 'index').map((row) => [textAt(row, 1), row]))
  const relationOfConstraint = new Map(constraints.map((row) => [textAt(row, 1), textAt(row, 0)]))
  const backing = new Set<string>()
  for (const row of constraints) {
    const relation = relations.get(textAt(row, 0))
    if (relation === undefined || relation.object.kind !== 'table') continue
    const type = textAt(row, 3)
    const parent = optionalAt(row, 7)
    // Postgres keeps a copy of a foreign key for each partition of the table that it points at.
    if (
      type !== 'f' ||
      parent === null ||
      parent === '0' ||
      relationOfConstraint.get(parent) !== relation.oid
    ) {
      const index = type === 'f' ? null : oidAt(row, 6)
      if (index !== null) backing.add(index)
      const constraint = readConstraint(row, relation, {
        lookups,
        relations,
        index: index === null ? undefined : indexRows.get(index),
      })
      if (constraint !== undefined) relation.object.constraints.push(constraint)
    }
  }
  for (const row of indexRows.values()) {
    const relation = relations.get(textAt(row, 0))
    if (relation === undefined || relation.object.kind === 'composite') continue
    noteIndex(row, relation.object, lookups)
    if (backing.has(textAt(row, 1))) continue
    const index = readIndex(row, relation, { lookups, parameters })
    if (index !== undefined) relation.object.indexes.push(index)
  }
}

/** What a table says of its indexes, those of constraints too. */
function noteIndex(
  row: Row,
  object: Exclude<RelationDraft['object'], { kind: 'composite' }>,
  { blockSize }: Lookups,
): void {
  if (object.kind !== 'table') return
  if (object.sizeBytes !== null) object.sizeBytes += numberAt(row, 12) * blockSize
  if (hasBit(numberAt(row, 9), 3) && object.replicaIdentity.kind === 'index')
    object.replicaIdentity.index = textAt(row, 2)
}

/** What is to be said of NOT NULL constraints. */
export function addNotNulls(rows: Rows, relations: Relations): void {
  for (const row of rowsOf(rows, 'not null')) {
    const relation = relations.get(textAt(row, 0))
    if (relation !== undefined) addNotNullsOf(row, relation)
  }
}

/** Names that Postgres itself gives are not said. */
function addNotNullsOf(row: Row, relation: RelationDraft): void {
  const [numbers, names, flags] = [numbersAt(row, 1), arrayAt(row, 2), numbersAt(row, 3)]
  for (const [index, number] of numbers.entries()) {
    const column = relation.columns[Number(number)]
    const [name, bits] = [names[index] ?? '', Number(flags[index])]
    if (column === undefined) continue
    const isUsual = name === objectName(relation.object.name, column.name, 'not_null')
    if (isUsual && bits === 1) continue
    column.notNull = {
      name: isUsual ? null : name,
      isValidated: hasBit(bits, 0),
      isNoInherit: hasBit(bits, 1),
    }
  }
}

function readConstraint(
  row: Row,
  relation: RelationDraft,
  {
    lookups,
    relations,
    index,
  }: { readonly lookups: Lookups; readonly relations: Relations; readonly index: Row | undefined },
): ConstraintDraft | undefined {
  const [oid, type, bits] = [textAt(row, 1), textAt(row, 3), numberAt(row, 5)]
  // Expressions and whole rows of checks and exclusions stand there as column 0.
  const numbers = numbersAt(row, 4).filter((number) => number !== '0')
  const columns = columnNames(relation, numbers)
  if (columns === undefined) return undefined
  const head = {
    id: `constraint:${oid}`,
    name: textAt(row, 2),
    comment: lookups.comment(CATALOG.constraint, oid),
    isInherited: !hasBit(bits, 4),
  }
  const deferral = { isDeferrable: hasBit(bits, 0), isInitiallyDeferred: hasBit(bits, 1) }
  const checked = { isValidated: hasBit(bits, 2), isEnforced: hasBit(bits, 5) }
  switch (type) {
    case 'p':
    case 'u': {
      if (index === undefined) return undefined
      const include = columnNames(relation, numbersAt(index, 5).slice(numberAt(index, 4)))
      if (include === undefined) return undefined
      return {
        ...head,
        kind: type === 'p' ? 'primary key' : 'unique',
        ...deferral,
        columns,
        include,
        isNullsNotDistinct: hasBit(numberAt(index, 9), 4),
        isWithoutOverlaps: hasBit(bits, 6),
        options: textsAt(index, 10),
        tablespace: lookups.tablespace(oidAt(index, 11)),
      }
    }
    case 'f': {
      const references = readReference(row, relations, lookups)
      if (references === undefined) return undefined
      const [match = 's', onUpdate = 'a', onDelete = 'a'] = textAt(row, 10)
      const onDeleteColumns = columnNames(relation, numbersAt(row, 11))
      if (onDeleteColumns === undefined) return undefined
      return {
        ...head,
        kind: 'foreign key',
        ...deferral,
        columns,
        references,
        match: match === 'f' ? 'full' : 'simple',
        onUpdate: ACTIONS[onUpdate] ?? 'no action',
        onDelete: ACTIONS[onDelete] ?? 'no action',
        onDeleteColumns,
        isPeriod: hasBit(bits, 6),
        ...checked,
      }
    }
    case 'c': {
      const expression = optionalAt(row, 12)
      if (expression === null) return undefined
      return { ...head, kind: 'check', expression, isNoInherit: hasBit(bits, 3), ...checked }
    }
    default: {
      const definition = optionalAt(row, 12)
      if (definition === null) return undefined
      return {
        ...head,
        kind: 'exclusion',
        ...deferral,
        definition: definition.replace(/( DEFERRABLE)?( INITIALLY DEFERRED)?$/, ''),
      }
    }
  }
}

const ACTIONS: Readonly<Record<string, 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
}
const Reference = z.tuple([z.number(), z.string(), z.array(z.string())])

/** What a foreign key points at: told by the row when only some relations are read, or looked up. */
function readReference(
  row: Row,
  relations: Relations,
  lookups: Lookups,
): (RelationName & { columns: string[] }) | undefined {
  const told = optionalAt(row, 13)
  if (told !== null) {
    const [namespace, name, columns] = Reference.parse(JSON.parse(told))
    return { ...relationName(lookups, String(namespace), name), columns }
  }
  const target = relations.get(textAt(row, 8))
  if (target === undefined) return undefined
  const columns = columnNames(target, numbersAt(row, 9))
  return columns && { schema: target.object.schema, name: target.object.name, columns }
}

const Expressions = z.array(z.string().nullable())
const Parent = z.tuple([z.number(), z.string()])
const NO_EXPRESSIONS: readonly null[] = []

function readIndex(
  row: Row,
  relation: RelationDraft,
  { lookups, parameters }: { readonly lookups: Lookups; readonly parameters: OperatorClassParameters },
): IndexDraft | undefined {
  const [oid, bits, keyCount] = [textAt(row, 1), numberAt(row, 9), numberAt(row, 4)]
  const [keys, classes, collations, options] = [5, 6, 7, 8].map((cell) => numbersAt(row, cell))
  if (keys === undefined || classes === undefined || collations === undefined || options === undefined)
    return undefined
  const json = optionalAt(row, 13)
  const expressions = json === null ? NO_EXPRESSIONS : Expressions.parse(JSON.parse(json))
  const columnCollations = typeof row[16] === 'string' ? Expressions.parse(JSON.parse(row[16])) : undefined
  const elements: IndexDraft['elements'] = []
  for (let at = 0; at < keyCount; at++) {
    const key = keys[at] ?? '0'
    const column = key === '0' ? undefined : relation.columns[Number(key)]
    const expression = expressions[at] ?? null
    if (column === undefined && expression === null) return undefined
    const bitsOfElement = Number(options[at] ?? 0)
    elements.push({
      column: column?.name ?? null,
      expression: column === undefined ? expression : null,
      collation: collationOf(collations[at] ?? '0', column?.collation ?? null, {
        columnOid: columnCollations?.[at] ?? null,
        lookups,
      }),
      operatorClass: operatorClassOf(classes[at] ?? '0', parameters.get(`${oid}.${at + 1}`), lookups),
      isDescending: hasBit(bitsOfElement, 0),
      isNullsFirst: hasBit(bitsOfElement, 1),
    })
  }
  const include = columnNames(relation, keys.slice(keyCount))
  if (include === undefined) return undefined
  const parent = optionalAt(row, 15)
  const [parentNamespace, parentName] = parent === null ? [] : Parent.parse(JSON.parse(parent))
  return {
    id: `index:${oid}`,
    name: textAt(row, 2),
    method: lookups.accessMethod(textAt(row, 3)),
    elements,
    include,
    isUnique: hasBit(bits, 0),
    isNullsNotDistinct: hasBit(bits, 4),
    where: optionalAt(row, 14),
    options: textsAt(row, 10),
    tablespace: lookups.tablespace(oidAt(row, 11)),
    isValid: hasBit(bits, 1),
    isClustered: hasBit(bits, 2),
    parent:
      parentNamespace === undefined || parentName === undefined
        ? null
        : relationName(lookups, String(parentNamespace), parentName),
    comment: lookups.comment(CATALOG.class, oid),
  }
}

/** OID of the collation "default". */
const DEFAULT_COLLATION = '100'

/** An expression's own collation is not known here: any but the default one is said. */
function collationOf(
  oid: string,
  ofColumn: string | null,
  { columnOid, lookups }: { readonly columnOid: string | null; readonly lookups: Lookups },
): string | null {
  if (oid === '0' || oid === columnOid) return null
  const name = lookups.collation(oid)
  if (ofColumn !== null) return name === ofColumn ? null : name
  // A column whose collation is not the default one has told its own above.
  return oid === DEFAULT_COLLATION && columnOid === null ? null : name
}

function operatorClassOf(
  oid: string,
  parameters: readonly string[] | undefined,
  lookups: Lookups,
): string | null {
  const found = lookups.operatorClass(oid)
  if (found === undefined) return null
  if (parameters !== undefined && parameters.length > 0) return `${found.name} (${parameters.join(', ')})`
  return found.isDefault ? null : found.name
}
