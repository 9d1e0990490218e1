// The columns of the grid as AG Grid takes them: row numbers first, then one per column of the result.
import type { ColDef } from 'ag-grid-community'
import { CellRenderer, RowNumberRenderer } from './cell-renderer.ts'
import { columnWidth, rowNumberWidth } from './column-widths.ts'
import { Header } from './header.ts'
import type { GridColumn } from './types.ts'
import type { WindowSource } from './window-source.ts'

/** The id of the column of row numbers; the others have their position as their id. */
export const ROW_NUMBERS = 'row-numbers'

/** The definitions for a result. `isSelected` is asked when a cell is painted. */
export function columnDefinitions(options: {
  readonly columns: readonly GridColumn[]
  readonly source: WindowSource
  readonly isSortable: boolean
  readonly isSelected: (row: number, column: number) => boolean
}): ColDef[] {
  const { columns, source, isSortable, isSelected } = options
  const rowNumbers: ColDef = {
    colId: ROW_NUMBERS,
    headerName: '#',
    headerClass: 'nebula-row-number-header',
    pinned: 'left',
    lockPosition: true,
    suppressMovable: true,
    resizable: false,
    sortable: false,
    width: rowNumberWidth(Math.max(source.totalRows, 1)),
    cellRenderer: RowNumberRenderer,
    cellClass: 'nebula-row-number',
    cellClassRules: {
      'nebula-in-range': (cell) => cell.node.rowIndex !== null && isSelected(cell.node.rowIndex, 0),
    },
  }
  return [
    rowNumbers,
    ...columns.map((column, position): ColDef => {
      const width = columnWidth(column, position, source)
      const isLast = position === columns.length - 1
      const fills = isLast && column.kind !== 'number' && column.kind !== 'boolean'
      return {
        colId: String(position),
        headerName: column.name,
        headerComponent: Header,
        headerComponentParams: { described: column },
        valueGetter: (cell) =>
          typeof cell.node?.rowIndex !== 'number' ? undefined : source.cell(cell.node.rowIndex, position),
        cellRenderer: CellRenderer,
        cellRendererParams: { kind: column.kind },
        cellClass: `nebula-kind-${column.kind}`,
        cellClassRules: {
          'nebula-in-range': (cell) =>
            cell.node.rowIndex !== null && isSelected(cell.node.rowIndex, position),
        },
        sortable: isSortable,
        resizable: true,
        suppressMovable: true,
        minWidth: 44,
        ...(fills ? { flex: 1, minWidth: width } : { width }),
      }
    }),
  ]
}
