import { describe, expect, it } from 'vitest'
import type { Diagram } from '#contract/capabilities/designs.ts'
import { designModel, foreignKey, modelColumn, modelTable, primaryKey } from '#testing/design-model.ts'
import { drawingOf } from '../canvas/shapes.ts'
import { graphOf, nameKey, placeAround, placeNear, unplacedOf, withNames } from './places.ts'

const ALL = { showsViews: true, showsEnums: true, schemas: null }
const EMPTY: Diagram = { positions: {}, names: {}, groups: [], notes: [], schemas: null, viewport: null }

const film = modelTable('table:1', 'film', {
  columns: [modelColumn('column:1.1', 'id', 'bigint')],
  constraints: [primaryKey('constraint:1', 'film_pkey', ['id'])],
})
const copy = modelTable('table:2', 'copy', {
  columns: [modelColumn('column:2.1', 'film_id', 'bigint')],
  constraints: [foreignKey('constraint:2', 'copy_film_id_fkey', 'film_id', 'film')],
})
const model = { ...designModel(0), objects: [film, copy] }
const { shapes, relations } = drawingOf(model, model, ALL)

describe('places', () => {
  it('stay with a table through a rename, since they go by id', () => {
    const before = withNames({ ...EMPTY, positions: { 'table:1': { x: 10, y: 20 } } }, shapes)
    const renamed = { ...film, name: 'movie' }
    const after = drawingOf(model, { ...model, objects: [renamed, copy] }, ALL).shapes
    const diagram = withNames(before, after)
    expect(diagram.positions['table:1']).toEqual({ x: 10, y: 20 })
    expect(diagram.names['table:1']).toBe('table public.movie')
  })

  it('come back by name when a table was dropped and made again', () => {
    const before = withNames({ ...EMPTY, positions: { 'table:1': { x: 10, y: 20 } } }, shapes)
    const again = { ...film, id: 'table:99' }
    const after = drawingOf({ ...model, objects: [again] }, { ...model, objects: [again] }, ALL).shapes
    expect(withNames(before, after).positions['table:99']).toEqual({ x: 10, y: 20 })
  })

  it('are the same value when nothing is to be said', () => {
    const known = withNames(EMPTY, shapes)
    expect(withNames(known, shapes)).toBe(known)
    expect(Object.values(known.names)).toEqual(shapes.map(nameKey))
  })

  it('are found for a new table beside what it references', () => {
    const positions = { 'table:1': { x: 100, y: 100 } }
    const fresh = unplacedOf(positions, shapes)
    expect(fresh.map(({ id }) => id)).toEqual(['table:2'])
    const place = placeNear(fresh, shapes, relations, positions)['table:2']!
    expect(place.x).toBeGreaterThan(100 + shapes[0]!.width)
    expect(place.x - 100).toBeLessThan(400)
    expect(place.y).toBe(100)
  })

  it('are never over another table', () => {
    const many = drawingOf(designModel(60), designModel(60), ALL)
    const places = placeNear(many.shapes, many.shapes, many.relations, {})
    const boxes = many.shapes.map((shape) => ({ ...shape, ...places[shape.id]! }))
    for (const [at, a] of boxes.entries())
      for (const b of boxes.slice(at + 1))
        expect(
          a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
          `${a.name} over ${b.name}`,
        ).toBe(false)
  })

  it('are as near to where they were asked for as there is room', () => {
    const positions = { 'table:1': { x: 0, y: 0 } }
    const place = placeAround(shapes[1]!, { x: 20, y: 20 }, shapes, positions)
    expect(place).not.toEqual({ x: 20, y: 20 })
    expect(Math.hypot(place.x, place.y)).toBeLessThan(400)
    expect(placeAround(shapes[1]!, { x: 2000, y: 0 }, shapes, positions)).toEqual({ x: 2000, y: 0 })
  })

  it('follow relations: what is referenced comes first', () => {
    expect(graphOf(shapes, relations).edges).toEqual([{ from: 'table:1', to: 'table:2' }])
  })
})
