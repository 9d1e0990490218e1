// Groups tokens by parentheses and cuts each group into query blocks: the `select … from … where …` that a name is looked up in.
import type { Token } from './tokens.ts'

/** What is between two parentheses, or the whole statement. */
export interface Group {
  readonly kind: 'group'
  readonly start: number
  /** After the closing parenthesis; the end of the text where there is none. */
  readonly end: number
  readonly items: readonly Item[]
}
export interface Leaf {
  readonly kind: 'leaf'
  readonly token: Token
}
export type Item = Group | Leaf

/** Builds the tree of parentheses of one statement. Unclosed groups reach the end, stray closers are skipped. */
export function groupTokens(tokens: readonly Token[], textLength: number): Group {
  interface Open {
    start: number
    items: Item[]
  }
  const stack: Open[] = [{ start: 0, items: [] }]
  for (const token of tokens) {
    const top = stack.at(-1)
    if (top === undefined) break
    if (token.kind === 'comment') continue
    if (token.kind === 'operator' && token.text === '(') {
      stack.push({ start: token.start, items: [] })
    } else if (token.kind === 'operator' && token.text === ')') {
      if (stack.length === 1) continue
      stack.pop()
      stack.at(-1)?.items.push({ kind: 'group', start: top.start, end: token.end, items: top.items })
    } else {
      top.items.push({ kind: 'leaf', token })
    }
  }
  while (stack.length > 1) {
    const open = stack.pop()
    if (open !== undefined)
      stack.at(-1)?.items.push({ kind: 'group', start: open.start, end: textLength + 1, items: open.items })
  }
  return { kind: 'group', start: -1, end: textLength + 1, items: stack[0]?.items ?? [] }
}

/** The groups that hold `offset`, outermost first. */
export function pathTo(root: Group, offset: number): Group[] {
  const path: Group[] = [root]
  for (;;) {
    const inner: Group | undefined = path
      .at(-1)
      ?.items.find((item): item is Group => item.kind === 'group' && item.start < offset && offset < item.end)
    if (inner === undefined) return path
    path.push(inner)
  }
}

const SET_OPERATIONS = ['union', 'intersect', 'except']

/** The items of a group between set operations (`union all` and the like) and semicolons. */
export function splitBlocks(items: readonly Item[]): Item[][] {
  const blocks: Item[][] = [[]]
  for (const item of items) {
    if (SET_OPERATIONS.some((word) => isWord(item, word)) || isOperator(item, ';')) blocks.push([])
    else if (isWord(item, 'all') && blocks.length > 1 && blocks.at(-1)?.length === 0) continue
    else blocks.at(-1)?.push(item)
  }
  return blocks
}

/** The block of a group that `offset` is in. */
export function blockAt(group: Group, offset: number): Item[] {
  const blocks = splitBlocks(group.items)
  let found = blocks[0] ?? []
  for (const block of blocks.slice(1)) {
    const first = block[0]
    const boundary = boundaryBefore(group.items, first)
    if (boundary === undefined || boundary >= offset) break
    found = block
  }
  return found
}

/** Where the separator before `first` ends; for an empty last block, the end of the last separator. */
function boundaryBefore(items: readonly Item[], first: Item | undefined): number | undefined {
  const at = first === undefined ? items.length : items.indexOf(first)
  const separator = items[at - 1]
  return separator === undefined ? undefined : endOf(separator)
}

export function isWord(item: Item | undefined, ...words: readonly string[]): boolean {
  return item?.kind === 'leaf' && item.token.kind === 'word' && words.includes(item.token.text)
}

export function isOperator(item: Item | undefined, operator: string): boolean {
  return item?.kind === 'leaf' && item.token.kind === 'operator' && item.token.text === operator
}

/** The name that an item writes: folded when bare, as it stands when quoted. */
export function nameOf(item: Item | undefined): string | undefined {
  if (item?.kind !== 'leaf') return undefined
  return item.token.kind === 'word' || item.token.kind === 'quoted' ? item.token.text : undefined
}

export function startOf(item: Item): number {
  return item.kind === 'leaf' ? item.token.start : item.start
}

export function endOf(item: Item): number {
  return item.kind === 'leaf' ? item.token.end : item.end
}

/** `is [not] distinct from` is no FROM clause. */
export function isDistinctFrom(block: readonly Item[], at: number): boolean {
  return isWord(block[at - 1], 'distinct') && isWord(block[at - 2], 'is', 'not')
}
