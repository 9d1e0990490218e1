// Headers of answers, in PostgREST's words.
import type { MediaType, Preferences } from '../parse/api-request.ts'
import type { LegacyName } from '../plan/read-plan.ts'

export type Header = readonly [name: string, value: string]

/** What a header may be called (RFC 9110). */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/

/** What answers vary by, unless a function says otherwise. */
export const VARY: Header = ['Vary', 'Accept, Prefer, Range']

/** Media types that PostgREST knows itself: these name their character set. */
const WITH_CHARSET = new Set([
  'application/json',
  'application/geo+json',
  'application/openapi+json',
  'application/x-www-form-urlencoded',
  'application/vnd.pgrst.array+json',
  'application/vnd.pgrst.object+json',
  'application/vnd.pgrst.plan+json',
  'application/vnd.pgrst.plan+text',
  'text/csv',
  'text/plain',
  'text/xml',
])

/** The value of Content-Type. */
export function contentType({ type, subtype, parameters }: MediaType): string {
  const essence = `${type}/${subtype}`
  if (essence === '*/*') return 'application/octet-stream'
  const isKnown = WITH_CHARSET.has(essence)
  let text = essence
  for (const [name, value] of parameters) {
    if (isKnown && name === 'charset') continue
    if (name === 'for') text += `; for="${value}"`
    else if (name === 'nulls') text += `;nulls=${value}`
    else text += `; ${name}=${value}`
  }
  return isKnown ? `${text}; charset=utf-8` : text
}

/** `0-9/100`: first and last row by number, and how many there are; a null total is unknown, no rows are `*`. */
export function contentRange(first: number, last: number, total: number | null): Header {
  const rows = first <= last && total !== 0 ? `${first}-${last}` : '*'
  return ['Content-Range', `${rows}/${total ?? '*'}`]
}

/** Preference-Applied: what was honoured, in PostgREST's order. Undefined when nothing was. */
export function preferenceApplied(honoured: Partial<Preferences>): Header | undefined {
  const parts: string[] = []
  const add = (name: string, value: string | number | null | undefined): void => {
    if (value !== null && value !== undefined) parts.push(`${name}=${value}`)
  }
  add('resolution', honoured.resolution)
  add('missing', honoured.missing)
  add('return', honoured.return)
  add('count', honoured.count)
  add('tx', honoured.tx)
  add('handling', honoured.handling)
  add('timezone', honoured.timezone)
  if (honoured.handling === 'strict') add('max-affected', honoured.maxAffected)
  add('pagination', honoured.pagination)
  return parts.length === 0 ? undefined : ['Preference-Applied', parts.join(', ')]
}

/** The warning that embeds were called by their target's name although they have an alias; none where none were. */
export function legacyNameWarning(names: readonly LegacyName[]): Header[] {
  if (names.length === 0) return []
  const replacements = names.map(({ target, alias }) => `\`${target}\` to \`${alias}\``).join(', ')
  return [
    [
      'Warning',
      `299 PostgRESTv16.2 "Embedded resource was referenced by relation name even though it has an alias. ` +
        'This is deprecated and will stop working in a future release. ' +
        `Update ${replacements} in query string filters, orders or limits."`,
    ],
  ]
}

/** `jwt;dur=0.1, parse;dur=0.2`, durations in milliseconds. */
export function serverTiming(stages: readonly (readonly [name: string, ms: number])[]): Header {
  return ['Server-Timing', stages.map(([name, ms]) => `${name};dur=${ms.toFixed(1)}`).join(', ')]
}

/** `headers` with those of `chosen` in their place: whoever sets a header in the database replaces ours of that name. */
export function overrideHeaders(headers: readonly Header[], chosen: readonly Header[]): Header[] {
  if (chosen.length === 0) return [...headers]
  const names = new Set(chosen.map(([name]) => name.toLowerCase()))
  return [...headers.filter(([name]) => !names.has(name.toLowerCase())), ...chosen]
}
