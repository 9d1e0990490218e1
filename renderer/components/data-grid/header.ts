// A column's header: name, type in micro, and the arrow while it sorts.
import type { Column, IHeaderComp, IHeaderParams } from 'ag-grid-community'
import type { GridColumn } from './types.ts'

export interface HeaderParams {
  readonly column: Column
  readonly described: GridColumn
}

/** The header of a result's column. A click (or Enter) sorts; with Shift it sorts within what is sorted already. */
export class Header implements IHeaderComp {
  readonly #element = document.createElement('div')
  readonly #arrow = document.createElement('span')
  #params: IHeaderParams | undefined
  readonly #onSortChanged = (): void => this.#paintArrow()
  readonly #onClick = (event: MouseEvent): void => {
    if (this.#params?.enableSorting === true) this.#params.progressSort(event.shiftKey)
  }

  init(params: IHeaderParams & { readonly described: GridColumn }): void {
    this.#params = params
    const { described } = params
    this.#element.className = `nebula-header${described.kind === 'number' ? ' nebula-header-right' : ''}`
    this.#element.title = `${described.name} ${described.type}`
    const name = document.createElement('span')
    name.className = 'nebula-header-name'
    name.textContent = described.name
    const type = document.createElement('span')
    type.className = 'nebula-header-type'
    type.textContent = described.type
    this.#arrow.className = 'nebula-header-arrow'
    this.#arrow.setAttribute('aria-hidden', 'true')
    this.#element.append(name, type, this.#arrow)
    this.#element.addEventListener('click', this.#onClick)
    params.column.addEventListener('sortChanged', this.#onSortChanged)
    this.#paintArrow()
  }

  getGui(): HTMLElement {
    return this.#element
  }

  refresh(): boolean {
    return false
  }

  destroy(): void {
    this.#element.removeEventListener('click', this.#onClick)
    this.#params?.column.removeEventListener('sortChanged', this.#onSortChanged)
  }

  #paintArrow(): void {
    const column = this.#params?.column
    const sort = column?.getSort()
    const index = column?.getSortIndex()
    this.#element.classList.toggle('nebula-header-sortable', this.#params?.enableSorting === true)
    this.#arrow.textContent =
      sort === 'asc' || sort === 'desc'
        ? `${sort === 'asc' ? '↑' : '↓'}${index === null || index === undefined || index === 0 ? '' : index + 1}`
        : ''
  }
}
