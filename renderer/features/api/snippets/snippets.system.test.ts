// The snippets as the programs themselves read them: a real shell and a real Python, with curl and requests replaced by something that tells what it got.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressOf, toHttpRequest } from './http-request.ts'
import { writeSnippet } from './snippet.ts'
import type { SnippetAction, SnippetTarget } from './types.ts'

const target: SnippetTarget = {
  url: 'https://api.example.com/abc',
  restUrl: 'https://api.example.com/abc/rest/v1',
  key: 'YOUR_PUBLISHABLE_KEY',
  schema: 'schéma ш',
}
const NAMES = [
  'film',
  "o'brien\\",
  'a "b" $HOME `id`',
  'ключ 👩‍💻\ufeff',
  'x?y#z/%41{a,b}[1-2]',
  'two\nlines\t!',
]

const cases = NAMES.flatMap((name): SnippetAction[] => [
  {
    type: 'read',
    table: name,
    columns: [name],
    match: { column: name, value: name },
    limit: 5,
  },
  {
    type: 'insert',
    table: name,
    values: { [name]: name, yes: true, no: null, list: [1, 'a'], deep: { a: 1, b: { c: 'd' } } },
  },
  { type: 'call', function: name, arguments: { [name]: 1.5 }, method: 'GET' },
])

function finds(command: string): boolean {
  return spawnSync(command, ['-c', ''], { stdio: 'ignore' }).status === 0
}

const REQUESTS = `import json

def request(method, url, headers=None, data=None):
    told = {"method": method, "url": url, "body": None if data is None else data.decode("utf-8"), "headers": {
        name: value if isinstance(value, str) else value.decode() for name, value in headers.items()}}
    class Response:
        status_code = 200
        text = json.dumps(told)
    return Response()
`
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'snippets-'))
  writeFileSync(join(folder, 'requests.py'), REQUESTS)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.skipIf(!finds('sh'))('a shell hands curl exactly the address, headers and body', () => {
  for (const action of cases) {
    const request = toHttpRequest(target, action)
    const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${writeSnippet('curl', target, action)}`
    const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0')
    expect(words).toContain(addressOf(request))
    for (const [name, value] of request.headers) expect(words).toContain(`${name}: ${value}`)
    if (request.body !== undefined) expect(words).toContain(JSON.stringify(request.body))
  }
})

test.skipIf(!finds('python3'))('Python hands requests exactly the same', () => {
  for (const action of cases) {
    const request = toHttpRequest(target, action)
    const output = execFileSync('python3', ['-c', writeSnippet('python', target, action)], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], PYTHONPATH: folder, PYTHONIOENCODING: 'utf-8' },
    })
    const told: unknown = JSON.parse(output.replace(/^200 /, ''))
    expect(told).toEqual({
      method: request.method,
      url: addressOf(request),
      body: request.body === undefined ? null : JSON.stringify(request.body),
      headers: Object.fromEntries(request.headers),
    })
  }
})
