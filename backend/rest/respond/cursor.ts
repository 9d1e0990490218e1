// Headers of a page by cursor (docs/specs/rest.md): where the next page begins.
import { isCursor } from '../parse/cursor.ts'
import { cursorAfter } from '../plan/cursor.ts'
import type { CursorPlan } from '../plan/read-plan.ts'
import type { Header } from './headers.ts'

/**
 * Next-Cursor and Link of a page whose last row has `key`; none for the last page. `query` is that of the request, `?` left out: the link repeats
 * it, relative to the request's URL, so that it holds behind any proxy.
 */
export function nextPageHeaders(cursor: CursorPlan | null, key: string | null, query: string): Header[] {
  if (cursor === null || key === null) return []
  const next = cursorAfter(cursor, key)
  const others = query.split('&').filter((pair) => pair !== '' && !isCursorPair(pair))
  return [
    ['Link', `<?${[...others, `cursor=${next}`].join('&')}>; rel="next"`],
    ['Next-Cursor', next],
  ]
}

function isCursorPair(pair: string): boolean {
  const [name = '', value = ''] = pair.split('=')
  return isCursor(name, value)
}
