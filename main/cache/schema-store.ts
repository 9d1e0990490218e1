// The last model of each connection's schema, deflated: 10,000 tables are some 60 MB as JSON and 3 MB here.
import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { z } from 'zod'
import { SchemaModel } from '#contract/schema/model.ts'
import type { Cache } from './database.ts'

const compress = promisify(deflate)
const decompress = promisify(inflate)

export interface StoredSchema {
  readonly model: SchemaModel
  /** ISO 8601. */
  readonly asOf: string
}

export interface SchemaStore {
  /** undefined when there is none, or what is there no longer fits its schema. */
  get(connectionId: string): Promise<StoredSchema | undefined>
  put(connectionId: string, stored: StoredSchema): Promise<void>
  /** The model is still as it was at this time. */
  touch(connectionId: string, asOf: string): void
}

const Row = z.object({ as_of: z.string(), model: z.instanceof(Uint8Array) })

/** The store over an open cache. Compression runs off the main thread. */
export function createSchemaStore(cache: Cache): SchemaStore {
  const select = cache.sqlite.prepare('select as_of, model from schema_snapshot where connection_id = ?')
  const upsert = cache.sqlite.prepare(
    `insert into schema_snapshot (connection_id, as_of, model) values (?, ?, ?)
     on conflict (connection_id) do update set as_of = excluded.as_of, model = excluded.model`,
  )
  const setAsOf = cache.sqlite.prepare('update schema_snapshot set as_of = ? where connection_id = ?')
  return {
    async get(connectionId) {
      const found = select.get(connectionId)
      if (found === undefined) return undefined
      const row = Row.parse(found)
      const json: unknown = JSON.parse((await decompress(row.model)).toString('utf8'))
      const model = SchemaModel.safeParse(json)
      return model.success ? { model: model.data, asOf: row.as_of } : undefined
    },
    async put(connectionId, stored) {
      const bytes = await compress(JSON.stringify(stored.model), { level: 1 })
      upsert.run(connectionId, stored.asOf, bytes)
    },
    touch: (connectionId, asOf) => void setAsOf.run(asOf, connectionId),
  }
}
