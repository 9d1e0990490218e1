// JSONPath (RFC 9535) over a body that is not parsed: names, indexes, slices and wildcards walk the text, a filter parses only the elements that it is asked
// about. A filter that looks at the whole body (`$` in it) parses it, up to a size.
import { AppError } from '#contract/errors.ts'
import { filterCandidates, parsePath, partsOfPath, wholePaths } from '#api-client/common/json-path/parse.ts'
import type { ParsedPath, PathSegment, PathSelector } from '#api-client/common/json-path/parse.ts'
import type { PathMatches, TreeNode } from '../types.ts'
import type { Child, JsonCursor } from './json-cursor.ts'
import { describeNode, nodeOf, resolvePointer } from './json-tree.ts'
import type { Node } from './json-tree.ts'
import type { Locator } from './printer.ts'

/** Of bodies that are parsed as a whole. */
const MOST_PARSED = 16 * 1024 * 1024
/** Candidates of a filter are asked about together, up to so many bytes. */
const CANDIDATES = 500
const CANDIDATE_BYTES = 1024 * 1024
/** Children between two moments in which others may go on. */
const CHILDREN_AT_ONCE = 2_000

/** A moment in which others may go on, or a node. */
type Walk = Generator<Node | null, void>

/** The first nodes that an expression selects. INVALID_INPUT, TOO_LARGE. */
export function* queryPath(
  cursor: JsonCursor,
  locator: Locator,
  {
    expression,
    limit,
    isWhole,
  }: { readonly expression: string; readonly limit: number; readonly isWhole: boolean },
): Generator<void, PathMatches> {
  const path = parsed(expression)
  const root = resolvePointer(cursor, '')
  const nodes: Node[] = []
  for (const node of path.needsRoot
    ? walkWhole(cursor, root, expression)
    : walk(cursor, root, path.segments)) {
    if (node === null) {
      yield
      continue
    }
    if (nodes.length === limit) return { matches: describe(cursor, locator, nodes), isComplete: false }
    nodes.push(node)
  }
  return { matches: describe(cursor, locator, nodes), isComplete: isWhole }
}

/** Lines are found in the order of the text, which is not always that of the matches. */
function describe(cursor: JsonCursor, locator: Locator, nodes: readonly Node[]): TreeNode[] {
  const described = new Map<Node, TreeNode>()
  for (const node of [...nodes].sort((a, b) => a.at - b.at))
    described.set(node, describeNode(cursor, locator, node))
  return nodes.flatMap((node) => described.get(node) ?? [])
}

function parsed(expression: string): ParsedPath {
  try {
    return parsePath(expression)
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    throw new AppError('INVALID_INPUT', `This is not a JSONPath expression: ${reason}`, {
      hint: 'It begins with $: $.items[*].id',
    })
  }
}

function* walkWhole(cursor: JsonCursor, root: Node, expression: string): Walk {
  if (root.to - root.from > MOST_PARSED)
    throw new AppError(
      'TOO_LARGE',
      'A filter with $ in it needs the whole body, and this one is larger than 16 MB.',
      {
        hint: 'Use @, which is the element that is looked at.',
      },
    )
  const value = parsedText(cursor.text(root.from, root.to))
  if (value === undefined)
    throw new AppError('INVALID_INPUT', 'A filter with $ in it needs a body that is valid JSON to its end.')
  for (const path of wholePaths(value, expression)) {
    const parts = partsOfPath(path).map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    yield resolvePointer(cursor, parts.join(''))
  }
}

function* walk(cursor: JsonCursor, node: Node, segments: readonly PathSegment[]): Walk {
  const [segment, ...rest] = segments
  if (segment === undefined) {
    yield node
    return
  }
  if (segment.isDescendant) yield* walkBelow(cursor, node, { segment, rest })
  else for (const selector of segment.selectors) yield* select(cursor, node, { selector, rest })
}

interface Descent {
  readonly segment: PathSegment
  readonly rest: readonly PathSegment[]
}

/** A node, then what is below it, each before its children. On a list of its own: bodies are nested deeper than calls can be. */
function* walkBelow(cursor: JsonCursor, start: Node, { segment, rest }: Descent): Walk {
  const open: { readonly node: Node; readonly children: Generator<Child, void> }[] = []
  let node: Node | null = start
  let seen = 0
  for (;;) {
    if (node !== null) {
      for (const selector of segment.selectors) yield* select(cursor, node, { selector, rest })
      open.push({ node, children: cursor.children(node.from) })
    }
    const top = open.at(-1)
    if (top === undefined) return
    const next = top.children.next()
    seen += 1
    if (seen % CHILDREN_AT_ONCE === 0) yield null
    node = null
    if (next.done === true) open.pop()
    else if (isContainer(cursor, next.value)) node = nodeOf(cursor, next.value, top.node.pointer)
  }
}

function isContainer(cursor: JsonCursor, { from }: Child): boolean {
  const type = cursor.type(from)
  return type === 'array' || type === 'object'
}

interface Selection {
  readonly selector: PathSelector
  readonly rest: readonly PathSegment[]
}

function* select(cursor: JsonCursor, node: Node, { selector, rest }: Selection): Walk {
  const type = cursor.type(node.from)
  if (type !== 'array' && type !== 'object') return
  const enter = (child: Child): Walk => walk(cursor, nodeOf(cursor, child, node.pointer), rest)
  switch (selector.type) {
    case 'name': {
      const child = type === 'object' ? cursor.child(node.from, selector.name) : null
      if (child !== null) yield* enter(child)
      return
    }
    case 'index': {
      if (type !== 'array') return
      const index = selector.index < 0 ? cursor.count(node.from) + selector.index : selector.index
      const child = index < 0 ? null : cursor.child(node.from, String(index))
      if (child !== null) yield* enter(child)
      return
    }
    case 'slice':
      if (type === 'array')
        for (const child of sliced(cursor, node, selector)) yield* child === null ? [null] : enter(child)
      return
    case 'wildcard': {
      let seen = 0
      for (const child of cursor.children(node.from)) {
        seen += 1
        if (seen % CHILDREN_AT_ONCE === 0) yield null
        yield* enter(child)
      }
      return
    }
    case 'filter':
      for (const child of filtered(cursor, node, selector.text)) yield* child === null ? [null] : enter(child)
  }
}

type Slice = Extract<PathSelector, { type: 'slice' }>

/** RFC 9535, 2.3.4.2.2. */
function* sliced(cursor: JsonCursor, node: Node, { start, end, step }: Slice): Generator<Child | null, void> {
  if (step === 0) return
  const length = cursor.count(node.from)
  const normal = (value: number): number => (value >= 0 ? value : length + value)
  if (step > 0) {
    const lower = Math.min(Math.max(normal(start ?? 0), 0), length)
    const upper = Math.min(Math.max(normal(end ?? length), 0), length)
    let seen = 0
    for (const child of cursor.children(node.from, lower)) {
      if (child.index >= upper) return
      seen += 1
      if (seen % CHILDREN_AT_ONCE === 0) yield null
      if ((child.index - lower) % step === 0) yield child
    }
    return
  }
  const upper = Math.min(Math.max(normal(start ?? length - 1), -1), length - 1)
  const lower = Math.min(Math.max(end === null ? -1 : normal(end), -1), length - 1)
  for (let index = upper; index > lower; index += step) {
    yield null
    const child = cursor.child(node.from, String(index))
    if (child !== null) yield child
  }
}

/** Asks a filter about the children, some at a time. */
function* filtered(cursor: JsonCursor, node: Node, filter: string): Generator<Child | null, void> {
  let batch: Child[] = []
  let bytes = 0
  const chosen = (): Child[] => {
    const read = batch.flatMap((child) => {
      const value = parsedText(cursor.text(child.from, child.to))
      return value === undefined ? [] : [{ child, value }]
    })
    const values = read.map(({ value }) => value)
    const selected = filterCandidates(values, filter).flatMap((place) => read[place]?.child ?? [])
    batch = []
    bytes = 0
    return selected
  }
  for (const child of cursor.children(node.from)) {
    batch.push(child)
    bytes += child.to - child.from
    if (batch.length < CANDIDATES && bytes < CANDIDATE_BYTES) continue
    yield null
    yield* chosen()
  }
  yield* chosen()
}

/** Undefined for what is not whole: the last element of a body that ends early. */
function parsedText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
