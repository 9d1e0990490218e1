// The short name of a project that stands in its connection string.

/** Lower-case base32 without 0, 1, 8 and 9, which are taken for letters. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const LENGTH = 12

/** 60 random bits as 12 characters. `randomBytes` gives that many bytes. */
export function createRef(randomBytes: (count: number) => Uint8Array): string {
  return Array.from(randomBytes(LENGTH), (byte) => ALPHABET.charAt(byte & 31)).join('')
}
