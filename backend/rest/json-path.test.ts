import { expect, test } from 'vitest'
import { parseJsonPath, selectValues } from './json-path.ts'
import { parseRolePath, walkRolePath } from './role-path.ts'

const DOCUMENT = {
  role: 'admin',
  'https://x/y': { 'it\'s "so"': 1 },
  roles: ['other', 'api_author', 'api_reader', 7, null],
  groups: [
    { name: 'a', rank: 2, tags: ['x', 'y'] },
    { name: 'b', rank: 1, tags: ['x'] },
    { name: 'ü', rank: 1.5 },
  ],
  deep: { role: 'inner', list: [{ role: 'innermost' }] },
  same: { rank: 1, name: 'b', tags: ['x'] },
}

test.each([
  ['$.role', ['admin']],
  ["$['role']", ['admin']],
  ['$["https://x/y"]["it\'s \\"so\\""]', [1]],
  ["$['https://x/y']['it\\'s \"so\"']", [1]],
  ['$.nothing', []],
  ['$.role.length', []],
  ['$.toString', []],
  ['$.roles[0]', ['other']],
  ['$.roles[-1]', [null]],
  ['$.roles[9]', []],
  ['$ .roles [ 0 , 2 ]', ['other', 'api_reader']],
  ['$.roles[1:3]', ['api_author', 'api_reader']],
  ['$.roles[:2]', ['other', 'api_author']],
  ['$.roles[-2:]', [7, null]],
  ['$.roles[3::-2]', [7, 'api_author']],
  ['$.roles[::0]', []],
  ['$.role[0:1]', []],
  ['$.groups[*].name', ['a', 'b', 'ü']],
  ['$.same.*', [1, 'b', ['x']]],
  ['$..role', ['admin', 'inner', 'innermost']],
  ['$.deep..[0].role', ['innermost']],
  ['$.groups..*.length', []],
  ['$.roles[?@ == "api_reader"]', ['api_reader']],
  ["$.roles[?(@ != 'other')]", ['api_author', 'api_reader', 7, null]],
  ['$.roles[?@ == null || @ == 7]', [7, null]],
  ['$.roles[?search(@, "^api_") && !match(@, ".*reader")]', ['api_author']],
  ['$.roles[?match(@, "api")]', []],
  ['$.roles[?match(@, "(")]', []],
  ['$.groups[?@.rank < 2].name', ['b', 'ü']],
  ['$.groups[?@.rank >= 1.5].name', ['a', 'ü']],
  ['$.groups[?@.rank <= 1].name', ['b']],
  ['$.groups[?@.name > "b"].name', ['ü']],
  ['$.groups[?@.tags].name', ['a', 'b']],
  ['$.groups[?!@.tags].name', ['ü']],
  ['$.groups[?@.tags[1] == "y"].name', ['a']],
  ['$.groups[?length(@.tags) == 1].name', ['b']],
  ['$.groups[?length(@.name) == 1].name', ['a', 'b', 'ü']],
  ['$.groups[?count(@.tags[*]) > 1].name', ['a']],
  ['$.groups[?value(@..tags[0]) == "x"].name', ['a', 'b']],
  ['$.groups[?@ == $.same].name', ['b']],
  ['$.groups[?@.tags != $.roles && (@.rank == 2 || false == true)].name', ['a']],
])('%s', (path, expected) => {
  const query = parseJsonPath(path)
  expect(query && selectValues(DOCUMENT, query)).toEqual(expected)
})

test.each([
  '',
  'role',
  '@.role',
  '$.',
  '$.a b',
  '$[a]',
  '$[\'a"]',
  '$[01]',
  '$[-0]',
  '$[]',
  '$[0,]',
  '$[?]',
  '$[?@ = 1]',
  '$[?@.* == 1]',
  '$[?(@.a]',
  '$[?unknown(@)]',
  '$[?match(@)]',
  '$.a ',
])('%j is no path', (path) => {
  expect(parseJsonPath(path)).toBeUndefined()
})

test('the first value is the role', () => {
  const roleAt = (path: string): unknown => walkRolePath(DOCUMENT, parseRolePath(path) ?? [])
  expect(roleAt('$.roles[?search(@, "^api_")]')).toBe('api_author')
  expect(roleAt('$.roles[?@ == "nobody"]')).toBeUndefined()
})
