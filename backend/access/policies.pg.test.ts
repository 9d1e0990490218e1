// Policies, trying them, and who may do what about access.
import { beforeAll, describe, expect, test } from 'vitest'
import { access as contract } from '#contract/capabilities/access.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { as } from '#testing/project-database.ts'
import { useTestAccess } from '#testing/test-access.ts'
import type { Actor } from '../actor.ts'

const access = useTestAccess()
const { project, change, policyInput, preview, run, table } = access
const { projectId } = project
const code = (expected: string) => expect.objectContaining({ code: expected })

describe('policies', () => {
  const on = { schema: 'public', table: 'diary' }
  beforeAll(() =>
    run(
      `create table diary (id int primary key, who text, body text); alter table diary enable row level security`,
    ),
  )

  test('are created, listed, changed, renamed and dropped', async () => {
    const created = await access.service.createPolicy(
      as(project.owner),
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
    expect(await access.service.policies(as(project.owner), { projectId, ...on })).toEqual([
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
    await access.service.alterPolicy(as(project.owner), {
      projectId,
      ...on,
      name: 'own "rows"',
      newName: 'mine',
      roles: ['authenticated'],
      using: 'true',
    })
    const [changed] = await access.service.policies(as(project.owner), { projectId, schema: 'public' })
    expect(changed).toMatchObject({
      name: 'mine',
      roles: ['authenticated'],
      using: 'true',
      check: '(id > 0)',
    })
    expect((await table('diary'))?.rowSecurity.policyCount).toBe(1)
    await access.service.dropPolicy(as(project.owner), { projectId, ...on, name: 'mine' })
    expect(await access.service.policies(as(project.owner), { projectId })).toEqual([])
    await expect(
      access.service.dropPolicy(as(project.owner), { projectId, ...on, name: 'mine' }),
    ).rejects.toEqual(code('NOT_FOUND'))
  })

  test('take one expression and no second statement', async () => {
    const attempt = (using: string) =>
      access.service.createPolicy(as(project.owner), policyInput({ ...on, name: 'bad', using }))
    for (const using of [
      'true); drop table diary; --',
      'true) with check (true',
      '',
      'nobody = 1',
      "'unclosed",
    ])
      await expect(attempt(using)).rejects.toEqual(code('QUERY_FAILED'))
    expect(await run('select count(*) from diary')).toEqual([['0']])
    expect(await access.service.policies(as(project.owner), { projectId })).toEqual([])
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
    expect(
      await access.service.policies(as(project.owner), { projectId, schema: 'public', table: 'letter' }),
    ).toHaveLength(1)
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
    const holder = { actor: project.owner, signal: controller.signal }
    const use = { projectId, action: 'database.execute', timeoutMs: 20_000 } as const
    const holds = Promise.withResolvers<undefined>()
    const held = project.database.asOwner(holder, use, async (session) => {
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

describe('who may', () => {
  test('a viewer looks, a developer changes and reads rows, a stranger learns nothing', async () => {
    const [viewer, developer, stranger] = [
      await project.tenants.person(),
      await project.tenants.person(),
      await project.tenants.person(),
    ]
    await project.tenants.join(project.organisationId, viewer, 'viewer')
    await project.tenants.join(project.organisationId, developer, 'developer')
    await run('create table ours (id int)')
    const grant = {
      type: 'setTableGrants',
      schema: 'public',
      table: 'ours',
      role: 'anon',
      privileges: [],
    }
    const rows = contract.members.preview.input.parse({
      projectId,
      schema: 'public',
      table: 'ours',
      role: 'anon',
    })
    const policy = policyInput({ schema: 'public', table: 'ours', name: 'p', using: 'true' })
    const drop = { projectId, schema: 'public', table: 'ours', name: 'p' }

    expect((await access.service.exposure(as(viewer), { projectId })).tables.length).toBeGreaterThan(0)
    await access.service.lint(as(viewer), { projectId })
    await access.service.policies(as(viewer), { projectId })
    const refused = [
      (actor: Actor) => change(grant, actor),
      (actor: Actor) => access.service.preview(as(actor), rows),
      (actor: Actor) => access.service.createPolicy(as(actor), policy),
      (actor: Actor) => access.service.alterPolicy(as(actor), { ...drop, using: 'false' }),
      (actor: Actor) => access.service.dropPolicy(as(actor), drop),
    ]
    for (const attempt of refused) {
      await expect(attempt(viewer)).rejects.toEqual(code('FORBIDDEN'))
      await expect(attempt(stranger)).rejects.toEqual(code('NOT_FOUND'))
      await attempt(developer)
    }
    await expect(access.service.exposure(as(stranger), { projectId })).rejects.toEqual(code('NOT_FOUND'))
  })

  test('every change is in the audit log, without expressions', async () => {
    const rows = await project.control.db.query<{ action: string }>(
      sql`select distinct action from audit_entry where subject_id = ${projectId} and action like 'access.%' order by action`,
    )
    expect(rows.map(({ action }) => action)).toEqual([
      'access.alterPolicy',
      'access.change',
      'access.createPolicy',
      'access.dropPolicy',
    ])
    const leaked = await project.control.db.query(
      sql`select from audit_entry where subject_id = ${projectId} and details::text like '%mine%--%'`,
    )
    expect(leaked).toEqual([])
  })
})
