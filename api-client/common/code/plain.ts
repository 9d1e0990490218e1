// A request in the words that every language has: an address, headers, a body; auth as a header where it is one.
import type { ResolvedAuth, ResolvedBody } from '../resolve/types.ts'
import type { CodeOptions, CodeRequest } from './types.ts'

export interface PlainHeader {
  readonly name: string
  readonly value: string
}

/** What a client must do by itself, for it is no header that is known before. */
export type PlainAuth =
  | { readonly type: 'none' }
  | { readonly type: 'basic' | 'digest'; readonly username: string; readonly password: string }
  | {
      readonly type: 'awsV4'
      readonly accessKeyId: string
      readonly secretAccessKey: string
      readonly sessionToken: string
      readonly service: string
      readonly region: string
    }

export interface PlainRequest {
  readonly method: string
  /** Encoded, but for {{names}}. */
  readonly url: string
  readonly headers: readonly PlainHeader[]
  readonly body: ResolvedBody
  readonly auth: PlainAuth
  readonly usesEnvironment: boolean
  readonly request: CodeRequest
}

export function plainRequest(given: CodeRequest, options: CodeOptions = {}): PlainRequest {
  const request = withoutSecrets(given)
  const { header, query, auth } = authParts(request.auth)
  const headers =
    header === null
      ? [...request.headers]
      : [...request.headers.filter((one) => one.name.toLowerCase() !== header.name.toLowerCase()), header]
  const contentType = contentTypeOf(request.body)
  if (contentType !== null && !headers.some((one) => one.name.toLowerCase() === 'content-type'))
    headers.push({ name: 'Content-Type', value: contentType })
  return {
    method: request.method,
    url: encodedUrl(
      query === null
        ? request.url
        : `${request.url}${request.url.includes('?') ? '&' : '?'}${encodeText(query.name)}=${encodeText(query.value)}`,
    ),
    headers,
    body: request.body,
    auth,
    usesEnvironment: options.variables === 'environment',
    request,
  }
}

/** Multipart says its own, with a boundary. */
function contentTypeOf(body: ResolvedBody): string | null {
  switch (body.type) {
    case 'none':
    case 'multipart':
      return null
    case 'form':
      return 'application/x-www-form-urlencoded'
    case 'text':
    case 'file':
      return body.contentType
  }
}

interface AuthParts {
  readonly header: PlainHeader | null
  readonly query: PlainHeader | null
  readonly auth: PlainAuth
}

function authParts(auth: ResolvedAuth): AuthParts {
  const none: AuthParts = { header: null, query: null, auth: { type: 'none' } }
  const placed = (placement: 'header' | 'query', prefix: string, token: string): AuthParts =>
    placement === 'query'
      ? { ...none, query: { name: prefix || 'access_token', value: token } }
      : { ...none, header: { name: 'Authorization', value: `${prefix} ${token}`.trim() } }
  switch (auth.type) {
    case 'none':
    case 'unsupported':
      return none
    case 'basic':
    case 'digest':
    case 'awsV4':
      return { ...none, auth }
    case 'bearer':
      return placed('header', 'Bearer', auth.token)
    case 'apiKey':
      return auth.placement === 'query'
        ? { ...none, query: { name: auth.key, value: auth.value } }
        : { ...none, header: { name: auth.key, value: auth.value } }
    case 'oauth2':
      return placed(auth.tokenPlacement, auth.tokenPrefix, '{{access_token}}')
    case 'jwt':
      return placed(auth.placement, auth.prefix, '{{jwt}}')
    case 'project':
      return placed('header', 'Bearer', `{{${auth.as}_token}}`)
  }
}

/** Percent-encodes what may not stand in an address, and nothing twice; {{names}} stay. */
function encodedUrl(url: string): string {
  return outsideNames(url, (piece) =>
    piece
      .toWellFormed()
      .replace(/[^\w.~:/?#[\]@!$&()*+,;=%-]/gu, (sign) => encodeURIComponent(sign).replace("'", '%27')),
  )
}

/** As a value of a query or a form; {{names}} stay. */
export function encodeText(text: string): string {
  return outsideNames(text, (piece) => encodeURIComponent(piece.toWellFormed()).replaceAll("'", '%27'))
}

/** The text of a form's body. */
export function formText(fields: readonly { readonly name: string; readonly value: string }[]): string {
  return fields.map((one) => `${encodeText(one.name)}=${encodeText(one.value)}`).join('&')
}

function outsideNames(text: string, change: (piece: string) => string): string {
  return piecesOf(text)
    .map((piece) => (piece.type === 'name' ? `{{${piece.name}}}` : change(piece.text)))
    .join('')
}

export type Piece =
  { readonly type: 'text'; readonly text: string } | { readonly type: 'name'; readonly name: string }

/** A text taken apart at its {{names}}. */
function piecesOf(text: string): Piece[] {
  return text.split(/(\{\{\s*[^{}\s][^{}]*\}\})/).flatMap((piece, index): Piece[] => {
    if (index % 2 === 1) return [{ type: 'name', name: piece.slice(2, -2).trim() }]
    return piece === '' ? [] : [{ type: 'text', text: piece }]
  })
}

/** `API_KEY` of `api-key`. */
export function environmentName(name: string): string {
  const word = name.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()
  return /^[0-9]|^$/.test(word) ? `_${word}` : word
}

export interface Expressions {
  /** A literal that means exactly this text. */
  readonly literal: (text: string) => string
  /** Reads a variable of the environment. */
  readonly variable: (name: string) => string
  readonly plus: string
}

/** An expression of a language for a text: one literal, or with the environment's variables put between. */
export function expressionOf(
  text: string,
  usesEnvironment: boolean,
  { literal, variable, plus }: Expressions,
): string {
  if (!usesEnvironment) return literal(text)
  const pieces = piecesOf(text)
  if (pieces.length === 0) return literal('')
  return pieces
    .map((piece) => (piece.type === 'text' ? literal(piece.text) : variable(environmentName(piece.name))))
    .join(plus)
}

/** A value that is secret stands nowhere, not even encoded. */
function withoutSecrets(request: CodeRequest): CodeRequest {
  const secrets = [...new Set(request.secrets ?? [])]
    .filter((one) => one !== '')
    .toSorted((a, b) => b.length - a.length)
  if (secrets.length === 0) return request
  const words = secrets.map((secret, index) => ({
    secret,
    name: secrets.length === 1 ? '{{secret}}' : `{{secret_${index + 1}}}`,
  }))
  const text = (value: string): string => cleaned(value, words)
  return {
    ...request,
    url: text(request.url),
    headers: request.headers.map((one) => ({ name: text(one.name), value: text(one.value) })),
    body: cleanBody(request.body, text),
    auth: cleanAuth(request.auth, text),
    ...(request.proxy?.mode === 'on'
      ? {
          proxy: {
            ...request.proxy,
            username: text(request.proxy.username),
            password: text(request.proxy.password),
          },
        }
      : {}),
    ...(request.clientCertificates === undefined
      ? {}
      : {
          clientCertificates: request.clientCertificates.map((one) => ({
            ...one,
            passphrase: text(one.passphrase),
          })),
        }),
    secrets: [],
  }
}

function cleaned(text: string, words: readonly { readonly secret: string; readonly name: string }[]): string {
  let result = text
  for (const { secret, name } of words)
    for (const form of new Set([
      secret,
      encodeURIComponent(secret.toWellFormed()),
      JSON.stringify(secret).slice(1, -1),
    ]))
      result = result.replaceAll(form, () => name)
  return result
}

function cleanBody(body: ResolvedBody, text: (value: string) => string): ResolvedBody {
  switch (body.type) {
    case 'none':
    case 'file':
      return body
    case 'text':
      return { ...body, text: text(body.text) }
    case 'form':
      return { ...body, fields: body.fields.map((one) => ({ name: text(one.name), value: text(one.value) })) }
    case 'multipart':
      return {
        ...body,
        parts: body.parts.map((one) => (one.type === 'text' ? { ...one, value: text(one.value) } : one)),
      }
  }
}

function cleanAuth(auth: ResolvedAuth, text: (value: string) => string): ResolvedAuth {
  switch (auth.type) {
    case 'basic':
    case 'digest':
      return { ...auth, username: text(auth.username), password: text(auth.password) }
    case 'bearer':
      return { ...auth, token: text(auth.token) }
    case 'apiKey':
      return { ...auth, key: text(auth.key), value: text(auth.value) }
    case 'awsV4':
      return {
        ...auth,
        accessKeyId: text(auth.accessKeyId),
        secretAccessKey: text(auth.secretAccessKey),
        sessionToken: text(auth.sessionToken),
      }
    // Nothing of these stands in code.
    case 'none':
    case 'oauth2':
    case 'jwt':
    case 'project':
    case 'unsupported':
      return auth
  }
}

/** A sign within a string of Go or Python, which escape alike: `\n`, `\u00ad`, `\U0001f600`. */
export function escapedSign(sign: string): string {
  if (sign === '"' || sign === '\\') return `\\${sign}`
  if (sign === '\n') return '\\n'
  const code = sign.codePointAt(0) ?? 0
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}
