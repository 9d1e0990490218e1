// Codes of what can go wrong with the connection to the database, and of what the engine refuses to run.
import { RestError } from '../errors.ts'

const RETRY_AFTER = [['Retry-After', '1']] as const

/** PGRST000: no connection could be opened. */
export function cannotConnect(cause: unknown): RestError {
  return new RestError(
    {
      code: 'PGRST000',
      status: 503,
      message: 'Database connection error. Retrying the connection.',
    },
    { cause, headers: RETRY_AFTER },
  )
}

/** PGRST001: the connection broke while the request ran. */
export function connectionLost(cause: unknown): RestError {
  return new RestError(
    { code: 'PGRST001', status: 503, message: 'Database client error. Retrying the connection.' },
    { cause, headers: RETRY_AFTER },
  )
}

/** PGRST002: there is no schema cache yet. */
export function noSchemaCache(): RestError {
  return new RestError(
    {
      code: 'PGRST002',
      status: 503,
      message: 'Could not query the database for the schema cache. Retrying.',
    },
    { headers: RETRY_AFTER },
  )
}

/** PGRST003: all connections stayed busy for too long. */
export function acquisitionTimeout(): RestError {
  return new RestError({
    code: 'PGRST003',
    status: 504,
    message: 'Timed out acquiring connection from connection pool.',
  })
}

/** 54001: the planner expects more work than one request may cause. */
export function planTooExpensive(cost: number, limit: number): RestError {
  return new RestError(
    { code: '54001', status: 400, message: 'The request would cost more than is allowed' },
    {
      details: `Its plan costs ${cost}, the limit is ${limit}.`,
      hint: 'Ask for fewer rows, filter by a column that has an index, or leave out embedded resources.',
    },
  )
}

/** 57014: the request took longer than it may. */
export function requestTimeout(limitMs: number): RestError {
  return new RestError(
    { code: '57014', status: 504, message: 'The request took too long and was cancelled' },
    { details: `The limit is ${limitMs} ms.` },
  )
}

/** 499: nobody waits for the answer any more. */
export function clientLeft(): RestError {
  return new RestError({ code: '57014', status: 499, message: 'The client left before it had its answer' })
}

/** 413: the body is longer than this API takes. */
export function bodyTooLarge(limitBytes: number): RestError {
  return new RestError(
    { code: 'BODY_TOO_LARGE', status: 413, message: 'The request body is too large' },
    { details: `The limit is ${limitBytes} bytes.`, hint: 'Send fewer rows at once.' },
  )
}

/** BODIES_TOO_MANY: the bodies of all requests together fill what there is for them. */
export function bodiesTooMany(): RestError {
  return new RestError(
    {
      code: 'BODIES_TOO_MANY',
      status: 503,
      message: 'Too many large requests at once',
    },
    { hint: 'Try again, or send less at once.', headers: [['Retry-After', '1']] },
  )
}

/** XX000: a mistake of the engine itself. Nothing of it is told. */
export function internalError(cause: unknown): RestError {
  return new RestError(
    { code: 'XX000', status: 500, message: 'The request failed because of a mistake in the server' },
    { cause },
  )
}
