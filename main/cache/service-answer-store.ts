// What the service answered last, by organisation and question, in SQLite: shown while the service is away. Goes with the account's session.
import { z } from 'zod'
import type { Cache } from './database.ts'

export interface ServiceAnswerStore {
  /** The answer as it came; whoever asks parses it with the schema of the call. Undefined when it was never asked. */
  get(organisationId: string, name: string): unknown
  /** `readAt` in ISO 8601. */
  save(organisationId: string, name: string, answer: unknown, readAt: string): void
  /** Of the organisation, the answers whose name begins so; all of them with an empty one. */
  forget(organisationId: string, nameStart: string): void
}

/** An organisation has a few questions with parameters (days of a metric, pages of invoices): the newest of them are enough. */
const MOST_PER_ORGANISATION = 60

const Row = z.object({ answer: z.string().transform((text): unknown => JSON.parse(text)) })

/** The store over an open cache. */
export function createServiceAnswerStore({ sqlite }: Cache): ServiceAnswerStore {
  const select = sqlite.prepare('select answer from service_answer where organisation_id = ? and name = ?')
  const upsert = sqlite.prepare(
    `insert into service_answer (organisation_id, name, answer, read_at) values (?, ?, ?, ?)
     on conflict (organisation_id, name) do update set answer = excluded.answer, read_at = excluded.read_at`,
  )
  const prune = sqlite.prepare(
    `delete from service_answer where organisation_id = ? and name not in
       (select name from service_answer where organisation_id = ? order by read_at desc limit ${MOST_PER_ORGANISATION})`,
  )
  const drop = sqlite.prepare(
    'delete from service_answer where organisation_id = ? and substr(name, 1, length(?)) = ?',
  )
  return {
    get(organisationId, name) {
      const row = select.get(organisationId, name)
      return row === undefined ? undefined : Row.parse(row).answer
    },
    save: sqlite.transaction((organisationId: string, name: string, answer: unknown, readAt: string) => {
      upsert.run(organisationId, name, JSON.stringify(answer), readAt)
      prune.run(organisationId, organisationId)
    }),
    forget: (organisationId, nameStart) => void drop.run(organisationId, nameStart, nameStart),
  }
}
