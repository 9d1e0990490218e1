// The world of scripts: QuickJS in WebAssembly, with what stands in inside/ and chai already evaluated. A copy of its memory is taken once;
// putting it back gives the next script a world that no earlier one has touched, in a millisecond.
import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import {
  RELEASE_SYNC,
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSHandle,
} from 'quickjs-emscripten'

const FILES_BEFORE_CHAI = ['base.js', 'lists.js', 'messages.js', 'schema.js']
const FILES_AFTER_CHAI = ['expect.js', 'libraries.js', 'web.js', 'modules.js', 'pm.js', 'bruno.js', 'run.js']

const PAGE = 65_536
const FIRST_PAGES = 256
/** 256 MB: QuickJS' own limit does not count what WebAssembly allocates, so the memory itself ends there. */
const MOST_PAGES = 4_096
/** Memory never shrinks: beyond this it is cheaper to begin anew than to put everything back. */
const WORN_BYTES = 1_024 * PAGE
const STACK_BYTES = 200_000
/** Jobs between two looks at the clock. */
const JOBS_AT_ONCE = 1_000

export interface GuestHost {
  /** Called by scripts: what they may do is decided here. Must not throw. */
  readonly call: (operation: string, json: string) => string
}

export interface GuestError {
  readonly name: string
  readonly message: string
  readonly line: number | null
}

export interface GuestStatus {
  /** The script awaits something. */
  readonly isRunning: boolean
  /** Timers and requests under way. */
  readonly pending: number
  /** An error, or a skip: later scripts do not run. */
  readonly isEnded: boolean
}

/** A world for one run at a time. Any call may throw when WebAssembly itself broke: then the whole process is to be replaced. */
export interface Guest {
  /** Begins a run; milliseconds since 1970 say when it must have ended. */
  begin(json: string, deadline: number): GuestError | null
  start(code: string, from: string): GuestError | null
  /** Lets everything run that can run now. */
  pump(): GuestError | null
  deliver(id: number, json: string): GuestError | null
  status(): GuestStatus
  /** Everything that the scripts left, as JSON; null when it could not be told. */
  finish(): string | null
  /** Whether so much was used that the process had better be replaced. */
  isWorn(): boolean
  /** Puts the memory back: the next run finds nothing of this one. */
  restore(): void
}

/** Makes a world: some 200 ms. */
export async function createGuest(host: GuestHost): Promise<Guest> {
  const memory = newMemory()
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory: memory }))
  const runtime = quickjs.newRuntime()
  runtime.setMaxStackSize(STACK_BYTES)
  const context = runtime.newContext()
  const clock = { deadline: Number.POSITIVE_INFINITY }
  runtime.setInterruptHandler(() => Date.now() > clock.deadline)

  const door = context.newFunction('__host', (operation, json) =>
    context.newString(host.call(context.getString(operation), context.getString(json))),
  )
  context.setProp(context.global, '__host', door)
  door.dispose()

  const evaluate = (code: string, name: string): QuickJSHandle =>
    context.unwrapResult(context.evalCode(code, name))
  const source = (name: string) => readFile(new URL(`./inside/${name}`, import.meta.url), 'utf8')
  for (const name of FILES_BEFORE_CHAI) evaluate(await source(name), name).dispose()
  evaluate(await chaiAsScript(), 'chai.js').dispose()
  const last: QuickJSHandle[] = []
  for (const name of FILES_AFTER_CHAI) last.push(evaluate(await source(name), name))
  const api = last.at(-1) ?? context.undefined
  const method = (name: string) => context.getProp(api, name)
  const [begin, start, deliver, status, finish] = [
    method('begin'),
    method('start'),
    method('deliver'),
    method('status'),
    method('finish'),
  ]
  const snapshot = usedPart(new Uint8Array(memory.buffer))

  /** What was thrown, read without running any code of the script where that can be. */
  const errorOf = (handle: QuickJSHandle): GuestError => {
    const read = (name: string) => {
      const value =
        handle.consume === undefined
          ? ''
          : context
              .getProp(handle, name)
              .consume((one) => (context.typeof(one) === 'string' ? context.getString(one) : ''))
      return value.slice(0, 20_000)
    }
    const line = /script:(\d+)/.exec(read('stack'))
    const error = {
      name: read('name') || 'Error',
      message: read('message') || 'The script threw something that is no error.',
      line: line === null ? null : Number(line[1]) - 1,
    }
    handle.dispose()
    return error
  }
  const call = (callee: QuickJSHandle, given: readonly QuickJSHandle[]): GuestError | null => {
    const result = context.callFunction(callee, context.undefined, ...given)
    given.forEach((handle) => handle.dispose())
    if (result.error !== undefined) return errorOf(result.error)
    result.value.dispose()
    return null
  }
  const text = (callee: QuickJSHandle): string | null => {
    const result = context.callFunction(callee, context.undefined)
    if (result.error !== undefined) {
      result.error.dispose()
      return null
    }
    return result.value.consume((value) =>
      context.typeof(value) === 'string' ? context.getString(value) : null,
    )
  }

  return {
    begin: (json, deadline) => {
      clock.deadline = deadline
      return call(begin, [context.newString(json)])
    },
    start: (code, from) => {
      const script = context.evalCode(`(async function () {\n${code}\n})`, 'script')
      if (script.error !== undefined) return errorOf(script.error)
      return call(start, [script.value, context.newString(from)])
    },
    pump: () => {
      while (runtime.hasPendingJob() && Date.now() <= clock.deadline) {
        const result = runtime.executePendingJobs(JOBS_AT_ONCE)
        if (result.error !== undefined) return errorOf(result.error)
        result.dispose()
      }
      // A promise's job that was interrupted only rejects its promise: nothing may be left to do then, and nothing was thrown.
      return Date.now() > clock.deadline
        ? { name: 'InternalError', message: 'interrupted', line: null }
        : null
    },
    deliver: (id, json) => call(deliver, [context.newNumber(id), context.newString(json)]),
    status: () => {
      const [running, pending, ended] = (text(status) ?? '0,0,1').split(',')
      return { isRunning: running === '1', pending: Number(pending), isEnded: ended === '1' }
    },
    finish: () => {
      // What is left to do is telling: a script that used up its time still says what its tests found.
      clock.deadline = Math.max(clock.deadline, Date.now() + 500)
      return text(finish)
    },
    isWorn: () => memory.buffer.byteLength > WORN_BYTES,
    restore: () => {
      clock.deadline = Number.POSITIVE_INFINITY
      const bytes = new Uint8Array(memory.buffer)
      bytes.set(snapshot)
      bytes.fill(0, snapshot.length)
    },
  }
}

/** The compiler knows no WebAssembly where it knows no browser. */
function newMemory() {
  const { Memory }: WebAssemblyGlobal = Reflect.get(globalThis, 'WebAssembly')
  return new Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES })
}

interface WebAssemblyGlobal {
  readonly Memory: new (size: { initial: number; maximum: number }) => {
    readonly buffer: ArrayBuffer
    grow(pages: number): number
    toFixedLengthBuffer(): ArrayBuffer
    toResizableBuffer(): ArrayBuffer
  }
}

function usedPart(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return bytes.slice(0, end)
}

/** chai is one module without imports: what it exports becomes a global. */
async function chaiAsScript(): Promise<string> {
  // The desktop app is bundled, without packages: there it lies beside what else runs inside.
  const bundled = new URL('./inside/chai.js', import.meta.url)
  const path = existsSync(bundled) ? bundled : new URL(import.meta.resolve('chai'))
  const text = await readFile(path, 'utf8')
  const at = text.lastIndexOf('\nexport {')
  const names = text.slice(at).replace(/^\nexport \{|\}.*$/gs, '')
  const members = names
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => {
      const [local, exported = local] = one.split(/\s+as\s+/)
      return `${exported}: ${local}`
    })
  return `;(function () {${text.slice(0, at)}\nglobalThis.chai = { ${members.join(', ')} }\n})()`
}
