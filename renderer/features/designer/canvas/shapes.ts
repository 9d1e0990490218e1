// From a model to what is drawn: one shape per table, view and enum, one relation per foreign key. Pure; a shape is made once per object and kept with it,
// so that after an edit only what it touched is drawn again.
import type { EnumType, ModelObject, RelationName, SchemaModel, Table, View } from '#contract/schema/types.ts'
import { indexModel, type ModelIndex } from '#postgres/common/catalog/find.ts'
import type { End } from '#postgres/common/exchange/svg/route.ts'
import { MAX_ROWS, sizeOf } from '#postgres/common/exchange/svg/sizes.ts'
import { shortTypeIn } from '#postgres/common/types/short-type.ts'
import { marksOf, UNMARKED, type Mark, type ObjectMarks } from './marks.ts'

export interface Row {
  readonly id: string
  readonly name: string
  /** In short form; '' for a label of an enum. */
  readonly type: string
  readonly isKey: boolean
  readonly isReference: boolean
  readonly isNullable: boolean
  readonly mark: Mark | null
}

export interface Shape {
  readonly id: string
  readonly kind: 'table' | 'view' | 'enum'
  readonly schema: string
  readonly name: string
  readonly comment: string | null
  readonly rows: readonly Row[]
  /** Rows that are not drawn: the last one says how many. */
  readonly hiddenRows: number
  readonly marks: ObjectMarks
  /** Of a partitioned table: how many partitions are folded into it. */
  readonly partitions: number
  /** Beside the name: "partitioned", "foreign", "materialized". */
  readonly note: string | null
  readonly width: number
  readonly height: number
}

export interface Relation {
  readonly id: string
  /** `type`: a column is of an enum; drawn only where it is highlighted. */
  readonly kind: 'foreign key' | 'inheritance' | 'view' | 'type'
  readonly name: string
  /** The referencing side: shape and row (null: the shape as a whole). */
  readonly from: string
  readonly fromRow: number | null
  readonly to: string
  readonly toRow: number | null
  readonly fromEnd: End
  readonly toEnd: End
  readonly mark: Mark | null
  /** The table that the constraint is part of. */
  readonly ownerId: string
  /** For the tooltip and assistive technology: "rental.customer_id references customer.customer_id, many to one". */
  readonly description: string
}

export interface Drawing {
  readonly shapes: readonly Shape[]
  readonly relations: readonly Relation[]
  /** Ids of folded partitions to the shape that they are folded into. */
  readonly foldedInto: ReadonlyMap<string, string>
}

export interface DrawingOptions {
  readonly showsViews: boolean
  readonly showsEnums: boolean
  /** Null is all. */
  readonly schemas: readonly string[] | null
}

/** What to draw of `model`, marked against `base`: what was dropped is drawn too. */
export function drawingOf(base: SchemaModel, model: SchemaModel, options: DrawingOptions): Drawing {
  const baseIndex = indexModel(base)
  const index = indexModel(model)
  const folded = foldPartitions(index)
  const partitions = new Map<string, number>()
  for (const into of folded.values()) partitions.set(into, (partitions.get(into) ?? 0) + 1)
  const shapes: Shape[] = []
  const add = (before: ModelObject | undefined, after: ModelObject | undefined): void => {
    const object = after ?? before
    if (object === undefined || folded.has(object.id) || !isDrawn(object, options)) return
    shapes.push(shapeOf(object, before, after, partitions.get(object.id) ?? 0))
  }
  for (const object of model.objects) add(baseIndex.byId(object.id), object)
  for (const object of base.objects) if (index.byId(object.id) === undefined) add(object, undefined)
  const byId = new Map(shapes.map((shape) => [shape.id, shape]))
  const relations: Relation[] = []
  for (const shape of shapes) {
    const after = index.byId(shape.id)
    const before = baseIndex.byId(shape.id)
    const object = after ?? before
    if (object?.kind === 'table')
      for (const relation of relationsOf(object, before, after === undefined ? baseIndex : index))
        if (byId.has(relation.to)) relations.push(placeRows(relation, byId))
  }
  if (options.showsViews) relations.push(...viewRelations(model, byId))
  if (options.showsEnums) relations.push(...typeRelations(model, byId))
  return { shapes, relations, foldedInto: folded }
}

/** Whether the canvas has a shape for objects of this kind at all. */
export function isDrawable(object: ModelObject): object is Table | View | EnumType {
  return object.kind === 'table' || object.kind === 'view' || object.kind === 'enum'
}

function isDrawn(object: ModelObject, options: DrawingOptions): object is Table | View | EnumType {
  if (!isDrawable(object)) return false
  if (object.kind === 'view' && !options.showsViews) return false
  if (object.kind === 'enum' && !options.showsEnums) return false
  return options.schemas === null || options.schemas.includes(object.schema)
}

function foldPartitions(index: ModelIndex): ReadonlyMap<string, string> {
  const folded = new Map<string, string>()
  for (const table of index.ofKind('table')) {
    let top: Table = table
    for (let parent = parentOf(top, index); parent !== undefined; parent = parentOf(top, index)) top = parent
    if (top !== table) folded.set(table.id, top.id)
  }
  return folded
}

function parentOf(table: Table, index: ModelIndex): Table | undefined {
  if (table.partitionOf === null) return undefined
  const { schema, name } = table.partitionOf.parent
  return index.byName('table', schema, name)
}

/** As it is written: with its schema, unless that is the usual one. */
export function titleOf({ schema, name }: Pick<Shape, 'schema' | 'name'>): string {
  return schema === 'public' ? name : `${schema}.${name}`
}

/** Room for "10 changes". */
const MARK_BADGE = 10

interface KeptShape {
  readonly before: ModelObject | undefined
  readonly after: ModelObject | undefined
  readonly partitions: number
  readonly shape: Shape
}
const kept = new WeakMap<ModelObject, KeptShape>()

function shapeOf(
  object: Table | View | EnumType,
  before: ModelObject | undefined,
  after: ModelObject | undefined,
  partitions: number,
): Shape {
  const known = kept.get(object)
  if (
    known !== undefined &&
    known.before === before &&
    known.after === after &&
    known.partitions === partitions
  )
    return known.shape
  const marks = before === after ? UNMARKED : marksOf(before, after)
  const all = rowsOf(object, before, marks)
  const rows = all.length > MAX_ROWS ? all.slice(0, MAX_ROWS - 1) : all
  const head = {
    id: object.id,
    kind: object.kind,
    schema: object.schema,
    name: object.name,
    comment: object.comment,
    rows,
    hiddenRows: all.length - rows.length,
    marks,
    partitions,
    note: noteOf(object, partitions),
  }
  const badge = marks.mark === null ? (head.note?.length ?? 0) : MARK_BADGE
  const shape: Shape = { ...head, ...sizeOf({ ...head, name: titleOf(head), badge }) }
  kept.set(object, { before, after, partitions, shape })
  return shape
}

function noteOf(object: Table | View | EnumType, partitions: number): string | null {
  if (object.kind === 'view') return object.isMaterialized ? 'materialized' : 'view'
  if (object.kind === 'enum') return 'enum'
  if (object.partitionKey !== null) return partitions === 1 ? '1 partition' : `${partitions} partitions`
  if (object.foreign !== null) return 'foreign'
  return object.isUnlogged ? 'unlogged' : null
}

function rowsOf(
  object: Table | View | EnumType,
  before: ModelObject | undefined,
  marks: ObjectMarks,
): readonly Row[] {
  const plain = { isKey: false, isReference: false, isNullable: false, mark: null }
  if (object.kind === 'enum')
    return object.labels.map(({ id, label }) => ({
      ...plain,
      id,
      name: label,
      type: '',
      mark: marks.parts.get(id) ?? null,
    }))
  if (object.kind === 'view')
    return object.columns.map(({ id, name, type }) => ({
      ...plain,
      id,
      name,
      type: shortTypeIn(object.schema, type),
    }))
  const keys = new Set<string>()
  const references = new Set<string>()
  for (const constraint of object.constraints) {
    if (constraint.kind === 'primary key') for (const name of constraint.columns) keys.add(name)
    if (constraint.kind === 'foreign key') for (const name of constraint.columns) references.add(name)
  }
  const rowOf = (column: Table['columns'][number], mark: Mark | null): Row => ({
    id: column.id,
    name: column.name,
    type: shortTypeIn(object.schema, column.type),
    isKey: keys.has(column.name),
    isReference: references.has(column.name),
    isNullable: column.isNullable,
    mark,
  })
  const rows = object.columns.map((column) => rowOf(column, marks.parts.get(column.id) ?? null))
  if (marks.mark !== 'changed' || before?.kind !== 'table') return rows
  // What was dropped stays where it was, until it is applied.
  before.columns.forEach((column, at) => {
    if (marks.parts.get(column.id) === 'dropped')
      rows.splice(Math.min(at, rows.length), 0, rowOf(column, 'dropped'))
  })
  return rows
}

type Unplaced = Omit<Relation, 'fromRow' | 'toRow'> & {
  readonly fromColumn: string | null
  readonly toColumn: string | null
}

function relationsOf(table: Table, before: ModelObject | undefined, index: ModelIndex): readonly Unplaced[] {
  const old = before?.kind === 'table' ? new Map(before.constraints.map((one) => [one.id, one])) : undefined
  const relations: Unplaced[] = []
  for (const key of table.constraints) {
    // A partitioned table that is referenced has a constraint per partition beside its own; those are folded with them.
    if (key.kind !== 'foreign key') continue
    const target = index.relation(key.references)
    if (target === undefined) continue
    const was = old?.get(key.id)
    const isUnique = isCoveredByKey(table, key.columns)
    const isOptional = table.columns.some((column) => column.isNullable && key.columns.includes(column.name))
    relations.push({
      id: key.id,
      kind: 'foreign key',
      name: key.name,
      from: table.id,
      to: target.id,
      fromColumn: key.columns[0] ?? null,
      toColumn: key.references.columns[0] ?? null,
      fromEnd: isUnique ? 'zero or one' : 'zero or many',
      toEnd: isOptional ? 'zero or one' : 'one',
      mark:
        before === undefined || was === undefined
          ? 'new'
          : was === key || JSON.stringify(was) === JSON.stringify(key)
            ? null
            : 'changed',
      ownerId: table.id,
      description: `${table.name} (${key.columns.join(', ')}) references ${key.references.name} (${key.references.columns.join(', ')}), ${isUnique ? 'one' : 'many'} to ${isOptional ? 'zero or one' : 'one'}`,
    })
  }
  for (const parent of table.inherits) {
    const target = index.relation(parent)
    if (target !== undefined)
      relations.push({
        id: `${table.id} inherits ${target.id}`,
        kind: 'inheritance',
        name: 'inherits',
        from: table.id,
        to: target.id,
        fromColumn: null,
        toColumn: null,
        fromEnd: 'one',
        toEnd: 'one',
        mark: null,
        ownerId: table.id,
        description: `${table.name} inherits ${nameOf(parent)}`,
      })
  }
  return relations
}

function nameOf({ name }: RelationName): string {
  return name
}

/** Whether the columns can hold a value only once. */
function isCoveredByKey(table: Table, columns: readonly string[]): boolean {
  const inside = (key: readonly (string | null)[]): boolean =>
    key.length > 0 && key.every((name) => name !== null && columns.includes(name))
  return (
    table.constraints.some(
      (one) => (one.kind === 'primary key' || one.kind === 'unique') && inside(one.columns),
    ) ||
    table.indexes.some(
      (index) =>
        index.isUnique && index.where === null && inside(index.elements.map((element) => element.column)),
    )
  )
}

function placeRows(
  { fromColumn, toColumn, ...relation }: Unplaced,
  shapes: ReadonlyMap<string, Shape>,
): Relation {
  return {
    ...relation,
    fromRow: rowAt(shapes.get(relation.from), fromColumn),
    toRow: rowAt(shapes.get(relation.to), toColumn),
  }
}

function rowAt(shape: Shape | undefined, column: string | null): number | null {
  if (shape === undefined || column === null) return null
  const at = shape.rows.findIndex((row) => row.name === column && row.mark !== 'dropped')
  return at === -1 ? (shape.hiddenRows > 0 ? shape.rows.length : null) : at
}

/** What a view reads, as the database knows it. */
function viewRelations(model: SchemaModel, shapes: ReadonlyMap<string, Shape>): readonly Relation[] {
  const columnOwners = new Map<string, string>()
  for (const object of model.objects)
    if (object.kind === 'table' || object.kind === 'view')
      for (const column of object.columns) columnOwners.set(column.id, object.id)
  const seen = new Set<string>()
  const relations: Relation[] = []
  for (const [dependent, needed] of model.dependencies) {
    const to = columnOwners.get(needed) ?? needed
    const from = shapes.get(dependent)
    const target = shapes.get(to)
    const id = `${dependent} reads ${to}`
    if (from?.kind !== 'view' || target === undefined || target.kind === 'enum' || from === target) continue
    if (seen.has(id)) continue
    seen.add(id)
    relations.push({
      id,
      kind: 'view',
      name: 'reads',
      from: from.id,
      fromRow: null,
      to: target.id,
      toRow: null,
      fromEnd: 'one',
      toEnd: 'one',
      mark: null,
      ownerId: from.id,
      description: `View ${from.name} reads ${target.name}`,
    })
  }
  return relations
}

/** Which columns are of which enum. */
function typeRelations(model: SchemaModel, shapes: ReadonlyMap<string, Shape>): readonly Relation[] {
  const relations: Relation[] = []
  for (const table of model.objects) {
    if (table.kind !== 'table' || !shapes.has(table.id)) continue
    for (const column of table.columns) {
      const type = column.typeId === null ? undefined : shapes.get(column.typeId)
      if (type === undefined) continue
      relations.push({
        id: `${column.id} is ${type.id}`,
        kind: 'type',
        name: 'is of',
        from: table.id,
        fromRow: rowAt(shapes.get(table.id), column.name),
        to: type.id,
        toRow: null,
        fromEnd: 'one',
        toEnd: 'one',
        mark: null,
        ownerId: table.id,
        description: `${table.name}.${column.name} is of type ${type.name}`,
      })
    }
  }
  return relations
}
