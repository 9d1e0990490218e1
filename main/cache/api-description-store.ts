// What APIs offered when they were last asked, in SQLite: shown while they are out of reach.
import { z } from 'zod'
import { ApiDescription } from '#contract/requests/api-description.ts'
import type { Cache } from './database.ts'

export interface StoredDescription {
  readonly description: ApiDescription
  /** ISO 8601 */
  readonly readAt: string
}

export interface ApiDescriptionStore {
  /** `source` names the API: a project's id, or an address. */
  get(source: string): StoredDescription | undefined
  save(source: string, stored: StoredDescription): void
}

const Row = z.object({ description: z.string(), readAt: z.string() })

/** The store over an open cache. */
export function createApiDescriptionStore({ sqlite }: Cache): ApiDescriptionStore {
  const select = sqlite.prepare('select description, read_at as readAt from api_description where source = ?')
  const upsert = sqlite.prepare(
    `insert into api_description (source, description, read_at) values (?, ?, ?)
     on conflict (source) do update set description = excluded.description, read_at = excluded.read_at`,
  )
  return {
    get(source) {
      const row = select.get(source)
      if (row === undefined) return undefined
      const { description, readAt } = Row.parse(row)
      const parsed = ApiDescription.safeParse(JSON.parse(description))
      return parsed.success ? { description: parsed.data, readAt } : undefined
    },
    save: (source, { description, readAt }) => void upsert.run(source, JSON.stringify(description), readAt),
  }
}
