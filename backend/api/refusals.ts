// What a request to a data API is refused with before the engine sees it, in the form that clients of PostgREST read. The codes are ours: they tell
// a program apart what a person must do.
import type { KeyRefusal } from '../api-keys/index.ts'
import { isAppError } from '#contract/errors.ts'
import { RestError } from '../rest/index.ts'
import type { Dimension, Verdict } from './rate-limits.ts'

const CHALLENGE = [['WWW-Authenticate', 'Bearer']] as const

function unauthorised(code: string, message: string, hint: string): RestError {
  return new RestError({ code, status: 401, message }, { hint, headers: CHALLENGE })
}

/** No key came with the request. */
export function noKey(): RestError {
  return unauthorised(
    'API_KEY_MISSING',
    'No API key was sent.',
    'Send a key of this project as `apikey: <key>`; a user’s token goes beside it as `authorization: Bearer <token>`.',
  )
}

/** Two different keys came. */
export function twoKeys(): RestError {
  return unauthorised(
    'API_KEY_CONFLICT',
    'Two different API keys were sent.',
    'Send the same key as `apikey` and as bearer, or send it once.',
  )
}

const KEY_REFUSALS: Readonly<Record<KeyRefusal, readonly [code: string, message: string, hint: string]>> = {
  malformed: [
    'API_KEY_MALFORMED',
    'This is not an API key: its form or its checksum is wrong.',
    'Copy the whole key, from `nbl_` to its last letter.',
  ],
  unknown: [
    'API_KEY_UNKNOWN',
    'This project has no such API key.',
    'Check that the key and the address are of the same project.',
  ],
  expired: ['API_KEY_EXPIRED', 'This API key has expired.', 'Make a new key and use it instead.'],
  revoked: ['API_KEY_REVOKED', 'This API key was revoked.', 'Use another key of the project.'],
}

/** A key came that is not valid. */
export function keyRefused(refusal: KeyRefusal): RestError {
  return unauthorised(...KEY_REFUSALS[refusal])
}

/** The key may only read. */
export function readOnlyKey(method: string): RestError {
  return new RestError(
    { code: 'API_KEY_READ_ONLY', status: 403, message: `This API key may only read, not ${method}.` },
    { hint: 'Use GET or HEAD, also for functions; or use a key that may write.' },
  )
}

/** None of the schemas that the key may name is exposed. */
export function noSchemaInScope(): RestError {
  return new RestError(
    {
      code: 'API_KEY_SCOPE',
      status: 403,
      message: 'None of the schemas that this API key may use is exposed.',
    },
    { hint: 'Expose one of them in the settings of the API, or use another key.' },
  )
}

/** There is no such project, or it is deleted. */
export function noProject(): RestError {
  return new RestError(
    { code: 'PROJECT_NOT_FOUND', status: 404, message: 'There is no such project.' },
    { hint: 'Check the address: the project’s reference is the part before `/rest/v1`.' },
  )
}

const LIMITED: Readonly<Record<Dimension, string>> = {
  address: 'from your address',
  key: 'with this API key',
  project: 'to this project',
  'unknown-project': 'from your address',
}

/** Too many requests. */
export function tooMany(dimension: Dimension, verdict: Verdict): RestError {
  const seconds = Math.max(1, Math.ceil(verdict.retrySeconds))
  return new RestError(
    {
      code: 'RATE_LIMITED',
      status: 429,
      message: `Too many requests ${LIMITED[dimension]}: ${verdict.limit} per second are allowed.`,
    },
    {
      hint: `Try again in ${seconds} second${seconds === 1 ? '' : 's'}.`,
      headers: [['Retry-After', String(seconds)]],
    },
  )
}

/**
 * What stands between a request and its engine: a project that cannot be woken, a database of ours that does not answer. Why is nothing for who holds
 * a key: the project's people see it in the app. Undefined for a bug.
 */
export function fromAppError(error: unknown): RestError | undefined {
  if (!isAppError(error)) return undefined
  switch (error.code) {
    case 'NOT_FOUND':
      return noProject()
    case 'PAYMENT_REQUIRED':
      return new RestError(
        {
          code: 'PAYMENT_REQUIRED',
          status: 402,
          message: 'This project sleeps because a limit of its plan or spend is reached.',
        },
        { hint: 'Its owners see in the app what to do.', cause: error },
      )
    case 'TIMEOUT':
    case 'PROJECT_NOT_READY':
    case 'PROVISIONING_FAILED':
    case 'CONNECTION_FAILED':
      return new RestError(
        {
          code: 'PROJECT_NOT_READY',
          status: 503,
          message: 'The database of this project is not available now.',
        },
        { hint: 'Try again in a moment.', cause: error, headers: [['Retry-After', '2']] },
      )
    default:
      return undefined
  }
}
