// Snippets mean exactly what they should, whatever the names: each is read back as its language would read it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goString } from '#api-client/common/code/go.ts'
import { javascriptString, javascriptValue } from '#api-client/common/code/javascript.ts'
import { pythonString } from '#api-client/common/code/python.ts'
import { quoteName, quoteParameterName } from '#api-client/common/postgrest/quote.ts'
import { addressOf, toHttpRequest } from './http-request.ts'
import { writeSnippet } from './snippet.ts'
import type { Json, SnippetAction, SnippetTarget } from './types.ts'

const TARGET: SnippetTarget = {
  url: 'https://api.example.com/abc',
  restUrl: 'https://api.example.com/abc/rest/v1',
  key: 'YOUR_PUBLISHABLE_KEY',
  schema: null,
}

const NAMES = [
  'film',
  'Film Rental',
  "o'brien",
  'quo"ted',
  'back\\slash',
  'ключ',
  'größe',
  '価格',
  'emoji 👩‍💻',
  '\ufeffmark',
  'we?ird#na/me%41',
  'dots.and,commas:colons',
  '$(rm -rf ~)',
  '`tick`',
  '!history',
  '{a,b}[1-3]',
  'two\nlines',
  'tab\there',
  'order',
  '__proto__',
  'constructor',
  '-d',
  '@file',
] as const

const anyName = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 12 })
  .filter((name) => !name.includes('\0') && !/^\.+$/.test(name))

function actions(name: string): readonly SnippetAction[] {
  const values = { [name]: `${name}'s` } as const
  const match = { column: name, value: `${name}=1` }
  return [
    { type: 'read', table: name, columns: [name, 'plain'], match, limit: 10 },
    { type: 'insert', table: name, values },
    { type: 'upsert', table: name, values },
    { type: 'update', table: name, match, values },
    { type: 'delete', table: name, match },
    { type: 'call', function: name, arguments: { ...values, list: [1, 2] }, method: 'POST' },
    { type: 'call', function: name, arguments: values, method: 'GET' },
  ]
}

/** The words of one command as a POSIX shell splits it: single quotes, backslashes outside of them. */
function shellWords(command: string): string[] {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < command.length; at += 1) {
    const character = command[at] ?? ''
    if (character === "'") {
      const end = command.indexOf("'", at + 1)
      expect(end).toBeGreaterThan(at)
      word = (word ?? '') + command.slice(at + 1, end)
      at = end
    } else if (character === '\\') {
      at += 1
      if (command[at] !== '\n') word = (word ?? '') + (command[at] ?? '')
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      // Outside of quotes only what a shell leaves alone.
      expect(character).toMatch(/[\w@%+=:,./-]/)
      word = (word ?? '') + character
    }
  }
  return word === undefined ? words : [...words, word]
}

interface Recorded {
  readonly name: string
  readonly arguments: readonly unknown[]
}

/** Runs a supabase-js snippet with a client that notes what is called. */
async function runJavascript(code: string): Promise<Recorded[]> {
  const calls: Recorded[] = []
  const builder: object = new Proxy(
    {},
    {
      get: (_, name) =>
        name === 'then'
          ? (resolve: (answer: object) => void) => resolve({ data: [], error: null })
          : (...given: readonly unknown[]) => {
              calls.push({ name: String(name), arguments: given })
              return builder
            },
    },
  )
  const createClient = (...given: readonly unknown[]): object => {
    calls.push({ name: 'createClient', arguments: given })
    return builder
  }
  const body = code.replace(/^import .*\n/, '').replace(/\nconsole\.log\(error \?\? data\)$/, '')
  await new Function('createClient', `return (async () => {${body}\n})()`)(createClient)
  return calls
}

/** The path's last part as the engine reads it, after what URL makes of it. */
function lastSegment(address: string): string {
  return decodeURIComponent(new URL(address).pathname.split('/').at(-1) ?? '')
}

function checkCurl(name: string): void {
  for (const action of actions(name)) {
    const request = toHttpRequest({ ...TARGET, schema: 'other' }, action)
    const words = shellWords(writeSnippet('curl', { ...TARGET, schema: 'other' }, action))
    expect(words[0]).toBe('curl')
    const address = words.find((word) => word.startsWith('https://')) ?? ''
    expect(address).not.toMatch(/[[\]{}]/)
    expect(lastSegment(address)).toBe(name)
    expect([...new URL(address).searchParams]).toEqual(request.query)
    expect(words.flatMap((word, at) => (word === '--header' ? [words[at + 1]] : []))).toEqual(
      request.headers.map(([header, value]) => `${header}: ${value}`),
    )
    const data = words[words.indexOf('--data-raw') + 1]
    if (request.body === undefined) expect(words).not.toContain('--data-raw')
    else expect(JSON.parse(data ?? '')).toEqual(request.body)
  }
}

async function checkJavascript(name: string): Promise<void> {
  for (const action of actions(name)) {
    const calls = await runJavascript(writeSnippet('javascript', TARGET, action))
    expect(calls[0]).toEqual({ name: 'createClient', arguments: [TARGET.url, TARGET.key] })
    const [called, ...rest] = calls.slice(1)
    const isCall = action.type === 'call'
    expect(called?.name).toBe(isCall ? 'rpc' : 'from')
    expect(lastSegment(`${TARGET.restUrl}/${String(called?.arguments[0])}`)).toBe(name)
    if (action.type === 'call')
      expect(called?.arguments[1]).toEqual(
        action.method === 'POST' ? action.arguments : Object.fromEntries(toHttpRequest(TARGET, action).query),
      )
    else if ('values' in action)
      expect(rest.find((call) => call.name === action.type)?.arguments[0]).toEqual(action.values)
    if ('match' in action && action.match !== null)
      expect(rest.find((call) => call.name === 'eq')?.arguments).toEqual([
        quoteParameterName(name),
        String(action.match.value),
      ])
    if (action.type === 'read')
      expect(rest[0]).toEqual({ name: 'select', arguments: [`${quoteName(name)},plain`] })
  }
}

/** All string literals of a Go source, as Go reads them. */
function goLiterals(source: string): string[] {
  const literals = source.matchAll(/`([^`]*)`|"((?:[^"\\\n]|\\.)*)"/g)
  return [...literals].map(([, raw, escaped = '']) => {
    if (raw !== undefined) return raw.replaceAll('\r', '')
    return escaped.replace(/\\(U[0-9a-f]{8}|u[0-9a-f]{4}|.)/g, (_, code: string) => {
      if (code.length > 1) return String.fromCodePoint(Number.parseInt(code.slice(1), 16))
      const plain = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' }[code]
      expect(plain).toBeDefined()
      return plain ?? ''
    })
  })
}

function checkGo(name: string): void {
  for (const action of actions(name)) {
    const request = toHttpRequest(TARGET, action)
    const source = writeSnippet('go', TARGET, action)
    // Go takes no byte order mark inside a source, and nothing unseen should be in one.
    expect(source).not.toMatch(/[\ufeff\u2028\u2029]|[^\n\t\P{Cc}]/u)
    const literals = goLiterals(source)
    expect(literals).toContain(addressOf(request))
    for (const header of request.headers.flat()) expect(literals).toContain(header)
    if (request.body !== undefined) expect(literals).toContain(JSON.stringify(request.body))
  }
}

describe.each(NAMES)('for a table, a column, a value and a function called %j', (name) => {
  test('curl gets exactly the address, headers and body', () => checkCurl(name))
  test('supabase-js gets exactly the names and values', () => checkJavascript(name))
  test('Go gets exactly the address, headers and body', () => checkGo(name))
})

test('any name that Postgres may have is right in every language', async () => {
  fc.assert(
    fc.property(anyName, (name) => {
      checkCurl(name)
      checkGo(name)
    }),
  )
  await fc.assert(fc.asyncProperty(anyName, checkJavascript))
})

test('string literals mean what they were made of', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(new Function(`return ${javascriptString(text)}`)()).toBe(text)
      expect(goLiterals(goString(text))).toEqual([text])
      const asJson = pythonString(text).replace(/\\U([0-9a-f]{8})/g, (_, code: string) =>
        JSON.stringify(String.fromCodePoint(Number.parseInt(code, 16))).slice(1, -1),
      )
      expect(JSON.parse(asJson)).toBe(text)
    }),
  )
})

test('any JSON is a literal in JavaScript, also with a member called __proto__', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json: Json = JSON.parse(JSON.stringify(value))
      expect(new Function(`return ${javascriptValue(json)}`)()).toEqual(json)
    }),
  )
  const odd: Json = JSON.parse('{"__proto__": 1, "a": null}')
  const read: unknown = new Function(`return ${javascriptValue(odd)}`)()
  expect(Object.keys(read ?? {})).toEqual(['__proto__', 'a'])
})

test.each([
  ['plain', 'plain', 'plain'],
  ['größe', 'größe', 'größe'],
  ['a b', '"a b"', '"a b"'],
  ['a.b', '"a.b"', '"a.b"'],
  ['a"b\\c', '"a\\"b\\\\c"', '"a\\"b\\\\c"'],
  ['order', 'order', '"order"'],
  ['on_conflict', 'on_conflict', '"on_conflict"'],
])('the column %s is %s in a list and %s as a filter', (name, inList, asKey) => {
  expect(quoteName(name)).toBe(inList)
  expect(quoteParameterName(name)).toBe(asKey)
})

describe('a schema that is not the default', () => {
  const target = { ...TARGET, schema: 'shop' }
  test.each([
    ['GET', 'Accept-Profile'],
    ['POST', 'Content-Profile'],
  ] as const)('is named in the header of %s', (method, header) => {
    const { headers } = toHttpRequest(target, { type: 'call', function: 'f', arguments: {}, method })
    expect(headers).toContainEqual([header, 'shop'])
  })
  test('is chosen in supabase-js', () => {
    const code = writeSnippet('javascript', target, {
      type: 'read',
      table: 'film',
      columns: [],
      match: null,
      limit: null,
    })
    expect(code).toContain("await supabase\n  .schema('shop')\n  .from('film')\n  .select('*')")
  })
})

test('the snippets read as a person would write them', () => {
  const read: SnippetAction = {
    type: 'read',
    table: 'film',
    columns: ['film_id', 'title'],
    match: null,
    limit: 10,
  }
  expect(writeSnippet('curl', TARGET, read)).toBe(
    `curl 'https://api.example.com/abc/rest/v1/film?select=film_id,title&limit=10' \\
  --header 'apikey: YOUR_PUBLISHABLE_KEY'`,
  )
  expect(writeSnippet('python', TARGET, read)).toBe(`import requests

response = requests.request(
    "GET",
    "https://api.example.com/abc/rest/v1/film?select=film_id,title&limit=10",
    headers={
        "apikey": "YOUR_PUBLISHABLE_KEY",
    },
)
print(response.status_code, response.text)`)
  expect(
    writeSnippet('javascript', TARGET, {
      type: 'update',
      table: 'film',
      match: { column: 'film_id', value: 1 },
      values: { title: 'Solaris', is_rented: true },
    }),
  ).toBe(`import { createClient } from '@supabase/supabase-js'

const supabase = createClient('https://api.example.com/abc', 'YOUR_PUBLISHABLE_KEY')

const { data, error } = await supabase
  .from('film')
  .update({
    title: 'Solaris',
    is_rented: true,
  })
  .eq('film_id', '1')
  .select()
console.log(error ?? data)`)
})
