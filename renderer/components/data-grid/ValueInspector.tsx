// One value in full: JSON indented and coloured, long text wrapped, bytes with their size. Nothing of it is rendered as HTML.
import { useMemo, useState, type ReactNode } from 'react'
import { formatBytes, formatCount } from '../format.ts'
import { byteLength, jsonPieces, type Tone } from './cell-display.ts'
import type { InspectedCell } from './types.ts'
import './data-grid.css'

/** Characters laid out at once; the person asks for more. */
const PAGE_CHARACTERS = 50_000

const TONES: Readonly<Partial<Record<Tone, string>>> = {
  key: 'text-data-json',
  string: 'text-syn-string',
  number: 'text-data-number',
  word: 'text-syn-keyword',
  mark: 'text-syn-operator',
}

/** The value of a cell. `key` it by row and column so that a new cell starts at its beginning. */
export function ValueInspector({ cell }: { readonly cell: InspectedCell }): ReactNode {
  const [shown, setShown] = useState(PAGE_CHARACTERS)
  const { column, value, row } = cell
  const text = useMemo(
    () => (value === null ? '' : column.kind === 'json' ? indent(value) : value),
    [value, column.kind],
  )
  const page = text.slice(0, shown)
  return (
    <div className="flex flex-col">
      <dl className="grid grid-cols-[auto_1fr] gap-x-12 gap-y-4 border-b border-line-1 px-12 py-8 text-small">
        <dt className="text-3">Column</dt>
        <dd className="truncate font-mono">{column.name}</dd>
        <dt className="text-3">Type</dt>
        <dd className="truncate font-mono">{column.type}</dd>
        <dt className="text-3">Row</dt>
        <dd className="tabular-nums">{formatCount(row + 1)}</dd>
        {value === null ? null : (
          <>
            <dt className="text-3">Size</dt>
            <dd className="tabular-nums">
              {column.kind === 'bytes' && value.startsWith('\\x')
                ? formatBytes((value.length - 2) / 2)
                : `${formatBytes(byteLength(value))}, ${formatCount(value.length)} ${value.length === 1 ? 'character' : 'characters'}`}
            </dd>
          </>
        )}
      </dl>
      {value === null ? (
        <p className="px-12 py-8 text-data text-data-null italic">NULL</p>
      ) : value === '' ? (
        <p className="px-12 py-8 text-small text-3">Empty text</p>
      ) : (
        <pre
          tabIndex={0}
          aria-label={`Value of ${column.name}`}
          className="px-12 py-8 font-mono text-data [overflow-wrap:anywhere] whitespace-pre-wrap select-text"
        >
          {column.kind === 'json'
            ? jsonPieces(page).map((piece, at) => (
                <span key={at} className={TONES[piece.tone]}>
                  {piece.text}
                </span>
              ))
            : page}
        </pre>
      )}
      {text.length > shown ? (
        <button
          type="button"
          className="mx-12 mb-8 self-start rounded-badge text-small text-accent-text hover:underline"
          onClick={() => setShown(shown + PAGE_CHARACTERS)}
        >
          Show more, {formatCount(text.length - shown)} characters left
        </button>
      ) : null}
    </div>
  )
}

/** Indents JSON without reading its numbers: every digit stays. What does not read as JSON is left as it is. */
export function indent(text: string): string {
  const parts = jsonPieces(text)
  let depth = 0
  let result = ''
  const newLine = (): string => `\n${'  '.repeat(Math.max(0, depth))}`
  for (const [at, { text: part }] of parts.entries()) {
    if (/^\s+$/.test(part)) continue
    const next = parts.slice(at + 1).find((piece) => piece.text.trim() !== '')?.text
    if (part === '{' || part === '[') {
      const isEmpty = next === '}' || next === ']'
      depth += 1
      result += isEmpty ? part : part + newLine()
    } else if (part === '}' || part === ']') {
      depth -= 1
      result += /[{[]$/.test(result) ? part : newLine() + part
    } else if (part === ',') {
      result += part + newLine()
    } else if (part === ':') {
      result += ': '
    } else {
      result += part
    }
  }
  return result
}
