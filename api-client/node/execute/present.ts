// What is shown and kept of an execution: secrets are taken out of everything a person or a file may see.
import { createMask, type Mask } from '#api-client/common/resolve/mask.ts'
import type {
  Cookie,
  Exchange,
  ExchangeFailure,
  HeaderPair,
  SentRequest,
} from '#contract/requests/exchange.ts'
import type { ApiRequest } from '#contract/requests/request.ts'

/** A request that never went out, as it was written. */
export function notSent(request: ApiRequest, unresolved: readonly string[] = []): SentRequest {
  return {
    method: request.kind === 'websocket' ? 'GET' : request.method,
    url: request.url,
    headers: [],
    bodyPreview: null,
    bodyBytes: 0,
    unresolved: [...unresolved],
  }
}

/** The request without secrets. */
export function maskedRequest(request: SentRequest, mask: Mask): SentRequest {
  return {
    ...request,
    url: mask.text(request.url),
    headers: maskedHeaders(request.headers, mask),
    bodyPreview: request.bodyPreview === null ? null : mask.text(request.bodyPreview),
    unresolved: request.unresolved.map(mask.text),
  }
}

/** The exchange without secrets. The body on disk is what the server sent. */
export function maskedExchange(exchange: Exchange, secrets: readonly string[]): Exchange {
  const mask = createMask(secrets)
  const failure = (one: ExchangeFailure): ExchangeFailure => ({
    ...one,
    message: mask.text(one.message),
    hint: mask.text(one.hint),
  })
  return {
    ...exchange,
    name: mask.text(exchange.name),
    request: maskedRequest(exchange.request, mask),
    response:
      exchange.response === null
        ? null
        : { ...exchange.response, headers: maskedHeaders(exchange.response.headers, mask) },
    failure: exchange.failure === null ? null : failure(exchange.failure),
    hops: exchange.hops.map((hop) => ({
      ...hop,
      url: mask.text(hop.url),
      headers: maskedHeaders(hop.headers, mask),
    })),
    cookies: exchange.cookies.map((cookie): Cookie => ({ ...cookie, value: mask.text(cookie.value) })),
    tests: exchange.tests.map((test) => ({
      ...test,
      name: mask.text(test.name),
      message: test.message === null ? null : mask.text(test.message),
    })),
    console: exchange.console.map((line) => ({ ...line, text: mask.text(line.text) })),
    changedVariables: exchange.changedVariables.map((one) => ({ ...one, value: mask.text(one.value) })),
  }
}

function maskedHeaders(headers: readonly HeaderPair[], mask: Mask): HeaderPair[] {
  return headers.map(({ name, value }) => ({ name: mask.text(name), value: mask.text(value) }))
}
