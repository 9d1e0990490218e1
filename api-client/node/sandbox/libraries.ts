// The libraries that scripts may ask for: their texts are read when the first script does, for a world without them is made faster.
import { existsSync, readFileSync } from 'node:fs'

/** Where each stands in its package; beside the bundle of the desktop app it has the name of the library. */
const LIBRARIES = new Map([
  ['lodash', 'lodash/lodash.min.js'],
  ['moment', 'moment/min/moment.min.js'],
  ['crypto-js', 'crypto-js/crypto-js.js'],
])

const texts = new Map<string, string>()

/** The code of a library, as a CommonJS module; empty for one that there is not. */
export function libraryText(name: string): string {
  const place = LIBRARIES.get(name)
  if (place === undefined) return ''
  const known = texts.get(name)
  if (known !== undefined) return known
  const bundled = new URL(`./inside/${name}.js`, import.meta.url)
  const text = readFileSync(existsSync(bundled) ? bundled : new URL(import.meta.resolve(place)), 'utf8')
  texts.set(name, text)
  return text
}

const CIPHERS =
  /\b(?:AES|DES|TripleDES|RC4|RC4Drop|Rabbit|PBKDF2|EvpKDF|SHA3|HmacSHA3|algo|mode|format|CipherParams)\b/

/** Whether scripts want more of crypto-js than hashes, which the host computes faster. */
export function needsCiphers(scripts: readonly { readonly code: string }[]): boolean {
  return scripts.some(({ code }) => /crypto-?js/i.test(code) && CIPHERS.test(code))
}
