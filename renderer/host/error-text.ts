// Errors in words for the screen: what happened, then what to do.
import { z } from 'zod'
import { isAppError } from '#contract/errors.ts'

export interface ErrorText {
  readonly message: string
  readonly hint: string | undefined
}

const DetailsWithIssues = z.object({
  issues: z.array(z.object({ path: z.string(), message: z.string() })),
})
const DetailsWithRetry = z.object({ retryAfterMs: z.number() })

/** What to show of an error; undefined for none. */
export function describeError(error: unknown): ErrorText | undefined {
  if (error === null || error === undefined) return undefined
  if (!isAppError(error))
    return { message: error instanceof Error ? error.message : String(error), hint: undefined }
  const retry = DetailsWithRetry.safeParse(error.details)
  if (error.code === 'RATE_LIMITED' && retry.success) {
    const seconds = Math.max(1, Math.ceil(retry.data.retryAfterMs / 1000))
    return { message: error.message, hint: `Try again in ${seconds} s.` }
  }
  return { message: error.message, hint: error.hint }
}

/** The message per field of an INVALID_INPUT, by the field's name; empty for every other error. */
export function fieldErrorsOf(error: unknown): Readonly<Record<string, string>> {
  if (!isAppError(error, 'INVALID_INPUT')) return {}
  const details = DetailsWithIssues.safeParse(error.details)
  if (!details.success) return {}
  return Object.fromEntries(details.data.issues.map((issue) => [issue.path, issue.message]))
}
