import { describe, expect, it } from 'vitest'
import type { Diagram } from '#contract/capabilities/designs.ts'
import { readDiagram } from '#postgres/common/exchange/diagram/read-diagram.ts'
import { buildColumn, buildModel, buildTable } from '#testing/schemas/build.ts'
import { withImportedDiagram } from './import-diagram.ts'

const table = (name: string, id: string) =>
  buildTable(name, { id, columns: [buildColumn('id', 'integer', { id: `column:${id}` })] })
const model = buildModel([table('film', 'table:1'), table('actor', 'table:2'), table('store', 'table:3')])
const EMPTY: Diagram = { positions: {}, names: {}, groups: [], notes: [], schemas: null, viewport: null }
const TEXT = `nebuladb diagram 1

table public.film at 10 20
  id: integer

table public.actor at 300 20
  id: integer

group Catalogue colour 2
  member table "public.film"
  member table "public.gone"

note at 10 200 size 220 96 colour 1
  "What we rent"
`
const { diagram: file, problems } = readDiagram(TEXT)
let count = 0
const newId = (kind: string): string => `${kind}:new-${(count += 1)}`

describe('the diagram of an imported file', () => {
  it('is taken as it is where nothing stands yet', () => {
    expect(problems).toEqual([])
    const next = withImportedDiagram(EMPTY, { file, model, newId })
    expect(next.positions).toEqual({ 'table:1': { x: 10, y: 20 }, 'table:2': { x: 300, y: 20 } })
    expect(next.groups).toMatchObject([{ title: 'Catalogue', colour: 2, members: ['table:1'] }])
    expect(next.notes).toMatchObject([{ x: 10, y: 200, text: 'What we rent' }])
  })

  it('stands right of what is there when all of it is new', () => {
    const there = { ...EMPTY, positions: { 'table:3': { x: 50, y: 0 } } }
    const next = withImportedDiagram(there, { file, model, newId })
    expect(next.positions).toEqual({
      'table:3': { x: 50, y: 0 },
      'table:1': { x: 450, y: 20 },
      'table:2': { x: 740, y: 20 },
    })
    expect(next.notes).toMatchObject([{ x: 450 }])
  })

  it('moves what was there to where the file has it, once', () => {
    const there = { ...EMPTY, positions: { 'table:1': { x: 900, y: 900 }, 'table:3': { x: 50, y: 0 } } }
    const once = withImportedDiagram(there, { file, model, newId })
    expect(once.positions['table:1']).toEqual({ x: 10, y: 20 })
    const twice = withImportedDiagram(once, { file, model, newId })
    expect(twice.positions).toEqual(once.positions)
    expect(twice.groups).toEqual(once.groups)
    expect(twice.notes).toEqual(once.notes)
  })

  it('is passed over when it places nothing', () => {
    const nothing = readDiagram('nebuladb diagram 1\n').diagram
    expect(withImportedDiagram(EMPTY, { file: nothing, model, newId })).toBe(EMPTY)
  })
})
