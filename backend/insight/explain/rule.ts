// What the rules share: when one applies, and how it finds its words.
import type { Explanation } from '#contract/capabilities/insight.ts'
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import type { RestError } from '../../rest/index.ts'
import type { Recording } from '../recording.ts'

/** Opens a session as the database's owner for as long as `work` takes. */
export type AskDatabase = <T>(work: (session: Session) => Promise<T>) => Promise<T>

/** A request that failed, as rules look at it. */
export interface Failure {
  readonly recording: Recording
  readonly error: RestError
  /** The error's details as text; empty where there are none, or they are a list. */
  readonly details: string
  /** Null where it was refused before a role was known. */
  readonly role: string | null
}

/** A rule of the table: the first that applies explains the failure. */
export interface Rule {
  /** Which codes it is for; all if left out. */
  readonly codes?: readonly string[]
  readonly applies?: (failure: Failure) => boolean
  readonly explain: (
    failure: Failure,
    ask: AskDatabase,
  ) => readonly Explanation[] | Promise<readonly Explanation[]>
}

/** An explanation that SQL does not mend. */
export function inWords(reason: string, message: string): Explanation {
  return { reason, message, remedy: null }
}

/** An explanation with the statement that would mend it. */
export function withRemedy(
  reason: string,
  message: string,
  remedy: { readonly sql: SqlFragment; readonly effect: string },
): Explanation {
  return { reason, message, remedy: { sql: `${remedy.sql.text};`, effect: remedy.effect } }
}

/** A sentence that ends as one, from Postgres' or the engine's words. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  return /[.?!]$/.test(trimmed) ? trimmed : `${trimmed}.`
}
