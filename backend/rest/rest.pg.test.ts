// A request to the REST engine, from HTTP to Postgres and back.
import { describe, expect, test, vi } from 'vitest'
import { config, ROLE, useRestDatabase } from '#testing/rest-database.ts'

const database = useRestDatabase()
const { start } = database

describe('a request', () => {
  test('is answered as the role, in a transaction that reads only where it may', async () => {
    const { url } = await start()
    const ask = async (path: string, init?: RequestInit) => await (await fetch(`${url}${path}`, init)).json()
    expect(await ask('/film?id=lte.2&select=title&order=id')).toEqual([
      { title: 'Film 1' },
      { title: 'Film 2' },
    ])
    expect(await ask('/rpc/whoami')).toBe(ROLE)
    expect(await ask('/rpc/read_only')).toBe('on')
    expect(await ask('/secret')).toMatchObject({ code: '42501' })
  })

  test('is observed once: who, what, how much, never values', async () => {
    const { url, usages } = await start()
    await (await fetch(`${url}/film?title=eq.secret&limit=3`)).text()
    await (await fetch(`${url}/film?nope=eq.1`)).text()
    await (await fetch(`${url}/a/b/secret`)).text()
    await vi.waitFor(() => expect(usages.length).toBe(3))
    expect(usages[0]).toMatchObject({
      role: ROLE,
      route: 'GET /film',
      status: 200,
      errorCode: null,
      rows: 0,
      bytesIn: 0,
      bytesOut: 2,
    })
    expect(usages[1]).toMatchObject({ status: 400, errorCode: '42703' })
    expect(usages[2]).toMatchObject({ status: 404, route: 'GET ?' })
    expect(JSON.stringify(usages)).not.toContain('secret')
  })

  test('carries its trace back, on errors too', async () => {
    const { url } = await start({ config: { ...config, traceHeader: 'X-Request-Id' } })
    for (const path of ['/film', '/nothing'])
      expect(
        (await fetch(`${url}${path}`, { headers: { 'x-request-id': 'r1' } })).headers.get('x-request-id'),
      ).toBe('r1')
    expect((await fetch(`${url}/film`)).headers.get('x-request-id')).toBe('')
  })

  test('from another origin is told what it may do', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/film?limit=1`, { headers: { origin: 'https://app.example' } })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const options = await fetch(`${url}/film`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example' },
    })
    expect(options.headers.get('access-control-allow-origin')).toBe('*')
    expect(options.headers.get('allow')).toBe('OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE')
  })

  test('shows its stages where that is wanted', async () => {
    const { url } = await start({ config: { ...config, serverTimingEnabled: true } })
    const response = await fetch(`${url}/film?limit=1`)
    expect(response.headers.get('server-timing')).toMatch(
      /^jwt;dur=[\d.]+, parse;dur=[\d.]+, plan;dur=[\d.]+, transaction;dur=[\d.]+, response;dur=[\d.]+$/,
    )
  })

  test('that must give one row, or not touch too many, is undone otherwise', async () => {
    const { url } = await start()
    const refused = await fetch(`${url}/film?id=lte.3`, {
      method: 'PATCH',
      headers: {
        accept: 'application/vnd.pgrst.object+json',
        prefer: 'return=representation',
        'content-type': 'application/json',
      },
      body: '{"title":"changed"}',
    })
    expect([refused.status, await refused.json()]).toMatchObject([406, { code: 'PGRST116' }])
    const tooMany = await fetch(`${url}/film?id=lte.3`, {
      method: 'DELETE',
      headers: { prefer: 'handling=strict, max-affected=2' },
    })
    expect([tooMany.status, await tooMany.json()]).toMatchObject([400, { code: 'PGRST124' }])
    const { rows } = await database.admin.query(
      `select count(*)::int as n from api.film where title like 'Film %'`,
    )
    expect(rows[0].n).toBe(20)
  })

  test('that is rolled back answers as if it had been committed, deferred constraints included', async () => {
    const { url } = await start()
    const ask = (body: string) =>
      fetch(`${url}/award`, {
        method: 'POST',
        headers: { prefer: 'tx=rollback', 'content-type': 'application/json' },
        body,
      })
    expect((await ask('{"film_id":1}')).status).toBe(201)
    expect((await ask('{"film_id":-1}')).status).toBe(409)
    expect((await database.admin.query('select from api.award')).rowCount).toBe(0)
  })

  test.each([
    ['a call', '/rpc/leave', 'ann', 299],
    ['a call by GET', '/rpc/leave_lock', undefined, 400],
    ['one that fails', '/rpc/leave_lock', '{}', 400],
  ])('leaves nothing of %s to the next request on its connection', async (_, path, body, status) => {
    const { url } = await start({ pool: { size: 1 } })
    const before: unknown = await (await fetch(`${url}/rpc/left_behind`)).json()
    const json = { 'content-type': path === '/rpc/leave' ? 'text/plain' : 'application/json' }
    const answer = await fetch(url + path, body === undefined ? {} : { method: 'POST', headers: json, body })
    expect(answer.status).toBe(status)
    const next = await fetch(`${url}/rpc/left_behind`)
    expect([next.status, next.headers.get('x-user')]).toEqual([200, null])
    expect(await next.json()).toEqual({ ...Object(before), user: status === 299 ? '' : null })
    const read = await fetch(`${url}/film?limit=1`)
    expect([read.status, read.headers.get('x-user')]).toEqual([200, null])
  })

  test('fails with the constraint that only the commit checks', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/award`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"film_id":-1}',
    })
    expect([response.status, await response.json()]).toMatchObject([409, { code: '23503' }])
  })

  test('costs no more than it may', async () => {
    const { url } = await start({ config: { ...config, maxPlanCost: 10 } })
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
    const response = await fetch(`${url}/rpc/many`)
    expect([response.status, await response.json()]).toMatchObject([400, { code: '54001' }])
    expect((await fetch(`${url}/film?id=eq.1`)).status).toBe(200)
  })

  test('works when a column changed its type since it was prepared', async () => {
    const { rest, url } = await start({ pool: { size: 1 } })
    await database.admin.query('create table api.shape (id int, v int); insert into api.shape values (1, 2)')
    await database.admin.query(`grant select on api.shape to ${ROLE}`)
    await rest.reload()
    const ask = async () => await (await fetch(`${url}/shape`)).json()
    expect(await ask()).toEqual([{ id: 1, v: 2 }])
    await database.admin.query('alter table api.shape alter v type text')
    expect(await ask()).toEqual([{ id: 1, v: '2' }])
    await database.admin.query('drop table api.shape')
  })
})
