// JSONPath (RFC 9535): which values of a JSON document a query selects. Operators write queries (jwt-role-claim-key), clients do not.
import {
  parseJsonPath,
  type Comparable,
  type Condition,
  type Query,
  type Selector,
} from './json-path-parser.ts'

export { parseJsonPath, type Query }

/** The values that `query` selects in `document`, in its order. */
export function selectValues(document: unknown, query: Query): readonly unknown[] {
  return run(query, { root: document, current: document })
}

/** `$` and `@`. */
interface Scope {
  readonly root: unknown
  readonly current: unknown
}

function run({ from, segments }: Query, { root, current }: Scope): readonly unknown[] {
  let nodes: readonly unknown[] = [from === 'root' ? root : current]
  for (const { isDescendant, selectors } of segments) {
    const starts = isDescendant ? nodes.flatMap(withDescendants) : nodes
    nodes = starts.flatMap((node) => selectors.flatMap((selector) => select(node, selector, root)))
  }
  return nodes
}

function withDescendants(node: unknown): unknown[] {
  return [node, ...childrenOf(node).flatMap(withDescendants)]
}

function childrenOf(node: unknown): unknown[] {
  if (Array.isArray(node)) return node
  return typeof node === 'object' && node !== null ? Object.values(node) : []
}

function select(node: unknown, selector: Selector, root: unknown): unknown[] {
  switch (selector.kind) {
    case 'name': {
      if (typeof node !== 'object' || node === null || Array.isArray(node)) return []
      const member = Object.getOwnPropertyDescriptor(node, selector.name)
      return member === undefined ? [] : [member.value]
    }
    case 'wildcard':
      return childrenOf(node)
    case 'index': {
      const value: unknown = Array.isArray(node) ? node.at(selector.index) : undefined
      return value === undefined ? [] : [value]
    }
    case 'slice':
      return Array.isArray(node) ? slice(node, selector) : []
    case 'filter':
      return childrenOf(node).filter((current) => holds(selector.condition, { root, current }))
  }
}

function slice(
  list: readonly unknown[],
  { from, to, step }: { readonly from: number | null; readonly to: number | null; readonly step: number },
): unknown[] {
  const found: unknown[] = []
  const place = (bound: number): number => (bound < 0 ? list.length + bound : bound)
  if (step > 0) {
    const end = Math.min(to === null ? list.length : place(to), list.length)
    for (let at = Math.max(from === null ? 0 : place(from), 0); at < end; at += step) found.push(list[at])
  } else if (step < 0) {
    const end = Math.max(to === null ? -1 : place(to), -1)
    for (let at = Math.min(from === null ? Infinity : place(from), list.length - 1); at > end; at += step)
      found.push(list[at])
  }
  return found
}

function holds(condition: Condition, scope: Scope): boolean {
  switch (condition.kind) {
    case 'or':
      return condition.parts.some((part) => holds(part, scope))
    case 'and':
      return condition.parts.every((part) => holds(part, scope))
    case 'not':
      return !holds(condition.part, scope)
    case 'exists':
      return run(condition.query, scope).length > 0
    case 'pattern':
      return fits(valueOf(condition.text, scope), valueOf(condition.pattern, scope), condition.isWhole)
    case 'compare': {
      const [left, right] = [valueOf(condition.left, scope), valueOf(condition.right, scope)]
      switch (condition.operator) {
        case '==':
          return isEqual(left, right)
        case '!=':
          return !isEqual(left, right)
        case '<':
          return isLess(left, right)
        case '>':
          return isLess(right, left)
        case '<=':
          return isLess(left, right) || isEqual(left, right)
        case '>=':
          return isLess(right, left) || isEqual(left, right)
      }
    }
  }
}

/** Undefined for nothing, which is equal to nothing alone. */
function valueOf(comparable: Comparable, scope: Scope): unknown {
  switch (comparable.kind) {
    case 'literal':
      return comparable.value
    case 'query': {
      const values = run(comparable.query, scope)
      return values.length === 1 ? values[0] : undefined
    }
    case 'count':
      return run(comparable.query, scope).length
    case 'length': {
      const value = valueOf(comparable.of, scope)
      if (typeof value === 'string') return Array.from(value).length
      return typeof value === 'object' && value !== null ? childrenOf(value).length : undefined
    }
  }
}

function isEqual(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return left === right
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const others = new Map<string, unknown>(Object.entries(right))
  const entries = Object.entries(left)
  return (
    entries.length === others.size &&
    entries.every(([name, value]) => others.has(name) && isEqual(value, others.get(name)))
  )
}

function isLess(left: unknown, right: unknown): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left < right
  return (
    typeof left === 'string' &&
    typeof right === 'string' &&
    Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0
  )
}

function fits(text: unknown, pattern: unknown, isWhole: boolean): boolean {
  if (typeof text !== 'string' || typeof pattern !== 'string') return false
  try {
    return new RegExp(isWhole ? `^(?:${pattern})$` : pattern, 'u').test(text)
  } catch {
    return false
  }
}
