// Between AG Grid and the source of rows: its blocks, its row count, what is on screen.
import type { GridApi, IDatasource } from 'ag-grid-community'
import { ROW_NUMBERS } from './column-definitions.ts'
import { rowNumberWidth } from './column-widths.ts'
import type { WindowSource } from './window-source.ts'

const SHOW_AFTER_MS = 40

/** Blocks are given at once: they are row numbers. What is missing of the values is asked for by what is on screen. */
export function createDatasource(source: WindowSource): IDatasource {
  return {
    getRows({ startRow, endRow, successCallback }) {
      const rows = Array.from({ length: endRow - startRow }, (_, at) => ({ row: startRow + at }))
      successCallback(rows, source.totalRows)
    },
  }
}

/** Brings the grid up to date with the source, at most once per frame. */
export function createUpdater(api: GridApi, source: WindowSource, onPainted: () => void): () => void {
  let isScheduled = false
  return () => {
    if (isScheduled) return
    isScheduled = true
    requestAnimationFrame(() => {
      isScheduled = false
      if (api.isDestroyed()) return
      if (api.getDisplayedRowCount() !== source.totalRows) {
        api.setRowCount(source.totalRows, true)
        api.setColumnWidths([{ key: ROW_NUMBERS, newWidth: rowNumberWidth(source.totalRows) }])
      }
      api.refreshCells({ suppressFlash: true })
      onPainted()
    })
  }
}

const showTimers = new WeakMap<WindowSource, ReturnType<typeof setTimeout>>()

/** While the thumb is dragged through a million rows only where it rests is fetched. */
export function showSoon(source: WindowSource, firstRow: number, lastRow: number): void {
  clearTimeout(showTimers.get(source))
  if (firstRow < 0 || lastRow < 0) return
  const isAllLoaded = source.isLoaded(firstRow) && source.isLoaded(lastRow)
  if (isAllLoaded) source.show(firstRow, lastRow)
  else
    showTimers.set(
      source,
      setTimeout(() => source.show(firstRow, lastRow), SHOW_AFTER_MS),
    )
}
