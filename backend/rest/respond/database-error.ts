// What Postgres refused, as PostgREST's clients see it: SQLSTATE to status, and the two ways in which a function chooses the answer itself.
import { type DatabaseObject, RestError } from '../errors.ts'
import { parseRaise } from './raise.ts'

/** The fields of an error of Postgres. */
export interface DatabaseError extends DatabaseObject {
  readonly sqlstate: string
  readonly message: string
  readonly detail: string | null
  readonly hint: string | null
}

/** Statuses by SQLSTATE; where the whole is not listed its class (the first two characters) counts, and 400 for the rest. */
const STATUS_BY_SQLSTATE: Readonly<Record<string, number>> = {
  '08': 503, // connection exceptions
  '09': 500, // triggered action exception
  '0L': 403, // invalid grantor
  '0P': 403, // invalid role specification
  '21000': 500, // cardinality violation, in a view or function
  '23503': 409, // foreign key violation
  '23505': 409, // unique violation
  '25': 500, // invalid transaction state
  '25006': 405, // a write in a read-only transaction
  '28': 403, // invalid authorization specification
  '2D': 500, // invalid transaction termination
  '38': 500, // external routine exception
  '39': 500, // external routine invocation exception
  '3B': 500, // savepoint exception
  '40': 500, // transaction rollback
  '42883': 404, // undefined function
  '42P01': 404, // undefined table
  '42P17': 500, // infinite recursion
  '53': 503, // insufficient resources
  '53400': 500, // configuration limit exceeded
  '54': 500, // program limit exceeded
  '55': 500, // object not in prerequisite state
  '57': 500, // operator intervention
  '57P01': 503, // terminated by an administrator
  '58': 500, // system error
  F0: 500, // configuration file error
  HV: 500, // foreign data wrapper error
  P0: 500, // PL/pgSQL
  P0001: 400, // raise
  XX: 500, // internal
}

/** The error that the client gets. An anonymous client is told to log in where a right is missing. */
export function fromDatabaseError(error: DatabaseError, isAnonymous: boolean): RestError {
  const { sqlstate, message, detail, hint } = error
  if (sqlstate === 'PGRST') return parseRaise(message, detail)
  if (sqlstate.startsWith('PT')) return raisedStatus(error)
  const status = statusOf(error, isAnonymous)
  return new RestError(
    { code: sqlstate, status, message },
    { details: detail, hint: hint ?? hintFor(error), headers: headersOf(status), object: objectOf(error) },
  )
}

function statusOf({ sqlstate, message }: DatabaseError, isAnonymous: boolean): number {
  switch (sqlstate) {
    case '42501':
      return isAnonymous ? 401 : 403
    case '21000':
      // The extension safeupdate, which refuses writes without a filter.
      if (message.endsWith('requires a WHERE clause')) return 400
      break
    case '22023':
      // The role of the token does not exist.
      return message.startsWith('role') && message.endsWith('does not exist') ? 401 : 400
    case '42883':
      if (message.startsWith('function xmlagg(')) return 406
      break
    default:
      break
  }
  return STATUS_BY_SQLSTATE[sqlstate] ?? STATUS_BY_SQLSTATE[sqlstate.slice(0, 2)] ?? 400
}

function objectOf({ schema, table, column, constraint }: DatabaseObject): DatabaseObject {
  return { schema, table, column, constraint }
}

function headersOf(status: number): readonly (readonly [string, string])[] {
  if (status === 401) return [['WWW-Authenticate', 'Bearer']]
  if (status === 503) return [['Retry-After', '1']]
  return []
}

/** `raise sqlstate 'PT402'`: the status is in the code, the reason phrase in the message. */
function raisedStatus({ sqlstate, message, detail, hint }: DatabaseError): RestError {
  const digits = sqlstate.slice(2)
  const status = /^[2-9]\d\d$/.test(digits) ? Number(digits) : undefined
  return new RestError(
    { code: sqlstate, status: status ?? 500, message },
    {
      details: detail,
      hint,
      ...(status === undefined ? {} : { statusText: message }),
      headers: headersOf(status ?? 500),
    },
  )
}

/** Postgres builds no text above 1 GB, and does not say what to do about it. */
function hintFor({ sqlstate, message, detail }: DatabaseError): string | null {
  const isTooLarge =
    (sqlstate === '54000' && detail?.startsWith('Cannot enlarge string buffer') === true) ||
    (sqlstate === 'XX000' && message.startsWith('invalid memory alloc request size'))
  return isTooLarge
    ? 'Postgres builds results of up to 1 GB. Ask for fewer rows or columns at once, with limit, Range or select.'
    : null
}
