// What a selection looks like on the clipboard.
import { expect, test } from 'vitest'
import { createCopyWriter, type CopyFormat } from './copy-formats.ts'

const COLUMNS = [
  { name: 'id', kind: 'number' as const },
  { name: 'full name', kind: 'text' as const },
  { name: 'ok', kind: 'boolean' as const },
  { name: 'contact', kind: 'json' as const },
]
const ROWS = [
  ['9007199254740993', 'Tomás "T" Herrera', 't', '{"lang": "es"}'],
  ['2', null, 'f', null],
  ['3', '', null, '{"a": 1.10}'],
]

function copy(
  format: CopyFormat,
  withHeader = false,
  rows: readonly (readonly (string | null)[])[] = ROWS,
): string {
  const writer = createCopyWriter({ format, columns: COLUMNS, withHeader, tableName: 'customer' })
  for (const row of rows) writer.add(row)
  return writer.finish()
}

test('tab separated: one line per row, NULL is empty, quotes where a spreadsheet needs them', () => {
  expect(copy('tsv').split('\n')).toEqual([
    '9007199254740993\t"Tomás ""T"" Herrera"\ttrue\t"{""lang"": ""es""}"',
    '2\t\tfalse\t',
    '3\t\t\t"{""a"": 1.10}"',
  ])
  expect(copy('tsv', true).split('\n')[0]).toBe('id\tfull name\tok\tcontact')
})

test('CSV keeps NULL and the empty text apart', () => {
  expect(copy('csv').split('\r\n').slice(0, 3)).toEqual([
    '9007199254740993,"Tomás ""T"" Herrera",true,"{""lang"": ""es""}"',
    '2,,false,',
    '3,"",,"{""a"": 1.10}"',
  ])
})

test('JSON keeps every digit of a number and the spelling of a JSON value', () => {
  const text = copy('json')
  expect(text).toContain('"id": 9007199254740993')
  expect(text).toContain('"contact": {"a": 1.10}')
  expect(JSON.parse(text)).toHaveLength(3)
})

test('JSON names equal columns apart', () => {
  const writer = createCopyWriter({
    format: 'json',
    columns: [
      { name: 'id', kind: 'number' },
      { name: 'id', kind: 'number' },
    ],
    withHeader: false,
  })
  writer.add(['1', '2'])
  expect(JSON.parse(writer.finish())).toEqual([{ id: 1, id_2: 2 }])
})

test('NaN and Infinity become text in JSON and in INSERT', () => {
  expect(copy('json', false, [['NaN', 'x', 't', null]])).toContain('"id": "NaN"')
  expect(copy('insert', false, [['NaN', 'x', 't', null]])).toContain("('NaN', 'x', true, null)")
})

test('Markdown escapes what would end a cell', () => {
  const lines = copy('markdown', false, [['1', 'a|b\nc', 't', null]]).split('\n')
  expect(lines[1]).toBe('| ---: | --- | --- | --- |')
  expect(lines[2]).toBe('| 1 | a\\|b<br>c | true | NULL |')
})

test('INSERT quotes names and values so that Postgres reads them back', () => {
  expect(copy('insert', false, [['1', "O'Neil \\ Co", 'f', null]])).toBe(
    `insert into customer (id, "full name", ok, contact) values\n  (1, E'O''Neil \\\\ Co', false, null);`,
  )
})

test('INSERT begins a new statement every 500 rows', () => {
  const rows = Array.from({ length: 1001 }, (_, at) => [String(at), 'x', 't', null])
  expect(copy('insert', false, rows).match(/insert into/g)).toHaveLength(3)
})

test('an IN list has each value once and no NULL', () => {
  const writer = createCopyWriter({
    format: 'in-list',
    columns: [{ name: 'a', kind: 'text' }],
    withHeader: false,
  })
  for (const value of ['x', 'y', null, 'x', "it's"]) writer.add([value])
  expect(writer.finish()).toBe("('x', 'y', 'it''s')")
})
