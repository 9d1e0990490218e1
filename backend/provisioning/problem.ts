// Puts a failure into words for the person whose project it is.
import { AppError } from '#contract/errors.ts'

/** The message of an AppError; anything else is a bug, whose own words stay in the log. */
export function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.message
  return 'Something went wrong inside NebulaDB. It is tried again.'
}
