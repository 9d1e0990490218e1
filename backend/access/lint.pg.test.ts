// What the linter finds.
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { as } from '#testing/project-database.ts'
import { useTestAccess } from '#testing/test-access.ts'
import { RULES } from './lint-rules.ts'

const access = useTestAccess()
const { project, run } = access
const { projectId } = project

describe('the linter', () => {
  const strikes: Readonly<Record<string, { readonly make: string; readonly objects: readonly string[] }>> = {
    'table-without-row-security': {
      make: 'create table r1 (id int); grant select on r1 to anon',
      objects: ['r1'],
    },
    'policies-without-row-security': {
      make: 'create table r2 (id int); grant select on r2 to authenticated; create policy p on r2 using (false)',
      objects: ['r2'],
    },
    'row-security-without-policy': {
      make: 'create table r3 (id int); grant select on r3 to anon; alter table r3 enable row level security',
      objects: ['r3'],
    },
    'policy-always-true-for-write': {
      make: `create table r4 (id int); grant insert, select on r4 to authenticated; alter table r4 enable row level security;
        create policy open on r4 for insert to authenticated with check (true); create policy read on r4 for select using (true);
        create table r4b (id int); grant insert on r4b to authenticated; alter table r4b enable row level security;
        create policy shut on r4b for insert to authenticated with check (id > 0)`,
      objects: ['r4'],
    },
    'view-with-owner-rights': {
      make: `create table r5 (id int); alter table r5 enable row level security; create view r5_inner as select * from r5;
        create view r5_outer as select * from r5_inner; create view r5_safe with (security_invoker) as select * from r5;
        grant select on r5_outer, r5_safe to anon`,
      objects: ['r5_outer'],
    },
    'definer-function-without-search-path': {
      make: `create function r6(a int) returns int language sql security definer as 'select 1';
        create function r6_safe() returns int language sql security definer set search_path = '' as 'select 1'`,
      objects: ['r6(a integer)'],
    },
    'column-grants-without-effect': {
      make: `create table r7 (a int, b int); alter table r7 enable row level security; create policy p on r7 using (a = 1);
        grant select on r7 to authenticated; grant select (b) on r7 to authenticated`,
      objects: ['r7'],
    },
    'anon-may-write': {
      make: `create table r8 (id int); alter table r8 enable row level security; create policy p on r8 using (id = 1);
        grant update, delete on r8 to anon`,
      objects: ['r8'],
    },
    'sequence-without-usage': {
      make: `create table r9 (id serial, own int generated always as identity); alter table r9 enable row level security;
        create policy p on r9 using (id = 1); grant insert on r9 to authenticated;
        create table r9_safe (id int generated always as identity); alter table r9_safe enable row level security;
        create policy p on r9_safe using (id = 1); grant insert on r9_safe to authenticated`,
      objects: ['r9'],
    },
    'extension-objects-exposed': { make: 'create extension pg_trgm', objects: ['pg_trgm'] },
  }

  beforeAll(() =>
    run(
      `drop schema public cascade; create schema public; grant usage on schema public to anon, authenticated`,
    ),
  )

  test('finds nothing in an empty database', async () => {
    expect(await access.service.lint(as(project.owner), { projectId })).toEqual([])
  })

  test.each(RULES)('$rule strikes where it should and nowhere else', async ({ rule, severity }) => {
    const { make, objects } = strikes[rule] ?? { make: '', objects: [] }
    await run(make)
    const found = (await access.service.lint(as(project.owner), { projectId })).filter(
      (warning) => warning.rule === rule,
    )
    expect(found.map(({ object }) => object)).toEqual(objects)
    for (const warning of found) {
      expect(warning).toMatchObject({ schema: 'public', severity })
      expect(warning.message).not.toContain('undefined')
      expect(warning.hint).not.toBe('')
    }
  })

  test('tells the worst first', async () => {
    const order = (await access.service.lint(as(project.owner), { projectId })).map(
      ({ severity }) => severity,
    )
    expect(order).toEqual([...order].sort((a, b) => rank(a) - rank(b)))
    expect(new Set(order)).toEqual(new Set(['error', 'warning', 'info']))
  })

  const rank = (severity: string): number => ['error', 'warning', 'info'].indexOf(severity)

  test('every rule is explained', async () => {
    const text = await readFile(new URL('../../docs/access-warnings.md', import.meta.url), 'utf8')
    const explained = [...text.matchAll(/^\| `([a-z-]+)`/gm)].map(([, rule]) => rule)
    expect(explained).toEqual(RULES.map(({ rule }) => rule))
  })
})
