import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HttpRequest } from '#contract/requests/request.ts'
import { curlCommand } from '../../code/curl.ts'
import type { CodeRequest } from '../../code/types.ts'
import { importText } from '../import.ts'

function requestsIn(text: string): HttpRequest[] {
  return importText(text, { name: '' }).tree.items.flatMap((one) =>
    one.type === 'request' && one.request.kind === 'http' ? [one.request] : [],
  )
}

function only(text: string): HttpRequest {
  const [request, ...others] = requestsIn(text)
  expect(others).toEqual([])
  return request!
}

test.each<[string, string, object]>([
  ['a plain address', 'curl example.com', { method: 'GET', url: 'http://example.com' }],
  ['a method glued to its letter', "curl -XDELETE 'https://a.test/x'", { method: 'DELETE' }],
  [
    'short options combined',
    'curl -sSLk https://a.test',
    { settings: { followsRedirects: true, verifiesCertificates: false } },
  ],
  [
    'a header and one without a value',
    `curl -H 'A: b: c' -H "X-Empty;" https://a.test`,
    {
      headers: [
        { name: 'A', value: 'b: c' },
        { name: 'X-Empty', value: '' },
      ],
    },
  ],
  [
    'data as a form',
    "curl https://a.test -d 'a=1&b=%20x' -d c=2",
    {
      method: 'POST',
      body: {
        type: 'form',
        fields: [
          { name: 'a', value: '1' },
          { name: 'b', value: ' x' },
          { name: 'c', value: '2' },
        ],
      },
    },
  ],
  [
    'data that is JSON with its header',
    `curl https://a.test -H 'content-type: application/json' --data-raw '{"a": "it'\\''s"}'`,
    { body: { type: 'json', text: `{"a": "it's"}` } },
  ],
  [
    'JSON without a header, which curl calls a form',
    `curl https://a.test -d '{"a":1}'`,
    {
      body: { type: 'json' },
      headers: [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded' }],
    },
  ],
  [
    '--json',
    `curl --json '{"a":1}' https://a.test`,
    {
      method: 'POST',
      body: { type: 'json' },
      headers: [
        { name: 'Content-Type', value: 'application/json' },
        { name: 'Accept', value: 'application/json' },
      ],
    },
  ],
  [
    'a file',
    'curl https://a.test --data-binary @a.bin -H "Content-Type: image/png"',
    { body: { type: 'file', path: 'a.bin', contentType: 'image/png' } },
  ],
  [
    '-G',
    'curl -G https://a.test/s?x=1 -d q=a --data-urlencode "r=b c"',
    {
      method: 'GET',
      parameters: [
        { name: 'x', value: '1' },
        { name: 'q', value: 'a' },
        { name: 'r', value: 'b%20c' },
      ],
    },
  ],
  [
    'a form of fields and files',
    `curl https://a.test -F a=1 -F 'f=@x.png;type=image/png' -F 'g=@"a;b.txt"' --form-string 'h=@y'`,
    {
      body: {
        type: 'multipart',
        fields: [
          { type: 'text', name: 'a', value: '1' },
          { type: 'file', paths: ['x.png'], contentType: 'image/png' },
          { type: 'file', paths: ['a;b.txt'] },
          { type: 'text', value: '@y' },
        ],
      },
    },
  ],
  [
    'an account',
    'curl -u me:p:w --digest https://a.test',
    { auth: { type: 'digest', username: 'me', password: 'p:w' } },
  ],
  [
    'an account in the address',
    'curl https://me:p%40w@a.test/',
    { url: 'https://a.test/', auth: { type: 'basic', username: 'me', password: 'p@w' } },
  ],
  [
    'AWS',
    'curl --aws-sigv4 aws:amz:eu-west-1:s3 --user k:s https://a.test',
    { auth: { type: 'awsV4', region: 'eu-west-1', service: 's3', accessKeyId: 'k' } },
  ],
  [
    'cookies, agent, referrer',
    'curl -b "a=1; b=2" -A x -e http://r.test https://a.test',
    {
      headers: [
        { name: 'Cookie', value: 'a=1; b=2' },
        { name: 'User-Agent', value: 'x' },
        { name: 'Referer' },
      ],
    },
  ],
  [
    'an upload',
    'curl -T a.txt https://a.test/a.txt',
    { method: 'PUT', body: { type: 'file', path: 'a.txt' } },
  ],
  ['-I', 'curl -I https://a.test', { method: 'HEAD' }],
  [
    'times and versions',
    'curl --max-time 2.5 --http2 --tlsv1.3 --url https://a.test',
    { url: 'https://a.test', settings: { timeoutMs: 2_500, httpVersion: '2', minTlsVersion: '1.3' } },
  ],
  [
    'lines that go on',
    'curl \\\n  -X POST \\\r\n  https://a.test \\\n  -H "A: b"',
    { method: 'POST', headers: [{ name: 'A', value: 'b' }] },
  ],
  [
    "$'…'",
    String.raw`curl https://a.test --data-raw $'{"a":"it\'s\n\u0021\x41"}' -H 'content-type: application/json'`,
    { body: { text: '{"a":"it\'s\n!A"}' } },
  ],
  [
    'variables of the shell',
    'curl "https://$HOST/x" -H "Authorization: Bearer ${TOKEN}" -H \'K: $no\'',
    { url: 'https://{{HOST}}/x', headers: [{ value: 'Bearer {{TOKEN}}' }, { value: '$no' }] },
  ],
  [
    'a here-document',
    "curl https://a.test -H 'Content-Type: application/json' -d @- <<'EOF'\n{\"a\": 1}\nEOF\n",
    { body: { type: 'json', text: '{"a": 1}' } },
  ],
  [
    'cmd.exe',
    'curl ^"https://a.test/x?a=1^&b=2^" ^\r\n  -H ^"A: \\^"b\\^"^" ^\r\n  --data-raw ^"^{^\\^"a^\\^":1^}^"',
    { url: 'https://a.test/x', headers: [{ name: 'A', value: '"b"' }, {}], body: { text: '{"a":1}' } },
  ],
  [
    'Windows with quotes doubled',
    'curl -X POST "https://a.test" -H "Content-Type: application/json" -d "{""a"": 1}"',
    { body: { text: '{"a": 1}' } },
  ],
  [
    'PowerShell',
    'curl.exe -X POST `\n  "https://a.test" `\n  -H \'A: it\'\'s\' `\n  -d "{`"a`":1}" -H "Content-Type: application/json"',
    { headers: [{ name: 'A', value: "it's" }, {}], body: { text: '{"a":1}' } },
  ],
])('%s is read as curl would', (_name, text, wanted) => {
  expect(only(text)).toMatchObject(wanted)
})

test('several commands, --next and several addresses are a request each; other commands are reported', () => {
  const text =
    '# first\ncurl https://a.test/1; curl https://a.test/2 | jq .\ncurl https://a.test/3 --next -X PUT https://a.test/4\ncurl https://a.test/5 https://a.test/6'
  expect(requestsIn(text).map((one) => `${one.method} ${one.url.slice(-1)}`)).toEqual([
    'GET 1',
    'GET 2',
    'GET 3',
    'PUT 4',
    'GET 5',
    'GET 6',
  ])
  expect(importText(text, { name: '' }).problems).toMatchObject([
    { part: 'command', message: expect.stringContaining('jq') },
  ])
})

test('what has no place here is reported by its name, and what only shows the answer is not', () => {
  const { problems } = importText(
    'curl -sv -o x --resolve a:1:2 --frobnicate -c jar --ntlm -u a:b https://a.test',
    { name: '' },
  )
  expect(problems.map((one) => one.part).toSorted()).toEqual([
    '--frobnicate',
    '--resolve',
    'auth ntlm',
    'cookie-jar',
  ])
})

test('proxies and certificates are of the collection', () => {
  const { tree } = importText(
    'curl -x socks5://u:p@proxy.test:9050 --cert c.pem:pw --key k.pem https://a.test/x',
    { name: '' },
  )
  expect(tree.collection).toMatchObject({
    proxy: { mode: 'on', protocol: 'socks5', host: 'proxy.test', port: 9050, username: 'u', password: 'p' },
    clientCertificates: [
      { type: 'pem', domain: 'a.test', certificatePath: 'c.pem', keyPath: 'k.pem', passphrase: 'pw' },
    ],
  })
})

const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((one) => !/[\0\r]/.test(one))
const generated: fc.Arbitrary<CodeRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
  url: fc.constantFrom('https://a.test/x', 'https://a.test/[b]?q=it%27s&r=%20', 'http://a.test:8080/{{id}}'),
  headers: fc.array(
    fc.record({
      name: fc.constantFrom('A', 'B-c'),
      value: text.map((one) => one.replace(/[\n]/g, '').trim()),
    }),
    { maxLength: 3 },
  ),
  body: fc.oneof(
    fc.constant({ type: 'none' as const }),
    fc.record({
      type: fc.constant('text' as const),
      text: text.filter((one) => one !== ''),
      contentType: fc.constant('text/plain'),
    }),
    fc.record({
      type: fc.constant('multipart' as const),
      parts: fc.array(
        fc.record({
          type: fc.constant('text' as const),
          name: fc.constant('n'),
          value: text,
          contentType: fc.constantFrom(null, 'text/html'),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  ),
  auth: fc.oneof(
    fc.constant({ type: 'none' as const }),
    fc.record({
      type: fc.constantFrom('basic' as const, 'digest' as const),
      username: fc.constant('me'),
      password: text,
    }),
  ),
})

test('a command that is written is read back as it was', () => {
  fc.assert(
    fc.property(generated, (request) => {
      const read = only(curlCommand(request))
      expect(read.method).toBe(request.method)
      expect(
        read.headers.filter((one) => one.name !== 'Content-Type').map(({ name, value }) => ({ name, value })),
      ).toEqual(request.headers)
      if (request.body.type === 'text') expect(read.body).toEqual({ type: 'text', text: request.body.text })
      if (request.body.type === 'multipart')
        expect(read.body).toMatchObject({ type: 'multipart', fields: request.body.parts })
      if (request.auth.type !== 'none') expect(read.auth).toEqual(request.auth)
    }),
    { seed: 5, numRuns: Number(process.env['EXCHANGE_RUNS'] ?? 300) },
  )
})

test('bash takes the words apart as we do', () => {
  fc.assert(
    fc.property(generated, (request) => {
      const command = curlCommand(request)
      const bash = execFileSync('bash', ['-c', `curl() { printf '%s\\0' "$@"; }; ${command}`], {
        encoding: 'utf8',
      })
        .split('\0')
        .slice(0, -1)
      for (const { name, value } of request.headers)
        expect(bash).toContain(value === '' ? `${name};` : `${name}: ${value}`)
      if (request.body.type === 'text') expect(bash).toContain(request.body.text)
    }),
    { seed: 6, numRuns: 40 },
  )
})
