// The query string of Location, which finds the row that was made.
import { entriesOf } from './raise.ts'

/** `?id=eq.1&name=eq.a+b` from the list of names and values that the database gave; undefined where there is none. */
export function locationQuery(location: string | null): string | undefined {
  if (location === null) return undefined
  const json: unknown = JSON.parse(location)
  const pairs = Array.isArray(json) ? json : [...(entriesOf(json) ?? [])]
  if (pairs.length === 0) return undefined
  return `?${pairs.map((pair: unknown) => (Array.isArray(pair) ? pair.map(encode).join('=') : '')).join('&')}`
}

/** Everything but letters, digits and `-_.~` is encoded, a space as plus. */
function encode(value: unknown): string {
  return encodeURIComponent(String(value))
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
