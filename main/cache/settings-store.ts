// The person's choices on this machine, as JSON by name.
import type { z } from 'zod'
import type { Cache } from './database.ts'

export interface SettingsStore {
  /** The value by that name; undefined when there is none or it no longer fits its schema. */
  get<T>(name: string, schema: z.ZodType<T>): T | undefined
  set(name: string, value: unknown): void
}

/** The store over an open cache. */
export function createSettingsStore({ sqlite }: Cache): SettingsStore {
  const select = sqlite.prepare<[string], { value: string }>('select value from setting where name = ?')
  const upsert = sqlite.prepare(
    'insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
  )
  return {
    get(name, schema) {
      const row = select.get(name)
      if (row === undefined) return undefined
      const parsed = schema.safeParse(JSON.parse(row.value))
      return parsed.success ? parsed.data : undefined
    },
    set: (name, value) => void upsert.run(name, JSON.stringify(value)),
  }
}
