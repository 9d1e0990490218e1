// The person's own connections in SQLite, and what is remembered of the use of every connection.
import { z } from 'zod'
import { ConnectionRecord } from '#contract/capabilities/sync.ts'
import type { Cache } from './database.ts'
import type { ChangeLog } from './local-change.ts'

/** A custom connection as stored. The password is sealed. */
export interface StoredConnection {
  readonly record: ConnectionRecord
  readonly sealedPassword: Uint8Array | null
}

/** What the last attempt on a connection said. */
export interface ConnectionUse {
  readonly reachability: 'reachable' | 'unreachable'
  readonly lastUsedAt: string | null
}

export interface ConnectionStore {
  /** All custom connections, by name. */
  list(): StoredConnection[]
  get(id: string): StoredConnection | undefined
  /** Writes a connection and the change to push, in one transaction. `sealedPassword`: undefined keeps what is stored, null removes it. */
  save(record: ConnectionRecord, sealedPassword: Uint8Array | null | undefined): void
  /** Removes a connection and appends the change to push, in one transaction. Unknown ids do nothing. */
  remove(id: string): void
  uses(): ReadonlyMap<string, ConnectionUse>
  /** Remembers an attempt. A failed one keeps the time of the last good one. */
  recordUse(id: string, reachability: ConnectionUse['reachability'], at: string): void
}

const Row = z.object({
  record: z.string().transform((text) => ConnectionRecord.parse(JSON.parse(text))),
  password: z.instanceof(Uint8Array).nullable(),
})
const UseRow = z.object({
  connection_id: z.string(),
  reachability: z.enum(['reachable', 'unreachable']),
  last_used_at: z.string().nullable(),
})

/** The store over an open cache. */
export function createConnectionStore(cache: Cache, changes: ChangeLog): ConnectionStore {
  const { sqlite } = cache
  const selectAll = sqlite.prepare("select record, password from connection order by record ->> 'name', id")
  const selectOne = sqlite.prepare('select record, password from connection where id = ?')
  const upsert = sqlite.prepare(
    `insert into connection (id, record) values (?, ?)
     on conflict (id) do update set record = excluded.record`,
  )
  const setPassword = sqlite.prepare('update connection set password = ? where id = ?')
  const drop = sqlite.prepare('delete from connection where id = ?')
  const dropTraces = [
    sqlite.prepare('delete from connection_use where connection_id = ?'),
    sqlite.prepare('delete from catalog_snapshot where connection_id = ?'),
    sqlite.prepare('delete from result_snapshot where connection_id = ?'),
    sqlite.prepare('delete from schema_snapshot where connection_id = ?'),
    sqlite.prepare('delete from migration_source where connection_id = ?'),
    sqlite.prepare('delete from design where connection_id = ?'),
  ]
  const selectUses = sqlite.prepare('select connection_id, reachability, last_used_at from connection_use')
  const upsertUse = sqlite.prepare(
    `insert into connection_use (connection_id, reachability, last_used_at) values (?, ?, ?)
     on conflict (connection_id) do update
     set reachability = excluded.reachability, last_used_at = coalesce(excluded.last_used_at, last_used_at)`,
  )
  const removeWithTraces = (id: string): boolean => {
    const isRemoved = drop.run(id).changes > 0
    if (isRemoved) for (const statement of dropTraces) statement.run(id)
    return isRemoved
  }

  return {
    list: () => selectAll.all().map((row) => toStored(row)),
    get(id) {
      const row = selectOne.get(id)
      return row === undefined ? undefined : toStored(row)
    },
    save(record, sealedPassword) {
      sqlite
        .transaction(() => {
          upsert.run(record.id, JSON.stringify(record))
          if (sealedPassword !== undefined)
            setPassword.run(sealedPassword === null ? null : Buffer.from(sealedPassword), record.id)
          changes.append({ type: 'upsert', record: { kind: 'connection', record } })
        })
        .immediate()
    },
    remove(id) {
      sqlite
        .transaction(() => {
          if (removeWithTraces(id)) changes.append({ type: 'delete', kind: 'connection', id })
        })
        .immediate()
    },
    uses() {
      const rows = selectUses.all().map((row) => UseRow.parse(row))
      return new Map(
        rows.map((row) => [
          row.connection_id,
          { reachability: row.reachability, lastUsedAt: row.last_used_at },
        ]),
      )
    },
    recordUse: (id, reachability, at) =>
      void upsertUse.run(id, reachability, reachability === 'reachable' ? at : null),
  }
}

function toStored(row: unknown): StoredConnection {
  const { record, password } = Row.parse(row)
  return { record, sealedPassword: password }
}
