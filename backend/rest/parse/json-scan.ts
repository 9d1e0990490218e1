// Long JSON bodies, as bytes: whether they are JSON, and which keys their rows have. Nothing is made of the values, which Postgres reads.
// JSON.parse says the same of short ones; the tests hold one against the other.
import { bodyInvalid } from './errors.ts'
import { STEP_BYTES, type Steps } from './steps.ts'

export type ScannedJson =
  /** `keys` as they come first. */
  | { readonly kind: 'object'; readonly keys: readonly string[] }
  /** `keys` is null where not all elements are objects with the same keys. */
  | { readonly kind: 'array'; readonly isEmpty: boolean; readonly keys: readonly string[] | null }
  | { readonly kind: 'scalar' }

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const MINUS = 0x2d
const PLUS = 0x2b
const DOT = 0x2e
const ZERO = 0x30
const LOWER_U = 0x75
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const LIST = 0
const OBJECT = 1

/** What may come next. */
const VALUE = 0
const VALUE_OR_END = 1
const KEY = 2
const KEY_OR_END = 3
const COLON_NEXT = 4
const COMMA_OR_END = 5
const NOTHING = 6

const WORDS: ReadonlyMap<number, Uint8Array> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), new TextEncoder().encode(word)]),
)
const ESCAPED: ReadonlySet<number> = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)))

/** Keys of one row: more than a relation can have columns. */
const MOST_KEYS = 16_384

/**
 * Scans bytes that are UTF-8. Gives null for what is no JSON.
 * @throws RestError PGRST102: a row with more keys than a relation can have columns.
 */
export function* scanJson(bytes: Uint8Array): Steps<ScannedJson | null> {
  const rows = createKeyComparison()
  const { length } = bytes
  let stack = new Uint8Array(64)
  let depth = 0
  let next = VALUE
  let at = 0
  let pauseAt = STEP_BYTES
  /** Of the rows: 1 in an object, 2 in a list of them. */
  let rowDepth = 0
  let areAllObjects = true
  let isEmpty = true
  let root: ScannedJson['kind'] = 'scalar'
  while (at < length) {
    if (at >= pauseAt) {
      pauseAt = at + STEP_BYTES
      yield
    }
    const byte = bytes[at] ?? 0
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      at += 1
      continue
    }
    if (byte === QUOTE && next <= KEY_OR_END) {
      const isKey = next >= KEY
      const start = at + 1
      for (at = start; ; at += 1) {
        if (at >= pauseAt) {
          pauseAt = at + STEP_BYTES
          yield
        }
        if (at >= length) return null
        const letter = bytes[at] ?? 0
        if (letter === QUOTE) break
        if (letter < 0x20) return null
        if (letter === BACKSLASH) {
          const escape = bytes[at + 1] ?? 0
          if (escape === LOWER_U && areHex(bytes, at + 2)) at += 5
          else if (ESCAPED.has(escape)) at += 1
          else return null
        }
      }
      if (isKey && depth === rowDepth) rows.key(bytes.subarray(start, at))
      at += 1
      if (isKey) {
        next = COLON_NEXT
        continue
      }
    } else if (byte === COMMA) {
      if (next !== COMMA_OR_END) return null
      next = stack[depth - 1] === OBJECT ? KEY : VALUE
      at += 1
      continue
    } else if (byte === COLON) {
      if (next !== COLON_NEXT) return null
      next = VALUE
      at += 1
      continue
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (next > VALUE_OR_END) return null
      const isObject = byte === OPEN_OBJECT
      if (depth === 0) {
        root = isObject ? 'object' : 'array'
        rowDepth = isObject ? 1 : 2
      } else if (depth === 1 && rowDepth === 2) {
        isEmpty = false
        areAllObjects &&= isObject
      }
      if (depth === stack.length) {
        const larger = new Uint8Array(stack.length * 2)
        larger.set(stack)
        stack = larger
      }
      stack[depth] = isObject ? OBJECT : LIST
      depth += 1
      next = isObject ? KEY_OR_END : VALUE_OR_END
      at += 1
      continue
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      const isObject = byte === CLOSE_OBJECT
      const mayEnd = next === COMMA_OR_END || next === (isObject ? KEY_OR_END : VALUE_OR_END)
      if (!mayEnd || stack[depth - 1] !== (isObject ? OBJECT : LIST)) return null
      if (isObject && depth === rowDepth) rows.end()
      depth -= 1
      at += 1
      next = depth === 0 ? NOTHING : COMMA_OR_END
      continue
    } else {
      if (next > VALUE_OR_END) return null
      const end = endOfPlain(bytes, at, byte)
      if (end < 0) return null
      at = end
    }
    // A value without parts has ended.
    if (depth === 1 && rowDepth === 2) {
      isEmpty = false
      areAllObjects = false
    }
    next = depth === 0 ? NOTHING : COMMA_OR_END
  }
  if (next !== NOTHING) return null
  if (root === 'scalar') return { kind: 'scalar' }
  if (root === 'object') return { kind: 'object', keys: rows.names() }
  return { kind: 'array', isEmpty, keys: areAllObjects && rows.areEqual() ? rows.names() : null }
}

/** Where a number or word that starts at `at` ends; -1 when it is neither. */
function endOfPlain(bytes: Uint8Array, start: number, first: number): number {
  const word = WORDS.get(first)
  if (word !== undefined) {
    for (let index = 1; index < word.length; index += 1) if (bytes[start + index] !== word[index]) return -1
    return start + word.length
  }
  let at = first === MINUS ? start + 1 : start
  if (bytes[at] === ZERO) at += 1
  else if ((at = endOfDigits(bytes, at)) < 0) return -1
  if (bytes[at] === DOT && (at = endOfDigits(bytes, at + 1)) < 0) return -1
  if (((bytes[at] ?? 0) | 0x20) !== 0x65) return at
  at += 1
  if (bytes[at] === PLUS || bytes[at] === MINUS) at += 1
  return endOfDigits(bytes, at)
}

/** Behind one digit or more; -1 when there is none. */
function endOfDigits(bytes: Uint8Array, start: number): number {
  let at = start
  while (isDigit(bytes[at] ?? 0)) at += 1
  return at === start ? -1 : at
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39
}

function areHex(bytes: Uint8Array, start: number): boolean {
  for (let at = start; at < start + 4; at += 1) {
    const byte = bytes[at] ?? 0
    const lower = byte | 0x20
    if (!isDigit(byte) && !(lower >= 0x61 && lower <= 0x66)) return false
  }
  return true
}

interface KeyComparison {
  /** A key of the current row, as it is written between its quotes. Throws PGRST102 for one too many. */
  key(raw: Uint8Array): void
  /** The current row has ended. */
  end(): void
  /** Of the first row. */
  names(): readonly string[]
  /** Whether all rows had the keys of the first. */
  areEqual(): boolean
}

/** Compares the keys of rows. In most bodies they come in the same order, spelled the same: then nothing is decoded. */
function createKeyComparison(): KeyComparison {
  const written: Uint8Array[] = []
  const names: string[] = []
  let isFirst = true
  let areEqual = true
  let place = 0
  /** Of a row that is written otherwise. */
  let others: Set<string> | null = null
  return {
    key(raw) {
      if (Math.max(names.length, others?.size ?? 0) > MOST_KEYS)
        throw bodyInvalid(`More than ${String(MOST_KEYS)} keys in one object`)
      if (isFirst) {
        written.push(raw)
        names.push(nameOf(raw))
      } else if (!areEqual) return
      else if (others === null && areSame(written[place], raw)) place += 1
      else {
        others ??= new Set(names.slice(0, place))
        others.add(nameOf(raw))
      }
    },
    end() {
      if (!isFirst && areEqual && (others !== null || place !== names.length)) {
        const own = others ?? new Set(names.slice(0, place))
        const wanted = new Set(names)
        areEqual = own.size === wanted.size && [...wanted].every((name) => own.has(name))
      }
      isFirst = false
      place = 0
      others = null
    },
    names: () => [...new Set(names)],
    areEqual: () => areEqual,
  }
}

function areSame(one: Uint8Array | undefined, other: Uint8Array): boolean {
  if (one?.length !== other.length) return false
  for (let at = 0; at < other.length; at += 1) if (one[at] !== other[at]) return false
  return true
}

const decoder = new TextDecoder()

function nameOf(raw: Uint8Array): string {
  return String(JSON.parse(`"${decoder.decode(raw)}"`))
}
