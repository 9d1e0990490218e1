// Runs inside of the sandbox, first: what every script may count on (console, timers, base64, text encoding) and what the other files of this folder
// share. `__host(operation, json)` is the only way out: texts go out, a text comes back. The last file takes it away from scripts.
;(function (global) {
  'use strict'
  const host = global.__host
  const { parse, stringify } = JSON

  // chai announces its plugins through these; nobody listens.
  global.EventTarget = class EventTarget {
    addEventListener() {}
    removeEventListener() {}
    dispatchEvent() {
      return true
    }
  }
  global.Event = class Event {
    constructor(type) {
      this.type = type
    }
  }

  const guest = { host, parse, stringify, state: null, pending: new Map(), sequence: 0 }
  global.__guest = guest

  // A snapshot of this world serves every script: its own generator would give each the same numbers.
  Math.random = () => Number(host('random', ''))

  /** Any value as a person reads it. Never throws, whatever its getters do. */
  guest.describe = function describe(value) {
    try {
      if (typeof value === 'string') return value
      if (value instanceof Error) return `${value.name}: ${value.message}`
      if (typeof value === 'function') return `[function ${value.name}]`
      if (typeof value === 'object' && value !== null) return String(stringify(value) ?? value)
      return typeof value === 'bigint' ? `${value}n` : String(value)
    } catch {
      return '[a value that cannot be shown]'
    }
  }

  /** Name, message and line of whatever was thrown. */
  guest.describeError = function describeError(error) {
    const text = (read) => {
      try {
        const found = read()
        return typeof found === 'string' ? found.slice(0, 20_000) : null
      } catch {
        return null
      }
    }
    if (typeof error !== 'object' || error === null)
      return { name: 'Error', message: guest.describe(error).slice(0, 20_000), line: null }
    const stack = text(() => error.stack) ?? ''
    const line = /script:(\d+)/.exec(stack)
    return {
      name: text(() => error.name) ?? 'Error',
      message: text(() => error.message) ?? guest.describe(error).slice(0, 20_000),
      line: line === null ? null : Number(line[1]) - 1,
    }
  }

  const write =
    (level) =>
    (...parts) => {
      host('console', stringify({ level, text: parts.map(guest.describe).join(' ') }))
    }
  global.console = {
    log: write('log'),
    info: write('info'),
    debug: write('log'),
    trace: write('log'),
    dir: write('log'),
    table: write('log'),
    warn: write('warn'),
    error: write('error'),
    assert(condition, ...parts) {
      if (!condition) write('error')('Assertion failed:', ...parts)
    },
    group() {},
    groupEnd() {},
    time() {},
    timeEnd() {},
    clear() {},
  }

  /** Something that the host answers later: `deliver` ends it. */
  guest.wait = function wait(callback, isRepeated = false) {
    const id = ++guest.sequence
    guest.pending.set(id, { callback, isRepeated })
    return id
  }
  const timer = (isRepeated) =>
    function (callback, ms = 0, ...given) {
      if (typeof callback !== 'function') throw new TypeError('A timer needs a function.')
      const id = guest.wait(() => callback(...given), isRepeated)
      host('timer', stringify({ id, ms: Math.max(Number(ms) || 0, isRepeated ? 1 : 0) }))
      return id
    }
  const clear = (id) => {
    guest.pending.delete(id)
  }
  global.setTimeout = timer(false)
  global.setInterval = timer(true)
  global.setImmediate = (callback, ...given) => global.setTimeout(callback, 0, ...given)
  global.clearTimeout = global.clearInterval = global.clearImmediate = clear
  global.queueMicrotask = (callback) => void Promise.resolve().then(callback)

  const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  guest.base64OfBytes = (bytes) => {
    let text = ''
    for (let at = 0; at < bytes.length; at += 3) {
      const bits = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
      text += SIGNS[bits >> 18] + SIGNS[(bits >> 12) & 63]
      text += at + 1 < bytes.length ? SIGNS[(bits >> 6) & 63] : '='
      text += at + 2 < bytes.length ? SIGNS[bits & 63] : '='
    }
    return text
  }
  guest.bytesOfBase64 = (text) => {
    const bytes = []
    let bits = 0
    let count = 0
    for (const sign of String(text).replace(/[\s=]/g, '').replace(/-/g, '+').replace(/_/g, '/')) {
      const value = SIGNS.indexOf(sign)
      if (value < 0) throw new Error('This is no base64.')
      bits = ((bits << 6) | value) & 0xffffff
      count += 6
      if (count >= 8) {
        count -= 8
        bytes.push((bits >> count) & 0xff)
      }
    }
    return Uint8Array.from(bytes)
  }
  global.btoa = (text) =>
    guest.base64OfBytes(
      Uint8Array.from(String(text), (sign) => {
        const code = sign.codePointAt(0)
        if (code > 255) throw new Error('btoa takes characters up to U+00FF only.')
        return code
      }),
    )
  global.atob = (text) => Array.from(guest.bytesOfBase64(text), (byte) => String.fromCharCode(byte)).join('')
  guest.utf8 = (text) => {
    const bytes = []
    for (const sign of String(text).toWellFormed()) {
      const code = sign.codePointAt(0)
      if (code < 0x80) bytes.push(code)
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
      else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
      else
        bytes.push(
          0xf0 | (code >> 18),
          0x80 | ((code >> 12) & 63),
          0x80 | ((code >> 6) & 63),
          0x80 | (code & 63),
        )
    }
    return Uint8Array.from(bytes)
  }
  guest.textOfUtf8 = (bytes) =>
    decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''))
  global.TextEncoder = class TextEncoder {
    encode(text = '') {
      return guest.utf8(text)
    }
  }
  global.TextDecoder = class TextDecoder {
    decode(bytes = []) {
      return guest.textOfUtf8(new Uint8Array(bytes.buffer ?? bytes))
    }
  }
  global.structuredClone = (value) => (value === undefined ? undefined : parse(stringify(value)))
  global.performance = { now: () => Date.now() - (guest.state?.startedAt ?? 0) }
})(globalThis)
