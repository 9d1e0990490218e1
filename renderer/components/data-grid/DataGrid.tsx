// The result grid: AG Grid's infinite row model over a WindowSource. A row's data is its number; values are read and decoded when a cell is painted.
// Load this file lazily: it brings AG Grid along.
import {
  CellApiModule,
  CellStyleModule,
  ColumnApiModule,
  ColumnAutoSizeModule,
  EventApiModule,
  InfiniteRowModelModule,
  RenderApiModule,
  RowApiModule,
  ScrollApiModule,
  type GridApi,
} from 'ag-grid-community'
import { AgGridProvider, AgGridReact } from 'ag-grid-react'
import {
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react'
import { columnDefinitions, ROW_NUMBERS } from './column-definitions.ts'
import type { CopyFormat } from './copy-formats.ts'
import { copyRange } from './copy-range.ts'
import { createDatasource, createUpdater, showSoon } from './grid-data.ts'
import { gridTheme } from './grid-theme.ts'
import {
  boundsOf,
  cellCount,
  extend,
  isInBounds,
  type CellPosition,
  type Direction,
  type SelectionModel,
  type RangeSelection,
} from './range-selection.ts'
import { summarise } from './selection-summary.ts'
import { parseSortKey, sortOf } from './sort-keys.ts'
import type { CopiedRows, DataGridProps } from './types.ts'
import { useRowHeight } from './use-row-height.ts'
import './data-grid.css'

const MODULES = [
  InfiniteRowModelModule,
  ColumnAutoSizeModule,
  ColumnApiModule,
  CellStyleModule,
  CellApiModule,
  RowApiModule,
  RenderApiModule,
  ScrollApiModule,
  EventApiModule,
]
const BLOCK_ROWS = 500
/** Blocks hold row numbers only; the values are in the source. */
const MAX_BLOCKS = 40
const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
}

/** Rows of a result, as many as there are. */
export function DataGrid({
  label,
  columns,
  source,
  sort,
  onSort,
  isSnapshot = false,
  onSelectionChange,
  onActiveCellChange,
  onInspect,
  onContextMenu,
  onCopied,
  tableName,
  ref,
}: DataGridProps): ReactNode {
  const container = useRef<HTMLDivElement>(null)
  const [api, setApi] = useState<GridApi | undefined>(undefined)
  const [selected] = useState<SelectionModel>(() => ({ current: undefined, bounds: undefined }))
  const isPressed = useRef(false)
  const rowHeight = useRowHeight()
  const isSortable = onSort !== undefined

  const definitions = useMemo(
    () =>
      columnDefinitions({
        columns,
        source,
        isSortable,
        isSelected: (row, column) => isInBounds(selected.bounds, row, column),
      }),
    [columns, source, isSortable, selected],
  )
  const datasource = useMemo(() => createDatasource(source), [source])

  const tellSelection = (): void => {
    const range = selected.bounds
    onSelectionChange?.(
      range === undefined || cellCount(range) < 2 ? null : summarise(range, columns, source),
    )
  }
  const tellActive = (): void => {
    const cell = selected.current?.head
    const column = cell === undefined ? undefined : columns[cell.column]
    const value = cell === undefined ? undefined : source.cell(cell.row, cell.column)
    onActiveCellChange?.(
      cell === undefined || column === undefined || value === undefined
        ? null
        : { row: cell.row, column, value },
    )
  }
  const setSelected = (next: RangeSelection | undefined): void => {
    setSelection(selected, next, columns.length)
    tellSelection()
    tellActive()
  }
  const select = (next: RangeSelection): void => {
    setSelected(next)
    api?.refreshCells({ force: true, suppressFlash: true })
  }
  const onNewSource = useEffectEvent(() => setSelected(undefined))
  const onPainted = useEffectEvent(tellActive)

  // A new result: its first row, nothing selected.
  useEffect(() => {
    if (api === undefined) return undefined
    onNewSource()
    if (api.getDisplayedRowCount() > 0) api.ensureIndexVisible(0, 'top')
    const update = createUpdater(api, source, () => onPainted())
    update()
    return source.onChange(update)
  }, [api, source])

  const sortKey = sort.map((key) => `${key.column}${key.descending ? 'd' : 'a'}`).join(',')
  useEffect(() => {
    api?.applyColumnState({
      state: parseSortKey(sortKey).map((key, at) => ({
        colId: String(key.column),
        sort: key.descending ? 'desc' : 'asc',
        sortIndex: at,
      })),
      defaultState: { sort: null },
    })
  }, [api, sortKey])

  useEffect(() => {
    container.current?.querySelector('[role="grid"],[role="treegrid"]')?.setAttribute('aria-label', label)
  }, [api, label])

  const copy = async (format: CopyFormat): Promise<CopiedRows> => {
    const range = selected.bounds ?? {
      firstRow: 0,
      lastRow: source.totalRows - 1,
      firstColumn: 0,
      lastColumn: columns.length - 1,
    }
    const { text, ...copied } = await copyRange({ source, columns, range, format, tableName })
    await navigator.clipboard.writeText(text)
    return copied
  }
  const copyAndTell = (format: CopyFormat): void => {
    copy(format).then(
      (copied) => onCopied?.(copied),
      (error: unknown) => onCopied?.({ error }),
    )
  }

  useImperativeHandle(ref, () => ({
    copy,
    focus() {
      const head = selected.current?.head ?? { row: 0, column: 0 }
      api?.setFocusedCell(head.row, String(head.column))
    },
  }))

  const onKeyDown = (event: KeyboardEvent): void => {
    // Headers have keys of their own.
    if (!(event.target instanceof Element) || event.target.closest('.ag-header') !== null) return
    const isMod = event.metaKey || event.ctrlKey
    const direction = ARROWS[event.key]
    const current = selected.current
    if (direction !== undefined && event.shiftKey && current !== undefined) {
      const next = extend(current, direction, {
        rowCount: source.totalRows,
        columnCount: columns.length,
        toEdge: isMod,
      })
      select(next)
      api?.ensureIndexVisible(next.head.row)
      api?.ensureColumnVisible(String(next.head.column))
    } else if (isMod && (event.key === 'Home' || event.key === 'End')) {
      goTo(
        event.key === 'Home'
          ? { row: 0, column: 0 }
          : { row: Math.max(0, source.totalRows - 1), column: columns.length - 1 },
        event.shiftKey,
      )
    } else if (isMod && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'c') {
      copyAndTell('tsv')
    } else if (isMod && !event.shiftKey && event.key.toLowerCase() === 'a') {
      select({
        anchor: { row: 0, column: 0 },
        head: { row: Math.max(0, source.totalRows - 1), column: columns.length - 1 },
        kind: 'rows',
      })
    } else if (event.key === ' ' && !isMod) {
      onInspect?.()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }

  const goTo = (head: CellPosition, isExtending: boolean): void => {
    const anchor = isExtending && selected.current !== undefined ? selected.current.anchor : head
    api?.ensureIndexVisible(head.row)
    api?.ensureColumnVisible(String(head.column))
    select({ anchor, head, kind: 'cells' })
    if (!isExtending) api?.setFocusedCell(head.row, String(head.column))
  }

  const rangeFrom = (row: number, columnId: string, isExtending: boolean): void => {
    const isRow = columnId === ROW_NUMBERS
    const head = { row, column: isRow ? columns.length - 1 : Number(columnId) }
    const anchor =
      isExtending && selected.current !== undefined
        ? selected.current.anchor
        : { row, column: isRow ? 0 : head.column }
    select({ anchor, head, kind: isRow ? 'rows' : 'cells' })
  }

  return (
    <div
      ref={container}
      className={`nebula-grid${isSnapshot ? ' nebula-snapshot' : ''}`}
      onKeyDownCapture={onKeyDown}
      onPointerDownCapture={() => (isPressed.current = true)}
      onPointerUpCapture={() => (isPressed.current = false)}
      onPointerLeave={() => (isPressed.current = false)}
      data-data-grid=""
    >
      <AgGridProvider modules={MODULES}>
        <AgGridReact
          theme={gridTheme}
          rowModelType="infinite"
          columnDefs={definitions}
          datasource={datasource}
          rowHeight={rowHeight}
          headerHeight={28}
          cacheBlockSize={BLOCK_ROWS}
          maxBlocksInCache={MAX_BLOCKS}
          infiniteInitialRowCount={Math.max(1, source.totalRows)}
          cacheOverflowSize={1}
          rowBuffer={12}
          suppressColumnMoveAnimation
          suppressDragLeaveHidesColumns
          animateRows={false}
          suppressNoRowsOverlay
          loading={false}
          onGridReady={(event) => setApi(event.api)}
          onGridPreDestroyed={() => setApi(undefined)}
          onViewportChanged={(event) => showSoon(source, event.firstRow, event.lastRow)}
          onSortChanged={(event) => {
            if (event.source === 'api') return
            onSort?.(sortOf(event.api))
          }}
          onCellMouseDown={(event) => {
            if (event.rowIndex === null || !(event.event instanceof MouseEvent) || event.event.button !== 0)
              return
            rangeFrom(event.rowIndex, event.column.getColId(), event.event.shiftKey)
          }}
          onCellMouseOver={(event) => {
            if (event.rowIndex === null || !(event.event instanceof MouseEvent) || event.event.buttons !== 1)
              return
            if (selected.current !== undefined) rangeFrom(event.rowIndex, event.column.getColId(), true)
          }}
          onCellContextMenu={(event) => {
            if (event.rowIndex === null || !(event.event instanceof MouseEvent)) return
            event.event.preventDefault()
            const column = Number(event.column.getColId())
            if (!isInBounds(selected.bounds, event.rowIndex, Number.isNaN(column) ? 0 : column))
              rangeFrom(event.rowIndex, event.column.getColId(), false)
            onContextMenu?.({ x: event.event.clientX, y: event.event.clientY })
          }}
          onCellDoubleClicked={() => onInspect?.()}
          onCellFocused={(event) => {
            // A press has its own event, which knows of Shift.
            if (event.sourceEvent instanceof MouseEvent || isPressed.current) return
            const id = typeof event.column === 'string' ? event.column : event.column?.getColId()
            if (event.rowIndex === null || id === undefined) return
            keepFocus(event.api, event.rowIndex, id)
            const head = selected.current?.head
            // A click or Shift has set the range already.
            if (isInBounds(selected.bounds, event.rowIndex, Number(id)) && head?.row === event.rowIndex)
              return
            if (id !== ROW_NUMBERS) rangeFrom(event.rowIndex, id, false)
          }}
        />
      </AgGridProvider>
    </div>
  )
}

/**
 * A cell far away is made only after the scrolling to it, when the one that had the focus is gone already: nobody has it then, and no key is heard.
 * Once the frames that make it are over, the cell is given what it should have.
 */
function keepFocus(api: GridApi, row: number, column: string): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (api.isDestroyed() || document.activeElement !== document.body) return
      const focused = api.getFocusedCell()
      if (focused?.rowIndex === row && focused.column.getColId() === column) api.setFocusedCell(row, column)
    }),
  )
}

function setSelection(model: SelectionModel, next: RangeSelection | undefined, columnCount: number): void {
  model.current = next
  model.bounds = next === undefined ? undefined : boundsOf(next, columnCount)
}
