// `cursor=after.…` (docs/specs/rest.md, an extension of ours): where the page before ended. PostgREST refuses this parameter on tables,
// whatever columns they have: `after` is no operator.
import { RestError } from '../errors.ts'
import type { Cursor } from './api-request.ts'

const PREFIX = 'after.'

/** Whether a parameter is a cursor, and no filter on a column of that name. */
export function isCursor(name: string, value: string): boolean {
  return name === 'cursor' && value.startsWith(PREFIX)
}

/** Reads the value of `cursor=`. Throws NDB100 when it is no cursor. */
export function parseCursor(value: string): Cursor {
  const parts = read(value.slice(PREFIX.length))
  const [check, ...values] = parts ?? []
  if (typeof check !== 'string' || !values.every((one) => one === null || typeof one === 'string')) {
    throw cursorUnusable('It was cut or changed.')
  }
  return { check, values }
}

/** The value of `cursor=` for `cursor`: letters, digits, `-`, `_` and a dot. */
export function encodeCursor({ check, values }: Cursor): string {
  const bytes = new TextEncoder().encode(JSON.stringify([check, ...values]))
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return `${PREFIX}${btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`
}

/** NDB100: a cursor that does not fit the request. */
export function cursorUnusable(details: string): RestError {
  return new RestError(
    { code: 'NDB100', status: 400, message: 'The cursor cannot be used with this request' },
    {
      details,
      hint: 'Follow the Link header of the page before, or repeat its request with its Next-Cursor.',
    },
  )
}

function read(token: string): readonly unknown[] | null {
  try {
    const binary = atob(token.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0))
    const parts: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return Array.isArray(parts) ? parts : null
  } catch {
    // Whatever is wrong with it: the caller says that it is no cursor.
    return null
  }
}
