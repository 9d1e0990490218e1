// A statement that a signal can cancel.
import { AppError, isCancelled } from '#contract/errors.ts'
import type { QueryRows, Session } from '../session.ts'

/** Runs a statement; when `signal` aborts the server is told to cancel it. Rejects with CANCELLED then, else as `session.query` does. */
export function runCancellable(
  session: Session,
  { text, values = [] }: { readonly text: string; readonly values?: readonly unknown[] },
  signal: AbortSignal | undefined,
): Promise<QueryRows> {
  const work = () => (values.length === 0 ? session.query(text) : session.query(text, values))
  return cancellable(session, work, signal)
}

/** Runs statements that a person wrote, and passes over the rows that they give: they could be more than memory holds. Rejects as `runCancellable` does. */
export function executeCancellable(
  session: Session,
  sql: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  return cancellable(session, () => session.execute(sql), signal)
}

async function cancellable<T>(
  session: Session,
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  assertGoing(signal)
  // Where the request itself cannot be delivered, closing the connection is what is left.
  const cancel = (): void => void session.cancel().catch(() => session.close())
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    return await work()
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
