// What is found in bodies holds to JSON.parse, plain searches and the reference of JSONPath. BODY_RUNS tries more.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { wholePaths, partsOfPath } from '#api-client/common/json-path/parse.ts'
import { allLines, createTestBodies } from '#testing/bodies.ts'
import type { TestBodies } from '#testing/bodies.ts'
import type { Body, FindQuery, Hit, TreeNode } from './types.ts'

const RUNS = Number(process.env['BODY_RUNS'] ?? 60)

let bodies: TestBodies
beforeAll(async () => {
  bodies = await createTestBodies({ bytesPerBody: 1e9, bytesInAll: 1e9 })
})
afterAll(() => bodies.close())

async function found(body: Body, query: Partial<FindQuery> & { readonly text: string }): Promise<Hit[]> {
  const hits: Hit[] = []
  for await (const batch of body.find({ view: 'pretty', isCaseSensitive: false, isRegex: false, ...query }))
    hits.push(...batch.hits)
  return hits
}

/** The plain way: each line by itself. */
function hitsIn(lines: readonly string[], text: string, isCaseSensitive: boolean): Hit[] {
  const fold = (value: string): string => (isCaseSensitive ? value : value.toLowerCase())
  return lines.flatMap((content, line) => {
    const hits: Hit[] = []
    for (
      let at = fold(content).indexOf(fold(text));
      at !== -1;
      at = fold(content).indexOf(fold(text), at + text.length)
    )
      hits.push({ line, column: at, length: text.length })
    return hits
  })
}

const key = fc.constantFrom('a', 'b', 'é', 'x/y', 'm~n', ' ', '', '0', '"')
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.oneof(
      fc.integer({ min: -3, max: 300 }),
      fc.constantFrom('a', 'a: b', '"x",', 'É{}', '[1,'),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('json'), { maxLength: 5 }),
    fc.dictionary(key, tie('json'), { maxKeys: 5 }),
  ),
}))
const written = fc
  .tuple(json, fc.constantFrom(undefined, 1, 4))
  .map(([value, space]) => JSON.stringify(value, null, space))

test('texts are found where the lines have them, whatever stands between the tokens', async () => {
  const texts = [
    'a',
    'A',
    '"a": ',
    '": ',
    '"a": 1',
    ': [',
    '{}',
    '[],',
    ',',
    '},',
    '}',
    '[',
    ' 1',
    'é',
    'É',
    '0',
    'a: b',
    '"x',
    'a": {',
  ]
  await fc.assert(
    fc.asyncProperty(
      written,
      fc.constantFrom(...texts),
      fc.boolean(),
      async (content, text, isCaseSensitive) => {
        const body = await bodies.put(content, 'application/json')
        expect(await found(body, { text, isCaseSensitive })).toEqual(
          hitsIn(await allLines(body, 'pretty'), text, isCaseSensitive),
        )
        expect(await found(body, { text, isCaseSensitive, view: 'raw' })).toEqual(
          hitsIn(content.split('\n'), text, isCaseSensitive),
        )
        await bodies.store.remove(body.id)
      },
    ),
    { numRuns: RUNS * 3, seed: 23 },
  )
})

test('every value is found by its pointer, with type, text, children and line', async () => {
  await fc.assert(
    fc.asyncProperty(written, async (content) => {
      const body = await bodies.put(content, 'application/json', 7)
      const lines = await allLines(body, 'pretty')
      const check = async (value: unknown, pointer: string): Promise<void> => {
        const { node, children } = await body.tree(pointer, 0, 100)
        expect(node.type).toBe(value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
        const members = typeof value === 'object' && value !== null ? Object.entries(value) : []
        expect(node.children).toBe(members.length)
        const isContainer = typeof value === 'object' && value !== null
        if (!isContainer) expect(JSON.parse(node.preview)).toBe(value)
        expect(lines[node.line]).toContain(isContainer ? (Array.isArray(value) ? '[' : '{') : node.preview)
        expect(new Set(children.map((child: TreeNode) => child.key))).toEqual(
          new Set(members.map(([name]) => name)),
        )
        for (const [name, member] of members) {
          await check(member, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
        }
      }
      await check(JSON.parse(content), '')
      await bodies.store.remove(body.id)
    }),
    { numRuns: RUNS, seed: 24 },
  )
})

test.each([
  '$',
  '$.a',
  '$[0]',
  '$[-1]',
  '$.*',
  '$[*].a',
  '$..a',
  '$..*',
  '$..[0]',
  '$[1:3]',
  '$[::-1]',
  '$[-2:]',
  '$[::2]',
  '$[4:1:-2]',
  '$["é"]',
  "$['x/y','m~n',0]",
  '$..[?@.a]',
  '$[?@ > 2]',
  '$..[?@.a == 1 || @.b == null].b',
  '$[?length(@) > 1]',
  '$[?match(@, "a.*")]',
  '$..[?@ == $.a]',
  '$[?@["]"] == "]"]',
])('%s finds what the reference finds', async (expression) => {
  await fc.assert(
    fc.asyncProperty(written, async (content) => {
      const body = await bodies.put(content, 'application/json')
      const { matches, isComplete } = await body.jsonPath(expression, 10_000)
      const pointers = wholePaths(JSON.parse(content), expression).map((path) =>
        partsOfPath(path)
          .map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`)
          .join(''),
      )
      expect(matches.map(({ pointer }) => pointer).sort()).toEqual(pointers.sort())
      expect(isComplete).toBe(true)
      await bodies.store.remove(body.id)
    }),
    { numRuns: Math.ceil(RUNS / 4), seed: 25 },
  )
})

test('an array of a million elements is opened anywhere, its numbers exact', async () => {
  const elements = Array.from({ length: 1_000_000 }, (_, index) => `9007199254740993${String(index)}`)
  const body = await bodies.put(`[${elements.join(',')}]`, 'application/json')
  const { node, children } = await body.tree('', 999_998, 10)
  expect(node.children).toBe(1_000_000)
  expect(children.map(({ key: name, preview, line }) => [name, preview, line])).toEqual([
    ['999998', '9007199254740993999998', 999_999],
    ['999999', '9007199254740993999999', 1_000_000],
  ])
  expect((await body.jsonPath('$[999999]', 10)).matches[0]?.preview).toBe('9007199254740993999999')
  expect(await found(body, { text: '0993999999' })).toEqual([{ line: 1_000_000, column: 14, length: 10 }])
})

test('regular expressions are found in lines; one that takes too long is ended, and the next search works', async () => {
  const body = await bodies.put(`{"a":"${'a'.repeat(40)}!","b":[12,345]}`, 'application/json')
  expect(await found(body, { text: '\\d{3}$', isRegex: true })).toEqual([{ line: 4, column: 4, length: 3 }])
  await expect(found(body, { text: '("a*)*$(a+)+b', isRegex: true })).resolves.toEqual([])
  await expect(found(body, { text: '(a+)+b', isRegex: true })).rejects.toMatchObject({ code: 'TIMEOUT' })
  await expect(found(body, { text: '(', isRegex: true })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(await found(body, { text: '345' })).toHaveLength(1)
})

test('a table has the columns of its objects and the texts of its cells', async () => {
  const body = await bodies.put(
    '{"rows":[{"id":12345678901234567890,"a":{"x": 1}},{"b":null,"id":2},7]}',
    'application/json',
  )
  expect(await body.table('/rows', 0, 10)).toEqual({
    columns: ['id', 'a', 'b', ''],
    rows: [
      ['12345678901234567890', '{"x": 1}', null, null],
      ['2', null, 'null', null],
      [null, null, null, '7'],
    ],
    total: 3,
    isComplete: true,
  })
  expect((await body.table('/rows', 1, 1)).rows).toEqual([['2', null, 'null', null]])
  await expect(body.table('', 0, 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(body.tree('/none', 0, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(body.jsonPath('rows[', 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

test('a body that ends early or goes wrong is read as far as it is good', async () => {
  const body = await bodies.put('{"rows":[{"id":1},{"id":2},{"id":', 'application/json')
  expect((await body.tree('/rows', 0, 10)).node.children).toBe(3)
  expect((await body.jsonPath('$.rows[?@.id > 0].id', 10)).matches.map(({ preview }) => preview)).toEqual([
    '1',
    '2',
  ])
  expect((await body.table('/rows', 0, 2)).rows).toEqual([['1'], ['2']])
  await expect(body.jsonPath('$.rows[?@.id == $.rows[0].id]', 10)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
  const wrong = await bodies.put('{"a":[1,2],"b":x}', 'application/json')
  expect((await wrong.tree('/a', 0, 10)).children.map(({ preview }) => preview)).toEqual(['1', '2'])
  const text = await bodies.put('a', 'text/plain')
  await expect(text.tree('', 0, 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

test('what differs between two bodies is told with three lines around; applied it gives the newer one', async () => {
  const value = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(value, value, async (before, after) => {
      const older = await bodies.put(JSON.stringify(before), 'application/json')
      const newer = await bodies.put(JSON.stringify(after), 'application/json')
      const [olderLines, newerLines] = [await allLines(older, 'pretty'), await allLines(newer, 'pretty')]
      const { hunks } = await newer.diff(older.id)
      const patched = [...olderLines]
      for (const hunk of (hunks ?? []).toReversed()) {
        const removed = hunk.lines.filter(({ type }) => type !== 'added').map(({ text }) => text)
        expect(olderLines.slice(hunk.olderLine, hunk.olderLine + removed.length)).toEqual(removed)
        patched.splice(
          hunk.olderLine,
          removed.length,
          ...hunk.lines.filter(({ type }) => type !== 'removed').map(({ text }) => text),
        )
      }
      expect(patched).toEqual(newerLines)
      await bodies.store.remove(older.id)
      await bodies.store.remove(newer.id)
    }),
    { numRuns: RUNS, seed: 26 },
  )
})

test('bodies that differ in everything have no diff', async () => {
  const older = await bodies.put(
    `[${Array.from({ length: 30_000 }, (_, index) => index).join(',')}]`,
    'application/json',
  )
  const newer = await bodies.put(
    `[${Array.from({ length: 30_000 }, (_, index) => -index - 1).join(',')}]`,
    'application/json',
  )
  expect(await newer.diff(older.id)).toEqual({ hunks: null })
})

test('a search that is cancelled stops', async () => {
  const body = await bodies.put(`[${'"abc",'.repeat(200_000)}1]`, 'application/json')
  const controller = new AbortController()
  const search = async (): Promise<number> => {
    let batches = 0
    const query = { view: 'pretty', text: 'b', isCaseSensitive: true, isRegex: false } as const
    for await (const _batch of body.find(query, controller.signal)) {
      batches += 1
      controller.abort()
    }
    return batches
  }
  await expect(search()).rejects.toThrow()
})
