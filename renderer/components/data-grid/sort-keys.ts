// The order of a result between the grid's column state and the page's keys.
import type { GridApi } from 'ag-grid-community'
import type { GridSort } from './types.ts'

/** The keys that the grid shows, first one first. */
export function sortOf(api: GridApi): readonly GridSort[] {
  return api
    .getColumnState()
    .filter((state) => state.sort === 'asc' || state.sort === 'desc')
    .sort((a, b) => (a.sortIndex ?? 0) - (b.sortIndex ?? 0))
    .map((state) => ({ column: Number(state.colId), descending: state.sort === 'desc' }))
}

/** The keys of a text like `2d,0a`: one value to depend on in effects. */
export function parseSortKey(key: string): readonly GridSort[] {
  if (key === '') return []
  return key.split(',').map((part) => ({ column: Number.parseInt(part, 10), descending: part.endsWith('d') }))
}
