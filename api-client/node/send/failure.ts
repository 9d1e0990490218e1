// Why a request failed, in words: what happened, and what to do about it.
import type { ExchangeFailure } from '#contract/requests/exchange.ts'
import { isAppError } from '#contract/errors.ts'

/** Carries a failure up to the sender. Its message holds no secrets. */
export class SendError extends Error {
  readonly failure: ExchangeFailure

  constructor(code: string, message: string, hint = '', cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'SendError'
    this.failure = { code, message, hint }
  }
}

const CERTIFICATE_HINT =
  'Add the certificate of who signed it to this machine or to NODE_EXTRA_CA_CERTS; for a server that you trust you can switch off “Verify certificates” in the request’s settings.'

/** By Node's and OpenSSL's codes: ours, what happened, and what to do. `%` is the host. */
const KNOWN: Readonly<Record<string, readonly [code: string, message: string, hint: string]>> = {
  ENOTFOUND: [
    'ENOTFOUND',
    'The host % was not found.',
    'Check its spelling and whether a variable in the address has the right value. Names of a private network need its VPN.',
  ],
  EAI_AGAIN: [
    'ENOTFOUND',
    'The name of the host % could not be looked up now.',
    'Check the network connection, and try again.',
  ],
  ECONNREFUSED: [
    'ECONNREFUSED',
    'Nothing answers at %.',
    'Check the port, and whether the server is running.',
  ],
  ECONNRESET: [
    'ECONNRESET',
    '% closed the connection before it answered.',
    'Try again; the server’s log may say why.',
  ],
  EPIPE: [
    'ECONNRESET',
    '% closed the connection while the request was being sent.',
    'The body may be larger than the server takes.',
  ],
  ETIMEDOUT: ['TIMEOUT', '% could not be reached in time.', 'Check the address, the firewall and the VPN.'],
  EHOSTUNREACH: ['ECONNREFUSED', 'There is no way to %.', 'Check the network connection and the VPN.'],
  ENETUNREACH: [
    'ECONNREFUSED',
    'There is no way to the network of %.',
    'Check the network connection and the VPN.',
  ],
  EADDRNOTAVAIL: [
    'ECONNREFUSED',
    '% cannot be reached from this machine.',
    'Check the address and the port.',
  ],
  CERT_HAS_EXPIRED: ['CERTIFICATE', 'The certificate of % has expired.', CERTIFICATE_HINT],
  CERT_NOT_YET_VALID: [
    'CERTIFICATE',
    'The certificate of % is not valid yet.',
    'Check the clock of this machine and of the server.',
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['CERTIFICATE', 'The certificate of % is self-signed.', CERTIFICATE_HINT],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'CERTIFICATE',
    'The certificate of % is signed by an authority that this machine does not know.',
    CERTIFICATE_HINT,
  ],
  UNABLE_TO_GET_ISSUER_CERT: [
    'CERTIFICATE',
    'Who signed the certificate of % is not known.',
    CERTIFICATE_HINT,
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'CERTIFICATE',
    'Who signed the certificate of % is not known.',
    CERTIFICATE_HINT,
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'CERTIFICATE',
    'The certificate of % cannot be verified: the server does not send who signed it.',
    CERTIFICATE_HINT,
  ],
  CERT_REVOKED: ['CERTIFICATE', 'The certificate of % was revoked.', 'Do not trust this server.'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'CERTIFICATE',
    'The certificate of % was made for other names.',
    'Check the address; for a server that you trust you can switch off “Verify certificates” in the request’s settings.',
  ],
  EPROTO: [
    'PROTOCOL',
    'TLS could not be agreed on with %.',
    'Check whether the port speaks https at all, the lowest TLS version in the settings, and whether the server wants a client certificate.',
  ],
  HPE_HEADER_OVERFLOW: ['TOO_LARGE', 'The headers of % are larger than can be read.', 'The limit is 256 kB.'],
  ERR_HTTP2_ERROR: [
    'PROTOCOL',
    '% does not speak HTTP/2 as it should.',
    'Try HTTP/1.1 in the request’s settings.',
  ],
}

/** A failure from anything thrown on the way to `host`. Unknown errors keep their code and words. */
export function describeFailure(error: unknown, host: string): ExchangeFailure {
  if (error instanceof SendError) return error.failure
  if (isAppError(error)) return { code: error.code, message: error.message, hint: error.hint ?? '' }
  const { code, message } = partsOf(error)
  const known = KNOWN[code]
  if (known !== undefined) {
    const [ours, words, hint] = known
    return { code: ours, message: words.replace('%', host), hint }
  }
  if (code.startsWith('ERR_HTTP2')) {
    return {
      code: 'PROTOCOL',
      message: `${host} broke off the HTTP/2 exchange: ${message}.`,
      hint: 'Try HTTP/1.1 in the request’s settings.',
    }
  }
  if (code.startsWith('HPE_')) {
    return {
      code: 'PROTOCOL',
      message: `${host} answered with something that is not HTTP: ${message.replace(/^Parse Error: /, '')}.`,
      hint: 'Check whether the port speaks http or https, and whether a proxy is needed.',
    }
  }
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code.startsWith('ERR_OSSL')) {
    const reason = /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message
    return {
      code: 'PROTOCOL',
      message: `TLS could not be agreed on with ${host}: ${reason.trim()}.`,
      hint: 'Check whether the port speaks https at all, the lowest TLS version in the settings, and whether the server wants a client certificate.',
    }
  }
  return { code: code === '' ? 'FAILED' : code, message: `The request failed: ${message}`, hint: '' }
}

function partsOf(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // Several addresses were tried: the first one's reason tells most.
  if (code === '' && error instanceof AggregateError && error.errors.length > 0)
    return partsOf(error.errors[0])
  if (code === '' && error.cause !== undefined) {
    const inner = partsOf(error.cause)
    if (inner.code !== '') return inner
  }
  return { code, message: error.message }
}

export function timeoutError(timeoutMs: number): SendError {
  return new SendError(
    'TIMEOUT',
    `There was no complete response within ${String(timeoutMs)} ms.`,
    'The limit is in the request’s settings; 0 waits for ever.',
  )
}

export function cancelledError(): SendError {
  return new SendError('CANCELLED', 'The request was cancelled.')
}
