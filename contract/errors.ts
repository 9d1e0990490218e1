// The closed catalogue of errors that may cross a process boundary, and the one class that carries them.
import { z } from 'zod'

interface ErrorKind {
  /** HTTP status that the service answers with. */
  readonly status: number
  /** Whether the same call may succeed if it is simply made again later. */
  readonly retryable: boolean
  /** What it means and what to do, for docs/errors.md. */
  readonly meaning: string
}

/** Every code, with its HTTP status. docs/errors.md is generated from this and checked both ways. */
export const ERROR_CATALOGUE = {
  INVALID_INPUT: {
    status: 400,
    retryable: false,
    meaning: 'The request does not fit its schema. `details.issues` names each field.',
  },
  UNAUTHENTICATED: {
    status: 401,
    retryable: false,
    meaning: 'No valid access token came with the call. Log in, or refresh the token.',
  },
  CREDENTIALS_REJECTED: {
    status: 401,
    retryable: false,
    meaning: 'The e-mail and password do not match an account.',
  },
  TOKEN_REUSED: {
    status: 401,
    retryable: false,
    meaning: 'A refresh token was used twice; every session of that chain has been ended. Log in again.',
  },
  FORBIDDEN: {
    status: 403,
    retryable: false,
    meaning: 'Your role in this organisation does not allow it. An owner or admin can change your role.',
  },
  NOT_FOUND: {
    status: 404,
    retryable: false,
    meaning: 'There is no such thing, or it belongs to somebody else.',
  },
  CONFLICT: {
    status: 409,
    retryable: false,
    meaning: 'The thing changed in the meantime, or its state does not allow this. Read it again.',
  },
  ALREADY_EXISTS: { status: 409, retryable: false, meaning: 'The name or address is taken.' },
  LIMIT_REACHED: { status: 409, retryable: false, meaning: 'A limit is reached; the message says which.' },
  PAYMENT_REQUIRED: {
    status: 402,
    retryable: false,
    meaning:
      'A quota or spend cap is reached, a payment was declined, or an invoice is unpaid; the message says which. Data stays. See Plan and billing.',
  },
  TOO_LARGE: { status: 413, retryable: false, meaning: 'The request or the value is larger than allowed.' },
  RATE_LIMITED: {
    status: 429,
    retryable: true,
    meaning: 'Too many attempts. `details.retryAfterMs` says when to try again.',
  },
  PROJECT_NOT_READY: {
    status: 409,
    retryable: true,
    meaning: 'The database of the project is not running yet. Wait for it, or start it.',
  },
  PROVISIONING_FAILED: {
    status: 500,
    retryable: true,
    meaning: 'The database could not be brought to the wanted state. The message has the reason.',
  },
  QUERY_FAILED: {
    status: 400,
    retryable: false,
    meaning: 'Postgres rejected the statement. `details` has SQLSTATE, position, detail and hint.',
  },
  QUERY_CANCELLED: {
    status: 499,
    retryable: false,
    meaning: 'The statement was cancelled by the person or by a timeout they set.',
  },
  CANCELLED: { status: 499, retryable: false, meaning: 'The call was cancelled by its caller.' },
  TIMEOUT: { status: 504, retryable: true, meaning: 'It took longer than its deadline.' },
  READ_ONLY: {
    status: 403,
    retryable: false,
    meaning: 'The connection is read-only. Allow writes on it to run this statement.',
  },
  CONNECTION_FAILED: {
    status: 502,
    retryable: true,
    meaning: 'Postgres could not be reached, or refused the connection. The message has its words.',
  },
  SERVICE_UNREACHABLE: {
    status: 503,
    retryable: true,
    meaning: 'The NebulaDB service does not answer. Local work goes on; this needs the service.',
  },
  TRANSPORT_CLOSED: {
    status: 503,
    retryable: true,
    meaning: 'The connection between two processes closed while a call was under way.',
  },
  PROTOCOL_MISMATCH: {
    status: 426,
    retryable: false,
    meaning: 'The two sides speak different protocol versions. Update the older one.',
  },
  RESULT_GONE: {
    status: 410,
    retryable: false,
    meaning: 'The result was closed or evicted. Run the statement again.',
  },
  SECRET_STORE_UNAVAILABLE: {
    status: 500,
    retryable: false,
    meaning: 'Secrets cannot be stored safely on this machine. The message says what to do.',
  },
  LOCAL_DATA_UNUSABLE: {
    status: 500,
    retryable: false,
    meaning:
      'The data folder on this machine is damaged, locked, full or of a newer version. The message says which; nothing was overwritten.',
  },
  INTERNAL: { status: 500, retryable: false, meaning: 'A bug. It is logged with the id in `details.id`.' },
} as const satisfies Record<string, ErrorKind>

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE

const ERROR_CODES = Object.keys(ERROR_CATALOGUE)

/** Whether a string is a code of the catalogue. */
export function isErrorCode(code: string): code is ErrorCode {
  return ERROR_CODES.includes(code)
}

/** What Postgres said, kept field by field (https://www.postgresql.org/docs/18/protocol-error-fields.html). */
export const PostgresErrorDetails = z.object({
  sqlstate: z.string(),
  severity: z.string().optional(),
  /** 1-based character offset into the statement that failed. */
  position: z.number().int().optional(),
  detail: z.string().optional(),
  hint: z.string().optional(),
  where: z.string().optional(),
  schema: z.string().optional(),
  table: z.string().optional(),
  column: z.string().optional(),
  constraint: z.string().optional(),
})
export type PostgresErrorDetails = z.infer<typeof PostgresErrorDetails>

/** An error as it travels: no stack, no cause. */
export const WireError = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
  hint: z.string().optional(),
})
export type WireError = z.infer<typeof WireError>

export interface AppErrorOptions {
  readonly details?: Readonly<Record<string, unknown>> | undefined
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** The one error class. Recognised by its code: classes do not survive a process boundary. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>> | undefined
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.details = options.details
    this.hint = options.hint
  }
}

/** Whether `error` is an AppError, with this code if one is given. */
export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code)
}

/** Whether `error` only says that somebody cancelled: never shown or logged as a failure. */
export function isCancelled(error: unknown): boolean {
  return isAppError(error, 'CANCELLED') || isAppError(error, 'QUERY_CANCELLED')
}

/** The Postgres fields of an error, if it came from Postgres. */
export function postgresDetails(error: unknown): PostgresErrorDetails | undefined {
  if (!isAppError(error) || error.details === undefined) return undefined
  const parsed = PostgresErrorDetails.safeParse(error.details)
  return parsed.success ? parsed.data : undefined
}

/**
 * Turns anything thrown into what may travel. What is not an AppError is a bug: it becomes INTERNAL with the given id,
 * its own words stay behind, in the log of the process that threw it.
 */
export function toWireError(error: unknown, bugId: string): WireError {
  if (!(error instanceof AppError)) {
    return {
      code: 'INTERNAL',
      message: `Something went wrong inside NebulaDB (${bugId}).`,
      details: { id: bugId },
    }
  }
  return {
    code: error.code,
    message: error.message,
    ...(error.details === undefined ? {} : { details: { ...error.details } }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  }
}

/** The reverse of toWireError. A code that this side does not know becomes INTERNAL. */
export function fromWireError(wire: WireError): AppError {
  const code = isErrorCode(wire.code) ? wire.code : 'INTERNAL'
  return new AppError(code, wire.message, { details: wire.details, hint: wire.hint })
}
