// The Prefer header (RFC 7240): https://docs.postgrest.org/en/stable/references/api/preferences.html
import type { RestConfig } from '../types.ts'
import type { Preferences } from './api-request.ts'

const WORDS = {
  resolution: ['merge-duplicates', 'ignore-duplicates'],
  return: ['representation', 'minimal', 'headers-only'],
  count: ['exact', 'planned', 'estimated'],
  tx: ['commit', 'rollback'],
  missing: ['default', 'null'],
  handling: ['strict', 'lenient'],
  pagination: ['cursor'],
} as const

const KNOWN: ReadonlySet<string> = new Set(
  Object.entries(WORDS).flatMap(([name, words]) => words.map((word) => `${name}=${word}`)),
)

const TIMEZONE = 'timezone='
const MAX_AFFECTED = 'max-affected='

export const NO_PREFERENCES: Preferences = {
  resolution: null,
  return: null,
  count: null,
  tx: null,
  missing: null,
  handling: null,
  timezone: null,
  maxAffected: null,
  pagination: null,
  invalid: [],
}

/** The first of `words` in the order in which the client gave them. */
function firstOf<T extends string>(given: readonly string[], name: string, words: readonly T[]): T | null {
  for (const preference of given) {
    const word = words.find((word) => preference === `${name}=${word}`)
    if (word !== undefined) return word
  }
  return null
}

function after(given: readonly string[], prefix: string): string | null {
  return given.find((preference) => preference.startsWith(prefix))?.slice(prefix.length) ?? null
}

/**
 * Reads the header; repeated headers come joined by commas. Of several values for one preference the first one counts.
 * `invalid` lists what is no preference, which is an error under handling=strict.
 */
export function parsePreferences(
  header: string | undefined,
  config: Pick<RestConfig, 'txEnd' | 'timezoneEnabled'>,
): Preferences {
  if (header === undefined) return NO_PREFERENCES
  const given = header.split(',').map((preference) => preference.trim())
  const mayEndOtherwise =
    config.txEnd === 'commit-allow-override' || config.txEnd === 'rollback-allow-override'
  const maxAffected = after(given, MAX_AFFECTED)
  return {
    resolution: firstOf(given, 'resolution', WORDS.resolution),
    return: firstOf(given, 'return', WORDS.return),
    count: firstOf(given, 'count', WORDS.count),
    tx: mayEndOtherwise ? firstOf(given, 'tx', WORDS.tx) : null,
    missing: firstOf(given, 'missing', WORDS.missing),
    handling: firstOf(given, 'handling', WORDS.handling),
    timezone: config.timezoneEnabled ? after(given, TIMEZONE) : null,
    maxAffected: maxAffected !== null && /^-?\d{1,15}$/.test(maxAffected) ? Number(maxAffected) : null,
    pagination: firstOf(given, 'pagination', WORDS.pagination),
    invalid: given.filter(
      (preference) =>
        !KNOWN.has(preference) &&
        !preference.startsWith(MAX_AFFECTED) &&
        !(config.timezoneEnabled && preference.startsWith(TIMEZONE)),
    ),
  }
}
