// The last catalog of each connection, deflated: 10,000 tables are some 40 MB as JSON and 2 MB here.
import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { z } from 'zod'
import { Catalog } from '#contract/capabilities/catalog.ts'
import type { Cache } from './database.ts'

const compress = promisify(deflate)
const decompress = promisify(inflate)

export interface StoredCatalog {
  readonly catalog: Catalog
  /** ISO 8601. */
  readonly asOf: string
}

export interface CatalogStore {
  /** undefined when there is none, or what is there no longer fits its schema. */
  get(connectionId: string): Promise<StoredCatalog | undefined>
  put(connectionId: string, stored: StoredCatalog): Promise<void>
}

const Row = z.object({ as_of: z.string(), catalog: z.instanceof(Uint8Array) })

/** The store over an open cache. Compression runs off the main thread. */
export function createCatalogStore(cache: Cache): CatalogStore {
  const select = cache.sqlite.prepare('select as_of, catalog from catalog_snapshot where connection_id = ?')
  const upsert = cache.sqlite.prepare(
    `insert into catalog_snapshot (connection_id, as_of, catalog) values (?, ?, ?)
     on conflict (connection_id) do update set as_of = excluded.as_of, catalog = excluded.catalog`,
  )
  return {
    async get(connectionId) {
      const found = select.get(connectionId)
      if (found === undefined) return undefined
      const row = Row.parse(found)
      const json: unknown = JSON.parse((await decompress(row.catalog)).toString('utf8'))
      const catalog = Catalog.safeParse(json)
      return catalog.success ? { catalog: catalog.data, asOf: row.as_of } : undefined
    },
    async put(connectionId, stored) {
      const bytes = await compress(JSON.stringify(stored.catalog), { level: 1 })
      upsert.run(connectionId, stored.asOf, bytes)
    },
  }
}
