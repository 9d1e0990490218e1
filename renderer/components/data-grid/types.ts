// What the grid is told and what it tells. No AG Grid type leaves this folder.
import type { Ref } from 'react'
import type { CopyFormat } from './copy-formats.ts'
import type { RangeBounds } from './range-selection.ts'
import type { ValueKind } from './value-kind.ts'
import type { WindowSource } from './window-source.ts'

export interface GridColumn {
  readonly name: string
  /** Beside the name, as format_type() prints it. */
  readonly type: string
  readonly kind: ValueKind
}

export interface GridSort {
  readonly column: number
  readonly descending: boolean
}

/** What is selected, for the status bar. Sum and average only where every selected value is a number and loaded. */
export interface SelectionSummary {
  readonly rowCount: number
  readonly cellCount: number
  readonly sum: number | null
  readonly average: number | null
}

/** One value to look at closely. */
export interface InspectedCell {
  readonly row: number
  readonly column: GridColumn
  readonly value: string | null
}

/** What a copy took. Fewer than were selected: the copy was cut, because that many are an export. */
export interface CopiedRows {
  readonly rows: number
  readonly selectedRows: number
}

export interface DataGridHandle {
  focus(): void
  /** Puts the selection (the whole result without one) on the clipboard. Throws what reading the rows throws. */
  copy(format: CopyFormat): Promise<CopiedRows>
}

export interface DataGridProps {
  readonly label: string
  readonly columns: readonly GridColumn[]
  readonly source: WindowSource
  readonly sort: readonly GridSort[]
  /** Left out: headers do not sort. */
  readonly onSort?: (sort: readonly GridSort[]) => void
  /** Rows come from a kept result: the header is quieter. */
  readonly isSnapshot?: boolean
  readonly onSelectionChange?: (summary: SelectionSummary | null) => void
  /** The active cell moved, or its row arrived. */
  readonly onActiveCellChange?: (cell: InspectedCell | null) => void
  /** Space or a double click: the person wants to see the whole value. */
  readonly onInspect?: () => void
  readonly onContextMenu?: (point: { readonly x: number; readonly y: number }) => void
  /** Mod+C did its work, or did not. */
  readonly onCopied?: (outcome: CopiedRows | { readonly error: unknown }) => void
  /** In front of the column list of an INSERT; `table_name` where it is not known. */
  readonly tableName?: string
  readonly ref?: Ref<DataGridHandle>
}

export type { RangeBounds }
