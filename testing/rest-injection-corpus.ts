// Hostile requests for the REST engine: texts that break out of naive SQL, put wherever a request's text goes; and what must hold of the SQL
// that is made of them.
import { createLexer } from '../postgres/common/script/lexer.ts'

/** Part of every hostile text: where it stands in SQL outside quotes, text of a request became SQL. */
export const MARK = 'evil7'

/** Texts that would end a quote, begin a comment, close a bracket or be a keyword, in one notation or another. */
export const HOSTILE_TEXTS: readonly string[] = [
  MARK,
  `${MARK}"`,
  `"${MARK}`,
  `${MARK}""`,
  `${MARK}'`,
  `'${MARK}''`,
  `${MARK}\\`,
  `${MARK}\\'; drop table api.canary; --`,
  `${MARK}"; drop table api.canary; --`,
  `${MARK}'; drop table api.canary; --`,
  `${MARK}); drop table api.canary; --`,
  `id) from api.canary; drop table api.canary; -- ${MARK}`,
  `${MARK} union select * from api.canary`,
  `${MARK} -- `,
  `${MARK} /* `,
  `*/ ${MARK} /*`,
  `$1 ${MARK}`,
  `$$${MARK}$$`,
  `$tag$ ${MARK} $tag$`,
  `E'${MARK}\\'`,
  `U&"${MARK}\\0022"`,
  `${MARK}\0"; drop table api.canary; --`,
  `\0${MARK}`,
  `${MARK}\n; drop table api.canary;\r\n--`,
  `${MARK}\u2028;`,
  `${MARK}ʼ ＇ ＂ ; drop table api.canary`,
  `${MARK}\u202e"`,
  `${MARK}\ud83d\ude00"`,
  `${MARK}%27 or 1=1 --`,
  `${MARK}' or '1'='1`,
  `1; select pg_sleep(10) -- ${MARK}`,
  `${MARK}::text); drop table api.canary; --`,
  `${MARK}->>'a'`,
  `${MARK}.eq.1`,
  `${MARK}!inner(*)`,
  `${MARK},id`,
  `{${MARK},"}'`,
  `(${MARK})`,
  `${MARK}) or (true`,
  `integer) from api.canary; drop table api.canary; -- ${MARK}`,
  `__proto__${MARK}`,
  `${MARK}${'"'.repeat(70)}`,
  `${'x'.repeat(80)}${MARK}`,
]

/** A request as the parser takes it. */
export interface HostileRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Wherever a request's text goes. `{}` is the hostile text as it is, `{"}` the same in the grammar's quotes. */
const PLACES: readonly (readonly [method: string, url: string, more?: Partial<HostileRequest>])[] = [
  ...[
    '/{}',
    '/films?select={}',
    '/films?select={"}',
    '/films?select={}:title',
    '/films?select={"}:title',
    '/films?select=title::{}',
    '/films?select=title::{"}',
    '/films?select=details->{}',
    '/films?select=details->>{"}',
    '/films?select=details->1->>{}',
    '/films?select={"}->a',
    '/films?select=id.{}()',
    '/films?select={"}:id.sum()::{}',
    '/films?select=awards({})',
    '/films?select={}:awards(name)',
    '/films?select={"}:awards(name),{"}:specs(*)',
    '/films?select=awards!{}(name)',
    '/films?select={}(name)',
    '/films?select={"}!{"}(name)',
    '/films?select=...awards({"}:name)',
    '/films?select=...director_id({"}:name,{"}:id.max())',
    '/films?select=...awards!{}(name)',
    '/films?title=eq.{}',
    '/films?title={}',
    '/films?title=like.*{}*',
    '/films?title=match.{}',
    '/films?title=not.isdistinct.{}',
    '/films?title=in.({})',
    '/films?title=in.({"},b)',
    '/films?title=eq(any).{{}}',
    '/films?tags=cs.{{}}',
    '/films?tags=ov.{{"}}',
    '/films?title=is.{}',
    '/films?title={}.a',
    '/films?poster=eq.{}',
    '/films?poster=in.({"})',
    '/films?plot=fts.{}',
    '/films?plot=fts({}).a',
    '/films?summary=wfts(english).{}',
    '/films?{}=eq.1',
    '/films?{"}=eq.1',
    '/films?{"}->>{"}=eq.1',
    '/films?details->>{}=eq.{}',
    '/films?or=(title.eq.{},{}.eq.1)',
    '/films?and=(title.eq.{"},not.or({"}.is.null,id.in.({"})))',
    '/films?select=awards(name)&awards.{}=eq.1',
    '/films?select=awards(name)&{}.name=eq.1',
    '/films?select=awards(name)&awards.or=(name.eq.{"},{"}.eq.1)',
    '/films?order={}',
    '/films?order={"}.desc.nullslast',
    '/films?order=details->>{"}',
    '/films?order=title.{}',
    '/films?select=director_id(name)&order=director_id({"})',
    '/films?select=director_id(name)&order={"}(name)',
    '/films?limit={}',
    '/films?offset={}',
    '/rpc/{}',
    '/rpc/echo?words={}',
    '/rpc/echo?{}=a',
    '/rpc/echo?words=a&select={"}',
    '/rpc/found?words={}&select={"}:title&title=eq.{}',
  ].map((url) => ['GET', url] as const),
  ['GET', '/films', { headers: { 'accept-profile': '{}' } }],
  ['GET', '/films', { headers: { prefer: 'timezone={}, count={}, {}' } }],
  ['GET', '/films', { headers: { range: '{}', 'range-unit': '{}' } }],
  ['GET', '/films', { headers: { accept: '{}' } }],
  ['GET', '/films', { headers: { accept: 'application/vnd.pgrst.plan+json; for="{}"; options={}' } }],
  ['GET', '/films', { headers: { cookie: '{}={}', 'x-{}': '{}' } }],
  ['POST', '/awards?columns={}', { body: '[{"id":9}]' }],
  ['POST', '/awards?columns={"},id', { body: '[{"id":9}]' }],
  [
    'POST',
    '/awards?on_conflict={"}',
    { body: '[{"id":9,"name":"a"}]', headers: { prefer: 'resolution=merge-duplicates' } },
  ],
  ['POST', '/awards', { body: '[{"id":9,{json}:"a"}]' }],
  [
    'POST',
    '/awards',
    { body: '[{"id":9,"name":{json}}]', headers: { prefer: 'return=representation, missing=default' } },
  ],
  [
    'POST',
    '/awards?select={"},id',
    { body: '[{"id":9,"name":{json}}]', headers: { prefer: 'return=representation' } },
  ],
  ['POST', '/awards', { body: 'id,name\n9,{}', headers: { 'content-type': 'text/csv' } }],
  ['POST', '/awards', { body: 'id,{}\n9,a', headers: { 'content-type': 'text/csv' } }],
  ['PATCH', '/awards?id=eq.1&name=eq.{}', { body: '{"name":{json}}' }],
  ['PATCH', '/awards?{"}=eq.1', { body: '{"name":"a"}' }],
  ['PUT', '/awards?id=eq.{}', { body: '{"id":9,"name":{json}}' }],
  ['DELETE', '/awards?name=eq.{}&or=({"}.eq.1,name.in.({"}))'],
  ['POST', '/rpc/echo', { body: '{"words":{json}}' }],
  ['POST', '/rpc/echo', { body: '{{json}:"a"}' }],
  [
    'POST',
    '/rpc/echo?select={"}',
    { body: 'words={}', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  ],
]

/** Every hostile text at every place. */
export function hostileRequests(): readonly HostileRequest[] {
  return HOSTILE_TEXTS.flatMap((text) =>
    PLACES.map(([method, url, more]) => ({
      method,
      url: fill(url, text, encodeURIComponent),
      headers: Object.fromEntries(
        // Header names are the server's: Node gives none but tokens.
        Object.entries(more?.headers ?? {}).map(([name, value]) => [
          fill(name, 'a', (one) => one),
          fill(value, text, (one) => one),
        ]),
      ),
      body: fill(more?.body ?? '', text, (one) => one),
    })),
  )
}

function fill(pattern: string, text: string, encode: (text: string) => string): string {
  const quoted = `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
  return pattern
    .replaceAll('{json}', () => JSON.stringify(text))
    .replaceAll('{"}', () => encode(quoted))
    .replaceAll('{}', () => encode(text))
}

/**
 * What is wrong with `text` as SQL made of a hostile request: null when nothing is. Names in double quotes may hold anything; all else must be
 * words, operators and parameters of one statement, without comments, and no text of the request.
 */
export function injectionIn(text: string): string | null {
  const lexer = createLexer(text)
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    const token = text.slice(lexer.start, lexer.end)
    if (lexer.isUnterminated) return `what ${token} begins does not end`
    if (lexer.kind === 'comment' || lexer.kind === 'semicolon' || lexer.kind === 'backslash')
      return `a ${lexer.kind}: ${token}`
    if (lexer.kind !== 'identifier' && token.toLowerCase().includes(MARK))
      return `text of the request: ${token}`
    if (lexer.kind === 'identifier' && token.includes('\0')) return 'a zero byte in a name'
  }
  return null
}
