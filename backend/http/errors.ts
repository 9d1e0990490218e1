// Anything thrown as an HTTP answer.
import { AppError, ERROR_CATALOGUE, fromWireError, isAppError, toWireError } from '#contract/errors.ts'
import { z } from 'zod'

export interface HttpError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly error: ReturnType<typeof toWireError> }
}

/** The answer for an error. `bugId` is called, and the error is to be logged under it, only for what is no AppError. */
export function toHttpError(error: unknown, bugId: (error: unknown) => string): HttpError {
  const known = fromFramework(error) ?? error
  const wire = toWireError(known, isAppError(known) ? '' : bugId(error))
  const { code } = fromWireError(wire)
  const retryAfterMs = RetryDetails.safeParse(wire.details).data?.retryAfterMs
  return {
    status: ERROR_CATALOGUE[code].status,
    headers: {
      ...(code === 'RATE_LIMITED' && retryAfterMs !== undefined
        ? { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }
        : {}),
      ...(ERROR_CATALOGUE[code].status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: { error: wire },
  }
}

const RetryDetails = z.object({ retryAfterMs: z.number() })
const FrameworkError = z.object({ statusCode: z.number().int(), code: z.string() })

/** What Fastify itself rejects, in our codes. */
function fromFramework(error: unknown): AppError | undefined {
  if (isAppError(error)) return undefined
  const parsed = FrameworkError.safeParse(
    error instanceof Error
      ? { statusCode: Reflect.get(error, 'statusCode'), code: Reflect.get(error, 'code') }
      : {},
  )
  if (!parsed.success || parsed.data.statusCode >= 500) return undefined
  switch (parsed.data.statusCode) {
    case 413:
      return new AppError('TOO_LARGE', 'The body of the request is too large.')
    case 415:
      return new AppError('INVALID_INPUT', 'Send the body as application/json.')
    case 404:
      return new AppError('NOT_FOUND', 'There is nothing at this address.')
    default:
      return new AppError('INVALID_INPUT', 'The request could not be read.')
  }
}
