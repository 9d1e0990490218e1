import { fork } from 'node:child_process'
import { afterAll, describe, expect, it } from 'vitest'
import { FILM, runScript, told } from '#testing/scripts.ts'
import { createSandbox } from './sandbox.ts'
import { sandboxProcessOptions, startSandboxProcess, type SandboxProcess } from './start-process.ts'

const started: SandboxProcess[] = []
const start = () => {
  const process = startSandboxProcess()
  started.push(process)
  return process
}
const sandbox = createSandbox({ processes: 2, start })
afterAll(() => sandbox.close())

describe('a sandbox', () => {
  it('serves many scripts with the processes that it has', async () => {
    await sandbox.warm()
    const names = Array.from({ length: 30 }, (_, index) => `test ${String(index)}`)
    const outcomes = await Promise.all(
      names.map((name) => runScript(sandbox, `pm.test('${name}', () => {})`)),
    )
    expect(outcomes.map((outcome) => outcome.tests[0]?.name)).toEqual(names)
    expect(started.length).toBeLessThanOrEqual(3)
  })

  it('runs scripts one after the other, in one world, and ends at the first that fails', async () => {
    const outcome = await runScript(sandbox, [
      'shared = 1; await new Promise((next) => setTimeout(next, 5)); console.log("first")',
      'console.log("second", shared); setTimeout(() => console.log("timer"), 1)',
      'console.log("third"); throw new TypeError("stop")',
      'console.log("fourth")',
    ])
    expect(outcome.console.map((line) => line.text)).toEqual(['first', 'second 1', 'timer', 'third'])
    expect(outcome.error).toEqual({ name: 'TypeError', message: 'stop', from: 'script 3', line: 1 })
  })

  it('names the line of an error and of broken syntax', async () => {
    expect((await runScript(sandbox, 'const a = 1\nconst b = 2\na.b.c')).error?.line).toBe(3)
    expect((await runScript(sandbox, 'const a = 1\nconst = 2')).error).toMatchObject({
      name: 'SyntaxError',
      line: 2,
    })
  })

  it('is ended by a cancel at once, also while it sends', async () => {
    const controller = new AbortController()
    let wasAborted = false
    const outcome = await runScript(sandbox, 'await pm.sendRequest("https://a.test")', {
      signal: controller.signal,
      send: (_, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            wasAborted = true
            reject(new Error('aborted'))
          })
          controller.abort()
        }),
    })
    expect([outcome.error?.name, wasAborted]).toEqual(['Cancelled', true])
    expect(told(await runScript(sandbox, 'pm.test("next", () => {})'))).toEqual({ next: 'passed' })
  })

  it('replaces a process that was killed under a script', async () => {
    const outcome = await runScript(sandbox, 'await pm.sendRequest("https://a.test")', {
      send: () => {
        started.forEach((process) => process.kill())
        return Promise.resolve(FILM)
      },
    })
    expect(outcome.error?.message).toContain('was replaced')
    expect(told(await runScript(sandbox, 'pm.test("next", () => {})'))).toEqual({ next: 'passed' })
  })

  it('does not trust what a process says', async () => {
    const liar = createSandbox({
      processes: 1,
      start: () => {
        const listeners: ((message: unknown) => void)[] = []
        const exits: (() => void)[] = []
        queueMicrotask(() => listeners.forEach((listener) => listener({ type: 'ready' })))
        return {
          post: () => listeners.forEach((listener) => listener({ type: 'done', error: 'x', report: 7 })),
          onMessage: (listener) => void listeners.push(listener),
          onExit: (listener) => void exits.push(listener),
          kill: () => exits.forEach((listener) => listener()),
        }
      },
    })
    expect((await runScript(liar, '1')).error?.message).toContain('was replaced')
    await liar.close()
  })

  it('says that it is closed', async () => {
    const closed = createSandbox()
    await closed.close()
    expect((await runScript(closed, '1')).error?.message).toBe('The sandbox is closed.')
  })
})

it('its process has no environment, and no rights to files elsewhere, children or threads', async () => {
  const probe = `
    const tried = {}
    const attempt = async (name, act) => { try { await act(); tried[name] = 'done' } catch (error) { tried[name] = error.code ?? error.message } }
    await attempt('read', async () => (await import('node:fs')).readFileSync('/etc/passwd'))
    await attempt('write', async () => (await import('node:fs')).writeFileSync('/tmp/nebuladb-probe', ''))
    await attempt('child', async () => (await import('node:child_process')).execFileSync('true'))
    await attempt('thread', async () => new (await import('node:worker_threads')).Worker('1', { eval: true }))
    process.send({ tried, environment: Object.keys(process.env) })`
  const { execArgv, env } = sandboxProcessOptions()
  const child = fork('-', [], { execArgv: [...execArgv, '--input-type=module', '--eval', probe], env })
  const said = await new Promise<unknown>((resolve) => child.once('message', resolve))
  child.kill()
  expect(said).toEqual({
    tried: {
      read: 'ERR_ACCESS_DENIED',
      write: 'ERR_ACCESS_DENIED',
      child: 'ERR_ACCESS_DENIED',
      thread: 'ERR_ACCESS_DENIED',
    },
    environment: [],
  })
})
