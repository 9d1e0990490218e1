// Which sources of collections a person of this machine named, or had compared, in SQLite.
import type { Cache } from './database.ts'

/** `chosen`: named here, so a token may go there. `asked`: compared with once, from a file that somebody else may have written. */
export type SourceTrust = 'chosen' | 'asked'

export interface KnownSourceStore {
  /** Null for a location that is only in a file. */
  of(location: string): SourceTrust | null
  /** Never takes trust away. */
  note(location: string, trust: SourceTrust): void
}

/** The store over an open cache. */
export function createKnownSourceStore({ sqlite }: Cache): KnownSourceStore {
  const select = sqlite.prepare<[string], { isChosen: number }>(
    'select is_chosen as isChosen from known_source where location = ?',
  )
  const upsert = sqlite.prepare(
    `insert into known_source (location, is_chosen) values (?, ?)
     on conflict (location) do update set is_chosen = max(is_chosen, excluded.is_chosen)`,
  )
  return {
    of(location) {
      const row = select.get(location)
      return row === undefined ? null : row.isChosen === 1 ? 'chosen' : 'asked'
    },
    note: (location, trust) => void upsert.run(location, Number(trust === 'chosen')),
  }
}
