// Throws requests at the REST engine's parser: random text, text put together from the grammar's own words, and good requests with a few
// characters changed. Whatever comes, the parser reads it or refuses it with a status of 4xx.
import fc from 'fast-check'
import { isRestError } from '../backend/rest/errors.ts'
import { parseRequest } from '../backend/rest/parse/index.ts'
import type { ApiRequest, HttpRequest } from '../backend/rest/parse/api-request.ts'
import { sampleConfig } from './rest-sample.ts'

export const FUZZ_CONFIG = sampleConfig({ schemas: ['api', 'other'], extraSearchPath: [], anonRole: 'anon' })

/** Words of the grammar, and what usually breaks parsers and SQL. */
const WORDS = (
  'select order limit offset and or not columns on_conflict id name films roles a b * count() sum() eq neq gt gte lt lte like ilike match ' +
  'imatch in is isdistinct fts plfts phfts wfts cs cd ov sl sr nxr nxl adj any all null not_null true false unknown asc desc nullsfirst ' +
  'nullslast inner left -> ->> :: : . , ( ) { } " \' \\ ! ... & = ; % %00 %22 %2C %28 %29 %ff %C3%A9 + - -- /* */ $1 $$ 0 1 -1 00 1e9 ' +
  '9223372036854775808 ü 😀 __proto__ constructor toString pg_sleep(9) ;drop table'
).split(' ')

/** Good query strings, to be spoilt. */
const SEEDS = [
  'select=id,who:name::text,data->a->>0,films!fk!inner(*,roles(name))&id=eq.1',
  'select=count(),a.sum()::int,...films(title)&films.order=title.desc.nullslast&films.limit=3&limit=10&offset=5',
  'id=in.(1,2,"a,b")&name=not.like(any).{a*,b*}&or=(a.eq.1,not.and(b.is.null,c.fts(simple).x))&order=films(title),id.asc',
  'columns=a,b&on_conflict=a&films.roles.and=(a.cs.{1,2},b.ov.[1,2])&x->>y=ilike.*z*&n=is.not_null',
]

const soup = fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }).map((words) => words.join(''))

const spoilt = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(fc.tuple(fc.nat(200), fc.nat(3), fc.constantFrom(...WORDS)), { maxLength: 4 }),
  )
  .map(([seed, changes]) =>
    changes.reduce((text, [at, cut, word]) => text.slice(0, at) + word + text.slice(at + cut), seed),
  )

const query = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), soup, spoilt)

const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('/films', '/rpc/f', '/') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `/${text}`) },
  { weight: 1, arbitrary: soup.map((text) => `/${text}`) },
)

const header = fc.oneof(fc.string({ maxLength: 30 }), soup)

const headers = fc.record(
  {
    prefer: fc.oneof(
      header,
      fc
        .array(
          fc.constantFrom(
            'return=minimal',
            'handling=strict',
            'count=exact',
            'max-affected=1',
            'timezone=UTC',
            'x',
          ),
          { maxLength: 4 },
        )
        .map((words) => words.join(',')),
    ),
    accept: fc.oneof(header, fc.constantFrom('*/*', 'text/csv;q=0.3, application/json', 'a/b;q=;c="')),
    range: fc.oneof(
      header,
      fc.tuple(fc.nat(), fc.nat()).map(([from, to]) => `${String(from)}-${String(to)}`),
    ),
    'content-type': fc.oneof(
      header,
      fc.constantFrom(
        'application/json',
        'text/csv',
        'application/x-www-form-urlencoded',
        'text/plain',
        'application/octet-stream',
      ),
    ),
    'accept-profile': fc.constantFrom('api', 'other', 'none'),
    'content-profile': fc.constantFrom('api', 'other', 'none'),
    cookie: header,
  },
  { requiredKeys: [] },
)

const encoder = new TextEncoder()

const body = fc.oneof(
  fc.constant(new Uint8Array()),
  fc.uint8Array({ maxLength: 40 }),
  soup.map((text) => encoder.encode(text)),
  fc.json({ maxDepth: 3 }).map((text) => encoder.encode(text)),
  fc
    .array(fc.array(fc.constantFrom('a', 'NULL', '"x,""y"', '', '"', 'ü'), { maxLength: 4 }), {
      maxLength: 5,
    })
    .map((rows) => encoder.encode(rows.map((row) => row.join(',')).join('\n'))),
)

/** Any request, good or bad. */
export const fuzzRequest: fc.Arbitrary<HttpRequest> = fc.record({
  method: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS') },
    { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
  ),
  path,
  query,
  headers: headers.map((given) =>
    Object.fromEntries(
      Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  ),
  body,
})

/** What holds of every request that was read. */
function isSound(request: ApiRequest): boolean {
  const { offset, limit } = request.topRange
  const isRange = Number.isSafeInteger(offset) && offset >= 0 && (limit === null || limit >= 0)
  return isRange && request.accept.length > 0 && FUZZ_CONFIG.schemas.includes(request.schema)
}

export interface FuzzOutcome {
  readonly read: number
  readonly refused: number
}

/**
 * Parses `count` requests made from `seed`.
 * @throws Error with the smallest request found that was not answered with a status of 4xx.
 */
export function fuzzParser(count: number, seed: number): FuzzOutcome {
  let read = 0
  let refused = 0
  const check = (request: HttpRequest): boolean => {
    try {
      const isGood = isSound(parseRequest(request, FUZZ_CONFIG))
      read += 1
      return isGood
    } catch (error) {
      if (!isRestError(error)) throw error
      refused += 1
      return error.status >= 400 && error.status < 500 && error.message !== ''
    }
  }
  fc.assert(fc.property(fuzzRequest, check), { numRuns: count, seed })
  return { read, refused }
}
