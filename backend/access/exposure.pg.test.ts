// What the API exposes to whom, and changing that.
import { beforeAll, describe, expect, test } from 'vitest'
import { useTestAccess } from '#testing/test-access.ts'

const access = useTestAccess()
const { change, exposure, run, table } = access
const code = (expected: string) => expect.objectContaining({ code: expected })

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
