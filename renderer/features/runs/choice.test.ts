import { describe, expect, test } from 'vitest'
import { ItemSummary } from '#contract/requests/collection.ts'
import {
  ALL,
  choiceNodes,
  chosen,
  moved,
  only,
  orderedNodes,
  pathsOf,
  toggled,
  type Choice,
} from './choice.ts'

function item(path: string, kind: ItemSummary['kind'] = 'http'): ItemSummary {
  const name = path.split('/').at(-1) ?? ''
  return ItemSummary.parse({
    path,
    kind,
    name,
    sequence: null,
    method: 'GET',
    url: '/',
    tags: [],
    problem: null,
  })
}

/** a, Folder (b, c, a socket), Sockets (a socket), Empty, d */
const items = new Map([
  ['', [item('a'), item('Folder', 'folder'), item('Sockets', 'folder'), item('d', 'graphql')]],
  ['Folder', [item('Folder/b'), item('Folder/c'), item('Folder/w', 'websocket')]],
  ['Sockets', [item('Sockets/w', 'websocket')]],
])
const without = (...left: string[]): Choice => ({ left: new Set(left), order: null })
const names = (choice: Choice): string[] => chosen(items, choice).map(({ path }) => path)
const rows = (choice: Choice, closed: string[] = []): string[] =>
  choiceNodes(items, choice, new Set(closed)).map(({ path, isChecked }) => `${path} ${isChecked}`)
const nodeAt = (choice: Choice, path: string) => {
  const found = choiceNodes(items, choice, new Set()).find((node) => node.path === path)
  if (found === undefined) throw new Error(`There is no row ${path}.`)
  return found
}

test('all requests run in the order of the tree; what cannot run is not shown', () => {
  expect(names(ALL)).toEqual(['a', 'Folder/b', 'Folder/c', 'd'])
  expect(rows(ALL)).toEqual(['a true', 'Folder true', 'Folder/b true', 'Folder/c true', 'd true'])
  expect(pathsOf(items, ALL)).toEqual([])
})

describe('ticks', () => {
  test.each<[string, Choice, string, string[]]>([
    ['a request that is ticked', ALL, 'a', ['a']],
    ['a request that is not', without('a'), 'a', []],
    ['a folder that is ticked', ALL, 'Folder', ['Folder/b', 'Folder/c']],
    ['a folder of which a part is', without('Folder/b'), 'Folder', []],
    ['a folder that is not', without('Folder/b', 'Folder/c'), 'Folder', []],
  ])('%s', (_, before, path, left) => {
    expect([...toggled(items, before, nodeAt(before, path)).left]).toEqual(left)
  })

  test('of a folder are mixed where a part of it is ticked; a closed one hides what is in it', () => {
    expect(rows(without('Folder/b'), ['Folder'])).toEqual(['a true', 'Folder mixed', 'd true'])
    expect(rows(without('Folder/b', 'Folder/c'), ['Folder'])[1]).toBe('Folder false')
  })
})

describe('paths', () => {
  test.each<[string, Choice, string[] | null]>([
    ['name a whole folder by itself', without('a', 'd'), ['Folder']],
    ['name the requests of a part of a folder', without('Folder/b'), ['a', 'Folder/c', 'd']],
    ['are none where nothing is chosen', without('a', 'Folder/b', 'Folder/c', 'd'), null],
    ['are those below a folder that was asked for', only(items, 'Folder'), ['Folder']],
    ['are the request that was asked for', only(items, 'a'), ['a']],
    ['are everything of the collection', only(items, ''), []],
    [
      'stand in an order of their own',
      { left: new Set(['a']), order: ['d', 'Folder/c'] },
      ['d', 'Folder/c', 'Folder/b'],
    ],
  ])('%s', (_, choice, expected) => {
    expect(pathsOf(items, choice)).toEqual(expected)
  })
})

test('a request is moved before another, or to the end; who is left out stays out', () => {
  const first = moved(items, without('a'), 'd', 'Folder/b')
  expect(orderedNodes(items, first).map(({ path }) => path)).toEqual(['d', 'Folder/b', 'Folder/c'])
  expect(names(moved(items, first, 'd', null))).toEqual(['Folder/b', 'Folder/c', 'd'])
})
