// Random changes to a schema that is there: renames, drops, other types, values of enums, partitions attached and detached. Some fail; those are passed over.
import type { ModelObject } from '#contract/schema/types.ts'
import { quoteIdentifier, quoteLiteral } from '#postgres/common/sql/quote.ts'
import {
  anyType,
  newColumnName,
  newName,
  q,
  randomCreate,
  schemaName,
  tablesOf,
  valueOf,
  viewsOf,
  weighted,
  type Draw,
} from './random-schema.ts'

type Change = (draw: Draw) => string | undefined

function sqlKind(object: ModelObject): string | undefined {
  switch (object.kind) {
    case 'table':
    case 'sequence':
    case 'domain':
      return object.kind
    case 'view':
      return object.isMaterialized ? 'materialized view' : 'view'
    case 'enum':
    case 'composite':
    case 'range':
      return 'type'
    default:
      return undefined
  }
}

/** An object by its name, and its kind as ALTER and DROP take it. */
function anyObject({
  random,
  model,
}: Draw): { readonly kind: string; readonly target: string; readonly object: ModelObject } | undefined {
  const object = random.pick(
    model.objects.filter(
      ({ kind }) =>
        !['schema', 'extension', 'publication', 'eventTrigger', 'defaultPrivileges', 'other'].includes(kind),
    ),
  )
  if (object === undefined || !('schema' in object) || object.schema === null) return undefined
  const named = { schema: object.schema, name: object.name }
  if (object.kind === 'routine')
    return { kind: object.routineKind, object, target: `${q(named)}(${object.identityArguments})` }
  const kind = sqlKind(object)
  return kind === undefined ? undefined : { kind, object, target: q(named) }
}

const renameObject: Change = (draw) => {
  const found = anyObject(draw)
  return found && `alter ${found.kind} ${found.target} rename to ${quoteIdentifier(newName(draw))}`
}

const moveObject: Change = (draw) => {
  const found = anyObject(draw)
  return found && `alter ${found.kind} ${found.target} set schema ${quoteIdentifier(schemaName(draw))}`
}

const dropObject: Change = (draw) => {
  const found = anyObject(draw)
  return found && `drop ${found.kind} ${found.target}${draw.random.chance(0.6) ? ' cascade' : ''}`
}

const renameSchema: Change = (draw) =>
  `alter schema ${quoteIdentifier(schemaName(draw))} rename to ${quoteIdentifier(newName(draw))}`

const renameColumn: Change = (draw) => {
  const table = draw.random.pick([...tablesOf(draw.model), ...viewsOf(draw.model)])
  const column = table === undefined ? undefined : draw.random.pick(table.columns)
  if (table === undefined || column === undefined) return undefined
  return `alter ${sqlKind(table) ?? 'table'} ${q(table)} rename column ${quoteIdentifier(column.name)} to ${quoteIdentifier(newColumnName(draw))}`
}

const swapColumns: Change = (draw) => {
  const table = draw.random.pick(tablesOf(draw.model))
  const [a, b] = table === undefined ? [] : draw.random.shuffle(table.columns)
  if (table === undefined || a === undefined || b === undefined) return undefined
  const rename = (from: string, to: string): string =>
    `alter table ${q(table)} rename column ${quoteIdentifier(from)} to ${quoteIdentifier(to)}`
  return [rename(a.name, 'swap tmp'), rename(b.name, a.name), rename('swap tmp', b.name)].join('; ')
}

const swapTables: Change = (draw) => {
  const [a, b] = draw.random.shuffle(tablesOf(draw.model))
  if (a === undefined || b === undefined || a.schema !== b.schema) return undefined
  const rename = (from: string, to: string): string =>
    `alter table ${q({ schema: a.schema, name: from })} rename to ${quoteIdentifier(to)}`
  return [rename(a.name, 'swap tmp'), rename(b.name, a.name), rename('swap tmp', b.name)].join('; ')
}

const renamePart: Change = (draw) => {
  const { random } = draw
  const table = random.pick(tablesOf(draw.model))
  if (table === undefined) return undefined
  const parts = [
    ...table.constraints.map(
      ({ name }) =>
        `alter table ${q(table)} rename constraint ${quoteIdentifier(name)} to ${quoteIdentifier(newName(draw))}`,
    ),
    ...table.indexes.map(
      ({ name }) =>
        `alter index ${q({ schema: table.schema, name })} rename to ${quoteIdentifier(newName(draw))}`,
    ),
    ...table.triggers.map(
      ({ name }) =>
        `alter trigger ${quoteIdentifier(name)} on ${q(table)} rename to ${quoteIdentifier(newName(draw))}`,
    ),
    ...table.policies.map(
      ({ name }) =>
        `alter policy ${quoteIdentifier(name)} on ${q(table)} rename to ${quoteIdentifier(newName(draw))}`,
    ),
  ]
  return random.pick(parts)
}

const dropPart: Change = (draw) => {
  const { random } = draw
  const table = random.pick(tablesOf(draw.model))
  if (table === undefined) return undefined
  const parts = [
    ...table.columns.map(
      ({ name }) => `alter table ${q(table)} drop column ${quoteIdentifier(name)} cascade`,
    ),
    ...table.constraints.map(
      ({ name }) => `alter table ${q(table)} drop constraint ${quoteIdentifier(name)} cascade`,
    ),
    ...table.indexes.map(({ name }) => `drop index ${q({ schema: table.schema, name })} cascade`),
    ...table.triggers.map(({ name }) => `drop trigger ${quoteIdentifier(name)} on ${q(table)}`),
    ...table.policies.map(({ name }) => `drop policy ${quoteIdentifier(name)} on ${q(table)}`),
    ...table.rules.map(({ name }) => `drop rule ${quoteIdentifier(name)} on ${q(table)}`),
  ]
  return random.pick(parts)
}

const TARGETS: Readonly<Record<string, readonly string[]>> = {
  integer: ['bigint', 'text', 'numeric(12,2)', 'smallint'],
  bigint: ['integer', 'numeric', 'text'],
  smallint: ['integer', 'bigint'],
  text: ['varchar(100)', 'text collate "C"', 'text'],
  boolean: ['text'],
  date: ['timestamptz', 'text'],
  'timestamp with time zone': ['timestamp', 'date'],
  uuid: ['text'],
  jsonb: ['json', 'text'],
}

/** Another type for a column, with the views over it dropped and made again, as a person would have to. */
const retypeColumn: Change = (draw) => {
  const { random, model } = draw
  const table = random.pick(tablesOf(model))
  const column = table === undefined ? undefined : random.pick(table.columns)
  if (table === undefined || column === undefined) return undefined
  const bare = column.type.replace(/\(.*\)/, '')
  const target = random.pick(
    TARGETS[bare] ??
      (bare === 'character varying'
        ? ['text', 'varchar(60)']
        : bare === 'numeric'
          ? ['integer', 'numeric(14,4)']
          : ['text']),
  )
  if (target === undefined) return undefined
  const alter = `alter table ${q(table)} alter column ${quoteIdentifier(column.name)} drop default, alter column ${quoteIdentifier(column.name)} type ${target} using ${quoteIdentifier(column.name)}::text::${target.replace(/ collate.*/, '')}`
  const dependents = viewsOf(model).filter(({ id }) =>
    model.dependencies.some(([from, to]) => from === id && (to === column.id || to === table.id)),
  )
  const drops = dependents.map(
    (view) =>
      `drop ${view.isMaterialized ? 'materialized ' : ''}view if exists ${q(view)}${random.chance(0.8) ? ' cascade' : ''}`,
  )
  const creates = random.chance(0.7)
    ? dependents.map(
        (view) => `create ${view.isMaterialized ? 'materialized ' : ''}view ${q(view)} as ${view.definition}`,
      )
    : []
  return [...drops, alter, ...creates].join('; ')
}

const alterColumn: Change = (draw) => {
  const { random } = draw
  const table = random.pick(tablesOf(draw.model))
  const column = table === undefined ? undefined : random.pick(table.columns)
  if (table === undefined || column === undefined) return undefined
  const value = valueOf(column.type, draw)
  const head = `alter table ${q(table)} alter column ${quoteIdentifier(column.name)}`
  return random.pick([
    `${head} drop default`,
    ...(value === null ? [] : [`${head} set default ${value}`]),
    `${head} set not null`,
    `${head} drop not null`,
    `${head} drop expression if exists`,
    `${head} drop identity if exists`,
    `${head} set not null; ${head} drop default; ${head} add generated by default as identity (start with 100)`,
    `${head} set generated always`,
    `${head} set storage external`,
    `${head} set statistics 500`,
    `${head} set (n_distinct = 5)`,
    `${head} set expression as (4)`,
    `${head} set increment by 3`,
  ])
}

const alterEnum: Change = (draw) => {
  const { random, model } = draw
  const type = random.pick(model.objects.filter(({ kind }) => kind === 'enum'))
  if (type?.kind !== 'enum') return undefined
  const label = random.pick(type.labels)?.label ?? ''
  const added = `new${String(random.below(50))}`
  if (random.chance(0.6))
    return random.one([
      `alter type ${q(type)} add value ${quoteLiteral(added)}`,
      `alter type ${q(type)} add value ${quoteLiteral(added)} before ${quoteLiteral(label)}`,
      `alter type ${q(type)} add value ${quoteLiteral(added)} after ${quoteLiteral(label)}`,
      `alter type ${q(type)} rename value ${quoteLiteral(label)} to ${quoteLiteral(added)}`,
    ])
  // The order of the values changes: a new type takes the place of the old one.
  const labels = [...type.labels.map((one) => one.label)].reverse().map(quoteLiteral)
  const columns = tablesOf(model).flatMap((table) =>
    table.columns
      .filter((column) => column.typeId === type.id && !column.type.endsWith('[]') && !column.isInherited)
      .map((column) => ({ table, column })),
  )
  return [
    `alter type ${q(type)} rename to "replaced type"`,
    `create type ${q(type)} as enum (${labels.join(', ')})`,
    ...columns.map(
      ({ table, column }) =>
        `alter table ${q(table)} alter column ${quoteIdentifier(column.name)} drop default, alter column ${quoteIdentifier(column.name)} type ${q(type)} using ${quoteIdentifier(column.name)}::text::${q(type)}`,
    ),
    `drop type ${q({ schema: type.schema, name: 'replaced type' })} cascade`,
  ].join('; ')
}

const alterDomain: Change = (draw) => {
  const { random, model } = draw
  const domain = random.pick(model.objects.filter(({ kind }) => kind === 'domain'))
  if (domain?.kind !== 'domain') return undefined
  const constraint = random.pick(domain.constraints)
  return random.pick([
    `alter domain ${q(domain)} drop default`,
    `alter domain ${q(domain)} set default ${valueOf(domain.type, draw) ?? 'null'}`,
    `alter domain ${q(domain)} set not null`,
    `alter domain ${q(domain)} drop not null`,
    `alter domain ${q(domain)} add constraint ${quoteIdentifier(newName(draw))} check (value is not null or true)`,
    ...(constraint === undefined
      ? []
      : [
          `alter domain ${q(domain)} drop constraint ${quoteIdentifier(constraint.name)}`,
          `alter domain ${q(domain)} rename constraint ${quoteIdentifier(constraint.name)} to ${quoteIdentifier(newName(draw))}`,
        ]),
  ])
}

const alterComposite: Change = (draw) => {
  const { random, model } = draw
  const type = random.pick(model.objects.filter(({ kind }) => kind === 'composite'))
  if (type?.kind !== 'composite') return undefined
  const attribute = random.pick(type.attributes)
  return random.pick([
    `alter type ${q(type)} add attribute ${quoteIdentifier(newColumnName(draw))} ${anyType(draw)}`,
    ...(attribute === undefined
      ? []
      : [
          `alter type ${q(type)} drop attribute ${quoteIdentifier(attribute.name)}`,
          `alter type ${q(type)} rename attribute ${quoteIdentifier(attribute.name)} to ${quoteIdentifier(newColumnName(draw))}`,
          `alter type ${q(type)} alter attribute ${quoteIdentifier(attribute.name)} type text`,
        ]),
  ])
}

const alterTable: Change = (draw) => {
  const { random } = draw
  const table = random.pick(tablesOf(draw.model))
  if (table === undefined) return undefined
  const index = random.pick(table.indexes)
  const trigger = random.pick(table.triggers)
  const foreign = random.pick(table.constraints.filter(({ kind }) => kind === 'foreign key'))
  const check = random.pick(table.constraints.filter(({ kind }) => kind === 'check'))
  return random.pick([
    `alter table ${q(table)} set unlogged`,
    `alter table ${q(table)} set logged`,
    `alter table ${q(table)} set (fillfactor = ${String(50 + random.below(50))})`,
    `alter table ${q(table)} reset (fillfactor)`,
    `alter table ${q(table)} enable row level security`,
    `alter table ${q(table)} disable row level security`,
    `alter table ${q(table)} force row level security`,
    `alter table ${q(table)} replica identity ${random.one(['full', 'nothing', 'default'])}`,
    ...(index === undefined
      ? []
      : [
          `alter table ${q(table)} cluster on ${quoteIdentifier(index.name)}`,
          `alter index ${q({ schema: table.schema, name: index.name })} set (fillfactor = 75)`,
          `alter table ${q(table)} replica identity using index ${quoteIdentifier(index.name)}`,
        ]),
    ...(trigger === undefined
      ? []
      : [
          `alter table ${q(table)} ${random.one(['disable', 'enable', 'enable always'])} trigger ${quoteIdentifier(trigger.name)}`,
        ]),
    ...(foreign === undefined
      ? []
      : [
          `alter table ${q(table)} alter constraint ${quoteIdentifier(foreign.name)} ${random.one(['deferrable', 'not deferrable', 'deferrable initially deferred'])}`,
        ]),
    ...(check === undefined
      ? []
      : [`alter table ${q(table)} validate constraint ${quoteIdentifier(check.name)}`]),
  ])
}

const partition: Change = (draw) => {
  const { random, model } = draw
  const part = random.pick(tablesOf(model).filter(({ partitionOf }) => partitionOf !== null))
  if (part?.partitionOf !== null && part !== undefined && random.chance(0.5))
    return `alter table ${q(part.partitionOf.parent)} detach partition ${q(part)}`
  const parent = random.pick(tablesOf(model).filter(({ partitionKey }) => partitionKey !== null))
  if (parent?.partitionKey === null || parent === undefined) return undefined
  const year = 2030 + random.below(20)
  const bound = parent.partitionKey.startsWith('RANGE')
    ? `for values from ('${String(year)}-01-01') to ('${String(year + 1)}-01-01')`
    : `for values in ('p${String(year)}')`
  if (random.chance(0.5))
    return `create table ${q({ schema: schemaName(draw), name: newName(draw) })} partition of ${q(parent)} ${bound}`
  const alone = q({ schema: schemaName(draw), name: newName(draw) })
  return `create table ${alone} (like ${q(parent)} including all); alter table ${q(parent)} attach partition ${alone} ${bound}`
}

/** A plain table becomes a partitioned one, or the other way round, with its rows. */
const repartition: Change = (draw) => {
  const table = draw.random.pick(
    tablesOf(draw.model).filter((one) => one.partitionOf === null && one.inherits.length === 0),
  )
  if (table === undefined) return undefined
  const part = q({ schema: table.schema, name: `${table.name}_all` })
  if (table.partitionKey === null)
    return `drop table ${q(table)} cascade; create table ${q(table)} (id integer, note text) partition by list (note); create table ${part} partition of ${q(table)} default`
  return `drop table ${q(table)} cascade; create table ${q(table)} (id integer primary key, note text)`
}

const alterView: Change = (draw) => {
  const { random } = draw
  const view = random.pick(viewsOf(draw.model))
  if (view === undefined) return undefined
  const source = random.pick(tablesOf(draw.model))
  const create = view.isMaterialized ? 'materialized view' : 'view'
  return random.pick([
    `create or replace view ${q(view)} as select v.*, 1 as more${String(random.below(9))} from (${view.definition}) v`,
    `create or replace view ${q(view)} as select * from (${view.definition}) v where true`,
    ...(source === undefined
      ? []
      : [`drop ${create} ${q(view)} cascade; create ${create} ${q(view)} as select * from ${q(source)}`]),
    `alter view ${q(view)} set (security_invoker = true)`,
    `alter view ${q(view)} reset (security_barrier)`,
    `refresh materialized view ${q(view)} with no data`,
  ])
}

const alterFunction: Change = (draw) => {
  const { random, model } = draw
  const routine = random.pick(model.objects.filter(({ kind }) => kind === 'routine'))
  if (routine?.kind !== 'routine' || routine.routineKind === 'aggregate') return undefined
  return random.pick([
    routine.definition
      .replace(/a \+ length/, 'a - length')
      .replace('a * 2', 'a * 3')
      .replace('return new', 'return coalesce(new, new)')
      .replace('perform 1', 'perform 2'),
    `alter ${routine.routineKind} ${q(routine)}(${routine.identityArguments}) stable`,
    `drop ${routine.routineKind} ${q(routine)}(${routine.identityArguments}) cascade; ${routine.definition.replace('RETURNS integer', 'RETURNS bigint').replace('a integer', 'n integer').replaceAll(/\ba\b/g, 'n')}`,
  ])
}

const alterSequence: Change = (draw) => {
  const sequence = draw.random.pick(draw.model.objects.filter(({ kind }) => kind === 'sequence'))
  const table = draw.random.pick(tablesOf(draw.model))
  const column = table === undefined ? undefined : draw.random.pick(table.columns)
  if (sequence?.kind !== 'sequence') return undefined
  return draw.random.pick([
    `alter sequence ${q(sequence)} increment by 7 cache 3`,
    `alter sequence ${q(sequence)} as smallint`,
    `alter sequence ${q(sequence)} owned by none`,
    ...(table === undefined || column === undefined
      ? []
      : [`alter sequence ${q(sequence)} owned by ${q(table)}.${quoteIdentifier(column.name)}`]),
  ])
}

const alterPolicy: Change = (draw) => {
  const table = draw.random.pick(tablesOf(draw.model).filter(({ policies }) => policies.length > 0))
  const policy = table === undefined ? undefined : draw.random.pick(table.policies)
  if (table === undefined || policy === undefined) return undefined
  return draw.random.one([
    `alter policy ${quoteIdentifier(policy.name)} on ${q(table)} using (1 = 1)`,
    `alter policy ${quoteIdentifier(policy.name)} on ${q(table)} to pg_monitor`,
    `alter policy ${quoteIdentifier(policy.name)} on ${q(table)} with check (2 = 2)`,
  ])
}

const alterPublication: Change = (draw) => {
  const publication = draw.random.pick(draw.model.objects.filter(({ kind }) => kind === 'publication'))
  const table = draw.random.pick(tablesOf(draw.model))
  if (publication === undefined || table === undefined) return undefined
  return draw.random.one([
    `alter publication ${quoteIdentifier(publication.name)} add table ${q(table)}`,
    `alter publication ${quoteIdentifier(publication.name)} set (publish = 'insert, delete')`,
    `drop publication ${quoteIdentifier(publication.name)}`,
  ])
}

const CHANGES: readonly (readonly [number, Change])[] = [
  [6, renameObject],
  [3, moveObject],
  [5, dropObject],
  [1, renameSchema],
  [6, renameColumn],
  [1, swapColumns],
  [1, swapTables],
  [3, renamePart],
  [6, dropPart],
  [8, retypeColumn],
  [8, alterColumn],
  [5, alterEnum],
  [2, alterDomain],
  [2, alterComposite],
  [5, alterTable],
  [3, partition],
  [1, repartition],
  [5, alterView],
  [4, alterFunction],
  [2, alterSequence],
  [2, alterPolicy],
  [1, alterPublication],
  [12, randomCreate],
]

/** One change, as one or more statements that belong together. */
export function randomChange(draw: Draw): string | undefined {
  return weighted(CHANGES, draw)
}
