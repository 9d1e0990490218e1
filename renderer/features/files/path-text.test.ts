// Paths as text.
import { expect, it } from 'vitest'
import { expandHome, isWhole, joinPath, pathFrom, splitTyped, startOf } from './path-text.ts'

it.each([
  ['/srv', '/', true],
  ['~', '/', true],
  ['~/films', '/', true],
  ['films', '/', false],
  ['~films', '/', false],
  ['C:\\films', '\\', true],
  ['\\\\server\\share', '\\', true],
  ['C:\\films', '/', false],
] as const)('%s with %s is whole: %s', (path, separator, expected) => {
  expect(isWhole(path, separator)).toBe(expected)
})

it('puts the person’s folder in the place of ~/', () => {
  expect(expandHome('~/films', '/home/me', '/')).toBe('/home/me/films')
  expect(expandHome('~/', '/home/me', '/')).toBe('/home/me/')
  expect(expandHome('~', '/home/me', '/')).toBe('~')
  expect(expandHome('~films/a', '/home/me', '/')).toBe('~films/a')
  expect(expandHome('~\\films', 'C:\\me', '\\')).toBe('C:\\me\\films')
})

it('joins and splits at the host’s separator', () => {
  expect(joinPath('/', 'srv', '/')).toBe('/srv')
  expect(joinPath('C:\\a', 'b', '\\')).toBe('C:\\a\\b')
  expect(splitTyped('/srv/fi', '/')).toEqual({ folder: '/srv/', name: 'fi' })
  expect(splitTyped('fi', '/')).toEqual({ folder: '', name: 'fi' })
  expect(splitTyped('C:\\a/b\\c', '\\')).toEqual({ folder: 'C:\\a/b\\', name: 'c' })
})

it('says a path from a folder that it is in, and whole from elsewhere', () => {
  expect(pathFrom('/srv/films', '/srv/films/data/a.csv', '/')).toBe('data/a.csv')
  expect(pathFrom('/srv/films', '/srv/films-2/a.csv', '/')).toBe('/srv/films-2/a.csv')
  expect(pathFrom(null, '/srv/a.csv', '/')).toBe('/srv/a.csv')
  expect(pathFrom('C:\\films', 'C:\\films\\data\\a.csv', '\\')).toBe('data/a.csv')
  expect(pathFrom('/srv', '/srv/odd\\name', '/')).toBe('odd\\name')
})

it.each([
  ['', null, false, '/home/me'],
  ['', '/srv', false, '/srv'],
  ['data/a.csv', '/srv', false, '/srv/data/'],
  ['/tmp/a.csv', '/srv', false, '/tmp/'],
  ['~/films', '/srv', true, '~/films'],
] as const)('begins for %j in %j (folder: %s) in %s', (value, base, isFolder, expected) => {
  expect(startOf({ value, base, home: '/home/me', separator: '/', isFolder })).toBe(expected)
})
