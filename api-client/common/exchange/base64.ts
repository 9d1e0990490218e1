// Base64 (RFC 4648, both alphabets), in any runtime.

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALUES = new Map([...SIGNS, '-', '_'].map((sign, index) => [sign, index < 64 ? index : index - 2]))

/** The bytes of base64; white space is passed over. Null for what is none. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4))
  let length = 0
  let bits = 0
  let waiting = 0
  for (const sign of text) {
    if (sign === '=') break
    const value = VALUES.get(sign)
    if (value === undefined) {
      if (/\s/.test(sign)) continue
      return null
    }
    waiting = ((waiting << 6) | value) & 0xff_ffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = (waiting >> bits) & 0xff
    }
  }
  return bytes.slice(0, length)
}

/** Text of base64 that is UTF-8; null for bytes that are none. */
export function textOfBase64(text: string): string | null {
  const bytes = bytesOfBase64(text)
  if (bytes === null) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
