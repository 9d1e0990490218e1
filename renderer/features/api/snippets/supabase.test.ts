// The JavaScript snippets with supabase-js itself, unmodified: it sends what the other languages' snippets send.
import { createClient } from '@supabase/supabase-js'
import { expect, test } from 'vitest'
import { addressOf, toHttpRequest } from './http-request.ts'
import { writeSnippet } from './snippet.ts'
import type { SnippetAction, SnippetTarget } from './types.ts'

const TARGET: SnippetTarget = {
  url: 'https://api.example.com/abc',
  restUrl: 'https://api.example.com/abc/rest/v1',
  key: 'YOUR_PUBLISHABLE_KEY',
  schema: 'shop',
}

interface Sent {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: unknown
}

async function run(action: SnippetAction): Promise<Sent> {
  const sent: Sent[] = []
  const capture: typeof fetch = async (input, init = {}) => {
    sent.push({
      method: init.method ?? 'GET',
      url: new URL(input instanceof Request ? input.url : input),
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
    })
    return new Response('[]', { headers: { 'content-type': 'application/json' } })
  }
  const make = (url: string, key: string) =>
    createClient(url, key, { global: { fetch: capture }, auth: { persistSession: false } })
  const body = writeSnippet('javascript', TARGET, action)
    .replace(/^import .*\n/, '')
    .replace(/\nconsole\.log\(error \?\? data\)$/, '')
  await new Function('createClient', `return (async () => {${body}\n})()`)(make)
  const [first] = sent
  if (first === undefined) throw new Error('Nothing was sent.')
  return first
}

const NAMES = [
  'film',
  'Film Rental',
  "o'brien",
  'quo"ted',
  'ключ',
  'we?ird#na/me%41',
  'a.b,c:d',
  'order',
  'back\\slash',
  ' edge ',
]

function actions(name: string): readonly SnippetAction[] {
  const values = { [name]: `${name}'s` } as const
  const match = { column: name, value: `${name}=1` }
  return [
    { type: 'read', table: name, columns: [name, 'plain'], match, limit: 10 },
    { type: 'insert', table: name, values },
    { type: 'upsert', table: name, values },
    { type: 'update', table: name, match, values },
    { type: 'delete', table: name, match },
    { type: 'call', function: name, arguments: values, method: 'POST' },
    { type: 'call', function: name, arguments: { ...values, list: [1, 2] }, method: 'GET' },
  ]
}

test.each(NAMES)('for the name %j', async (name) => {
  for (const action of actions(name)) {
    const expected = toHttpRequest(TARGET, action)
    const sent = await run(action)
    expect(sent.method).toBe(expected.method)
    expect(decodeURIComponent(sent.url.pathname)).toBe(
      decodeURIComponent(new URL(addressOf(expected)).pathname),
    )
    const query = [...sent.url.searchParams].filter(([key, value]) => !(key === 'select' && value === '*'))
    expect(query.toSorted()).toEqual(
      expected.query.filter(([key, value]) => !(key === 'select' && value === '*')).toSorted(),
    )
    expect(sent.body).toEqual(expected.body)
    expect(sent.headers.get('apikey')).toBe(TARGET.key)
    const profile = expected.headers.find(([header]) => header.endsWith('-Profile'))
    expect(sent.headers.get(profile?.[0] ?? '')).toBe('shop')
  }
})
