import { expect, test } from 'vitest'
import type { Diagram } from '#contract/capabilities/designs.ts'
import { buildColumn, buildForeignKey, buildKey, buildModel, buildTable } from '#testing/schemas/build.ts'
import { diagramSvg } from './svg.ts'

const EVIL = `<script>alert("1")</script>&'\u0001`
const model = buildModel([
  buildTable('parent', {
    id: 'table:1',
    columns: [buildColumn('id', 'integer')],
    constraints: [buildKey('primary key', 'p')],
  }),
  buildTable(EVIL, {
    id: 'table:2',
    columns: [buildColumn(EVIL, 'integer', { isNullable: false })],
    constraints: [
      buildForeignKey('f', { schema: 'public', name: 'parent', columns: ['id'] }, { columns: [EVIL] }),
    ],
  }),
])
const diagram: Diagram = {
  positions: { 'table:1': { x: 0, y: 0 }, 'table:2': { x: 500, y: 40 } },
  names: {},
  groups: [{ id: 'g', title: EVIL, colour: 1, members: ['table:1'] }],
  notes: [{ id: 'n', x: 0, y: 200, width: 900, height: 60, text: EVIL, colour: 0 }],
  schemas: null,
  viewport: null,
}

test('names and notes are text, never markup', () => {
  const svg = diagramSvg(model, diagram, 'dark')
  expect(svg).not.toContain('<script')
  expect(svg).not.toContain('\u0001')
  expect(svg).toContain('&lt;script&gt;')
  expect(
    [...svg.matchAll(/<(\w+)/g)]
      .map(([, tag]) => tag)
      .every((tag) => ['svg', 'rect', 'g', 'path', 'text', 'circle'].includes(tag ?? '')),
  ).toBe(true)
})

test('a reference has a crow’s foot at its column and a bar at the key', () => {
  // From the left side of the table at 500, in the middle of its first row: 40 + 28 + 10.
  expect(diagramSvg(model, diagram, 'light')).toContain('M500 78L')
  expect(diagramSvg(model, diagram, 'light')).toContain('M500 73.5L492 78L500 82.5')
})

test('what has no place is put below what has one, and the picture holds all', () => {
  const svg = diagramSvg(model, { ...diagram, positions: {}, notes: [], groups: [] }, 'light')
  const [, x, y, width, height] = /viewBox="(\S+) (\S+) (\S+) (\S+)"/.exec(svg) ?? []
  expect([x, y]).toEqual(['-32', '-32'])
  expect(Number(width)).toBeGreaterThan(400)
  expect(Number(height)).toBeGreaterThan(100)
})

test('schemas that are not shown are not drawn', () => {
  expect(diagramSvg(model, { ...diagram, schemas: ['other'], notes: [] }, 'light')).not.toContain('parent')
})

test('a qualified type stands whole beside its name, without the schema where it is the own one', () => {
  const own = buildModel([
    buildTable('job', {
      schema: 'queue',
      columns: [
        buildColumn('state', 'queue.job_state'),
        buildColumn('owner', 'accounting.customer_reference'),
      ],
    }),
  ])
  const svg = diagramSvg(own, { ...diagram, positions: {}, notes: [], groups: [] }, 'light')
  expect(svg).toMatch(/>job_state\??</)
  expect(svg).toMatch(/>accounting\.customer_reference\??</)
})

test('a table of many columns is as high as on the canvas', () => {
  const many = buildModel([
    buildTable('wide', { columns: Array.from({ length: 1000 }, (_, n) => buildColumn(`c${n}`, 'text')) }),
  ])
  const svg = diagramSvg(many, { ...diagram, positions: {}, notes: [], groups: [] }, 'light')
  expect(svg).toContain('>961 more columns<')
  expect(Number(/viewBox="\S+ \S+ \S+ (\S+)"/.exec(svg)?.[1])).toBeLessThan(1000)
})

test('notes are broken into lines and end where their box does', () => {
  const text = 'one two three four five six seven eight nine ten eleven twelve'
  const note = { id: 'n', x: 0, y: 0, width: 120, height: 50, text, colour: 0 }
  const svg = diagramSvg(buildModel([]), { ...diagram, notes: [note], groups: [] }, 'light')
  expect([...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, line]) => line)).toEqual([
    'one two three',
    'four five six …',
  ])
})
