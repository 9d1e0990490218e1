// `raise sqlstate 'PGRST' using message = …, detail = …`: a function decides on code, message, status and headers of the error.
import { RestError } from '../errors.ts'
import { raiseUnreadable } from '../parse/errors.ts'
import { HEADER_NAME } from './headers.ts'

interface RaisedMessage {
  readonly code: string
  readonly message: string
  readonly details: string | null
  readonly hint: string | null
}

interface RaisedDetail {
  readonly status: number
  readonly statusText: string | null
  readonly headers: readonly (readonly [string, string])[]
}

/** The error that was raised, or PGRST121 where its JSON does not fit. */
export function parseRaise(messageText: string, detailText: string | null): RestError {
  const message = readMessage(parseJson(messageText))
  if (message === undefined) return raiseUnreadable('message', messageText)
  if (detailText === null) return raiseUnreadable('detail', null)
  const detail = readDetail(parseJson(detailText))
  if (detail === undefined) return raiseUnreadable('detail', detailText)
  return new RestError(
    { code: message.code, status: detail.status, message: message.message },
    {
      details: message.details,
      hint: message.hint,
      headers: detail.headers,
      ...(detail.statusText === null ? {} : { statusText: detail.statusText }),
    },
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The entries of a JSON object; undefined for anything else. */
export function entriesOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return new Map(Object.entries(value))
}

function readMessage(json: unknown): RaisedMessage | undefined {
  const entries = entriesOf(json)
  const code = entries?.get('code')
  const message = entries?.get('message')
  const details = entries?.get('details') ?? null
  const hint = entries?.get('hint') ?? null
  if (typeof code !== 'string' || typeof message !== 'string') return undefined
  if (details !== null && typeof details !== 'string') return undefined
  if (hint !== null && typeof hint !== 'string') return undefined
  return { code, message, details, hint }
}

function readDetail(json: unknown): RaisedDetail | undefined {
  const entries = entriesOf(json)
  const status = entries?.get('status')
  const statusText = entries?.get('status_text') ?? null
  const headers = entriesOf(entries?.get('headers'))
  if (typeof status !== 'number' || !Number.isInteger(status) || headers === undefined) return undefined
  // Beyond this no client could read the answer.
  if (status < 200 || status > 999) return undefined
  if (statusText !== null && typeof statusText !== 'string') return undefined
  const pairs: [string, string][] = []
  for (const [name, value] of headers) {
    if (typeof value !== 'string' || !HEADER_NAME.test(name)) return undefined
    pairs.push([name, value])
  }
  return { status, statusText, headers: pairs.sort(([a], [b]) => (a < b ? -1 : 1)) }
}
