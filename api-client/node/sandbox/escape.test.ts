// A corpus of scripts that try to get out, to break the process, or to be believed what is not so. After each the next script works, and the host is as it was.
import { afterAll, describe, expect, it } from 'vitest'
import { FILM, runScript, told } from '#testing/scripts.ts'
import { createSandbox } from './sandbox.ts'

const sandbox = createSandbox({ processes: 1, graceMs: 300 })
afterAll(() => sandbox.close())
const run = (code: string, timeLimitMs = 600) =>
  runScript(sandbox, code, { timeLimitMs, send: () => Promise.resolve(FILM) })

async function nextScriptWorks() {
  const outcome = await runScript(
    sandbox,
    `pm.test('clean', () => {
      pm.expect(typeof leaked).to.equal('undefined')
      pm.expect({}.polluted).to.equal(undefined)
      pm.expect(JSON.parse('[1]')).to.eql([1])
      pm.expect([3, 1].sort()).to.eql([1, 3])
      pm.response.to.have.status(200)
    })`,
  )
  expect(outcome.error).toBeNull()
  expect(told(outcome)).toEqual({ clean: 'passed' })
}

describe('nothing of the host is there', () => {
  it.each([
    'process',
    'require("fs")',
    'require("child_process")',
    'require("node:net")',
    'global',
    'WebAssembly',
    'fetch',
    'XMLHttpRequest',
    'module',
    '__dirname',
    'Deno',
    'std',
    'os',
    'Worker',
    '__host',
    '__guest',
    'SharedArrayBuffer.constructor("return process")()',
    'this.constructor.constructor("return process")()',
    'Buffer.from("x").constructor.constructor("return process")()',
    'require("lodash").constructor("return process")()',
    'crypto.createHash.constructor("return process")()',
    '__host("library", "../session.ts")',
    '(function(){}).constructor("return process")()',
    'pm.constructor.constructor("return process")()',
    'pm.sendRequest.constructor("return process")()',
    'console.log.constructor("return process")()',
    'setTimeout.constructor("return process")()',
    '(async function(){}).constructor("return process")()',
    '(function*(){}).constructor("return process")().next()',
    'eval("process")',
    '(0, eval)("process")',
    'new Function("return process")()',
    'Reflect.construct(Function, ["return process"])()',
    'Error.prepareStackTrace(new Error(), []).process.x',
    'pm.response.json.constructor("return process")()',
    'Object.getPrototypeOf(pm.test).constructor("return process")()',
    'globalThis.constructor.constructor("return process")()',
    'await import("fs")',
    'await import("node:child_process")',
    'await eval("import(\'os\')")',
  ])('%s', async (code) => {
    const outcome = await run(`const reached = await (${code}); console.log('REACHED')`)
    expect(outcome.error).not.toBeNull()
    expect(outcome.console).toEqual([])
  })

  it('arguments.callee.caller, stacks and errors of the host tell nothing of it', async () => {
    const outcome = await run(`
      function up() { return up.caller }
      console.log(String(up()))
      try { pm.sendRequest({ get url() { throw new Error('x') } }) } catch (error) { console.log(error.stack) }
      try { null.x } catch (error) { console.log(error.stack) }
      console.log(new Error('y').stack)`)
    const text = outcome.console.map((line) => line.text).join('\n')
    expect(text).not.toMatch(/node_modules|api-client|\.ts\b|file:|process/)
  })

  it('sees no environment and no files, also by what is given to it', async () => {
    const outcome = await run('console.log(Object.getOwnPropertyNames(globalThis).sort().join())')
    const names = (outcome.console[0]?.text ?? '').split(',')
    expect(names).toContain('pm')
    for (const name of ['process', 'require_', 'fs', '__host', '__guest', 'Worker'])
      expect(names).not.toContain(name)
  })
})

describe('time and memory end', () => {
  it.each<[string, string, RegExp]>([
    ['an endless loop', 'for (;;) {}', /took longer/],
    ['an endless loop in a test', 'pm.test("x", () => { while (true) {} })', /took longer/],
    ['a loop that catches everything', 'for (;;) { try { for (;;) {} } catch {} }', /took longer/],
    ['a loop in finally', 'try { for (;;) {} } finally { for (;;) {} }', /took longer/],
    [
      'a flood of promises',
      'const f = () => Promise.resolve().then(f); f(); await new Promise(() => {})',
      /took longer/,
    ],
    ['a loop in a timer', 'setTimeout(() => { for (;;) {} }, 1)', /took longer/],
    ['an interval that never ends', 'setInterval(() => {}, 1)', /took longer/],
    [
      'a loop in toString',
      'console.log({ toString() { for (;;) {} }, toJSON() { for (;;) {} } })',
      /took longer/,
    ],
    [
      'a loop in a getter of a proxy',
      'console.log(new Proxy({}, { ownKeys() { for (;;) {} } }))',
      /took longer/,
    ],
    ['a loop after an await', 'await null; for (;;) {}', /took longer/],
    [
      'a generator without end',
      'const g = (function* () { for (;;) yield 1 })(); for (const x of g) {}',
      /took longer/,
    ],
    ['a pattern that backtracks', '/(a+)+$/.test("a".repeat(50) + "!")', /took longer/],
    ['sorting without end', '[3,2,1].sort(() => { for (;;) {} })', /took longer/],
    [
      'arrays without end',
      'const a = []; for (;;) a.push(new Array(100000).fill(1))',
      /memory|took longer|ended/,
    ],
    ['a text without end', 'let t = "x"; for (;;) t += t', /memory|took longer|too long|string|ended/],
    ['a buffer of 4 GB', 'new Uint8Array(4294967295)', /memory|length|invalid|RangeError/],
    [
      'typed arrays without end',
      'const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1))',
      /memory|took longer|ended/,
    ],
    ['a repeated text of 1 GB', '"x".repeat(2 ** 29).split("")', /memory|took longer|string|length/],
    ['recursion', 'const f = () => 1 + f(); f()', /calls itself/],
    [
      'recursion through toString',
      'const o = { toString() { return `${o}` } }; String(o)',
      /calls itself|stack/,
    ],
    ['recursion through a proxy', 'const p = new Proxy({}, { get: () => p.x }); p.x', /calls itself|stack/],
    ['JSON of great depth', 'JSON.parse("[".repeat(1e6))', /calls itself|JSON|expect/],
    ['code of great depth', 'eval("(".repeat(1e6))', /calls itself|stack|expect/],
    [
      'a pattern of great depth',
      'new RegExp("(".repeat(1e5) + ")".repeat(1e5))',
      /stack|calls itself|captur/,
    ],
    ['a promise that never comes', 'await new Promise(() => {})', /never comes/],
    ['100,000 timers', 'for (let i = 0; i < 1e5; i++) setTimeout(() => {}, 1e6)', /took longer|^$/],
  ])(
    '%s',
    async (_, code, words) => {
      const started = performance.now()
      const outcome = await run(code)
      expect(outcome.error?.message ?? '').toMatch(words)
      expect(performance.now() - started).toBeLessThan(15_000)
      await nextScriptWorks()
    },
    60_000,
  )

  it('keeps tests that were told before a script was ended', async () => {
    const outcome = await run('pm.test("before", () => {}); for (;;) {}')
    expect(told(outcome)).toEqual({ before: 'passed' })
    expect(outcome.error?.message).toContain('took longer')
  })
})

describe('what scripts bend stays theirs', () => {
  it.each([
    'Object.prototype.polluted = true',
    'Object.prototype.toJSON = () => "bent"',
    'Array.prototype.map = () => []; Array.prototype.push = () => { throw 1 }',
    'JSON.stringify = () => "{}"; JSON.parse = () => ({})',
    'Object.defineProperty(Object.prototype, "then", { get() { throw new Error("then") } })',
    'Object.defineProperty(Object.prototype, "outcome", { set() { throw 1 }, get() { return "passed" } })',
    'Promise.prototype.then = () => {}',
    'Promise = undefined; setTimeout = undefined; pm = undefined',
    'Map.prototype.get = () => 1; Map.prototype.set = () => 1',
    'globalThis.leaked = 1; var leaked2 = 2',
    'Function.prototype.call = () => {}',
    'Symbol.iterator = 1; Array.prototype[Symbol.iterator] = function* () {}',
    'Object.freeze(Object.prototype); Object.freeze(globalThis)',
    'String = Number; Error = Number; Date.now = () => 0; Math.random = () => 0',
    'delete globalThis.pm; delete globalThis.console',
    'Object.setPrototypeOf(globalThis, null)',
    'RegExp.prototype.exec = () => { throw 1 }',
    'tests = new Proxy({}, { ownKeys() { throw 1 } })',
    'pm.environment.set({ toString() { throw 1 } }, 1)',
    'pm.environment.set("a", { toJSON() { throw new Error("no") } })',
    'pm.test({ toString() { throw 1 } }, () => {})',
    'throw { get message() { throw 1 }, get name() { throw 1 }, get stack() { throw 1 } }',
    'throw new Proxy(new Error("x"), { get() { throw 1 } })',
    'throw null',
    'throw undefined',
    'throw Symbol("s")',
    'throw 1n',
    'throw () => {}',
    'await Promise.reject({ then() { throw 1 } })',
    'Promise.reject(new Error("unhandled"))',
    'return { then(next) { next({ then(other) { other() } }) } }',
    '})(); globalThis.leaked = 1; (async function () {',
    'new.target',
    'import.meta',
    '#!x',
    '<!-- html',
    '`${`',
    'const a = {}; a.a = a; console.log(a); pm.globals.set("a", a)',
  ])(
    '%s',
    async (code) => {
      await run(code, 3_000)
      await nextScriptWorks()
      expect(Reflect.get({}, 'polluted')).toBeUndefined()
      expect(JSON.stringify({ a: 1 })).toBe('{"a":1}')
    },
    30_000,
  )

  it('JSON that names __proto__ sets nothing in the host', async () => {
    const outcome = await run(
      `pm.environment.set('__proto__', '{"polluted":true}'); pm.globals.set('constructor', 1)
       pm.test('__proto__', () => {}); pm.request.headers.add({ key: '__proto__', value: 'x' })`,
    )
    expect(outcome.changes.map((change) => change.name)).toEqual(['__proto__', 'constructor'])
    expect(outcome.tests.map((test) => test.name)).toEqual(['__proto__'])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('what is written without end is cut', async () => {
    const outcome = await run('for (let i = 0; i < 20000; i++) console.log("x".repeat(1000))', 10_000)
    expect(outcome.console.length).toBeLessThan(5_100)
    expect(outcome.console.at(-1)?.text).toContain('the rest is left out')
    expect((await run('console.log("y".repeat(1e6))')).console[0]?.text).toHaveLength(100_000)
  })

  it('more tests than a person reads are refused', async () => {
    const outcome = await run('for (let i = 0; i < 20000; i++) pm.test("t" + i, () => {})', 20_000)
    expect(outcome.tests).toHaveLength(10_000)
    expect(outcome.error?.message).toContain('10,000 tests')
  }, 40_000)
})
