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
