import { expect, test } from 'vitest'
import { applyPatch } from '#postgres/common/catalog/patch.ts'
import { buildColumn, buildModel, buildTable } from '#testing/schemas/build.ts'
import { fileName } from './formats.ts'
import { planImport } from './import-patch.ts'

let count = 0
const newId = (kind: string): string => `${kind}:new-${(count += 1)}`
const draft = buildModel([
  buildTable('film', {
    id: 'table:1',
    owner: 'ada',
    columns: [buildColumn('id', 'integer', { id: 'column:1.1' })],
  }),
])
const imported = buildModel([
  buildTable('film', { id: 'table:text-1', columns: [buildColumn('id', 'bigint', { id: 'column:text-1' })] }),
  buildTable('actor', {
    id: 'table:text-2',
    columns: [buildColumn('id', 'bigint', { id: 'column:text-2' })],
  }),
])

test('what is new is added, what is there stays', () => {
  const { patch, added, present } = planImport(draft, imported, { replaces: false, newId })
  expect(added.map(({ name }) => name)).toEqual(['actor'])
  expect(present.map(({ id }) => id)).toEqual(['table:1'])
  expect(applyPatch(draft, patch).objects.map(({ name }) => name)).toEqual(['film', 'actor'])
  expect(patch.put[0]?.id).toMatch(/^table:new-/)
})

test('what is there is replaced in its place, and keeps its owner', () => {
  const { patch } = planImport(draft, imported, { replaces: true, newId })
  expect(patch.put.find(({ name }) => name === 'film')).toMatchObject({
    id: 'table:1',
    owner: 'ada',
    columns: [{ id: 'column:1.1', type: 'bigint' }],
  })
})

test('the same text twice does not give the same ids twice', () => {
  const first = planImport(draft, imported, { replaces: false, newId })
  const after = applyPatch(draft, first.patch)
  expect(planImport(after, imported, { replaces: false, newId }).added).toEqual([])
})

test.each([
  ['Ärger & Co', 'arger-co.sql'],
  ['../..', 'schema.sql'],
])('%s is saved as %s', (title, name) => {
  expect(fileName(title, 'sql')).toBe(name)
})
