// Bodies by their media types.
import type { Body, Pair } from '#contract/requests/parts.ts'
import type { Example } from '#contract/requests/request.ts'

/** A header, switched on. */
export function header(name: string, value: string, fields: Partial<Pair> = {}): Pair {
  return { name, value, isEnabled: true, description: '', ...fields }
}

/** The value of a header by its name in any case, of those that are switched on. */
export function headerValue(headers: readonly Pick<Pair, 'name' | 'value'>[], name: string): string | null {
  const wanted = name.toLowerCase()
  return headers.find((one) => one.name.toLowerCase() === wanted)?.value ?? null
}

/** `application/json` of `application/json; charset=utf-8`. */
export function essence(mediaType: string): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase()
}

export function isJsonType(mediaType: string): boolean {
  return /^(application|text)\/(.*\+)?json[\w-]*$|^application\/(graphql-response\+json|x-ndjson)$/.test(
    essence(mediaType),
  )
}

export function isXmlType(mediaType: string): boolean {
  return /^(application|text)\/(.*\+)?xml$/.test(essence(mediaType))
}

/** Text as a body of the kind that its media type says. */
export function textBody(text: string, mediaType: string | null): Body {
  if (text === '') return { type: 'none' }
  const type = mediaType ?? ''
  if (isJsonType(type)) return { type: 'json', text }
  if (isXmlType(type)) return { type: 'xml', text }
  return { type: 'text', text }
}

/** What our own bodies say when nobody wrote a Content-Type. */
export function ownMediaType(body: Body): string | null {
  switch (body.type) {
    case 'json':
      return 'application/json'
    case 'xml':
      return 'application/xml'
    case 'text':
      return 'text/plain'
    case 'form':
      return 'application/x-www-form-urlencoded'
    case 'multipart':
      return 'multipart/form-data'
    case 'file':
      return body.contentType
    case 'none':
      return null
  }
}

type ExampleBody = Example['response']['body']

/** A response's text as an example shows it. */
export function exampleBody(text: string, mediaType: string): ExampleBody {
  if (isJsonType(mediaType)) return { type: 'json', text }
  if (isXmlType(mediaType)) return { type: 'xml', text }
  return { type: essence(mediaType) === 'text/html' ? 'html' : 'text', text }
}

/** `a=1&b=%20` of a form, decoded; a sequence that is no code stays. */
export function formFields(text: string): Pair[] {
  return text
    .split('&')
    .filter((one) => one !== '')
    .map((one) => {
      const at = one.indexOf('=')
      return header(decodeForm(at < 0 ? one : one.slice(0, at)), decodeForm(at < 0 ? '' : one.slice(at + 1)))
    })
}

/** One name or value of a form. */
export function decodeForm(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
