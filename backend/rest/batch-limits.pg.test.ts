// What atomic batches may not hold, and not exceed. The rules are those of docs/specs/rest.md, "Atomic batches".
import { describe, expect, test } from 'vitest'
import { useBatches } from '#testing/rest-batches.ts'

const batches = useBatches()
const { rows, send } = batches
const representation = 'return=representation'

describe('what cannot be a step', () => {
  test.each([
    [{ method: 'GET', path: '/author', accept: 'text/csv' }, 'A step answers in JSON.'],
    [{ method: 'GET', path: '/author', accept: 'application/vnd.pgrst.plan' }, 'A step answers in JSON.'],
    [{ method: 'GET', path: '/' }, 'The root is no step.'],
    [{ method: 'GET', path: '/rpc/bumps' }, 'The function bumps may write: call it by POST.'],
    [
      { method: 'POST', path: '/rpc/strict' },
      'The function strict needs the batch to have "isolation": "serializable".',
    ],
    [
      { method: 'POST', path: '/author', body: { name: 'x' }, prefer: 'tx=rollback' },
      'A step ends with its batch: let the request that sends the batch prefer tx.',
    ],
    [
      { method: 'GET', path: '/author', match: { name: { a: 1 } } },
      'match.name: only text, numbers, booleans, null and lists of these can be matched.',
    ],
  ])('REST-B10: %o', async (step, details) => {
    expect(await send({ steps: [step] })).toMatchObject({
      status: 400,
      body: { code: 'NDB111', details, step: { index: 0, name: null } },
    })
  })

  test('REST-B10: the batch has the isolation that its functions need', async () => {
    const steps = [
      { method: 'POST', path: '/rpc/strict' },
      { method: 'POST', path: '/rpc/level' },
    ]
    expect((await send({ isolation: 'serializable', steps })).body).toMatchObject({
      steps: [{ body: 'serializable' }, { body: 'serializable' }],
    })
    expect((await send({ steps: [steps[1]] })).body).toMatchObject({ steps: [{ body: 'read committed' }] })
  })

  test('REST-B10: calls of functions that only read may be GET', async () => {
    expect((await send({ steps: [{ method: 'GET', path: '/rpc/sum?a=1&b=2.5' }] })).body).toMatchObject({
      steps: [{ status: 200, body: 3.5 }],
    })
  })

  test('REST-B11: what the steps give is limited', async () => {
    const long = { method: 'GET', path: '/rpc/long?n=9000000' }
    expect((await send({ steps: [long] })).status).toBe(200)
    expect(await send({ steps: [long, long] })).toMatchObject({
      status: 413,
      body: { code: 'NDB113', step: { index: 1 } },
    })
    expect((await send({ steps: [{ method: 'GET', path: '/author' }] })).status).toBe(200)
  })

  test('REST-B11: all steps together have the time and the body of one request', async () => {
    const author = {
      name: 'a',
      method: 'POST',
      path: '/author',
      prefer: representation,
      body: { name: 'Ann' },
    }
    const nap = { method: 'POST', path: '/rpc/nap' }
    const late = await send(
      { steps: [author, ...Array.from({ length: 20 }, () => nap)] },
      { config: { statementTimeoutMs: 1_000 } },
    )
    expect(late).toMatchObject({ status: 504, body: { code: '57014' } })
    const copies = { method: 'POST', path: '/author', body: { name: 'b', notes: { $ref: 'a' } } }
    const large = await send(
      { steps: [author, copies, { ...copies, body: { name: 'c', notes: [{ $ref: 'a' }] } }] },
      {
        config: { maxBodyBytes: 120 },
      },
    )
    expect(large).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE', step: { index: 2 } } })
    expect(await rows('select from api.author')).toHaveLength(0)
    await expect.poll(() => batches.pool.state()).toMatchObject({ open: 1, idle: 1 })
  })

  test('REST-B11: a batch has 1 MiB at most', async () => {
    const body = { name: 'x'.repeat(1024 * 1024) }
    expect(await send({ steps: [{ method: 'POST', path: '/author', body }] })).toMatchObject({
      status: 413,
      body: { code: 'BODY_TOO_LARGE' },
    })
  })
})
