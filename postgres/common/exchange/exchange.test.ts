// Texts that go out and come back in: diagrams, DBML, Mermaid.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Diagram } from '#contract/capabilities/designs.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { parseSql } from '#postgres/node/parser/parse-sql.ts'
import {
  buildColumn,
  buildForeignKey,
  buildKey,
  buildModel,
  buildTable,
  buildView,
} from '#testing/schemas/build.ts'
import { readDbml } from './dbml/read-dbml.ts'
import { dbmlText } from './dbml/write-dbml.ts'
import { readDiagram } from './diagram/read-diagram.ts'
import { writeDiagram } from './diagram/write-diagram.ts'
import { mermaidText } from './mermaid/mermaid.ts'
import { importText } from './import-text.ts'
import { outlineOf, outlineScript } from './outline.ts'

const EMPTY: Diagram = { positions: {}, names: {}, groups: [], notes: [], schemas: null, viewport: null }

function shop(column = 'title', names = { film: 'film', language: 'language' }): SchemaModel {
  return buildModel([
    buildTable(names.language, {
      id: 'table:2',
      columns: [buildColumn('id', 'integer', { isNullable: false })],
      constraints: [buildKey('primary key', 'language_pkey')],
    }),
    buildTable(names.film, {
      id: 'table:1',
      comment: 'It’s a "film"',
      columns: [
        buildColumn('id', 'bigint', { isNullable: false }),
        buildColumn(column, 'character varying(20)', {
          default: "'x'::character varying",
          comment: "the film's",
        }),
        buildColumn('language_id', 'integer'),
      ],
      constraints: [
        buildKey('primary key', 'film_pkey'),
        buildForeignKey(
          'film_language_id_fkey',
          { schema: 'public', name: names.language, columns: ['id'] },
          { columns: ['language_id'], onDelete: 'cascade' },
        ),
      ],
    }),
    buildView('titles', 'select 1', { id: 'view:1' }),
  ])
}

const placed: Diagram = {
  ...EMPTY,
  positions: { 'table:1': { x: 10.4, y: 20 }, 'table:2': { x: 400, y: -30 } },
  groups: [{ id: 'g', title: 'The catalogue', colour: 2, members: ['table:1', 'table:2'] }],
  notes: [{ id: 'n', x: 1, y: 2, width: 200, height: 100, text: 'first\n\n"third"', colour: 1 }],
}

/** Lines of `after` that `before` does not have. */
function newLines(before: string, after: string): string[] {
  const known = new Set(before.split('\n'))
  return after.split('\n').filter((line) => !known.has(line))
}

describe('diagram file', () => {
  test('is read back as it was written', () => {
    const text = writeDiagram(shop(), placed)
    const { outline, diagram, problems } = readDiagram(text)
    expect(problems).toEqual([])
    expect(diagram.positions).toEqual({
      'table public.film': { x: 10, y: 20 },
      'table public.language': { x: 400, y: -30 },
    })
    expect(diagram.groups).toMatchObject([
      { title: 'The catalogue', members: ['table public.film', 'table public.language'] },
    ])
    expect(diagram.notes).toMatchObject([{ text: 'first\n\n"third"', width: 200 }])
    expect(outline.tables.map(({ name, primaryKey }) => [name, primaryKey])).toEqual([
      ['film', ['id']],
      ['language', ['id']],
    ])
    expect(outline.tables[0]?.references).toMatchObject([
      { columns: ['language_id'], table: 'language', references: [] },
    ])
  })

  test('a table that is moved is one line', () => {
    const moved = { ...placed, positions: { ...placed.positions, 'table:2': { x: 0, y: 0 } } }
    expect(newLines(writeDiagram(shop(), placed), writeDiagram(shop(), moved))).toEqual([
      'table public.language at 0 0',
    ])
  })

  test('a column with another name is one line', () => {
    expect(newLines(writeDiagram(shop(), placed), writeDiagram(shop('name'), placed))).toEqual([
      '  name: "character varying(20)" [null]',
    ])
  })

  test('the order of objects, groups and notes does not matter', () => {
    const model = shop()
    const turned = { ...model, objects: model.objects.toReversed() }
    expect(writeDiagram(turned, placed)).toBe(writeDiagram(model, placed))
  })

  test.each([
    ['', 1],
    ['nebuladb diagram 2\n', 1],
    ['nebuladb diagram 1\ntabel a.b\n', 2],
    ['nebuladb diagram 1\n\ntable a.b at x y\n', 3],
    ['nebuladb diagram 1\ntable a.b\n  c d\n', 3],
    ['nebuladb diagram 1\ntable a.b\n  "c\n', 3],
    ['nebuladb diagram 1\n  c: text\n', 2],
    ['nebuladb diagram 1\ngroup a colour 9\n', 2],
  ])('%j: the line that is wrong is told', (text, line) => {
    expect(readDiagram(text).problems).toMatchObject([{ line }])
  })

  test('any names and texts come back', () => {
    const Name = fc
      .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
      .filter((one) => !one.includes('\0'))
    fc.assert(
      fc.property(Name, Name, Name, fc.string(), (film, column, title, text) => {
        fc.pre(film !== 'language')
        const model = shop(column, { film, language: 'language' })
        const diagram: Diagram = {
          ...placed,
          groups: [{ id: 'g', title, colour: 0, members: ['table:1'] }],
          notes: [
            { id: 'n', x: 0, y: 0, width: 1, height: 1, text: text.replaceAll(/\r\n|\r/g, '\n'), colour: 0 },
          ],
        }
        const read = readDiagram(writeDiagram(model, diagram))
        expect(read.problems).toEqual([])
        expect(read.diagram.groups).toMatchObject([{ title, members: [`table public.${film}`] }])
        expect(read.diagram.notes[0]?.text).toBe(diagram.notes[0]?.text)
        expect(
          read.outline.tables.find(({ name }) => name === film)?.columns.map(({ name }) => name),
        ).toEqual(['id', column, 'language_id'])
      }),
      { numRuns: 300, seed: 4 },
    )
  })
})

describe('DBML', () => {
  test('comes back as what it was written from', async () => {
    const { outline, problems } = await readDbml(dbmlText(shop()))
    expect(problems).toEqual([])
    const wanted = outlineOf(shop())
    expect(outline.tables.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
      wanted.tables
        .map((table) => ({
          ...table,
          line: expect.any(Number),
          references: table.references.map((one) => ({
            ...one,
            references: ['id'],
            line: expect.any(Number),
          })),
          columns: table.columns.map((one) => ({ ...one, isIdentity: false })),
        }))
        .map((table) => ({
          ...table,
          columns: table.columns.map((one) =>
            expect.objectContaining({ name: one.name, isNullable: one.isNullable, comment: one.comment }),
          ),
        })),
    )
  })

  test('leaves out what it has no words for: tables without columns, references to partitions', async () => {
    const part = { partitionOf: { parent: { schema: 'public', name: 'day' }, bound: 'DEFAULT' } }
    const model = buildModel([
      buildTable('nothing', { id: 'table:1' }),
      buildTable('day', { id: 'table:2', columns: [buildColumn('id', 'integer')] }),
      buildTable('day_1', { id: 'table:3', columns: [buildColumn('id', 'integer')], ...part }),
      buildTable('note', {
        id: 'table:4',
        columns: [buildColumn('id', 'integer')],
        constraints: [
          buildForeignKey('to_part', { schema: 'public', name: 'day_1', columns: ['id'] }),
          buildForeignKey('to_whole', { schema: 'public', name: 'day', columns: ['id'] }),
        ],
      }),
    ])
    const { outline, problems } = await readDbml(dbmlText(model))
    expect(problems).toEqual([])
    expect(outline.tables.map(({ name }) => name).sort()).toEqual(['day', 'note'])
    expect(outline.tables.flatMap(({ references }) => references.map(({ table }) => table))).toEqual(['day'])
  })

  test('an error has its place', async () => {
    const { problems } = await readDbml('Table a {\n  id integer [what\n}\n')
    expect(problems.length).toBeGreaterThan(0)
    expect(problems[0]?.line).toBeGreaterThan(0)
  })

  test('names with markup and quotes come back', async () => {
    const name = `<img src=x onerror="a()">'\\`
    const { outline, problems } = await readDbml(
      dbmlText(shop('title', { film: name, language: 'language' })),
    )
    expect(problems).toEqual([])
    expect(outline.tables.map((table) => table.name)).toContain(name)
  })
})

test('Mermaid shows tables, keys and references', () => {
  expect(mermaidText(shop())).toBe(`erDiagram
  film["film"] {
    int8 id PK
    varchar(20) title "the film's"
    int4 language_id FK
  }
  language["language"] {
    int4 id PK
  }
  film }o--o| language : "language_id"
`)
})

test('Mermaid gets no markup out of names', () => {
  const text = mermaidText(shop('a"b', { film: '<script>"];', language: 'language' }))
  expect(text).not.toMatch(/[<>;]/)
})

test('types and defaults of other formats cannot be more than that', () => {
  const { sql } = outlineScript({
    tables: [
      {
        schema: 'public',
        name: 'a',
        comment: null,
        columns: [
          {
            name: 'b',
            type: 'int); drop table c; --',
            isNullable: true,
            isIdentity: false,
            default: '1); drop table c; --',
            comment: null,
          },
        ],
        primaryKey: [],
        uniques: [],
        references: [],
      },
    ],
    enums: [],
    views: [],
  })
  expect(sql).toBe(`create table public.a (\nb "int); drop table c; --" default '1); drop table c; --'\n);\n`)
})

describe('what an import leaves out', () => {
  test('of a diagram is named by its line there', async () => {
    const text =
      'nebuladb diagram 1\n\ntable public.film\n  id : bigint [pk]\n\ntable public.film\n  a : text\n'
    expect((await importText({ format: 'diagram', text }, parseSql)).problems).toEqual([
      { line: 6, column: 1, message: 'There are two tables film: the first counts.' },
    ])
  })

  test('of DBML has the line that each part was read from', async () => {
    const text = `Enum kind {
  a
}

Table film {
  id integer [pk]
  kind kind [note: '''two
lines''']
}
Table award {
  film_id integer
}
Ref: award.film_id > film.id
`
    const { outline } = await readDbml(text)
    const { sql, lines } = outlineScript(outline)
    const lineOf = (part: string): number | undefined =>
      lines[sql.split('\n').findIndex((line) => line.includes(part))]
    expect(lines).toHaveLength(sql.split('\n').length - 1)
    expect([
      lineOf('create type'),
      lineOf('create table public.film'),
      lineOf('kind kind'),
      lineOf('lines'),
      lineOf('create table public.award'),
      lineOf('add foreign key'),
    ]).toEqual([1, 5, 7, 7, 10, 13])
  })
})
