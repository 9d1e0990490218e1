// An array of objects as a table: columns and kinds from the first rows, the rest read as it is scrolled to.
import { lazy, Suspense, useEffect, useMemo, type ReactNode } from 'react'
import { encodeBatch } from '#contract/batch/encode.ts'
import type { ExchangeId } from '#contract/requests/exchange.ts'
import type { GridColumn } from '../../../components/data-grid/types.ts'
import type { ValueKind } from '../../../components/data-grid/value-kind.ts'
import { createWindowSource } from '../../../components/data-grid/window-source.ts'
import { SkeletonRows } from '../../../components/skeleton.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useCall, useHost } from '../../../host/host-provider.tsx'

const DataGrid = lazy(async () => ({
  default: (await import('../../../components/data-grid/DataGrid.tsx')).DataGrid,
}))

const FIRST_ROWS = 200
const MOST_AT_ONCE = 1_000
const NO_SORT: readonly never[] = []

/** The table. */
export function BodyTable({ exchangeId }: { readonly exchangeId: ExchangeId }): ReactNode {
  const host = useHost()
  const reading = useCall(
    ['requests', 'table', exchangeId],
    (one, options) => one.requests.table({ exchangeId, pointer: '', from: 0, count: FIRST_ROWS }, options),
    { staleTime: Infinity },
  )
  const first = reading.data
  const shown = useMemo(() => {
    if (first === undefined) return null
    const source = createWindowSource({
      async fetchWindow({ firstRow, rowCount }, signal) {
        const got = await host.requests.table(
          { exchangeId, pointer: '', from: firstRow, count: Math.min(rowCount, MOST_AT_ONCE) },
          { signal },
        )
        return {
          batches: [batchOf(got.rows, firstRow, first.columns.length)],
          totalRows: got.total,
          isComplete: got.isComplete,
        }
      },
    })
    source.push(batchOf(first.rows, 0, first.columns.length))
    source.setTotal(first.total, first.isComplete)
    return { source, columns: columnsOf(first.columns, first.rows) }
  }, [first, host, exchangeId])
  useEffect(() => () => shown?.source.close(), [shown])
  if (shown === null) {
    const problem = describeError(reading.error)
    return problem === undefined ? (
      <SkeletonRows count={6} label="Reading the rows" />
    ) : (
      <p className="px-14 py-12 text-small text-danger">{problem.message}</p>
    )
  }
  return (
    <div className="relative min-h-0 flex-1 border-t border-line-1">
      <Suspense fallback={<SkeletonRows count={6} label="Loading the table" />}>
        <DataGrid label="Rows of the response" columns={shown.columns} source={shown.source} sort={NO_SORT} />
      </Suspense>
    </div>
  )
}

function batchOf(rows: readonly (readonly (string | null)[])[], firstRow: number, columns: number) {
  return {
    firstRow,
    rowCount: rows.length,
    bodies: encodeBatch(
      rows.map((row) => row.map((cell) => (cell === null ? null : textOf(cell)))),
      columns,
    ),
  }
}

/** A cell is JSON: a string is shown without its quotes, everything else as it stands, so that big integers stay exact. */
export function textOf(cell: string): string {
  if (!cell.startsWith('"')) return cell
  try {
    return String(JSON.parse(cell))
  } catch {
    // Cut by the host: without its last quote it is no JSON.
    return cell.slice(1)
  }
}

function columnsOf(
  names: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): readonly GridColumn[] {
  return names.map((name, at) => {
    const kinds = new Set(rows.map((row) => kindOf(row[at] ?? null)).filter((kind) => kind !== null))
    const [only] = kinds
    const kind = kinds.size === 1 && only !== undefined ? only : 'text'
    return { name, kind, type: kind === 'text' ? '' : kind }
  })
}

/** What a JSON text is; null where it says nothing. */
export function kindOf(cell: string | null): ValueKind | null {
  if (cell === null || cell === 'null') return null
  if (cell === 'true' || cell === 'false') return 'boolean'
  if (/^-?\d/.test(cell)) return 'number'
  if (cell.startsWith('{') || cell.startsWith('[')) return 'json'
  if (/^"\d{4}-\d\d-\d\dT\d\d:\d\d/.test(cell)) return 'time'
  if (/^"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"$/i.test(cell)) return 'uuid'
  return 'text'
}
