import { expect, test } from 'vitest'
import type { ApiRequest } from '#contract/requests/request.ts'
import { readItem } from './read-item.ts'
import { summariseFully } from './summarise.ts'
import { writeItem } from './write-item.ts'

/** As a person writes it: comments, quotes, flow collections, things that this program does not know. */
const WRITTEN = `# Rentals that are open
info:
  name:   Open rentals   # shown in the tree
  type: http
  custom: { since: 3 }

http:
  method: get
  url:  'https://x.test/rentals'   # the address
  headers:
    # what we take
    - name: Accept
      value: "application/json"

    # and who asks
    - name: X-Version
      value: 2
  body:
    - title: small
      body: {type: json, data: "1"}
    - title: large
      selected: true
      body:
        type: text
        data: |-
          one
          two
  auth:
    type: ntlm
    username: mary
runtime:
  scripts:
    - type: hooks
      code: kept()
    - type: tests
      code: pm.test()
  actions: [ { type: set-variable } ]
settings: { timeout: 5, omitHeaders: [ User-Agent ] }
docs:
  content: Words
  type: text/markdown
`

function readRequest(text: string): ApiRequest & { kind: 'http' } {
  const read = readItem(text, 'request', 'Untitled')
  if (!read.ok) throw new Error(read.problem)
  if (read.item.kind !== 'http') throw new Error('It is no HTTP request.')
  return read.item
}

function changed(
  change: (request: ApiRequest & { kind: 'http' }) => Partial<ApiRequest & { kind: 'http' }>,
): string {
  const request = readRequest(WRITTEN)
  return writeItem({ ...request, ...change(request) }, WRITTEN)
}

test('what a person wrote is read: variants, structured texts, values without quotes', () => {
  expect(readRequest(WRITTEN)).toMatchObject({
    name: 'Open rentals',
    method: 'GET',
    headers: [{ value: 'application/json' }, { name: 'X-Version', value: '2' }],
    body: { type: 'text', text: 'one\ntwo' },
    auth: { type: 'unsupported', name: 'ntlm' },
    settings: { timeoutMs: 5 },
    scripts: { tests: 'pm.test()' },
    docs: 'Words',
  })
})

test.each<[string, () => string, string, string]>([
  [
    'a URL',
    () => changed(() => ({ url: '{{base}}/x' })),
    "  url:  'https://x.test/rentals'   # the address",
    '  url: "{{base}}/x"   # the address',
  ],
  [
    'the body that is selected',
    () => changed(() => ({ body: { type: 'text', text: 'three\nfour' } })),
    '          one\n          two',
    '          three\n          four',
  ],
  [
    'the content of structured docs',
    () => changed(() => ({ docs: 'Other' })),
    '  content: Words',
    '  content: Other',
  ],
  [
    'a script',
    () => changed(({ scripts }) => ({ scripts: { ...scripts, tests: 'a\nb' } })),
    '      code: pm.test()',
    '      code: |-\n        a\n        b',
  ],
  ['a new field', () => changed(() => ({ sequence: 4 })), '  type: http\n', '  type: http\n  seq: 4\n'],
  [
    'a header that is switched off',
    () =>
      changed(({ headers }) => ({
        headers: headers
          .map((one) => ({ ...one, isEnabled: false }))
          .slice(0, 1)
          .concat(headers.slice(1)),
      })),
    '      value: "application/json"\n',
    '      value: "application/json"\n      disabled: true\n',
  ],
  [
    'a removed header',
    () => changed(({ headers }) => ({ headers: headers.slice(0, 1) })),
    '    - name: X-Version\n      value: 2\n',
    '',
  ],
  [
    'settings in one line',
    () => changed(({ settings }) => ({ settings: { ...settings, timeoutMs: 7 } })),
    'settings: { timeout: 5, omitHeaders: [ User-Agent ] }',
    'settings:\n  timeout: 7\n  omitHeaders:\n    - User-Agent',
  ],
])('%s changes where it stands, and nothing else', (_, change, from, to) => {
  expect(WRITTEN).toContain(from)
  expect(change()).toBe(WRITTEN.replace(from, () => to))
})

test('an unsupported kind of auth keeps all its fields', () => {
  expect(changed(() => ({ name: 'Other' }))).toContain('    username: mary\n')
})

test('a byte order mark and Windows line ends stay', () => {
  const text = `\ufeff${WRITTEN.replaceAll('\n', '\r\n')}`
  const next = writeItem({ ...readRequest(text), docs: 'a\nb' }, text)
  expect(next.startsWith('\ufeff#')).toBe(true)
  expect(next.replaceAll('\r\n', '')).not.toContain('\n')
  expect(readRequest(next).docs).toBe('a\nb')
})

test('aliases are resolved where a part that others share changes', () => {
  const text = 'info:\n  name: &n Same\n  type: http\n  note: *n\nhttp:\n  url: *n\n'
  const next = writeItem({ ...readRequest(text), name: 'Other' }, text)
  expect(readRequest(next)).toMatchObject({ name: 'Other', url: 'Same' })
  expect(next).toContain('note: Same')
})

test('a text that cannot be read is not written over', () => {
  expect(() => writeItem(readRequest(WRITTEN), 'info: [\n')).toThrow()
})

const BOMB = Array.from({ length: 9 }, (_, n) =>
  n === 0
    ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
    : `a${String(n)}: &a${String(n)} [${Array(9)
        .fill(`*a${String(n - 1)}`)
        .join(', ')}]`,
).join('\n')

test.each([
  ['aliases that grow', BOMB, /aliases/],
  ['brackets without end', `docs: ${'['.repeat(100_000)}`, /nested too deeply/],
  ['lists in lists without end', '- '.repeat(50_000), /nested too deeply/],
  ['a key that is there twice', 'info:\n  name: a\n  name: b\n', /^Line 3: /],
  ['two documents', 'info:\n  name: a\n---\ninfo: {}\n', /./],
  ['a wrong type', 'info:\n  name: a\nhttp:\n  headers: none\n', /^Line 4: A list/],
  [
    'an unknown operator',
    'runtime:\n  assertions:\n    - expression: a\n      operator: like\n',
    /^Line 4: `like`/,
  ],
  ['a merge conflict', 'info:\n<<<<<<< HEAD\n  name: a\n=======\n  name: b\n>>>>>>> x\n', /^Line \d+: /],
  ['bytes', 'info:\n  name: \u0000\n', /no text/],
])('%s: a problem in words', (_, text, problem) => {
  const read = readItem(text, 'request', 'Untitled')
  expect(read.ok ? '' : read.problem).toMatch(problem)
  expect(summariseFully(text, 'a.yml').problem).toMatch(problem)
})

test('names of prototypes and tags of programs are plain texts', () => {
  const text =
    '__proto__:\n  polluted: yes\nconstructor: 1\ninfo:\n  name: !!js/function "f"\n  __proto__: 1\n'
  const request = readRequest(text)
  expect(request.name).toBe('f')
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
  expect(writeItem({ ...request, docs: 'x' }, text)).toContain('__proto__:\n  polluted: yes\n')
})

test.each([
  ['script', 'type: script\nscript: x()\n', null],
  ['grpc', 'info:\n  name: G\n  type: grpc\ngrpc:\n  url: x\n', /gRPC/],
])('a %s item is listed and kept', (_, text, problem) => {
  const summary = summariseFully(text, 'a/G.yml')
  expect(summary).toMatchObject({ kind: 'script', name: 'G' })
  if (problem === null) expect(summary.problem).toBeNull()
  else expect(summary.problem).toMatch(problem)
})
