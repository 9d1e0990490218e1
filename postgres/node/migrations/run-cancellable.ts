// A statement that a signal can cancel.
import { AppError, isCancelled } from '#contract/errors.ts'
import type { QueryRows, Session } from '../session.ts'

/** Runs a statement; when `signal` aborts the server is told to cancel it. Rejects with CANCELLED then, else as `session.query` does. */
export async function runCancellable(
  session: Session,
  statement: { readonly text: string; readonly values?: readonly unknown[] },
  signal: AbortSignal | undefined,
): Promise<QueryRows> {
  assertGoing(signal)
  // Where the request itself cannot be delivered, closing the connection is what is left.
  const cancel = (): void => void session.cancel().catch(() => session.close())
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    const { values } = statement
    return await (values === undefined || values.length === 0
      ? session.query(statement.text)
      : session.query(statement.text, values))
  } catch (error) {
    if (signal?.aborted === true && isCancelled(error)) throw cancelled()
    throw error
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

/** Throws CANCELLED when the signal has aborted. */
export function assertGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled()
}

function cancelled(): AppError {
  return new AppError('CANCELLED', 'It was cancelled. What was under way has been undone.')
}
