// An error as an answer: PostgREST's JSON, its headers.
import type { RestError } from '../errors.ts'
import type { RestConfig, RestResponse } from '../types.ts'

const encoder = new TextEncoder()

/** JSON of an error: code, details, hint and message; code and message alone where clients shall see no more. And the step of a batch. */
export function errorBody(error: RestError, verbosity: RestConfig['errorVerbosity']): Uint8Array {
  const { code, message, details, hint, step } = error
  const shown = verbosity === 'minimal' ? { code, message } : { code, details, hint, message }
  return encoder.encode(JSON.stringify(step === null ? shown : { ...shown, step }))
}

/** `PostgREST; error=PGRST116` */
export function proxyStatus(error: RestError): readonly [string, string] {
  return ['Proxy-Status', `PostgREST; error=${error.code}`]
}

/** The answer of a request that failed. */
export function respondError(error: RestError, verbosity: RestConfig['errorVerbosity']): RestResponse {
  const bytes = errorBody(error, verbosity)
  return {
    status: error.status,
    statusText: error.statusText,
    headers: [['Content-Type', 'application/json; charset=utf-8'], proxyStatus(error), ...error.headers],
    body: { kind: 'bytes', bytes },
  }
}
