// Paints a cell with plain DOM: a grid of 40 × 20 cells is repainted while scrolling, and React would be felt there.
import type { ICellRendererComp, ICellRendererParams } from 'ag-grid-community'
import { displayCell } from './cell-display.ts'
import type { ValueKind } from './value-kind.ts'

export interface CellParams {
  readonly kind: ValueKind
}

/** The renderer of a result's cells. */
export class CellRenderer implements ICellRendererComp {
  readonly #element = document.createElement('span')
  #kind: ValueKind = 'text'

  init(params: ICellRendererParams & CellParams): void {
    this.#kind = params.kind
    this.#paint(params.value)
  }

  getGui(): HTMLElement {
    return this.#element
  }

  refresh(params: ICellRendererParams): boolean {
    this.#paint(params.value)
    return true
  }

  #paint(value: unknown): void {
    const text = typeof value === 'string' || value === null ? value : undefined
    const { pieces, title } = displayCell(text, this.#kind)
    const [only] = pieces
    if (pieces.length === 1 && only !== undefined && only.tone === 'plain') {
      this.#element.textContent = only.text
    } else {
      this.#element.replaceChildren(
        ...pieces.map((piece) => {
          if (piece.tone === 'plain') return piece.text
          const part = document.createElement('span')
          part.className = `nebula-cell-${piece.tone}`
          part.textContent = piece.text
          return part
        }),
      )
    }
    if (title === undefined) this.#element.removeAttribute('title')
    else this.#element.title = title
  }
}

/** Row numbers: the grid's own count, from 1. */
export class RowNumberRenderer implements ICellRendererComp {
  readonly #element = document.createElement('span')

  init(params: ICellRendererParams): void {
    this.refresh(params)
  }

  getGui(): HTMLElement {
    return this.#element
  }

  refresh(params: ICellRendererParams): boolean {
    this.#element.textContent = String((params.node.rowIndex ?? 0) + 1)
    return true
  }
}
