// The states in which a reader of JSON can be between two bytes, and what it says when the next one does not fit.

/** Those up to `lastBetween` are between tokens, where space may be. */
export const STATE = {
  value: 1,
  valueOrEnd: 2,
  key: 3,
  keyOrEnd: 4,
  colon: 5,
  after: 6,
  end: 7,
  lastBetween: 7,
  string: 8,
  escape: 9,
  hex: 10,
  literal: 11,
  /** After a problem: lines as they come. */
  raw: 12,
} as const

export const NUMBER = {
  first: 20,
  minus: 20,
  zero: 21,
  int: 22,
  point: 23,
  fraction: 24,
  exponent: 25,
  sign: 26,
  power: 27,
} as const

/** By their first byte. */
export const LITERALS: Readonly<Record<number, string>> = { 0x74: 'true', 0x66: 'false', 0x6e: 'null' }

export const REASONS = {
  value: 'a value is missing',
  key: 'a name in double quotes is missing',
  colon: 'a colon is missing after the name',
  afterMember: 'a comma or } is missing',
  afterElement: 'a comma or ] is missing',
  control: 'a text has a line break or control character in it',
  escape: 'a text has an unknown escape in it',
  number: 'a number is not complete',
  end: 'something follows the end of the value',
  early: 'the text ends before the value does',
} as const

/** The next state; 0 when the number ends before this byte, -1 when it may not. */
export function numberStep(state: number, byte: number): number {
  const isDigit = byte >= 0x30 && byte <= 0x39
  switch (state) {
    case NUMBER.minus:
      return byte === 0x30 ? NUMBER.zero : isDigit ? NUMBER.int : -1
    case NUMBER.int:
      if (isDigit) return NUMBER.int
      return byte === 0x2e ? NUMBER.point : isExponent(byte) ? NUMBER.exponent : 0
    case NUMBER.zero:
      return byte === 0x2e ? NUMBER.point : isExponent(byte) ? NUMBER.exponent : isDigit ? -1 : 0
    case NUMBER.point:
      return isDigit ? NUMBER.fraction : -1
    case NUMBER.fraction:
      return isDigit ? NUMBER.fraction : isExponent(byte) ? NUMBER.exponent : 0
    case NUMBER.exponent:
      return isDigit ? NUMBER.power : byte === 0x2b || byte === 0x2d ? NUMBER.sign : -1
    case NUMBER.sign:
      return isDigit ? NUMBER.power : -1
    case NUMBER.power:
      return isDigit ? NUMBER.power : 0
    default:
      return -1
  }
}

function isExponent(byte: number): boolean {
  return byte === 0x65 || byte === 0x45
}

/** A hexadecimal digit. */
export function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
}

/** `"`, `\`, `/`, b, f, n, r, t. */
export function isEscape(byte: number): boolean {
  return (
    byte === 0x22 ||
    byte === 0x5c ||
    byte === 0x2f ||
    byte === 0x62 ||
    byte === 0x66 ||
    byte === 0x6e ||
    byte === 0x72 ||
    byte === 0x74
  )
}
