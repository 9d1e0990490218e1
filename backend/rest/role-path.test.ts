import { describe, expect, test } from 'vitest'
import { parseRolePath, walkRolePath } from './role-path.ts'

const claims = {
  role: 'admin',
  realm: { roles: ['other', 'author', 7], 'a b': 'spaced' },
  groups: ['/groupa', '/groupb/'],
  rôle: 'accent',
  $x_1: 'signs',
}

test.each([
  ['.role', 'admin'],
  ['$.role', 'admin'],
  ['.realm.roles[1]', 'author'],
  ['.realm.roles[9]', undefined],
  ['.realm."a b"', 'spaced'],
  ['.rôle', 'accent'],
  ['.$x_1', 'signs'],
  ['.realm.roles[?(@ == "author")]', 'author'],
  ['.realm.roles[?(@ != "other")]', 'author'],
  ['.realm.roles[?(@ ^== "aut")]', 'author'],
  ['.realm.roles[?(@ ==^ "hor")]', 'author'],
  ['.realm.roles[?(@ *== "utho")]', 'author'],
  ['.realm.roles[?(@ == "nobody")]', undefined],
  ['.role[?(@ == "admin")]', undefined],
  ['.groups[0][1:]', 'groupa'],
  ['.groups[1][1:-1]', 'groupb'],
  ['.groups[0][:3]', '/gr'],
  ['.groups[0][:]', '/groupa'],
  ['.groups[0][11:2]', ''],
  ['.groups[1:]', undefined],
  ['.realm.roles[2]', 7],
  ['.nothing.here', undefined],
  ['.role.length', undefined],
  ['.toString', undefined],
  ['.realm.__proto__', undefined],
])('%s', (path, expected) => {
  expect(walkRolePath(claims, parseRolePath(path) ?? [])).toEqual(expected)
})

describe('is no path', () => {
  test.each([
    '',
    '$',
    'role',
    '.',
    '.role.',
    '.a[b]',
    '.a[?(@ = "x")]',
    '.a[?(@ == x)]',
    '.a b',
    '.a[1',
    '."a',
  ])('%j', (path) => {
    expect(parseRolePath(path)).toBeUndefined()
  })
})

test.each([
  ["$['role']", 'a'],
  ['$["https://x/role"].key', 'b'],
  ['$.roles[-1]', 'second'],
  ['$.roles[?@ == "second"]', 'second'],
  ["$.roles[?@ != 'first']", 'second'],
  ['$.roles[?(@ == "first")]', 'first'],
])('%s is read as JSONPath', (path, expected) => {
  const claims = { role: 'a', 'https://x/role': { key: 'b' }, roles: ['first', 'second'] }
  expect(walkRolePath(claims, parseRolePath(path) ?? [])).toBe(expected)
})

test.each(['$.roles[?(@ == "a"]', '$.roles[?@ == "a")]', '$[role]', "$['role"])('%s is no path', (path) => {
  expect(parseRolePath(path)).toBeUndefined()
})
