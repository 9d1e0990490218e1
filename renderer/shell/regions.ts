// F6 goes round the regions of the window: title bar, rail, sidebar, content, inspector, status bar.

const FOCUSABLE =
  'button:not([disabled]):not([tabindex="-1"]), [href], input:not([disabled]), select, textarea, [tabindex]:not([tabindex="-1"])'

/** Marks an element as a region for F6. */
export const REGION = 'data-region'

const lastFocused = new WeakMap<Element, HTMLElement>()

/** Remembers where the focus was inside each region. Returns how to stop. */
export function rememberFocus(page: Document): () => void {
  const onFocus = (event: FocusEvent): void => {
    if (!(event.target instanceof HTMLElement)) return
    const region = event.target.closest(`[${REGION}]`)
    if (region !== null) lastFocused.set(region, event.target)
  }
  page.addEventListener('focusin', onFocus)
  return () => page.removeEventListener('focusin', onFocus)
}

/** Moves the focus to the next region (`step` 1) or the one before (-1), to where it was there last. True if it moved. */
export function cycleRegion(page: Document, step: 1 | -1): boolean {
  const regions = [...page.querySelectorAll(`[${REGION}]`)].filter((region) => targetOf(region) !== undefined)
  if (regions.length === 0) return false
  const current = regions.findIndex((region) => region.contains(page.activeElement))
  const start = current < 0 ? (step === 1 ? -1 : 0) : current
  const next = regions[(start + step + regions.length) % regions.length]
  return next !== undefined && focusRegion(next)
}

/** Moves the focus into the region of this name. True if there was something to focus. */
export function focusNamedRegion(page: Document, name: string): boolean {
  const region = page.querySelector(`[${REGION}="${name}"]`)
  return region !== null && focusRegion(region)
}

/** Moves the focus to the first tree of the sidebar, or to the sidebar where it has none that takes it. */
export function focusTree(page: Document): boolean {
  const tree = page.querySelector(`[${REGION}="sidebar"] [role="tree"]`)
  if (tree instanceof HTMLElement && isShown(tree)) {
    tree.focus()
    if (page.activeElement === tree) return true
  }
  return focusNamedRegion(page, 'sidebar')
}

function focusRegion(region: Element): boolean {
  const target = targetOf(region)
  target?.focus()
  return target !== undefined
}

function targetOf(region: Element): HTMLElement | undefined {
  const before = lastFocused.get(region)
  if (before !== undefined && before.isConnected && region.contains(before) && isShown(before)) return before
  return [...region.querySelectorAll(FOCUSABLE)].find(
    // A splitter at its edge is no place to arrive at.
    (element): element is HTMLElement =>
      element instanceof HTMLElement && isShown(element) && element.getAttribute('role') !== 'separator',
  )
}

function isShown(element: HTMLElement): boolean {
  return element.closest('[hidden], [inert]') === null
}
