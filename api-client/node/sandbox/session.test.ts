// The session of the sandbox' process, here in the test's own: what it posts, message by message.
import { expect, it } from 'vitest'
import { FILM } from '#testing/scripts.ts'
import { GuestReport, GuestSend, type FromSandbox } from './protocol.ts'
import { createSession } from './session.ts'
import type { ScriptRun } from './types.ts'

const RUN: ScriptRun = {
  phase: 'tests',
  scripts: [],
  request: { name: 'R', method: 'GET', url: 'https://a.test', headers: [], body: { type: 'none' } },
  response: FILM,
  variables: { script: [], data: [], nearer: [], environment: [], collection: [], global: [] },
  environmentName: null,
  cookies: [],
  info: { iteration: 0, iterationCount: 1, requestId: 'r' },
  timeLimitMs: 5_000,
}

it('posts console lines, requests and the end, and serves run after run', async () => {
  const posted: FromSandbox[] = []
  let onPost: (message: FromSandbox) => void = () => undefined
  const receive = await createSession((message) => {
    posted.push(message)
    onPost(message)
  })
  const done = () =>
    new Promise<Extract<FromSandbox, { type: 'done' }>>((resolve) => {
      onPost = (message) => {
        if (message.type === 'done') resolve(message)
        if (message.type !== 'send') return
        const { id, request } = GuestSend.parse(JSON.parse(message.json))
        receive(
          request.url.includes('refused')
            ? { type: 'refusal', id, message: 'refused' }
            : { type: 'answer', id, response: FILM },
        )
      }
    })
  const run = (code: string, fields: Partial<ScriptRun> = {}) => {
    const ended = done()
    receive({ type: 'run', run: { ...RUN, ...fields, scripts: [{ code, from: 'S' }] } })
    return ended
  }

  const first = await run(`
    console.log('x'); setTimeout(() => pm.test('timer', () => {}), 1)
    const r = await pm.sendRequest('https://b.test')
    pm.test('answer', () => pm.expect(r.code).to.equal(200))
    await pm.sendRequest('https://refused.test').catch((error) => pm.test(error.message, () => {}))
    pm.test(CryptoJS.MD5('').toString(), () => {}); pm.test(pm.variables.replaceIn('{{$randomInt}}{{$none}}'), () => {})`)
  const report = GuestReport.parse(JSON.parse(first.report ?? ''))
  expect(report.tests.map((test) => test.name)).toEqual(
    expect.arrayContaining(['answer', 'd41d8cd98f00b204e9800998ecf8427e', 'refused', 'timer']),
  )
  expect(report.tests.map((test) => test.name).join()).toMatch(/\d\{\{\$none\}\}/)
  expect(posted.filter((message) => message.type === 'console')).toHaveLength(1)
  expect(first).toMatchObject({ error: null, isReusable: true })

  expect((await run('leak = 1; const f = () => f(); f()')).report).toContain('stack overflow')
  expect((await run('(')).error).toMatchObject({ name: 'SyntaxError', from: 'S' })
  expect((await run('for (;;) {}', { timeLimitMs: 50 })).error).toMatchObject({
    name: 'InternalError',
    message: 'interrupted',
  })
  expect(
    (await run('await new Promise((next) => setTimeout(next, 1e6))', { timeLimitMs: 50 })).error?.message,
  ).toBe('interrupted')
  expect(
    (await run('(function f() { Promise.resolve().then(f) })()', { timeLimitMs: 50 })).error?.message,
  ).toBe('interrupted')
  expect((await run('const a = []; for (;;) a.push(new Array(1e5).fill(1))')).isReusable).toBe(false)
  const last = await run('pm.test(typeof leak, () => {})')
  expect(GuestReport.parse(JSON.parse(last.report ?? '')).tests[0]?.name).toBe('undefined')
}, 60_000)
