// What each policy lets through, counted as the request's role with its claims would evaluate it.
import { beforeAll, describe, expect, test } from 'vitest'
import type { PolicyEffect } from '#contract/capabilities/insight.ts'
import { useFilmsApi } from '#testing/films-api.ts'
import { sendWatched, type WatchedRequest } from '#testing/watched-requests.ts'

const films = useFilmsApi()

const SCHEMA = [
  'create table teams (id int primary key, is_secret boolean not null)',
  'insert into teams values (1, false), (2, true)',
  'alter table teams enable row level security',
  'create policy open_ones on teams for select to anon using (not is_secret)',
  'grant select on teams to anon',
  'create table members (id int primary key, team_id int not null, name text not null)',
  "insert into members select n, 1 + n % 2, 'member ' || n from generate_series(1, 10) n",
  'alter table members enable row level security',
  // A subquery on a table whose own policies hide a row: an owner would see both teams.
  'create policy of_my_teams on members for select to anon using (exists (select from teams t where t.id = members.team_id))',
  'create policy first_three on members for select to public using (id <= 3)',
  'create policy not_two on members as restrictive for select to anon using (id <> 2)',
  'create policy others on members for select to authenticated using (true)',
  'grant select on members to anon',
  // What the role is, and what functions of the person make of it.
  'create table notes (id int primary key, author text not null)',
  "insert into notes values (1, 'ann'), (2, 'anon'), (3, 'owner')",
  'alter table notes enable row level security',
  // Names without a schema are found on the request’s search path.
  "create function claims() returns json language sql stable as $$ select current_setting('request.jwt.claims')::json $$",
  "create function me() returns text language plpgsql stable as $$ begin return claims() ->> 'sub'; end $$",
  'create policy mine on notes for select to anon using (author = me())',
  'create policy of_the_role on notes for select to anon using (author = current_user)',
  'grant select on notes to anon',
  // Its owner is held too.
  'create table forced (id int primary key)',
  'insert into forced values (1), (2)',
  'grant select on forced to anon, service_role',
  'alter table forced enable row level security, force row level security',
  'create policy one on forced for select to anon using (id = 1)',
  // Views, one with its owner's rights, one with the caller's.
  'create view all_members as select * from members',
  'create view my_members with (security_invoker = true) as select * from members',
  'grant select on all_members, my_members to anon',
  'create table plain (id int primary key)',
  'grant select on plain to anon',
  // A role that belongs to another, and has what that has.
  'create role editors nologin',
  'create role junior nologin inherit',
  'grant editors to junior',
  'grant junior to authenticator, owner',
  'create table articles (id int primary key)',
  'insert into articles values (1), (2), (3)',
  'alter table articles enable row level security',
  'create policy for_editors on articles for select to editors using (id < 3)',
  'grant select on articles to junior',
  'grant usage on schema public to junior',
  // Types that must survive.
  `create table "Odd ""Names" (id int primary key, "select" text[], at timestamptz, doc jsonb, raw bytea, amount numeric)`,
  `insert into "Odd ""Names" values (1, '{a,"b c"}', 'infinity', '{"a": [1]}', '\\xff00', 'NaN'), (2, null, null, null, null, null)`,
  `alter table "Odd ""Names" enable row level security`,
  `create policy "odd one" on "Odd ""Names" for select to anon using ("select" = array['a', 'b c'] and at = 'infinity' and doc -> 'a' @> '[1]' and raw = '\\xff00' and amount = 'NaN' and current_user = 'anon')`,
  `grant select on "Odd ""Names" to anon`,
  'create table inbox (id serial primary key, owner text not null, size int not null default 5)',
  'alter table inbox enable row level security',
  "create policy own on inbox for insert to anon with check (owner = (current_setting('request.jwt.claims')::json ->> 'sub') and size < 10)",
  'grant insert on inbox to anon',
  'grant usage on sequence inbox_id_seq to anon',
]

beforeAll(() => films.api.sql(...SCHEMA), 60_000)

async function effects(request: WatchedRequest): Promise<PolicyEffect[]> {
  const { ticket } = await sendWatched(films, request)
  return films.person.api.insight.policies({ projectId: films.api.projectId, ticket })
}

/** `policy: kept of total`, or why it does not filter. */
const short = ({ policy, kept, total, note }: PolicyEffect): string =>
  note !== null && policy === null && kept === null ? note : `${policy ?? note}: ${kept} of ${total}`

describe('of a table', () => {
  test.each<[name: string, request: WatchedRequest, expected: string[]]>([
    [
      'subqueries see what their own tables’ policies let the role see; restrictive ones and PUBLIC count',
      { as: 'anon', path: '/members?select=id' },
      ['first_three: 3 of 10', 'not_two: 9 of 10', 'of_my_teams: 5 of 10', 'all policies together: 6 of 10'],
    ],
    [
      'functions and current_user are the role’s, with the claims of the request',
      { as: 'anon', path: '/notes', claims: { sub: 'ann' } },
      ['mine: 1 of 3', 'of_the_role: 1 of 3', 'all policies together: 2 of 3'],
    ],
    [
      'a table that holds its owner too',
      { as: 'anon', path: '/forced' },
      ['one: 1 of 2', 'all policies together: 1 of 2'],
    ],
    [
      'a view with its owner’s rights',
      { as: 'anon', path: '/all_members' },
      [
        'the role owner owns it, and bypasses it (through the view public.all_members, with its owner’s rights)',
      ],
    ],
    [
      'a view with the caller’s rights',
      { as: 'anon', path: '/my_members' },
      ['first_three: 3 of 10', 'not_two: 9 of 10', 'of_my_teams: 5 of 10', 'all policies together: 6 of 10'],
    ],
    ['no row-level security', { as: 'anon', path: '/plain' }, ['no row-level security']],
    [
      'a role that bypasses it',
      { as: 'service_role', path: '/members' },
      ['the role service_role bypasses it'],
    ],
    [
      'values of all types survive the copy',
      { as: 'anon', path: '/Odd "Names'.replaceAll(' ', '%20').replaceAll('"', '%22') },
      ['odd one: 1 of 2', 'all policies together: 1 of 2'],
    ],
    [
      'no policy at all',
      { as: 'authenticated', path: '/teams' },
      ['no permissive policy applies: no row passes: 0 of 2'],
    ],
    [
      'new rows: those of the request',
      {
        as: 'anon',
        path: '/inbox',
        method: 'POST',
        claims: { sub: 'ann' },
        body: [{ owner: 'ann' }, { owner: 'bob' }],
      },
      ['own: 1 of 2', 'all policies together: 1 of 2'],
    ],
  ])('%s', async (_, request, expected) => {
    expect((await effects(request)).map(short)).toEqual(expected)
  })

  test('what is counted together is what the request gets', async () => {
    const { answer } = await sendWatched(films, { as: 'anon', path: '/members?select=id' })
    expect(answer.json).toHaveLength(6)
  })

  test('policies of a role count for those who inherit from it', async () => {
    const { given, ticket } = await sendWatched(films, { as: 'anon', path: '/plain' })
    const answer = await films.get('/articles', {
      ...given,
      Authorization: `Bearer ${await films.api.token({ role: 'junior' })}`,
    })
    expect(answer.json).toHaveLength(2)
    const found = await films.person.api.insight.policies({ projectId: films.api.projectId, ticket })
    expect(found.map(short)).toEqual(['for_editors: 2 of 3', 'all policies together: 2 of 3'])
  })

  test('many rows are counted in place by a plain policy, and not at all by one that must be evaluated as the role', async () => {
    await films.api.sql(
      'insert into notes select n, $$x$$ from generate_series(100, 25000) n',
      'insert into plain select generate_series(1, 25000)',
      'alter table plain enable row level security',
      'create policy few on plain to anon using (id <= 7)',
    )
    expect((await effects({ as: 'anon', path: '/plain?limit=1' })).map(short)).toEqual([
      'few: 7 of 25000',
      'all policies together: 7 of 25000',
    ])
    expect(await effects({ as: 'anon', path: '/notes?limit=1' })).toMatchObject([
      { policy: 'mine', kept: null, total: 24904 },
      { policy: 'of_the_role', kept: null, total: 24904 },
      { note: 'all policies together', kept: null },
    ])
  })

  test('an expression that fails, or writes, is not counted, and nothing is left of it', async () => {
    await films.api.sql(
      'create table traps (id int primary key)',
      'insert into traps values (1)',
      'create function trap() returns boolean language plpgsql as $$ begin insert into traps values (99); return true; end $$',
      'alter table traps enable row level security',
      'create policy trapped on traps for select to anon using (trap())',
      'grant select, insert on traps to anon',
      'create policy add on traps for insert to anon with check (true)',
    )
    await expect
      .poll(async () => (await films.get('/traps', { apikey: films.api.publishable })).status)
      .not.toBe(404)
    expect(await effects({ as: 'anon', path: '/traps' })).toMatchObject([
      { policy: 'trapped', kept: null, total: 1 },
      { note: 'all policies together', kept: null },
    ])
    expect((await films.get('/traps', { apikey: films.api.secret })).json).toEqual([{ id: 1 }])
  })
})
