// The JSON tree and its pointers, and arrays as tables, over a cursor.
import { AppError } from '#contract/errors.ts'
import type { TablePage, TreeNode, TreePage } from '../types.ts'
import type { Child, JsonCursor } from './json-cursor.ts'
import type { Locator } from './printer.ts'

const PREVIEW = 1_000
/** Of a table's cell. */
const CELL = 10_000
/** Elements whose names are a table's columns. */
const SAMPLE = 1_000
const MOST_COLUMNS = 1_000

export interface Node {
  readonly pointer: string
  readonly key: string
  readonly from: number
  readonly to: number
  /** Where its line begins: at its name, if it has one. */
  readonly at: number
}

/** The value that a JSON Pointer (RFC 6901) names. NOT_FOUND, INVALID_INPUT. */
export function resolvePointer(cursor: JsonCursor, pointer: string): Node {
  const root = cursor.root()
  if (root === null) throw new AppError('NOT_FOUND', 'The body has no JSON value in it yet.')
  if (pointer !== '' && !pointer.startsWith('/'))
    throw new AppError('INVALID_INPUT', 'A JSON Pointer is empty or begins with a slash.')
  let node: Node = { pointer: '', key: '', from: root, to: cursor.end(root), at: root }
  if (pointer === '') return node
  for (const part of pointer.slice(1).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    const child = cursor.child(node.from, key)
    if (child === null) throw new AppError('NOT_FOUND', `The body has nothing at ${pointer.slice(0, 200)}.`)
    node = nodeOf(cursor, child, node.pointer)
  }
  return node
}

/** A child with its pointer. */
export function nodeOf(cursor: JsonCursor, child: Child, parent: string): Node {
  const key = cursor.nameOf(child)
  return {
    pointer: `${parent}/${escapePointer(key)}`,
    key,
    from: child.from,
    to: child.to,
    at: child.name?.from ?? child.from,
  }
}

function escapePointer(key: string): string {
  return key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key
}

/** A node as the page shows it. Ask in the order of the text. */
export function describeNode(cursor: JsonCursor, locator: Locator, node: Node): TreeNode {
  const type = cursor.type(node.from)
  const isContainer = type === 'object' || type === 'array'
  return {
    pointer: node.pointer,
    key: node.key,
    type,
    preview: isContainer ? '' : cut(cursor, node.from, { to: node.to, characters: PREVIEW }),
    children: isContainer ? cursor.count(node.from) : 0,
    line: locator.locate(node.at, 1)?.line ?? 0,
  }
}

/** A value and a page of its children. */
export function treePage(
  cursor: JsonCursor,
  locator: Locator,
  { pointer, from, count }: { readonly pointer: string; readonly from: number; readonly count: number },
): TreePage {
  const node = resolvePointer(cursor, pointer)
  const described = describeNode(cursor, locator, node)
  const children: TreeNode[] = []
  for (const child of cursor.children(node.from, from)) {
    if (children.length >= count) break
    children.push(describeNode(cursor, locator, nodeOf(cursor, child, pointer)))
    if (children.length >= count) break
  }
  return { node: described, children }
}

/** A page of an array's elements as rows; an element that is no object has its text in the column with the empty name. */
export function tablePage(
  cursor: JsonCursor,
  { pointer, from, count }: { readonly pointer: string; readonly from: number; readonly count: number },
): Omit<TablePage, 'isComplete'> {
  const array = resolvePointer(cursor, pointer)
  if (cursor.type(array.from) !== 'array')
    throw new AppError('INVALID_INPUT', 'Only an array can be shown as a table.')
  const columns = columnsOf(cursor, array.from)
  const places = new Map(columns.map((name, place) => [name, place]))
  const rows: (string | null)[][] = []
  for (const element of cursor.children(array.from, from)) {
    if (rows.length >= count) break
    rows.push(rowOf(cursor, element, places))
    if (rows.length >= count) break
  }
  return { columns, rows, total: cursor.count(array.from) }
}

function columnsOf(cursor: JsonCursor, array: number): string[] {
  const columns = new Set<string>()
  for (const element of cursor.children(array)) {
    if (element.index >= SAMPLE) break
    if (cursor.type(element.from) !== 'object') columns.add('')
    else
      for (const member of cursor.children(element.from)) {
        if (columns.size >= MOST_COLUMNS) break
        columns.add(cursor.nameOf(member))
      }
    if (element.index + 1 >= SAMPLE) break
  }
  return [...columns]
}

function rowOf(cursor: JsonCursor, element: Child, places: ReadonlyMap<string, number>): (string | null)[] {
  const row = Array.from<string | null>({ length: places.size }).fill(null)
  const put = (name: string, { from, to }: Child): void => {
    const place = places.get(name)
    if (place !== undefined) row[place] = cut(cursor, from, { to, characters: CELL })
  }
  if (cursor.type(element.from) !== 'object') put('', element)
  else for (const member of cursor.children(element.from)) put(cursor.nameOf(member), member)
  return row
}

function cut(
  cursor: JsonCursor,
  from: number,
  { to, characters }: { readonly to: number; readonly characters: number },
): string {
  // A character has at most four bytes, and what is decoded too much is cut here.
  const text = cursor.text(from, Math.min(to, from + characters * 4))
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`
}
