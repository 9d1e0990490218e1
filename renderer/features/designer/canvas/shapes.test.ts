import { describe, expect, it } from 'vitest'
import type { EnumType, SchemaModel, Table, View } from '#contract/schema/types.ts'
import { foreignKey, modelColumn, modelTable, primaryKey } from '#testing/design-model.ts'
import { highlightOf, neighbourhoodOf, shapeLabel } from './canvas-state.ts'
import { findIn } from './find-bar.tsx'
import { marksOf, markText } from './marks.ts'
import { MAX_ROWS } from '#postgres/common/exchange/svg/sizes.ts'
import { drawingOf, type DrawingOptions, type Shape } from './shapes.ts'

const ALL = { showsViews: true, showsEnums: true, schemas: null }

const rating: EnumType = {
  kind: 'enum',
  id: 'enum:1',
  schema: 'public',
  name: 'rating',
  owner: 'postgres',
  comment: null,
  labels: [
    { id: 'enumLabel:1', label: 'G' },
    { id: 'enumLabel:2', label: 'PG' },
  ],
  grants: [],
}
const film = modelTable('table:1', 'film', {
  columns: [
    modelColumn('column:1.1', 'id', 'bigint'),
    modelColumn('column:1.2', 'title', 'character varying(20)', true),
    { ...modelColumn('column:1.3', 'rating', 'public.rating', true), typeId: 'enum:1' },
  ],
  constraints: [primaryKey('constraint:1', 'film_pkey', ['id'])],
})
const copy = modelTable('table:2', 'copy', {
  columns: [modelColumn('column:2.1', 'id', 'bigint'), modelColumn('column:2.2', 'film_id', 'bigint', true)],
  constraints: [
    primaryKey('constraint:2', 'copy_pkey', ['id']),
    foreignKey('constraint:3', 'copy_film_id_fkey', 'film_id', 'film'),
  ],
})
const view: View = {
  kind: 'view',
  id: 'view:1',
  schema: 'public',
  name: 'film_list',
  owner: 'postgres',
  comment: null,
  isMaterialized: false,
  columns: [{ id: 'column:9.1', name: 'id', type: 'bigint', comment: null, default: null, grants: [] }],
  definition: 'select 1',
  options: [],
  isPopulated: true,
  indexes: [],
  triggers: [],
  rules: [],
  grants: [],
  tablespace: null,
  accessMethod: null,
}
const modelOf = (...objects: SchemaModel['objects']): SchemaModel => ({
  serverVersion: 180_000,
  database: 'shop',
  objects,
  dependencies: [['view:1', 'column:1.1']],
})
const base = modelOf(rating, film, copy, view)
const draw = (model: SchemaModel, options: DrawingOptions = ALL) => drawingOf(base, model, options)
const shapeIn = (model: SchemaModel, id: string): Shape =>
  draw(model).shapes.find((shape) => shape.id === id)!

describe('what is drawn', () => {
  it('has keys, references, short types and what can be null', () => {
    expect(
      shapeIn(base, 'table:1').rows.map(({ name, type, isKey, isNullable }) => [
        name,
        type,
        isKey,
        isNullable,
      ]),
    ).toEqual([
      ['id', 'int8', true, false],
      ['title', 'varchar(20)', false, true],
      ['rating', 'rating', false, true],
    ])
    expect(shapeIn(base, 'table:2').rows[1]).toMatchObject({ isReference: true })
  })

  it('has relations that end at their columns, with how many stand on each side', () => {
    const [relation] = draw(base).relations
    expect(relation).toMatchObject({
      from: 'table:2',
      fromRow: 1,
      to: 'table:1',
      toRow: 0,
      fromEnd: 'zero or many',
      toEnd: 'zero or one',
      mark: null,
    })
    expect(relation!.description).toBe('copy (film_id) references film (id), many to zero or one')
  })

  it('has one on the referencing side where its columns are unique', () => {
    const unique = {
      ...copy,
      constraints: [primaryKey('constraint:2', 'copy_pkey', ['film_id']), copy.constraints[1]!],
    }
    expect(draw(modelOf(rating, film, unique, view)).relations[0]!.fromEnd).toBe('zero or one')
  })

  it('has what views read and which columns are of an enum', () => {
    expect(draw(base).relations.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['foreign key', 'table:2', 'table:1'],
      ['view', 'view:1', 'table:1'],
      ['type', 'table:1', 'enum:1'],
    ])
    expect(draw(base, { ...ALL, showsViews: false, showsEnums: false }).relations).toHaveLength(1)
  })

  it('leaves out schemas that are not shown', () => {
    expect(draw(base, { ...ALL, schemas: ['audit'] }).shapes).toEqual([])
  })

  it('folds partitions of any depth into the table', () => {
    const part = (id: string, name: string, parent: string): Table => ({
      ...modelTable(id, name, { columns: film.columns }),
      partitionOf: { parent: { schema: 'public', name: parent }, bound: 'DEFAULT' },
    })
    const model = modelOf(
      { ...film, partitionKey: 'RANGE (id)' },
      part('table:7', 'film_1', 'film'),
      part('table:8', 'film_1a', 'film_1'),
    )
    const { shapes, foldedInto } = drawingOf(model, model, ALL)
    expect(shapes.map(({ name, note }) => [name, note])).toEqual([['film', '2 partitions']])
    expect(foldedInto.get('table:8')).toBe('table:1')
  })

  it('draws a table of a thousand columns with a line that says how many are left out', () => {
    const columns = Array.from({ length: 1000 }, (_, at) => modelColumn(`column:5.${at}`, `c${at}`, 'text'))
    const wide = modelOf(modelTable('table:5', 'wide', { columns }))
    const [shape] = drawingOf(wide, wide, ALL).shapes
    expect([shape!.rows.length, shape!.hiddenRows]).toEqual([MAX_ROWS - 1, 1001 - MAX_ROWS])
  })

  it('keeps shapes that an edit does not touch as they were', () => {
    const before = draw(base).shapes
    const after = draw(modelOf(rating, { ...film, name: 'movie' }, copy, view)).shapes
    expect(after.find(({ id }) => id === 'table:2')).toBe(before.find(({ id }) => id === 'table:2'))
    expect(after.find(({ id }) => id === 'table:1')!.name).toBe('movie')
  })
})

describe('marks', () => {
  const added = modelColumn('column:1.9', 'length', 'integer')

  it('say what is new, changed and dropped, column by column', () => {
    const changed: Table = {
      ...film,
      columns: [film.columns[0]!, { ...film.columns[1]!, isNullable: false }, added],
    }
    const shape = shapeIn(modelOf(rating, changed, view), 'table:1')
    expect(markText(shape.marks)).toBe('3 changes')
    expect(shape.rows.map(({ name, mark }) => [name, mark])).toEqual([
      ['id', null],
      ['title', 'changed'],
      ['rating', 'dropped'],
      ['length', 'new'],
    ])
    expect(shapeIn(modelOf(rating, changed, view), 'table:2').marks.mark).toBe('dropped')
    const fresh = modelTable('table:new', 'extra', { columns: [] })
    expect(markText(shapeIn(modelOf(fresh), 'table:new').marks)).toBe('New')
  })

  it('count a rename as one change and sizes as none', () => {
    expect(marksOf(film, { ...film, name: 'movie' }).changes).toBe(1)
    expect(marksOf(film, { ...film, estimatedRows: 9 }).mark).toBeNull()
  })

  it('are read out', () => {
    expect(shapeLabel(shapeIn(base, 'table:1'))).toBe('Table film in public, 3 columns')
    expect(shapeLabel(shapeIn(modelOf(rating, { ...film, name: 'movie' }, copy, view), 'table:1'))).toBe(
      'Table movie in public, 3 columns, 1 change',
    )
  })
})

describe('neighbours', () => {
  const { relations } = draw(base)

  it('are found hop by hop', () => {
    expect([...neighbourhoodOf(['table:2'], relations, 1)].toSorted()).toEqual(['table:1', 'table:2'])
    expect(neighbourhoodOf(['table:2'], relations, 2).size).toBe(4)
  })

  it('light up with the relations between', () => {
    const { shapeIds, relationIds } = highlightOf(new Set(['table:2']), relations, null)
    expect([[...shapeIds], [...relationIds]]).toEqual([['table:1'], ['constraint:3']])
    expect(highlightOf(new Set(['table:2']), relations, 'constraint:3').relationIds.size).toBe(1)
  })
})

describe('find', () => {
  it('ranks tables before columns and beginnings before middles', () => {
    const found = findIn(draw(base), 'film').map(({ name }) => name)
    expect(found).toEqual(['film', 'film_list', 'copy.film_id'])
    expect(findIn(draw(base), ' ')).toEqual([])
  })
})
