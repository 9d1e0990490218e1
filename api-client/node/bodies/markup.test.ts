// XML and HTML are shown indented, whatever they are like.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allLines, createTestBodies } from '#testing/bodies.ts'
import type { TestBodies } from '#testing/bodies.ts'

const RUNS = Number(process.env['BODY_RUNS'] ?? 200)

let bodies: TestBodies
beforeAll(async () => {
  bodies = await createTestBodies()
})
afterAll(() => bodies.close())

async function pretty(content: string, contentType: string, chunk?: number): Promise<string[]> {
  const body = await bodies.put(content, contentType, chunk)
  const lines = await allLines(body, 'pretty')
  expect(lines).toHaveLength((await body.info('pretty')).lines)
  await bodies.store.remove(body.id)
  return lines
}

test.each([
  ['elements', '<a><b>x</b><c/></a>', ['<a>', '  <b>x</b>', '  <c/>', '</a>']],
  ['space between them', '<a>\n\n <b> x </b>\t<c></c> </a>', ['<a>', '  <b> x </b>', '  <c></c>', '</a>']],
  ['text beside elements', '<a>one<b>two</b> three</a>', ['<a>one', '  <b>two</b> three', '</a>']],
  ['text of several lines', '<a>one\n   two</a>', ['<a>one', '  two', '</a>']],
  [
    'a prolog and a document type',
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c>">]><a/>',
    ['<?xml version="1.0"?>', '<!DOCTYPE a [<!ENTITY b "c>">]>', '<a/>'],
  ],
  ['comments', '<a><!-- <b> --><c/></a>', ['<a>', '  <!-- <b> -->', '  <c/>', '</a>']],
  ['character data', '<a><![CDATA[<b>&]]]>]]></a>', ['<a><![CDATA[<b>&]]]>]]></a>']],
  ['brackets in attributes', '<a b="1>2" c=\'</a>\'><d/></a>', ['<a b="1>2" c=\'</a>\'>', '  <d/>', '</a>']],
  ['more ends than beginnings', '</a></b><c>', ['</a>', '</b>', '<c>']],
  ['a sign in text', '<a>1 < 2</a>', ['<a>1 < 2</a>']],
  ['what ends early', '<a><b', ['<a>', '  <b']],
  ['what ends at a sign', '<a><', ['<a><']],
])('XML is shown indented: %s', async (_name, content, lines) => {
  expect(await pretty(content, 'application/xml')).toEqual(lines)
  expect(await pretty(content, 'application/xml', 1)).toEqual(lines)
})

test('elements of HTML without an end do not indent, and scripts and preformatted text stay as they are', async () => {
  expect(
    await pretty(
      '<body><p>a<br>b<IMG src=x></p><script>if (a < b)\n  c("</p>")</script><pre> x\n  y</pre></body>',
      'text/html',
    ),
  ).toEqual([
    '<body>',
    '  <p>a',
    '    <br>b',
    '    <IMG src=x>',
    '  </p>',
    '  <script>if (a < b)',
    '  c("</p>")</script>',
    '  <pre> x',
    '  y</pre>',
    '</body>',
  ])
})

test('anything is shown, with all its characters but space, and printing from anywhere gives the same', async () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '/',
    '!',
    '--',
    '[CDATA[',
    ']]>',
    '?',
    '"',
    'a',
    ' ',
    '\n',
    '<a>',
    '</a>',
    '<script>',
    '</script>',
    '<!-- ',
    '-->',
    '<br>',
    'é',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 40 }),
      fc.constantFrom('text/html', 'text/xml'),
      fc.integer({ min: 1, max: 9 }),
      async (pieces, type, chunk) => {
        const content = pieces.join('')
        const lines = await pretty(content, type, chunk)
        expect(lines.join('').replaceAll(/\s/g, '')).toBe(content.replaceAll(/\s/g, ''))
      },
    ),
    { numRuns: RUNS, seed: 27 },
  )
})

test('texts of a large document are found where its lines have them', async () => {
  const content = `<rows>${Array.from({ length: 20_000 }, (_, id) => `<row id="${String(id)}"><name>user ${String(id)}</name> </row>`).join('\n')}</rows>`
  const body = await bodies.put(content, 'application/xml')
  const lines = await allLines(body, 'pretty')
  for (const text of ['<row id="15000"', 'user 19999</name>', '</rows>', '>user 77<']) {
    const hits = []
    for await (const batch of body.find({ view: 'pretty', text, isCaseSensitive: true, isRegex: false }))
      hits.push(...batch.hits)
    const line = lines.findIndex((content) => content.includes(text))
    expect(hits).toEqual([{ line, column: lines[line]?.indexOf(text), length: text.length }])
  }
  expect((await body.lines('pretty', 30_000, 5)).lines).toEqual(lines.slice(30_000, 30_005))
})
