// The last model of each connection's schema, deflated in parts: 10,000 tables are some 60 MB as JSON and 3 MB here, and nobody waits while one part is made.
import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { z } from 'zod'
import { ModelObject, SchemaModel } from '#contract/schema/model.ts'
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
/** The first part is the model without its objects; those follow. */
const Head = SchemaModel.extend({ objects: z.array(ModelObject).max(0) })
const Objects = z.array(ModelObject)
const OBJECTS_PER_PART = 200
const LENGTH_BYTES = 4

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
      const model = await unpack(row.model)
      return model === undefined ? undefined : { model, asOf: row.as_of }
    },
    async put(connectionId, stored) {
      upsert.run(connectionId, stored.asOf, await pack(stored.model))
    },
    touch: (connectionId, asOf) => void setAsOf.run(asOf, connectionId),
  }
}

async function pack(model: SchemaModel): Promise<Buffer> {
  const parts: Buffer[] = []
  const add = async (part: unknown): Promise<void> => {
    const bytes = await compress(JSON.stringify(part), { level: 1 })
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32LE(bytes.byteLength)
    parts.push(length, bytes)
  }
  await add({ ...model, objects: [] })
  for (let first = 0; first < model.objects.length; first += OBJECTS_PER_PART)
    await add(model.objects.slice(first, first + OBJECTS_PER_PART))
  return Buffer.concat(parts)
}

async function unpack(stored: Uint8Array): Promise<SchemaModel | undefined> {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength)
  let head: SchemaModel | undefined
  const objects: ModelObject[] = []
  for (let at = 0; at < bytes.byteLength;) {
    const end = at + LENGTH_BYTES + bytes.readUInt32LE(at)
    const json: unknown = JSON.parse(
      (await decompress(bytes.subarray(at + LENGTH_BYTES, end))).toString('utf8'),
    )
    at = end
    if (head === undefined) {
      head = Head.safeParse(json).data
      if (head === undefined) return undefined
    } else {
      const part = Objects.safeParse(json)
      if (!part.success) return undefined
      for (const object of part.data) objects.push(object)
    }
  }
  return head === undefined ? undefined : { ...head, objects }
}
