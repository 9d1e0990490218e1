// A scratch database with one session in it.
import type { OpenSession } from '../migrations/migrator.ts'
import { createScratchDatabase } from '../scratch-database.ts'
import type { Session } from '../session.ts'

export interface ScratchSession {
  readonly session: Session
  /** Ends the session and drops the database. Never rejects. */
  close(): Promise<void>
}

/** Makes a scratch database and opens it. Rejects with FORBIDDEN when the role may not create databases. */
export async function openScratchSession(
  openSession: OpenSession,
  { id, signal }: { readonly id: string; readonly signal?: AbortSignal | undefined },
): Promise<ScratchSession> {
  const scratch = await createScratchDatabase({ openSession, id, signal })
  // What cannot be dropped now is dropped by the next who makes one, a day later.
  const drop = (): Promise<void> => scratch.drop().catch(() => undefined)
  try {
    const session = await scratch.openSession({ signal })
    return {
      session,
      async close() {
        await session.close()
        await drop()
      },
    }
  } catch (error) {
    await drop()
    throw error
  }
}
