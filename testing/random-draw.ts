// What the makers of random statements draw from: names, types, values, and what a model has already. Everything comes from the seed.
import type { SchemaModel, Table, View } from '#contract/schema/types.ts'
import { quoteLiteral, quoteQualified } from '#postgres/common/sql/quote.ts'
import type { Random } from './random-numbers.ts'

const NAMES = [
  'film',
  'actor',
  'order',
  'Rental',
  'note',
  'price',
  'odd name',
  'item',
  'stock',
  'city',
  'tag',
  'état',
  'user',
] as const
const COLUMNS = [
  'id',
  'title',
  'amount',
  'state',
  'Kind',
  'due_at',
  'select',
  'code',
  'size',
  'ref',
  'data',
  'a"b',
] as const
const TYPES = [
  'integer',
  'bigint',
  'smallint',
  'text',
  'varchar(20)',
  'numeric(10,2)',
  'boolean',
  'date',
  'timestamptz',
  'uuid',
  'jsonb',
  'text[]',
  'integer[]',
  'char(3)',
  'double precision',
] as const

/** What the makers of statements work with. */
export interface Draw {
  readonly random: Random
  readonly model: SchemaModel
}

/** `"shop"."film"`. */
export function q(named: { readonly schema: string; readonly name: string }): string {
  return quoteQualified(named.schema, named.name)
}

/** Tables that hold rows themselves or through partitions. */
export function tablesOf(model: SchemaModel): readonly Table[] {
  return model.objects.filter((object) => object.kind === 'table')
}

export function viewsOf(model: SchemaModel): readonly View[] {
  return model.objects.filter((object) => object.kind === 'view')
}

export function schemaName({ random, model }: Draw): string {
  return random.pick(model.objects.filter(({ kind }) => kind === 'schema'))?.name ?? 'public'
}

/** A name that is likely to be free. */
export function newName({ random }: Draw): string {
  const name = random.one(NAMES)
  return random.chance(0.3) ? name : `${name}${String(random.below(40))}`
}

export function newColumnName({ random }: Draw): string {
  const name = random.one(COLUMNS)
  return random.chance(0.5) ? name : `${name}${String(random.below(9))}`
}

export function anyType({ random, model }: Draw): string {
  const own = model.objects.filter(({ kind }) => ['enum', 'domain', 'composite', 'range'].includes(kind))
  const type = random.chance(0.3) ? random.pick(own) : undefined
  if (type !== undefined && 'schema' in type && type.schema !== null)
    return `${quoteQualified(type.schema, type.name)}${random.chance(0.15) ? '[]' : ''}`
  return random.one(TYPES)
}

/** A constant that fits a type, as SQL; null when none is known. */
export function valueOf(type: string, { random, model }: Draw): string | null {
  const number = random.below(5) + 1
  if (/^(integer|bigint|smallint|numeric|double precision)/.test(type) && !type.endsWith('[]'))
    return String(number)
  if (/^(text|character varying|varchar|char)/.test(type) && !type.endsWith('[]'))
    return quoteLiteral(`v${String(number)}`)
  if (type === 'boolean') return random.chance(0.5) ? 'true' : 'false'
  if (type === 'date') return `date '2026-01-0${String(number)}'`
  if (type.startsWith('timestamp'))
    return random.chance(0.5) ? 'now()' : `timestamptz '2026-01-0${String(number)}'`
  if (type === 'uuid') return 'gen_random_uuid()'
  if (type === 'jsonb') return `'{"a": ${String(number)}}'`
  if (type === 'text[]') return "array['x', 'y']"
  if (type === 'integer[]') return "'{1,2}'"
  for (const object of model.objects) {
    if (!('schema' in object) || object.schema === null || object.name === '') continue
    const names = [quoteQualified(object.schema, object.name), `${object.schema}.${object.name}`]
    const isIt = names.includes(type) || type.replaceAll('"', '') === `${object.schema}.${object.name}`
    if (!isIt) continue
    if (object.kind === 'enum') return quoteLiteral(random.pick(object.labels)?.label ?? '')
    if (object.kind === 'domain') return valueOf(object.type, { random, model })
  }
  return null
}

/** One statement, or several that belong together; undefined when the model has nothing to make it of. */
export type Maker = (draw: Draw) => string | undefined

/** A table or a view. */
export function relationOf({ random, model }: Draw): Table | View | undefined {
  return random.pick([...tablesOf(model), ...viewsOf(model)])
}

/** Takes one maker by its weight. */
export function weighted(makers: readonly (readonly [number, Maker])[], draw: Draw): string | undefined {
  const total = makers.reduce((sum, [weight]) => sum + weight, 0)
  let at = draw.random.below(total)
  for (const [weight, maker] of makers) {
    if (at < weight) return maker(draw)
    at -= weight
  }
  return undefined
}
