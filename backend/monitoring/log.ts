// Observations as log lines: JSON by pino, one line each. Fields that could hold a secret are cut out even if somebody passes them by mistake.
import { type DestinationStream, pino } from 'pino'
import { isAppError, isCancelled } from '#contract/errors.ts'
import type { Config } from '../config.ts'
import type { Observation, Observe } from './observation.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

const REDACTED = [
  'password',
  'newPassword',
  'currentPassword',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'connectionString',
  'secret',
]

/** Makes the reader that writes the log. `destination` is stdout by default. */
export function createLog(level: Config['logLevel'], destination?: DestinationStream): Observe {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  )
  return (observation) => {
    const { type, ...fields } = observation
    const error = 'error' in fields ? { error: describeError(fields.error) } : {}
    logger[levelOf(observation)]({ ...fields, ...error }, type)
  }
}

function levelOf(observation: Observation): Level {
  switch (observation.type) {
    case 'request':
    case 'api.request':
      return observation.status >= 500 ? 'warn' : 'debug'
    case 'bug':
    case 'job.queue-problem':
    case 'metering.damaged':
    case 'metering.refused':
    case 'billing.difference':
      return 'error'
    case 'job.failed':
    case 'auth.token-reused':
    case 'auth.rate-limited':
    case 'instance.failed':
    case 'instance.crashed':
    case 'provisioning.failed':
    case 'api.bookkeeping-failed':
    case 'metering.failed':
    case 'billing.events-missed':
    case 'billing.refresh-failed':
    case 'billing.webhook-refused':
      return 'warn'
    case 'job.done':
      return 'debug'
    default:
      return 'info'
  }
}

/** What a log may say of an error: for a bug the stack, for an expected one its code and words. Never the fields of a Postgres error, which quote data. */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (isAppError(error))
    return isCancelled(error) ? { code: error.code } : { code: error.code, message: error.message }
  if (error instanceof Error) {
    const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) }
    return { name: error.name, message: error.message, stack: error.stack, ...cause }
  }
  return { message: String(error) }
}
