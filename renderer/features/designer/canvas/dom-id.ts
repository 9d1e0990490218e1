// The ids by which the canvas says which of its shapes is current.

/** The DOM id of a shape or note, for aria-activedescendant. */
export function nodeDomId(id: string): string {
  return `shape-${id}`
}
