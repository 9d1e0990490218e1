// Turns what Postgres, the socket and TLS say into AppErrors. Every error leaves postgres/node through here.
import { z } from 'zod'
import { AppError, isAppError, type PostgresErrorDetails } from '#contract/errors.ts'
import { isConnectionLoss, SQLSTATE } from '#postgres/common/sqlstate.ts'
import { describeServer, type SessionTarget } from './target.ts'

/** The fields of an ErrorResponse under the names that `pg` gives them too, so that one parser reads both. */
const ErrorFields = z.object({
  code: z.string().regex(/^[0-9A-Z]{5}$/),
  severity: z.string(),
  message: z.string(),
  position: z.coerce.number().int().optional(),
  detail: z.string().optional(),
  hint: z.string().optional(),
  where: z.string().optional(),
  schema: z.string().optional(),
  table: z.string().optional(),
  column: z.string().optional(),
  constraint: z.string().optional(),
})

const SystemError = z.object({ code: z.string(), message: z.string() })

/**
 * The AppError for anything that a running statement threw: QUERY_FAILED with PostgresErrorDetails, QUERY_CANCELLED,
 * CONNECTION_FAILED when the connection is lost. What is none of these is returned as INTERNAL, with the cause kept.
 */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error
  const fields = ErrorFields.safeParse(error)
  if (fields.success) return fromFields(fields.data)
  const system = SystemError.safeParse(error)
  const message = error instanceof Error ? error.message : String(error)
  if (system.success || /connection|timeout expired|terminated|not queryable/i.test(message))
    return new AppError('CONNECTION_FAILED', `The connection to Postgres was lost: ${message}.`, {
      cause: error,
    })
  return new AppError('INTERNAL', message, { cause: error })
}

function fromFields(fields: z.infer<typeof ErrorFields>): AppError {
  const { code: sqlstate, message, hint, ...others } = fields
  const details: PostgresErrorDetails = { sqlstate, ...(hint === undefined ? {} : { hint }), ...others }
  Reflect.deleteProperty(details, 'message')
  for (const [key, value] of Object.entries(details))
    if (value === undefined) Reflect.deleteProperty(details, key)
  const options = { details, hint }
  if (sqlstate === SQLSTATE.queryCanceled) return new AppError('QUERY_CANCELLED', sentence(message), options)
  if (isConnectionLoss(sqlstate))
    return new AppError('CONNECTION_FAILED', `Postgres ended the connection: ${sentence(message)}`, options)
  return new AppError('QUERY_FAILED', message, options)
}

/** The AppError for a connection that could not be opened: always CONNECTION_FAILED, naming the server and user, never the password. */
export function toConnectionError(error: unknown, target: SessionTarget): AppError {
  if (isAppError(error)) return error
  const server = describeServer(target)
  const failed = (message: string, hint?: string): AppError =>
    new AppError('CONNECTION_FAILED', message, {
      hint,
      cause: error,
      details: { ...sqlstateOf(error), host: target.host, port: target.port },
    })
  const fields = ErrorFields.safeParse(error)
  if (fields.success) return failed(...refusal(fields.data, target))
  const system = SystemError.safeParse(error)
  const code = system.success ? system.data.code : ''
  const words = error instanceof Error && error.message !== '' ? error.message : code
  if (code === 'ECONNREFUSED')
    return failed(
      `Nothing accepts connections at ${server}.`,
      'Check the host and port, and that Postgres is running there.',
    )
  if (code === 'ENOENT')
    return failed(
      `There is no Postgres socket at ${server}.`,
      'Check the socket directory and port, and that Postgres is running.',
    )
  if (code === 'EACCES' || code === 'EPERM')
    return failed(`This user may not open ${server}.`, 'Check the permissions of the socket directory.')
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return failed(`The host name ${target.host} could not be found.`, 'Check its spelling and your network.')
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return failed(
      `${server} could not be reached (${code}).`,
      'Check the host, your network and firewalls in between.',
    )
  if (isCertificateError(code))
    return failed(
      `The certificate of ${server} could not be verified: ${words}.`,
      'Use a certificate that this machine trusts for that host name, or choose the TLS mode "require".',
    )
  return failed(`The connection to ${server} failed: ${words}.`)
}

function refusal(
  fields: z.infer<typeof ErrorFields>,
  target: SessionTarget,
): [message: string, hint: string | undefined] {
  const server = describeServer(target)
  switch (fields.code) {
    case SQLSTATE.invalidPassword:
      return [
        `The password for user "${target.user}" at ${server} was not accepted.`,
        'Check the user and the password.',
      ]
    case SQLSTATE.invalidCatalogName:
      return [`There is no database "${target.database}" at ${server}.`, 'Check the name of the database.']
    case SQLSTATE.tooManyConnections:
      return [
        `${server} has no connection left: ${sentence(fields.message)}`,
        'Close other connections and try again.',
      ]
    case SQLSTATE.cannotConnectNow:
      return [`Postgres at ${server} is not ready yet: ${sentence(fields.message)}`, 'Try again in a moment.']
    default:
      return [`Postgres at ${server} refused user "${target.user}": ${sentence(fields.message)}`, fields.hint]
  }
}

function sqlstateOf(error: unknown): { readonly sqlstate?: string } {
  const fields = ErrorFields.safeParse(error)
  return fields.success ? { sqlstate: fields.data.code } : {}
}

/** Codes of Node's TLS that mean "not trusted", as opposed to "could not talk TLS". */
function isCertificateError(code: string): boolean {
  return (
    code.startsWith('CERT_') ||
    code.startsWith('ERR_TLS_CERT') ||
    /SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|DEPTH_ZERO/.test(code)
  )
}

/** First letter upper case and a full stop at the end. */
function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}
