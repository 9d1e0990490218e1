// Find in the diagram: tables, columns, values of enums. Up and down choose, Enter goes there, Esc closes.
import { useMemo, useState, type KeyboardEvent, type ReactNode } from 'react'
import { X } from 'lucide-react'
import { IconButton } from '../../../components/button.tsx'
import { classNames } from '../../../components/class-names.ts'
import { SearchField } from '../../../components/text-field.tsx'
import type { Drawing } from './shapes.ts'

interface Hit {
  readonly id: string
  readonly rowId: string | null
  readonly name: string
  readonly detail: string
  readonly rank: number
}

/** How many are listed at once; the list follows the one that is chosen. */
const LISTED = 10

/** What matches, tables first, names that begin with it before others. */
export function findIn(drawing: Drawing, query: string): readonly Hit[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return []
  const hits: Hit[] = []
  const rankOf = (name: string, isRow: boolean): number => {
    const at = name.toLowerCase().indexOf(wanted)
    return at === -1 ? -1 : (isRow ? 4 : 0) + (name.length === wanted.length ? 0 : at === 0 ? 1 : 2)
  }
  for (const shape of drawing.shapes) {
    const rank = rankOf(shape.name, false)
    if (rank >= 0) hits.push({ id: shape.id, rowId: null, name: shape.name, detail: shape.schema, rank })
    for (const row of shape.rows) {
      const rowRank = rankOf(row.name, true)
      if (rowRank >= 0)
        hits.push({
          id: shape.id,
          rowId: row.id,
          name: `${shape.name}.${row.name}`,
          detail: row.type,
          rank: rowRank,
        })
    }
  }
  // By code: there can be as many as there are columns.
  return hits.toSorted((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

export interface FindBarProps {
  readonly drawing: Drawing
  readonly onFound: (id: string, rowId: string | null) => void
  readonly onClose: () => void
}

/** The bar at the top right of the canvas. */
export function FindBar({ drawing, onFound, onClose }: FindBarProps): ReactNode {
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const hits = useMemo(() => findIn(drawing, query), [drawing, query])
  const first = Math.max(0, Math.min(at - LISTED + 2, hits.length - LISTED))
  const go = (hit: Hit | undefined): void => {
    if (hit !== undefined) onFound(hit.id, hit.rowId)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation()
    if (event.key === 'Escape') onClose()
    else if (event.key === 'ArrowDown') setAt(Math.min(hits.length - 1, at + 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1))
    else if (event.key === 'Enter') go(hits[at])
    else return
    event.preventDefault()
  }
  return (
    <div
      className="absolute top-12 right-12 z-10 w-320 rounded-card bg-s3 p-6 shadow-overlay"
      onKeyDownCapture={onKeyDown}
    >
      <div className="flex items-center gap-4">
        <SearchField
          label="Find tables and columns"
          value={query}
          onChange={(value) => {
            setQuery(value)
            setAt(0)
          }}
          inputRef={(input) => input?.focus()}
          className="flex-1"
        />
        <IconButton icon={X} label="Close" onPress={onClose} />
      </div>
      {query.trim() === '' ? null : (
        <ul aria-label="Found" className="mt-4 max-h-280 overflow-auto">
          {hits.length === 0 ? (
            <li className="px-8 py-6 text-small text-3">No table or column has this in its name.</li>
          ) : (
            hits.slice(first, first + LISTED).map((hit, index) => (
              <li key={`${hit.id} ${hit.rowId ?? ''}`}>
                <button
                  type="button"
                  tabIndex={-1}
                  aria-current={first + index === at}
                  onClick={() => go(hit)}
                  className={classNames(
                    'flex h-26 w-full items-center gap-8 rounded-control px-8 text-left font-mono text-data',
                    first + index === at ? 'bg-active text-1' : 'text-2 hover:bg-hover',
                  )}
                >
                  <span className="min-w-0 flex-1 truncate">{hit.name}</span>
                  <span className="flex-none text-micro text-3">{hit.detail}</span>
                </button>
              </li>
            ))
          )}
        </ul>
      )}
      {hits.length > 1 ? (
        <div role="status" className="px-8 pt-4 pb-2 text-micro text-3 tabular-nums">
          {at + 1} of {hits.length}
        </div>
      ) : null}
    </div>
  )
}
