// What must hold of every answer of the REST engine, whatever was asked.
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Answer } from '../backend/rest/handler.ts'
import { writeResponse } from '../backend/rest/http.ts'
import type { HttpRequest } from '../backend/rest/parse/api-request.ts'

/**
 * Statuses above 499 that a request may have asked for: SQLSTATEs with the words of Postgres. Values, types and functions of the request are at
 * fault in all of them, whatever the table of statuses says.
 */
const ASKED_FOR: readonly RegExp[] = [
  // A write to a view that cannot be written.
  /^55000 cannot (insert into|update|delete from) view/,
  // Two rows of one body with the same key, to be merged.
  /^21000 ON CONFLICT DO UPDATE command cannot affect row a second time/,
  // Writes that met at the same rows, since several requests run at once.
  /^40001 could not serialize access/,
  /^40P01 deadlock detected/,
]

/** Codes of mistakes of ours, unless the words say that a value is meant. */
const BROKEN: readonly RegExp[] = [
  /^42601 (?!syntax error in ts(query|vector): |no operand in tsquery: |.* jsonpath input$)/,
  /^(42P02|42P18|42P08|42P03|42712|08|26|34|25(?!006)|2D|3B|0A000 cached plan)/,
  /^42P01 (missing FROM-clause|invalid reference)/,
  /^(XX000|PGRST000|PGRST001|PGRST002|PGRST003|57014)/,
]

/** Whether an error blames the server for what it is not to blame for, or Postgres refused SQL that we made. `message` is the code and the words. */
export function isServersFault({ response, statements }: Answer, message: string): boolean {
  const isAskedFor = ASKED_FOR.some((pattern) => pattern.test(message))
  if (response.status >= 500 && !isAskedFor) return true
  return statements.length > 0 && BROKEN.some((pattern) => pattern.test(message))
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** What is wrong with an answer: null when nothing is. */
export async function wrongWith(
  request: HttpRequest,
  { response }: Answer,
  body: Buffer,
): Promise<string | null> {
  if (response.status < 200 || response.status > 599) return `the status ${String(response.status)}`
  const type = response.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  if (/^application\/([^;]*\+)?json/.test(type) && body.byteLength > 0) {
    try {
      JSON.parse(utf8.decode(body))
    } catch (error) {
      return `no JSON: ${String(error)}`
    }
  }
  if (
    request.method === 'GET' &&
    response.status < 400 &&
    /^application\/json/.test(type) &&
    body.byteLength === 0
  )
    return 'no body'
  try {
    const isHead = request.method === 'HEAD'
    const sink = new ServerResponse(new IncomingMessage(new Socket()))
    const complete = {
      ...response,
      body: response.body === null ? null : { kind: 'bytes' as const, bytes: body },
    }
    await writeResponse(sink, complete, { isHead, headers: [], slowClientTimeoutMs: 1_000, ended: null })
    return null
  } catch (error) {
    return `cannot be written: ${String(error)}`
  }
}

/** The words of an error. */
export function messageOf(body: Buffer): string {
  try {
    const error: unknown = JSON.parse(body.toString())
    return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''
  } catch {
    return ''
  }
}
