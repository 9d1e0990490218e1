// Texts as people paste them: scripts, lines that were broken by copying, values that have other shells' signs in them.
import { expect, test } from 'vitest'
import type { HttpRequest } from '#contract/requests/request.ts'
import { importText } from '../import.ts'

function imported(text: string) {
  const { tree, problems } = importText(text, { name: 'x.sh' })
  return {
    requests: tree.items.flatMap((one): HttpRequest[] =>
      one.type === 'request' && one.request.kind === 'http' ? [one.request] : [],
    ),
    variables: tree.collection.defaults.variables.map(({ name, value }) => [name, value]),
    problems: problems.map(({ part }) => part),
  }
}

test.each<[string, string, object]>([
  [
    'quotes after backticks in a value',
    `curl https://a.test \\\n -H 'A: b' \\\n --data-raw '{"use \`x\`": "\`"}' -H 'C: d'`,
    { headers: [{ name: 'A' }, { name: 'C' }, {}], body: { type: 'json', text: '{"use `x`": "`"}' } },
  ],
  [
    'Markdown and carets in a value of one line',
    `curl https://a.test -d '{"m":"\`\`\`\nx\n\`\`\`","c":"^\\" ^"}' -H 'Content-Type: application/json'`,
    { body: { type: 'json', text: '{"m":"```\nx\n```","c":"^\\" ^"}' } },
  ],
  [
    'JSON whose header says that it is a form',
    `curl https://a.test -d '{"a":1}' -H 'content-type: application/x-www-form-urlencoded'`,
    { body: { type: 'json', text: '{"a":1}' }, headers: [{ name: 'content-type' }] },
  ],
  [
    'blanks behind a backslash',
    "curl https://a.test \\  \n  -H 'A: b' \\\t\r\n -X PUT",
    { method: 'PUT', url: 'https://a.test', headers: [{ name: 'A', value: 'b' }] },
  ],
  [
    'lines that lost their backslash',
    "curl https://a.test\n  -X PUT\n  -H 'A: b'",
    { method: 'PUT', headers: [{ name: 'A', value: 'b' }] },
  ],
  [
    'what a shell would run, with blanks in it',
    'curl https://a.test -d $(cat $(ls) x) -H "A: `id -u` b" -H `id`',
    { body: { text: '$(cat $(ls) x)' }, headers: [{ name: 'A', value: '`id -u` b' }, {}] },
  ],
  ['a word before', 'time curl https://a.test/x', { url: 'https://a.test/x' }],
  [
    'the path of Windows',
    '"C:\\Program Files\\curl\\curl.exe" https://a.test/x',
    { url: 'https://a.test/x' },
  ],
])('%s do not change what is read', (_name, text, wanted) => {
  const { requests } = imported(text)
  expect(requests).toHaveLength(1)
  expect(requests[0]).toMatchObject(wanted)
})

test('what a script sets is a variable of the collection', () => {
  const read = imported(
    `#!/bin/bash\nset -e\nBASE="https://a.test"\nexport TOKEN=t1 KEY='k 2'\necho go\nfor id in 1 2; do curl -H "A: $TOKEN" "$BASE/x"; done\n`,
  )
  expect(read.requests).toMatchObject([{ url: '{{BASE}}/x', headers: [{ value: '{{TOKEN}}' }] }])
  expect(read.variables).toEqual([
    ['BASE', 'https://a.test'],
    ['TOKEN', 't1'],
    ['KEY', 'k 2'],
  ])
  expect(read.problems).toContain('command')
})

test('a document that only speaks of curl is no command', () => {
  expect(() => importText('Notes.\nUse curl, not wget.\n', { name: 'x.md' })).toThrow('neither JSON nor YAML')
  const text = 'openapi: 3.1.0\ninfo:\n  title: T\n  description: |\n    curl https://a.test\npaths: {}\n'
  expect(importText(text, { name: 'x.yaml' }).format).toBe('openapi-3.1')
})

test.each([
  ['double quotes', '"', 'x\\"'],
  ['single quotes', "'", 'x"`'],
  ['substitutions', '"', '$('],
  ['backticks', '', '`a '],
  ['quotes doubled', '"', '{"'],
])('%s that are never closed take a moment', (_name, open, part) => {
  const text = `curl https://a.test -d ${open}${part.repeat(part === '$(' ? 60_000 : 3_000)}`
  const start = performance.now()
  importText(text, { name: '' })
  expect(performance.now() - start).toBeLessThan(2_000)
})
