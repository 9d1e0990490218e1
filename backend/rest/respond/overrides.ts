// What a function, trigger or the pre-request set in response.headers and response.status.
import { responseHeadersInvalid, responseStatusInvalid } from '../parse/errors.ts'
import { HEADER_NAME, type Header } from './headers.ts'
import { entriesOf } from './raise.ts'

/** Reads response.headers: `[{"X-Name": "value"}, …]`. Throws PGRST111. */
export function readResponseHeaders(text: string | null): Header[] {
  if (text === null || text === '') return []
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw responseHeadersInvalid()
  }
  if (!Array.isArray(json)) throw responseHeadersInvalid()
  return json.map((element: unknown) => {
    const entries = entriesOf(element)
    const [entry] = entries ?? []
    if (
      entries?.size !== 1 ||
      entry === undefined ||
      typeof entry[1] !== 'string' ||
      !HEADER_NAME.test(entry[0])
    )
      throw responseHeadersInvalid()
    return [entry[0], entry[1]]
  })
}

/** Reads response.status; null when it was not set. Throws PGRST112. */
export function readResponseStatus(text: string | null): number | null {
  if (text === null || text === '') return null
  const digits = /^\d+/.exec(text)?.[0]
  const status = Number(digits)
  // Below 200 an answer is only announced, above 999 it is none.
  if (digits === undefined || status < 200 || status > 999) throw responseStatusInvalid()
  return status
}
