// Schemas, extensions, enums, domains, ranges and routines. Composite types are relations (read-relations.ts).
import type { z } from 'zod'
import type * as model from '#contract/schema/model.ts'
import type { ModelObject } from '#contract/schema/types.ts'
import { CATALOG } from './catalogs.ts'
import { compareTexts, flagAt, numberAt, optionalAt, textAt, type Row } from './cells.ts'
import { oidAt, relationName, rowsOf, type Lookups, type Rows } from './lookups.ts'

type EnumDraft = z.infer<typeof model.EnumType>
type DomainDraft = z.infer<typeof model.DomainType>

/** Schemas, extensions, enums, domains and ranges, in no order. */
export function readTypes(rows: Rows, lookups: Lookups): ModelObject[] {
  return [
    ...readSchemas(rows, lookups),
    ...readExtensions(rows, lookups),
    ...readEnums(rows, lookups),
    ...readDomains(rows, lookups),
    ...readRanges(rows, lookups),
  ]
}

function readSchemas(rows: Rows, lookups: Lookups): ModelObject[] {
  return rowsOf(rows, 'namespace').flatMap((row) => {
    const oid = textAt(row, 0)
    if (!flagAt(row, 4) || lookups.extensionOf(CATALOG.namespace, oid) !== undefined) return []
    return [
      {
        kind: 'schema',
        id: `schema:${oid}`,
        name: textAt(row, 1),
        owner: lookups.roleName(textAt(row, 2)),
        comment: lookups.comment(CATALOG.namespace, oid),
        grants: lookups.grants(row, 3, textAt(row, 2)),
      },
    ]
  })
}

/** Every database has plpgsql from the beginning. */
function readExtensions(rows: Rows, lookups: Lookups): ModelObject[] {
  return rowsOf(rows, 'extension').flatMap((row) => {
    const [oid, name] = [textAt(row, 0), textAt(row, 1)]
    if (name === 'plpgsql') return []
    return [
      {
        kind: 'extension',
        id: `extension:${oid}`,
        name,
        owner: lookups.roleName(textAt(row, 3)),
        comment: lookups.comment(CATALOG.extension, oid),
        schema: lookups.namespace(textAt(row, 2))?.name ?? '',
        version: textAt(row, 4),
      },
    ]
  })
}

/** What all types have: OID, schema, name, owner, privileges. Undefined when the schema is not known yet. */
function readHead<Kind extends string>(row: Row, kind: Kind, lookups: Lookups) {
  const [oid, ownerOid] = [textAt(row, 0), textAt(row, 3)]
  const namespace = lookups.namespace(textAt(row, 1))
  if (namespace === undefined) return undefined
  return {
    kind,
    id: `${kind}:${oid}`,
    schema: namespace.name,
    name: textAt(row, 2),
    owner: lookups.roleName(ownerOid),
    comment: lookups.comment(CATALOG.type, oid),
    grants: lookups.grants(row, 4, ownerOid),
  }
}

function readEnums(rows: Rows, lookups: Lookups): EnumDraft[] {
  const enums = new Map<string, EnumDraft>()
  for (const row of rowsOf(rows, 'enum')) {
    const head = readHead(row, 'enum', lookups)
    if (head !== undefined) enums.set(textAt(row, 0), { ...head, labels: [] })
  }
  const labels = [...rowsOf(rows, 'label')].sort((a, b) => numberAt(a, 3) - numberAt(b, 3))
  for (const row of labels)
    enums.get(textAt(row, 0))?.labels.push({ id: `enumLabel:${textAt(row, 1)}`, label: textAt(row, 2) })
  return [...enums.values()]
}

function readDomains(rows: Rows, lookups: Lookups): DomainDraft[] {
  const domains = new Map<string, DomainDraft>()
  for (const row of rowsOf(rows, 'domain')) {
    const head = readHead(row, 'domain', lookups)
    const collation = oidAt(row, 7)
    if (head === undefined) continue
    domains.set(textAt(row, 0), {
      ...head,
      type: textAt(row, 5),
      typeId: optionalAt(row, 6),
      collation: collation === null ? null : lookups.collation(collation),
      isNullable: !flagAt(row, 8),
      default: optionalAt(row, 9),
      constraints: [],
    })
  }
  for (const row of rowsOf(rows, 'domain check')) {
    const expression = optionalAt(row, 3)
    if (expression === null) continue
    domains.get(textAt(row, 0))?.constraints.push({
      id: `constraint:${textAt(row, 1)}`,
      name: textAt(row, 2),
      expression,
      isValidated: flagAt(row, 4),
      comment: lookups.comment(CATALOG.constraint, textAt(row, 1)),
    })
  }
  for (const { constraints } of domains.values()) constraints.sort((a, b) => compareTexts(a.name, b.name))
  return [...domains.values()]
}

function readRanges(rows: Rows, lookups: Lookups): ModelObject[] {
  return rowsOf(rows, 'range').flatMap((row) => {
    const head = readHead(row, 'range', lookups)
    if (head === undefined) return []
    const collation = oidAt(row, 8)
    const multirange = optionalAt(row, 12)
    return [
      {
        ...head,
        subtype: textAt(row, 5),
        subtypeId: optionalAt(row, 6),
        operatorClass: optionalAt(row, 7),
        collation: collation === null ? null : lookups.collation(collation),
        canonical: optionalAt(row, 9),
        subtypeDiff: optionalAt(row, 10),
        multirange: multirange === null ? null : relationName(lookups, textAt(row, 11), multirange),
      },
    ]
  })
}

const ROUTINE_KINDS: Readonly<Record<string, 'function' | 'procedure' | 'aggregate' | 'window'>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
}

/** Functions, procedures and aggregates. */
export function readRoutines(rows: Rows, lookups: Lookups): ModelObject[] {
  const aggregates = new Map(rowsOf(rows, 'aggregate').map((row) => [textAt(row, 0), textAt(row, 1)]))
  return rowsOf(rows, 'routine').flatMap((row) => {
    const [oid, ownerOid, routineKind] = [textAt(row, 0), textAt(row, 3), ROUTINE_KINDS[textAt(row, 5)]]
    const namespace = lookups.namespace(textAt(row, 1))
    const definition = optionalAt(row, 9) ?? aggregates.get(oid)
    const identityArguments = optionalAt(row, 6)
    if (
      namespace === undefined ||
      routineKind === undefined ||
      definition === undefined ||
      identityArguments === null
    )
      return []
    return [
      {
        kind: 'routine',
        id: `routine:${oid}`,
        schema: namespace.name,
        name: textAt(row, 2),
        owner: lookups.roleName(ownerOid),
        comment: lookups.comment(CATALOG.routine, oid),
        routineKind,
        identityArguments,
        returns: optionalAt(row, 7),
        language: textAt(row, 8),
        definition: definition.trimEnd(),
        grants: lookups.grants(row, 4, ownerOid),
      },
    ]
  })
}
