// Who uses this app: the one account session of this data folder, its tokens sealed.
import { z } from 'zod'
import { Account } from '#contract/capabilities/auth.ts'
import type { Cache } from './database.ts'

/** The account session as stored. No session at all means that nothing was decided yet. */
export type StoredSession =
  | { readonly mode: 'local' }
  | { readonly mode: 'signed-in'; readonly account: Account; readonly sealedTokens: Uint8Array }
  | { readonly mode: 'expired'; readonly account: Account }

export interface SessionStore {
  load(): StoredSession | undefined
  save(session: StoredSession): void
  /** Forgets the account and, in the same transaction, everything on this machine that came from the service for it. History and designs stay. */
  forget(): void
}

const account = z.string().transform((text) => Account.parse(JSON.parse(text)))
const Row = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('local') }),
  z.object({ mode: z.literal('signed-in'), account, sealedTokens: z.instanceof(Uint8Array) }),
  z.object({ mode: z.literal('expired'), account }),
])

/** The store over an open cache. Forgetting an account also detaches the replicated records from it. */
export function createSessionStore(
  { sqlite }: Cache,
  replication: { readonly detach: () => void },
): SessionStore {
  const select = sqlite.prepare('select mode, account, tokens as sealedTokens from account_session')
  const upsert = sqlite.prepare(
    `insert into account_session (id, mode, account, tokens) values (1, ?, ?, ?)
     on conflict (id) do update set mode = excluded.mode, account = excluded.account, tokens = excluded.tokens`,
  )
  const forget = [
    'delete from account_session',
    'delete from catalog_snapshot where connection_id in (select id from project)',
    'delete from result_snapshot where connection_id in (select id from project)',
    'delete from schema_snapshot where connection_id in (select id from project)',
    'update migration_source set history = null where connection_id in (select id from project)',
    'delete from connection_use where connection_id in (select id from project)',
    'delete from project_credentials',
    'delete from project',
    'delete from organisation',
    'delete from cloud_read',
    'delete from service_answer',
  ].map((sql) => sqlite.prepare(sql))
  return {
    load() {
      const row = select.get()
      return row === undefined ? undefined : Row.parse(row)
    },
    save(session) {
      const account = session.mode === 'local' ? null : JSON.stringify(session.account)
      const tokens = session.mode === 'signed-in' ? Buffer.from(session.sealedTokens) : null
      upsert.run(session.mode, account, tokens)
    },
    forget: sqlite.transaction(() => {
      replication.detach()
      for (const statement of forget) statement.run()
    }).immediate,
  }
}
