// Each refusal is explained in words; and where the explanation has a statement, running it makes the same request succeed.
import { beforeAll, describe, expect, test } from 'vitest'
import { useFilmsApi } from '#testing/films-api.ts'
import { signToken } from '../../test-sessions/index.ts'
import { sendWatched, type WatchedRequest } from '#testing/watched-requests.ts'

const films = useFilmsApi()

const SCHEMA = [
  // rights
  'create schema closed_door',
  'create table closed_door.rooms (id int primary key)',
  'grant select on closed_door.rooms to anon',
  'create table no_grant (id int primary key, note text)',
  "insert into no_grant values (1, 'a')",
  'create table some_columns (id int primary key, note text, price int)',
  'insert into some_columns values (1)',
  'grant select (id, note) on some_columns to anon',
  'create table numbered (id serial primary key, note text)',
  'grant insert on numbered to anon',
  "create function secret_sum(a int, b int) returns int language sql immutable as 'select a + b'",
  'revoke execute on function secret_sum from public',
  'create table hidden_base (id int primary key)',
  'insert into hidden_base values (1)',
  'create view invoker_view with (security_invoker = true) as select * from hidden_base',
  'grant select on invoker_view to anon',
  'create table guarded (id int primary key)',
  'create table allowed_ids (id int)',
  'insert into allowed_ids values (1)',
  'insert into guarded values (1)',
  'alter table guarded enable row level security',
  'create policy listed on guarded for select to anon using (exists (select from allowed_ids a where a.id = guarded.id))',
  'grant select on guarded to anon',
  // row-level security
  'create table no_policy (id int primary key)',
  'insert into no_policy values (1)',
  'alter table no_policy enable row level security',
  'grant select, insert, update, delete on no_policy to anon',
  'create table of_owners (id int primary key, owner text not null, is_open boolean not null default true)',
  "insert into of_owners values (1, 'bob')",
  'alter table of_owners enable row level security',
  "create policy own on of_owners to authenticated using (owner = current_setting('request.jwt.claims')::json ->> 'sub') with check (owner = (current_setting('request.jwt.claims')::json ->> 'sub') and is_open)",
  'grant select, insert, update, delete on of_owners to authenticated',
  'create table write_only (id int primary key)',
  'alter table write_only enable row level security',
  'create policy add on write_only for insert to anon with check (true)',
  'grant select, insert on write_only to anon',
  'create table restricted (id int primary key)',
  'alter table restricted enable row level security',
  'create policy all_of_it on restricted to anon using (true)',
  'create policy "small ones" on restricted as restrictive for insert to anon with check (id < 10)',
  'grant select, insert on restricted to anon',
  'create table looped (id int primary key)',
  'insert into looped values (1)',
  'alter table looped enable row level security',
  'create policy loop on looped for select to anon using (exists (select from looped l where l.id > 0))',
  'grant select on looped to anon',
  // names
  'create schema private',
  'create table private.drafts (id int primary key)',
  'create function private.archive() returns int language sql as $$ select 1 $$',
  // constraints
  'create table parents (id int primary key, code text unique, age int constraint adult check (age >= 18), name text not null)',
  "insert into parents values (1, 'x', 20, 'a')",
  'create table children (id int primary key, parent_id int references parents, other_id int references parents)',
  'grant all on parents, children to anon',
]

beforeAll(async () => {
  await films.api.sql(...SCHEMA)
}, 60_000)

const anon = (path: string, more: Partial<WatchedRequest> = {}): WatchedRequest => ({
  as: 'anon',
  path,
  ...more,
})
const post = (path: string, body: unknown, more: Partial<WatchedRequest> = {}): WatchedRequest =>
  anon(path, { method: 'POST', body, ...more })

/** A token of the project whose time is over. */
async function expired(): Promise<string> {
  const { secret } = await films.person.api.api.revealJwtSecret({ projectId: films.api.projectId })
  return signToken({ role: 'anon', exp: 1 }, secret)
}

describe('what a statement mends', () => {
  test.each<[name: string, WatchedRequest, reasons: string[], status: number]>([
    ['a table without a grant', anon('/no_grant?select=id,note'), ['missing-table-grant'], 200],
    ['a column without a grant', anon('/some_columns?select=id,price'), ['missing-column-grant'], 200],
    ['a table that may not be written', post('/no_grant', { id: 2 }), ['missing-table-grant'], 201],
    ['a sequence that a default needs', post('/numbered', { note: 'a' }), ['missing-sequence-grant'], 201],
    ['a function', post('/rpc/secret_sum', { a: 1, b: 2 }), ['missing-function-grant'], 200],
    ['a table behind a view with the caller’s rights', anon('/invoker_view'), ['missing-table-grant'], 200],
    ['a table that a policy reads', anon('/guarded'), ['missing-table-grant'], 200],
    ['no policy for new rows', post('/no_policy', { id: 5 }), ['no-policy'], 201],
    [
      'a policy that new rows do not pass',
      {
        as: 'authenticated',
        path: '/of_owners',
        method: 'POST',
        claims: { sub: 'ann' },
        body: { id: 7, owner: 'bob' },
      },
      ['policy-check-failed'],
      201,
    ],
    [
      'a new row that may not be read back',
      post('/write_only', { id: 1 }, { headers: { prefer: 'return=representation' } }),
      ['no-policy'],
      201,
    ],
  ])('%s', async (_, request, reasons, status) => {
    const { answer, trace } = await sendWatched(films, request)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    const { explanations, errorCode } = await trace()
    expect(errorCode).toBe(Object(answer.json).code)
    expect(explanations.map(({ reason }) => reason)).toEqual(reasons)
    for (const { remedy } of explanations) await films.api.sql(remedy?.sql ?? 'no remedy')
    const again = await sendWatched(films, request)
    expect([again.answer.status, again.answer.text]).toEqual([status, expect.any(String)])
  })

  test('a schema that may not be used, by a key whose API exposes it', async () => {
    await films.withSettings({ schemas: ['public', 'closed_door'] }, async () => {
      const request = anon('/rooms', { headers: { 'accept-profile': 'closed_door' } })
      const { trace } = await sendWatched(films, request)
      const { explanations } = await trace()
      expect(explanations).toMatchObject([
        { reason: 'missing-schema-usage', remedy: { sql: 'grant usage on schema closed_door to anon;' } },
      ])
      await films.api.sql(explanations[0]?.remedy?.sql ?? '')
      expect((await sendWatched(films, request)).answer.status).toBe(200)
    })
  })

  test('a role that the database does not have', async () => {
    const request = async () => {
      const { given, trace } = await sendWatched(films, anon('/films'))
      const authorization = `Bearer ${await films.api.token({ role: 'nobody_yet' })}`
      const answer = await films.get('/films?limit=0', {
        apikey: given['apikey'] ?? '',
        'nebula-insight': given['Nebula-Insight'] ?? '',
        authorization,
      })
      return { answer, explanations: (await trace()).explanations }
    }
    const first = await request()
    expect(first.explanations.map(({ reason }) => reason)).toEqual(['role-unknown'])
    for (const one of (first.explanations[0]?.remedy?.sql ?? '').split('; ')) await films.api.sql(one)
    const second = await request()
    expect(second.explanations.map(({ reason }) => reason)).toEqual(['missing-table-grant'])
    await films.api.sql(second.explanations[0]?.remedy?.sql ?? '')
    expect((await request()).answer.status).toBe(200)
  })

  test('rows that no policy shows', async () => {
    const first = await sendWatched(films, anon('/no_policy'))
    expect([first.answer.status, first.answer.json]).toEqual([200, []])
    const { explanations } = await first.trace()
    expect(explanations).toMatchObject([
      {
        reason: 'no-policy',
        message:
          'Row-level security is on for no_policy, and no permissive policy for SELECT applies to anon: it sees no row.'.replace(
            'no_policy',
            'public.no_policy',
          ),
        remedy: {
          sql: 'create policy "anon may select" on public.no_policy for select to anon using (true);',
        },
      },
    ])
    await films.api.sql(explanations[0]?.remedy?.sql ?? '')
    const again = await sendWatched(films, anon('/no_policy'))
    expect(again.answer.json).toContainEqual({ id: 1 })
  })

  test('a table that was made after the schema was read', async () => {
    await films.api.sql(
      'create table parted (id int) partition by list (id)',
      'create table parted_one partition of parted for values in (1)',
    )
    const { explanations } = await (await sendWatched(films, anon('/parted_one'))).trace()
    expect(explanations).toMatchObject([
      { reason: 'schema-cache-stale', remedy: { sql: "notify pgrst, 'reload schema';" } },
    ])
  })
})

describe('what is told in words', () => {
  test.each<[name: string, WatchedRequest, reason: string, message: RegExp]>([
    [
      'rows that all policies hide',
      { as: 'authenticated', path: '/of_owners', claims: { sub: 'nobody' } },
      'policies-hide-all',
      /public\.of_owners has .* rows?, but its policies for SELECT let none through for authenticated/,
    ],
    [
      'a restrictive policy',
      post('/restricted', { id: 50 }),
      'policy-check-failed',
      /restrictive “small ones” \(not true: \(id < 10\)\)/,
    ],
    ['a policy that reads its own table', anon('/looped'), 'policy-recursion', /security definer/],
    [
      'a table in a schema that is not exposed',
      anon('/drafts'),
      'not-exposed',
      /in the schema private, which the API does not expose/,
    ],
    [
      'a function in a schema that is not exposed',
      post('/rpc/archive', {}),
      'not-exposed',
      /function archive is in the schema private/,
    ],
    [
      'a table that is not there',
      anon('/film'),
      'unknown-table',
      /Perhaps you meant the table 'public\.films'/,
    ],
    [
      'other parameters',
      post('/rpc/nap', { second: 1 }),
      'other-parameters',
      /nap exists, but takes other parameters/,
    ],
    ['a column that is not there', anon('/films?select=titel'), 'unknown-column', /Perhaps you meant title/],
    [
      'a written column that is not there',
      post('/parents', { nome: 'x' }),
      'unknown-column',
      /Perhaps you meant name/,
    ],
    [
      'an embed of two keys',
      anon('/children?select=*,parents(*)'),
      'ambiguous-embed',
      /parents!children_parent_id_fkey/,
    ],
    ['an embed without a key', anon('/films?select=*,parents(*)'), 'no-relationship', /foreign key/],
    [
      'a unique constraint',
      post('/parents', { id: 1, code: 'x', age: 20, name: 'b' }),
      'unique-violation',
      /parents_pkey of parents \(PRIMARY KEY \(id\)\)/,
    ],
    [
      'a foreign key',
      post('/children', { id: 1, parent_id: 99 }),
      'foreign-key-violation',
      /children_parent_id_fkey .*FOREIGN KEY/,
    ],
    [
      'a check',
      post('/parents', { id: 2, age: 3, name: 'b' }),
      'check-violation',
      /adult of parents \(CHECK \(\(age >= 18\)\)\)/,
    ],
    [
      'a missing value',
      post('/parents', { id: 3 }),
      'not-null-violation',
      /The column name of parents must have a value/,
    ],
    [
      'a value of another type',
      anon('/films?id=eq.one'),
      'value-invalid',
      /invalid input syntax for type integer/,
    ],
    ['a body that is no JSON', post('/parents', '{"id":'), 'body-unreadable', /cannot be read/],
    [
      'a body of another type',
      post('/parents', 'x', { headers: { 'content-type': 'image/png' } }),
      'body-unreadable',
      /cannot be read/,
    ],
    [
      'a media type that is not there',
      anon('/films', { headers: { accept: 'image/png' } }),
      'not-acceptable',
      /text\/csv/,
    ],
    [
      'a preference that nobody knows',
      anon('/films', { headers: { prefer: 'handling=strict, colour=red' } }),
      'unknown-preference',
      /colour=red/,
    ],
    ['a filter that cannot be read', anon('/films?id=equals.1'), 'query-string', /./],
    ['a range that is not there', anon('/films?limit=-1'), 'range-not-satisfiable', /negative|zero/i],
    [
      'a schema that is not exposed',
      anon('/films', { headers: { 'accept-profile': 'other' } }),
      'schema-not-exposed',
      /public/,
    ],
    ['a write by GET', anon('/rpc/add_film'), 'write-in-read-only', /POST/],
    [
      'many rows for one object',
      anon('/films', { headers: { accept: 'application/vnd.pgrst.object+json' } }),
      'not-one-row',
      /3 rows/,
    ],
    [
      'no row for one object',
      anon('/films?id=eq.999', { headers: { accept: 'application/vnd.pgrst.object+json' } }),
      'not-one-row',
      /no row matches/,
    ],
    ['an address that leads nowhere', anon('/a/b/c'), 'no-such-path', /path/],
  ])('%s', async (_, request, reason, message) => {
    const { trace } = await sendWatched(films, request)
    const { explanations } = await trace()
    expect(explanations[0]).toMatchObject({ reason, message: expect.stringMatching(message) })
  })

  test('a statement that ran out of time', async () => {
    await films.withSettings({ statementTimeoutMs: 100 }, async () => {
      const { trace } = await sendWatched(films, post('/rpc/nap', { seconds: 5 }))
      expect(await trace()).toMatchObject({
        errorCode: '57014',
        statementTimeoutMs: 100,
        explanations: [{ reason: 'statement-timeout', message: expect.stringContaining('(100 ms)') }],
      })
    })
  })

  test('an answer that is cut', async () => {
    await films.withSettings({ maxRows: 2 }, async () => {
      const { trace } = await sendWatched(films, anon('/films'))
      expect((await trace()).explanations).toMatchObject([{ reason: 'max-rows' }])
    })
  })

  test.each([
    [
      'another secret',
      async () => `${(await films.api.token({ role: 'anon' })).slice(0, -4)}AAAA`,
      'jwt-wrong-signature',
    ],
    ['an end that is over', () => expired(), 'jwt-expired'],
    ['no sense', async () => 'nonsense', 'jwt-unreadable'],
    ['a role that logs in', () => films.api.token({ role: 'authenticator' }), 'jwt-role-refused'],
  ])('a token with %s', async (_, token, reason) => {
    const { given, trace } = await sendWatched(films, anon('/films'))
    await films.get('/films', { ...given, Authorization: `Bearer ${await token()}` })
    const { explanations, role } = await trace()
    expect([role, explanations.map((one) => one.reason)]).toEqual([null, [reason]])
  })

  test.each([
    ['no key', {}, 'api-key-refused'],
    ['a broken key', { apikey: 'nbl_secret_x' }, 'api-key-refused'],
  ])('%s, before the database is asked', async (_, headers, reason) => {
    const { given, trace } = await sendWatched(films, anon('/films'))
    const answer = await films.get('/films', { 'nebula-insight': given['Nebula-Insight'] ?? '', ...headers })
    expect(answer.status).toBe(401)
    expect(await trace()).toMatchObject({
      status: 401,
      role: null,
      statements: [],
      explanations: [{ reason }],
    })
  })

  test('too many requests', async () => {
    const { given, trace } = await sendWatched(films, anon('/films'))
    await films.withSettings({ rateLimit: { perKey: 1, perProject: null, perAddress: null } }, async () => {
      await expect
        .poll(async () => (await films.get('/films', { ...given })).status, { interval: 1 })
        .toBe(429)
      expect(await trace()).toMatchObject({ status: 429, explanations: [{ reason: 'rate-limited' }] })
    })
  })
})
