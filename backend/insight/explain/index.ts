import type { Explanation } from '#contract/capabilities/insight.ts'
import type { Session } from '#postgres/node/session.ts'
import type { Recording } from '../recording.ts'

/** Opens a session as the database's owner, for as long as `work` takes. */
export type AskDatabase = <T>(work: (session: Session) => Promise<T>) => Promise<T>

export async function explainOutcome(_recording: Recording, _ask: AskDatabase): Promise<Explanation[]> {
  return []
}
