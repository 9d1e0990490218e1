// What a key looks like: `nbl_<kind>_<43 letters of randomness><6 letters of checksum>`. The checksum tells a typing error from a key that we do
// not know, without a look into the database, and lets scanners of repositories find keys that were committed by mistake.
import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { ApiKeyKind } from '#contract/capabilities/api-keys.ts'

/** 256 bits. */
export const KEY_BYTES = 32
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Letters that 256 bits need in base 62. */
const BODY_LENGTH = 43
/** Letters that 32 bits need in base 62. */
const CHECKSUM_LENGTH = 6
/** Letters of the randomness that a person may see afterwards: too few to help anybody who guesses. */
const SHOWN_LENGTH = 4
const SHAPE = /^nbl_(publishable|secret)_[0-9A-Za-z]{49}$/
const PREFIX = 'nbl_'

/** The text of a key from its random bytes (KEY_BYTES of them). */
export function formatKey(kind: ApiKeyKind, bytes: Uint8Array): string {
  const body = `${PREFIX}${kind}_${toBase62(BigInt(`0x${Buffer.from(bytes).toString('hex')}`), BODY_LENGTH)}`
  return body + checksum(body)
}

/** The beginning of a key, by which a person recognises it. */
export function prefixOf(key: string): string {
  return key.slice(0, key.indexOf('_', PREFIX.length) + 1 + SHOWN_LENGTH)
}

/** Whether a text was meant as one of our keys. */
export function looksLikeKey(text: string): boolean {
  return text.startsWith(PREFIX)
}

/** Whether a text has the shape of a key and its checksum is right. */
export function isWellFormedKey(text: string): boolean {
  return SHAPE.test(text) && checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH)
}

/**
 * What is stored of a key, and what it is found by. Plain SHA-256 is right here: a slow, salted hash protects what people choose and others may guess;
 * nobody guesses 256 random bits, and every request pays for the hash.
 */
export function hashKey(key: string): Buffer {
  return hash('sha256', key, 'buffer')
}

function checksum(text: string): string {
  return toBase62(BigInt(crc32(text)), CHECKSUM_LENGTH)
}

function toBase62(value: bigint, length: number): string {
  let rest = value
  let text = ''
  for (let index = 0; index < length; index += 1) {
    text = ALPHABET.charAt(Number(rest % 62n)) + text
    rest /= 62n
  }
  return text
}
