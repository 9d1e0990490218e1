// Atomic batches happen all or not at all. The rules are those of docs/specs/rest.md, "Atomic batches".
import { describe, expect, test } from 'vitest'
import { useBatches } from '#testing/rest-batches.ts'

const batches = useBatches()
const { rows, send } = batches

describe('all or nothing', () => {
  const good = { name: 'good', method: 'POST', path: '/author', body: { name: 'Ann' } }

  test.each([
    [
      'what Postgres refuses',
      { name: 'twice', method: 'POST', path: '/author', body: { name: 'Ann' } },
      409,
      '23505',
    ],
    ['a name that is not there', { name: 'typo', method: 'GET', path: '/autor' }, 404, 'PGRST205'],
    [
      'a row too many',
      { name: 'one', method: 'GET', path: '/author?id=lt.0', accept: 'application/vnd.pgrst.object+json' },
      406,
      'PGRST116',
    ],
    [
      'more rows than allowed',
      { name: 'all', method: 'DELETE', path: '/author', prefer: 'handling=strict, max-affected=0' },
      400,
      'PGRST124',
    ],
    ['a function that raises', { name: 'raise', method: 'POST', path: '/rpc/refuse' }, 402, 'PT402'],
    [
      'a reference that leads nowhere',
      { name: 'ref', method: 'POST', path: '/book', body: { title: { $ref: 'good/0/id' } } },
      400,
      'NDB112',
    ],
  ])('REST-B8: %s undoes all', async (_, bad, status, code) => {
    const { status: answered, body } = await send({ steps: [good, bad] })
    expect(answered).toBe(status)
    expect(body).toMatchObject({ code, step: { index: 1, name: bad.name } })
    expect(await rows('select * from api.author')).toEqual([])
    // and the connection goes on
    expect((await send({ steps: [good] })).status).toBe(200)
  })

  test('REST-B8: constraints that were put off are the whole batch’s', async () => {
    const { status, body } = await send({
      steps: [{ method: 'POST', path: '/book', body: { title: 'x', author_id: 5 } }],
    })
    expect(status).toBe(409)
    expect(body).toMatchObject({ code: '23503' })
    expect(body).not.toHaveProperty('step')
    const { status: later } = await send({
      steps: [
        { method: 'POST', path: '/book', body: { title: 'x', author_id: 5 } },
        { method: 'POST', path: '/author', body: { id: 5, name: 'Five' } },
      ],
    })
    expect(later).toBe(200)
  })

  test('REST-B8: tx=rollback undoes what went well, where that may be asked for', async () => {
    const { status, headers } = await send({ steps: [good] }, { headers: { prefer: 'tx=rollback' } })
    expect(status).toBe(200)
    expect(headers['Preference-Applied']).toBe('tx=rollback')
    expect(await rows('select * from api.author')).toEqual([])
    const config = { txEnd: 'commit' } as const
    expect(
      (await send({ steps: [good] }, { headers: { prefer: 'tx=rollback' }, config })).headers,
    ).not.toHaveProperty('Preference-Applied')
    expect(await rows('select name from api.author')).toEqual([{ name: 'Ann' }])
  })

  test('REST-B8: steps see what earlier ones wrote', async () => {
    const { body } = await send({
      steps: [
        good,
        { method: 'GET', path: '/author?select=name' },
        { method: 'DELETE', path: '/author' },
        { method: 'GET', path: '/author' },
      ],
    })
    expect(body).toMatchObject({ steps: [{}, { body: [{ name: 'Ann' }] }, {}, { body: [] }] })
  })

  test('REST-B8: prepared statements that are out of date begin the batch anew', async () => {
    const read = { method: 'GET', path: '/author?select=*' }
    await send({ steps: [good, read] })
    await batches.client.query('truncate api.author cascade')
    await batches.client.query('alter table api.author alter column notes type json')
    expect((await send({ steps: [good, read] })).status).toBe(200)
    expect(await rows('select count(*)::int from api.author')).toEqual([{ count: 1 }])
    await batches.client.query('alter table api.author alter column notes type jsonb')
  })
})
