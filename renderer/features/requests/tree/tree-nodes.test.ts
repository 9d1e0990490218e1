// The rows of the tree: order, what is closed, what a filter shows, and ten thousand of them.
import { expect, test } from 'vitest'
import type { CollectionInfo } from '#contract/capabilities/collections.ts'
import { CollectionId, type ItemSummary } from '#contract/requests/collection.ts'
import { folderOptions } from './move-dialog.tsx'
import { indexItems, nodeId, treeNodes } from './tree-nodes.ts'

const ID = CollectionId.parse('00000000-0000-4000-8000-000000000001')
const collection: CollectionInfo = {
  id: ID,
  name: 'Films',
  folder: '/films',
  organisationId: null,
  requests: 3,
  problems: 0,
  unavailable: null,
  activeEnvironment: null,
}
const item = (path: string, fields: Partial<ItemSummary> = {}): ItemSummary => ({
  path,
  kind: path.endsWith('.yml') ? 'http' : 'folder',
  name: path.split('/').at(-1)?.replace('.yml', '') ?? '',
  sequence: null,
  method: 'GET',
  url: '',
  tags: [],
  problem: null,
  ...fields,
})
const items = [
  item('b.yml'),
  item('Rentals'),
  item('Rentals/Open.yml'),
  item('Rentals/Late'),
  item('Rentals/Late/Fee.yml'),
  item('first.yml', { sequence: 1 }),
]
const index = indexItems(items)
const rows = (toggled: readonly string[], hits: Parameters<typeof treeNodes>[0]['hits'] = null) =>
  treeNodes({
    collections: [collection],
    indexes: new Map([[ID, index]]),
    toggled: new Set(toggled),
    hits,
  })

test('numbered items come first, then folders, then by name; folders are closed at first', () => {
  expect(rows([]).map((node) => `${node.depth} ${node.label}`)).toEqual([
    '0 Films',
    '1 first',
    '1 Rentals',
    '1 b',
  ])
})

test('an open folder shows what is in it, and how many requests are below', () => {
  const open = rows([nodeId(ID, 'Rentals')])
  expect(open.map((node) => node.label)).toEqual(['Films', 'first', 'Rentals', 'Late', 'Open', 'b'])
  expect(open.find((node) => node.label === 'Rentals')?.count).toBe(2)
  expect(open[0]?.count).toBe(4)
})

test('a closed collection shows nothing of it', () => {
  expect(rows([nodeId(ID, '')])).toHaveLength(1)
})

test('a filter shows what it found with the folders above, and where', () => {
  const hit = {
    collectionId: ID,
    path: 'Rentals/Late/Fee.yml',
    name: 'Fee',
    method: 'GET',
    place: 'body',
    excerpt: 'late',
  }
  expect(rows([], [hit]).map((node) => [node.label, node.found])).toEqual([
    ['Films', null],
    ['Rentals', null],
    ['Late', null],
    ['Fee', 'body: late'],
  ])
  expect(rows([], [])).toEqual([])
})

test('an item can move to every folder but into itself', () => {
  expect(folderOptions(index, 'Films', 'Rentals/Late').map(({ id }) => id)).toEqual(['', 'Rentals'])
})

test('ten thousand items are put in order in well under a second', () => {
  const many = Array.from({ length: 100 }, (_, folder) => [
    item(`Folder ${folder}`),
    ...Array.from({ length: 100 }, (_each, at) => item(`Folder ${folder}/Request ${at}.yml`)),
  ]).flat()
  const started = performance.now()
  const indexed = indexItems(many)
  const all = treeNodes({
    collections: [collection],
    indexes: new Map([[ID, indexed]]),
    toggled: new Set(many.map((one) => nodeId(ID, one.path))),
    hits: null,
  })
  expect(all).toHaveLength(10_101)
  expect(performance.now() - started).toBeLessThan(1_000)
})
