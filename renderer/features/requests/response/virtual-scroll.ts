// Scrolling over more pixels than an element can be tall: the place is kept in pixels of the whole, the scroll bar shows a share of it.

/** Browsers cut elements at about 16 to 33 million px. */
const TALLEST = 8_000_000

export interface ScrollScale {
  /** Height of the element within the scrolling one, px. */
  readonly height: number
  /** Pixels of the whole for each of the scroll bar's. */
  readonly factor: number
}

/** How a whole of `total` px is scrolled in a view of `view` px. */
export function scaleOf(total: number, view: number): ScrollScale {
  if (total <= TALLEST) return { height: total, factor: 1 }
  return { height: TALLEST, factor: (total - view) / (TALLEST - view) }
}

/** `top`, kept within the whole. */
export function within(top: number, total: number, view: number): number {
  return Math.max(0, Math.min(top, total - view))
}
