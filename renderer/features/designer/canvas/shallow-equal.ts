// Whether two short lists hold the same values.

/** Element by element, by Object.is. */
export function shallowEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === b.length && a.every((value, at) => Object.is(value, b[at])))
}
