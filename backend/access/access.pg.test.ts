import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { access, ExposureChange } from '#contract/capabilities/access.ts'
import { ProjectId, type OrganisationId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { createProvisioningFixture, type ProvisioningFixture } from '#testing/provisioning-fixture.ts'
import { createTenants, type Tenants } from '#testing/tenants.ts'
import type { Actor } from '../actor.ts'
import { createCredentialsService, createOwnerPasswords } from '../credentials/index.ts'
import { createDatabaseService, type DatabaseService } from '../database/index.ts'
import { createSecrets } from '../secrets/index.ts'
import { createAccessService, type AccessService } from './index.ts'
import { RULES } from './lint-rules.ts'

let control: ControlDatabase
let fixture: ProvisioningFixture
let tenants: Tenants
let database: DatabaseService
let service: AccessService
let owner: Actor
let organisationId: OrganisationId
let projectId: ProjectId
const secrets = createSecrets(Buffer.alloc(32, 7))
const clock = { now: () => new Date() }

beforeAll(async () => {
  control = await createControlDatabase()
  tenants = createTenants(control.db)
  const { db } = control
  const passwords = createOwnerPasswords({ db, secrets, clock, randomBytes })
  fixture = await createProvisioningFixture(db, { secrets, ownerPassword: passwords.wanted })
  const { provisioning } = fixture
  const credentials = createCredentialsService({ db, secrets, clock, randomBytes, provisioning })
  database = createDatabaseService({ db, provisioning, credentials })
  service = createAccessService({ database, servedSchemas: async () => ['public', 'gone'] })
  owner = await tenants.person()
  organisationId = await tenants.organisation([[owner, 'owner']])
  projectId = ProjectId.parse(randomUUID())
  const ref = projectId
    .replaceAll('-', '')
    .replaceAll(/[0189]/g, 'z')
    .slice(0, 16)
  await db.transaction(async (tx) => {
    await tx.query(sql`
      insert into project (id, organisation_id, name, ref, environment, region, postgres_version, created_at, updated_at)
      values (${projectId}, ${organisationId}, 'p', ${ref}, 'development', 'local', '18', now(), now())`)
    await passwords.create(tx, projectId)
  })
})
afterAll(async () => {
  await database?.close()
  await fixture?.[Symbol.asyncDispose]()
  await control?.drop()
})

const code = (expected: string) => expect.objectContaining({ code: expected })
const as = (actor: Actor) => ({ actor, signal: new AbortController().signal })

/** Runs SQL as the database's owner, several statements at once. */
async function run(text: string): Promise<readonly (readonly (string | null)[])[]> {
  const use = { projectId, action: 'database.execute', timeoutMs: 10_000 } as const
  const { rows } = await database.asOwner(as(owner), use, (session) => session.query(text))
  return rows
}

const change = (input: Readonly<Record<string, unknown>>, actor = owner) =>
  service.change(as(actor), { projectId, change: ExposureChange.parse(input) })
const exposure = () => service.exposure(as(owner), { projectId })
const table = async (name: string) => (await exposure()).tables.find((entry) => entry.name === name)
const policyInput = (input: z.input<(typeof access)['members']['createPolicy']['input']>['policy']) =>
  access.members.createPolicy.input.parse({ projectId, policy: input })
const preview = (
  input: Omit<z.input<(typeof access)['members']['preview']['input']>, 'projectId' | 'schema'>,
) => service.preview(as(owner), access.members.preview.input.parse({ projectId, schema: 'public', ...input }))

describe('what is exposed', () => {
  test('a new table of a new project is open to nobody but service_role', async () => {
    await run('create table closed (id int primary key, body text)')
    expect(await table('closed')).toMatchObject({
      schema: 'public',
      kind: 'table',
      grants: { anon: [], authenticated: [] },
      rowSecurity: { isEnabled: false, isForced: false, policyCount: 0 },
      isSecurityInvoker: null,
    })
    await expect(run('begin; set local role anon; select * from closed')).rejects.toThrow('permission denied')
    await expect(run('begin; set local role authenticated; select * from closed')).rejects.toThrow(
      'permission denied',
    )
    expect(await run('begin; set local role service_role; select * from closed; rollback')).toEqual([])
  })

  test('a table of a new schema is open to nobody at all', async () => {
    await run('create schema inner_room; create table inner_room.safe (id int)')
    const { schemas } = await exposure()
    expect(schemas).toEqual([
      { name: 'inner_room', usage: [], served: false },
      { name: 'public', usage: ['anon', 'authenticated'], served: true },
    ])
    await expect(run('begin; set local role anon; select * from inner_room.safe')).rejects.toThrow(
      'permission denied',
    )
    expect(schemas.map(({ name }) => name).filter((name) => name.startsWith('pg_'))).toEqual([])
  })

  test('privileges of PUBLIC, on columns and on functions are seen', async () => {
    await run(`
      create table half_open (id int, secret text, body text);
      grant select on half_open to public;
      grant update (body) on half_open to authenticated;
      create view seen with (security_invoker = true) as select 1 as one;
      create function ring(a int, variadic b text[]) returns int language sql as 'select 1';
      create function mute() returns void language sql security definer as '';
      revoke execute on function mute() from public`)
    const found = await table('half_open')
    expect(found?.grants).toEqual({ anon: ['select'], authenticated: ['select'] })
    expect(
      found?.columns.map(({ name, type, grants }) => [name, type, grants.anon, grants.authenticated]),
    ).toEqual([
      ['id', 'integer', [], []],
      ['secret', 'text', [], []],
      ['body', 'text', [], ['update']],
    ])
    expect((await table('seen'))?.isSecurityInvoker).toBe(true)
    const { functions } = await exposure()
    expect(functions).toContainEqual({
      schema: 'public',
      name: 'ring',
      arguments: 'a integer, VARIADIC b text[]',
      returns: 'integer',
      isSecurityDefiner: false,
      execute: ['anon', 'authenticated'],
    })
    expect(functions).toContainEqual(
      expect.objectContaining({ name: 'mute', returns: 'void', isSecurityDefiner: true, execute: [] }),
    )
  })
})

describe('changing', () => {
  const on = { schema: 'public', table: 'Odd "table"' }
  beforeAll(() => run('create table "Odd ""table""" (id serial primary key, "a b" text)'))

  test('a role gets exactly the privileges wanted, with the sequence that inserting needs', async () => {
    const ran = await change({
      type: 'setTableGrants',
      ...on,
      role: 'anon',
      privileges: ['select', 'insert', 'delete'],
    })
    expect(ran.sql).toEqual([
      'revoke update on table "public"."Odd ""table""" from "anon"',
      'grant select, insert, delete on table "public"."Odd ""table""" to "anon"',
      'grant usage on sequence "Odd ""table""_id_seq" to "anon"',
    ])
    await run(`begin; set local role anon; insert into "Odd ""table""" ("a b") values ('x'); rollback`)
    await change({ type: 'setTableGrants', ...on, role: 'anon', privileges: ['update'] })
    expect((await table('Odd "table"'))?.grants).toEqual({ anon: ['update'], authenticated: [] })
    await change({ type: 'setTableGrants', ...on, role: 'anon', privileges: [] })
    expect((await table('Odd "table"'))?.grants).toEqual({ anon: [], authenticated: [] })
  })

  test('what PUBLIC has is taken from the role alone', async () => {
    await run('create table everybodys (id int); grant select on everybodys to public')
    await change({
      type: 'setTableGrants',
      schema: 'public',
      table: 'everybodys',
      role: 'anon',
      privileges: [],
    })
    expect((await table('everybodys'))?.grants).toEqual({ anon: [], authenticated: ['select'] })
  })

  test('columns are opened and closed, unless the table as a whole is open', async () => {
    const column = { type: 'setColumnGrants', ...on, column: 'a b', role: 'authenticated' } as const
    const ran = await change({ ...column, privileges: ['select', 'update'] })
    expect(ran.sql).toEqual([
      'revoke insert ("a b") on table "public"."Odd ""table""" from "authenticated"',
      'grant select ("a b"), update ("a b") on table "public"."Odd ""table""" to "authenticated"',
    ])
    const columns = (await table('Odd "table"'))?.columns.map(({ grants }) => grants.authenticated)
    expect(columns).toEqual([[], ['select', 'update']])
    await change({ type: 'setTableGrants', ...on, role: 'authenticated', privileges: ['select'] })
    await expect(change({ ...column, privileges: [] })).rejects.toEqual(code('CONFLICT'))
    await change({ type: 'setTableGrants', ...on, role: 'authenticated', privileges: [] })
    await expect(change({ ...column, column: 'none', privileges: [] })).rejects.toEqual(code('NOT_FOUND'))
  })

  test('a function is closed to one role, though PUBLIC could run it', async () => {
    await run(`create function "Call me"(a int default 1) returns int language sql as 'select a'`)
    const grant = {
      type: 'setFunctionGrant',
      schema: 'public',
      function: 'Call me',
      arguments: 'a integer',
    } as const
    const execute = async () => (await exposure()).functions.find(({ name }) => name === 'Call me')?.execute
    await change({ ...grant, role: 'anon', mayExecute: false })
    expect(await execute()).toEqual(['authenticated'])
    await run('begin; set local role service_role; select "Call me"(); rollback')
    await change({ ...grant, role: 'authenticated', mayExecute: false })
    expect(await execute()).toEqual([])
    await change({ ...grant, role: 'anon', mayExecute: true })
    expect(await execute()).toEqual(['anon'])
    const injected = { ...grant, arguments: 'a integer) to anon; drop table closed; --' }
    await expect(change({ ...injected, role: 'anon', mayExecute: true })).rejects.toEqual(code('NOT_FOUND'))
  })

  test('row-level security is switched for tables only', async () => {
    const security = { type: 'setRowSecurity', ...on, isEnabled: true, isForced: true } as const
    await change(security)
    expect((await table('Odd "table"'))?.rowSecurity).toMatchObject({ isEnabled: true, isForced: true })
    await change({ ...security, isEnabled: false, isForced: false })
    expect((await table('Odd "table"'))?.rowSecurity).toMatchObject({ isEnabled: false, isForced: false })
    await run('create view over_nothing as select 1 as one')
    await expect(change({ ...security, table: 'over_nothing' })).rejects.toEqual(code('INVALID_INPUT'))
  })

  test('a privilege that comes from a role it belongs to cannot be taken away, and nothing changes', async () => {
    await run(`
      create table lent (id int); create role lender; grant select on lent to lender; grant lender to anon with inherit true;
      grant update on lent to anon`)
    const wanted = {
      type: 'setTableGrants',
      schema: 'public',
      table: 'lent',
      role: 'anon',
      privileges: [],
    }
    await expect(change(wanted)).rejects.toEqual(code('CONFLICT'))
    expect((await table('lent'))?.grants.anon).toEqual(['select', 'update'])
    await run('revoke lender from anon')
  })

  test('what is not there and what is Postgres’ own cannot be changed', async () => {
    const grant = { type: 'setTableGrants', role: 'anon', privileges: [] }
    await expect(change({ ...grant, schema: 'public', table: 'none' })).rejects.toEqual(code('NOT_FOUND'))
    await expect(change({ ...grant, schema: 'pg_catalog', table: 'pg_authid' })).rejects.toEqual(
      code('FORBIDDEN'),
    )
  })
})

describe('policies', () => {
  const on = { schema: 'public', table: 'diary' }
  beforeAll(() =>
    run(
      `create table diary (id int primary key, who text, body text); alter table diary enable row level security`,
    ),
  )

  test('are created, listed, changed, renamed and dropped', async () => {
    const created = await service.createPolicy(
      as(owner),
      policyInput({
        ...on,
        name: 'own "rows"',
        using: `who = 'a' -- mine`,
        check: 'id > 0',
        roles: ['public', 'anon'],
      }),
    )
    expect(created.sql[0]).toContain(
      'create policy "own ""rows""" on "public"."diary" as permissive for all to public, "anon"',
    )
    expect(await service.policies(as(owner), { projectId, ...on })).toEqual([
      {
        ...on,
        name: 'own "rows"',
        command: 'all',
        isPermissive: true,
        roles: ['public'],
        using: "(who = 'a'::text)",
        check: '(id > 0)',
      },
    ])
    await service.alterPolicy(as(owner), {
      projectId,
      ...on,
      name: 'own "rows"',
      newName: 'mine',
      roles: ['authenticated'],
      using: 'true',
    })
    const [changed] = await service.policies(as(owner), { projectId, schema: 'public' })
    expect(changed).toMatchObject({
      name: 'mine',
      roles: ['authenticated'],
      using: 'true',
      check: '(id > 0)',
    })
    expect((await table('diary'))?.rowSecurity.policyCount).toBe(1)
    await service.dropPolicy(as(owner), { projectId, ...on, name: 'mine' })
    expect(await service.policies(as(owner), { projectId })).toEqual([])
    await expect(service.dropPolicy(as(owner), { projectId, ...on, name: 'mine' })).rejects.toEqual(
      code('NOT_FOUND'),
    )
  })

  test('take one expression and no second statement', async () => {
    const attempt = (using: string) =>
      service.createPolicy(as(owner), policyInput({ ...on, name: 'bad', using }))
    for (const using of [
      'true); drop table diary; --',
      'true) with check (true',
      '',
      'nobody = 1',
      "'unclosed",
    ])
      await expect(attempt(using)).rejects.toEqual(code('QUERY_FAILED'))
    expect(await run('select count(*) from diary')).toEqual([['0']])
    expect(await service.policies(as(owner), { projectId })).toEqual([])
  })
})

describe('a preview', () => {
  beforeAll(() =>
    run(`
      create table letter (id int primary key, owner_id text, body text, hidden text);
      insert into letter select n, 'user' || n % 3, 'b', null from generate_series(1, 9) n;
      alter table letter enable row level security;
      grant select (id, owner_id, body) on letter to authenticated;
      create policy own on letter for select to authenticated
        using (owner_id = current_setting('request.jwt.claims', true)::json ->> 'sub')`),
  )

  test('shows what the user would see, and how much there is', async () => {
    const seen = await preview({ table: 'letter', role: 'authenticated', claims: { sub: 'user1' }, limit: 2 })
    expect(seen).toEqual({
      columns: ['id', 'owner_id', 'body'],
      rows: [
        ['1', 'user1', 'b'],
        ['4', 'user1', 'b'],
      ],
      visible: 3,
      total: 9,
      problem: null,
    })
    expect(await preview({ table: 'letter', role: 'authenticated' })).toMatchObject({
      rows: [],
      visible: 0,
      total: 9,
    })
    expect(await preview({ table: 'letter', role: 'service_role' })).toMatchObject({ visible: 9, total: 9 })
  })

  test('says in Postgres’ words why a role sees nothing', async () => {
    expect(await preview({ table: 'letter', role: 'anon' })).toEqual({
      columns: [],
      rows: [],
      visible: null,
      total: 9,
      problem: 'permission denied for table letter',
    })
  })

  test('tries policies and leaves nothing of them, whatever they do', async () => {
    await run(`create table trace (n int); grant insert on trace to authenticated;
      create function leave_trace() returns boolean language sql volatile as 'insert into trace values (1) returning true'`)
    const policy = { schema: 'public', table: 'letter', name: 'all', using: 'true' }
    const tried = await preview({ table: 'letter', role: 'authenticated', withPolicies: [policy] })
    expect(tried).toMatchObject({ visible: 9 })
    const writing = await preview({
      table: 'letter',
      role: 'authenticated',
      withPolicies: [{ ...policy, using: 'leave_trace()' }],
    })
    expect(writing.problem).toContain('read-only transaction')
    expect(await run('select count(*) from trace')).toEqual([['0']])
    expect(await service.policies(as(owner), { projectId, schema: 'public', table: 'letter' })).toHaveLength(
      1,
    )
  })

  test('cannot be left by an expression', async () => {
    const policy = {
      schema: 'public',
      table: 'letter',
      name: 'out',
      using: 'true); commit; drop table letter; --',
    }
    await expect(preview({ table: 'letter', role: 'anon', withPolicies: [policy] })).rejects.toEqual(
      code('QUERY_FAILED'),
    )
    const other = { ...policy, table: 'diary', using: 'true' }
    await expect(preview({ table: 'letter', role: 'anon', withPolicies: [other] })).rejects.toEqual(
      code('INVALID_INPUT'),
    )
    expect(await run('select count(*) from letter')).toEqual([['9']])
  })

  test('gives up on a table that somebody holds, and on one that takes too long', async () => {
    const controller = new AbortController()
    const holder = { actor: owner, signal: controller.signal }
    const use = { projectId, action: 'database.execute', timeoutMs: 20_000 } as const
    const holds = Promise.withResolvers<undefined>()
    const held = database.asOwner(holder, use, async (session) => {
      await session.query('begin; lock table letter')
      holds.resolve(undefined)
      await session.query('select pg_sleep(20)')
    })
    const outcome = expect(held).rejects.toEqual(code('QUERY_CANCELLED'))
    await holds.promise
    const policy = { schema: 'public', table: 'letter', name: 'x', using: 'true' }
    await expect(preview({ table: 'letter', role: 'anon', withPolicies: [policy] })).rejects.toThrow(
      'lock timeout',
    )
    controller.abort()
    await outcome
    await run(`create view slow as select pg_sleep(60)::text as nap; grant select on slow to anon`)
    await expect(preview({ table: 'slow', role: 'anon' })).rejects.toEqual(code('QUERY_CANCELLED'))
  })
})

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
    expect(await service.lint(as(owner), { projectId })).toEqual([])
  })

  test.each(RULES)('$rule strikes where it should and nowhere else', async ({ rule, severity }) => {
    const { make, objects } = strikes[rule] ?? { make: '', objects: [] }
    await run(make)
    const found = (await service.lint(as(owner), { projectId })).filter((warning) => warning.rule === rule)
    expect(found.map(({ object }) => object)).toEqual(objects)
    for (const warning of found) {
      expect(warning).toMatchObject({ schema: 'public', severity })
      expect(warning.message).not.toContain('undefined')
      expect(warning.hint).not.toBe('')
    }
  })

  test('tells the worst first', async () => {
    const order = (await service.lint(as(owner), { projectId })).map(({ severity }) => severity)
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

describe('who may', () => {
  test('a viewer looks, a developer changes and reads rows, a stranger learns nothing', async () => {
    const [viewer, developer, stranger] = [
      await tenants.person(),
      await tenants.person(),
      await tenants.person(),
    ]
    await tenants.join(organisationId, viewer, 'viewer')
    await tenants.join(organisationId, developer, 'developer')
    await run('create table ours (id int)')
    const grant = {
      type: 'setTableGrants',
      schema: 'public',
      table: 'ours',
      role: 'anon',
      privileges: [],
    }
    const rows = access.members.preview.input.parse({
      projectId,
      schema: 'public',
      table: 'ours',
      role: 'anon',
    })
    const policy = policyInput({ schema: 'public', table: 'ours', name: 'p', using: 'true' })
    const drop = { projectId, schema: 'public', table: 'ours', name: 'p' }

    expect((await service.exposure(as(viewer), { projectId })).tables.length).toBeGreaterThan(0)
    await service.lint(as(viewer), { projectId })
    await service.policies(as(viewer), { projectId })
    const refused = [
      (actor: Actor) => change(grant, actor),
      (actor: Actor) => service.preview(as(actor), rows),
      (actor: Actor) => service.createPolicy(as(actor), policy),
      (actor: Actor) => service.alterPolicy(as(actor), { ...drop, using: 'false' }),
      (actor: Actor) => service.dropPolicy(as(actor), drop),
    ]
    for (const attempt of refused) {
      await expect(attempt(viewer)).rejects.toEqual(code('FORBIDDEN'))
      await expect(attempt(stranger)).rejects.toEqual(code('NOT_FOUND'))
      await attempt(developer)
    }
    await expect(service.exposure(as(stranger), { projectId })).rejects.toEqual(code('NOT_FOUND'))
  })

  test('every change is in the audit log, without expressions', async () => {
    const rows = await control.db.query<{ action: string }>(
      sql`select distinct action from audit_entry where subject_id = ${projectId} and action like 'access.%' order by action`,
    )
    expect(rows.map(({ action }) => action)).toEqual([
      'access.alterPolicy',
      'access.change',
      'access.createPolicy',
      'access.dropPolicy',
    ])
    const leaked = await control.db.query(
      sql`select from audit_entry where subject_id = ${projectId} and details::text like '%mine%--%'`,
    )
    expect(leaked).toEqual([])
  })
})
