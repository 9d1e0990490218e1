// Arrow keys in a table of switches: up and down among the cells with the same `data-column`, left and right in the row.
import type { KeyboardEvent } from 'react'

const FOCUSABLE = 'input:not([disabled]), button:not([disabled])'

/** Handles the key on a table body. A cell's first control is where the focus goes. */
export function moveInTable(event: KeyboardEvent<HTMLTableSectionElement>): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
  if (!(event.target instanceof HTMLElement)) return
  const cell = event.target.closest('td')
  const row = cell?.parentElement
  if (cell === null || !(row instanceof HTMLTableRowElement)) return
  const next = targetOf(event.key, row, cell)
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

function targetOf(
  key: string,
  row: HTMLTableRowElement,
  cell: HTMLTableCellElement,
): HTMLElement | undefined {
  switch (key) {
    case 'ArrowLeft':
      return controlIn([...row.cells].slice(0, cell.cellIndex).toReversed())
    case 'ArrowRight':
      return controlIn([...row.cells].slice(cell.cellIndex + 1))
    case 'ArrowUp':
      return controlIn(columnOf(row, cell, (all, at) => all.slice(0, at).toReversed()))
    case 'ArrowDown':
      return controlIn(columnOf(row, cell, (all, at) => all.slice(at + 1)))
    default:
      return undefined
  }
}

function columnOf(
  row: HTMLTableRowElement,
  cell: HTMLTableCellElement,
  pick: (rows: HTMLTableRowElement[], at: number) => HTMLTableRowElement[],
): HTMLTableCellElement[] {
  const body = row.parentElement
  const rows = [...(body?.children ?? [])].filter((one) => one instanceof HTMLTableRowElement)
  return pick(rows, rows.indexOf(row)).flatMap((one) => {
    const found = [...one.cells].find((other) => other.dataset['column'] === cell.dataset['column'])
    return found === undefined ? [] : [found]
  })
}

function controlIn(cells: readonly HTMLTableCellElement[]): HTMLElement | undefined {
  for (const cell of cells) {
    const found = cell.querySelector(FOCUSABLE)
    if (found instanceof HTMLElement) return found
  }
  return undefined
}
