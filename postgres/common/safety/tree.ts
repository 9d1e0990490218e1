// Walks trees of the parser. They can be nested as deep as the parser allows, so nothing here recurses over expressions.
import type { SyntaxNode } from '../script/parsed-statement.ts'

/** The last name of each function that is called anywhere in the tree. */
export function findFunctions(tree: SyntaxNode): string[][] {
  const found: string[][] = []
  visit(tree, (key, value) => {
    if (key !== 'FuncCall' || !isRecord(value) || !Array.isArray(value['funcname'])) return
    found.push(value['funcname'].flatMap(stringOf))
  })
  return found
}

/** Names of the columns that an expression names, each once. */
export function findColumns(tree: unknown): string[] {
  const found = new Set<string>()
  visit(tree, (key, value) => {
    if (key !== 'ColumnRef' || !isRecord(value) || !Array.isArray(value['fields'])) return
    const name = value['fields'].flatMap(stringOf).at(-1)
    if (name !== undefined) found.add(name)
  })
  return [...found]
}

export interface ReadRelation {
  readonly schemaname?: string
  readonly relname: string
  /** FOR UPDATE, FOR SHARE and their kin. */
  readonly isLocked: boolean
}

/** Tables and views that a query names, without its own WITH queries. */
export function findRelations(tree: unknown): ReadRelation[] {
  const found: ReadRelation[] = []
  const own = new Set<string>()
  let isLocked = false
  visit(tree, (key, value) => {
    if (key === 'CommonTableExpr' && isRecord(value) && typeof value['ctename'] === 'string')
      own.add(value['ctename'])
    if (key === 'LockingClause') isLocked = true
    if (key !== 'RangeVar' || !isRecord(value) || typeof value['relname'] !== 'string') return
    const schemaname = value['schemaname']
    found.push({
      ...(typeof schemaname === 'string' ? { schemaname } : {}),
      relname: value['relname'],
      isLocked: false,
    })
  })
  return found
    .filter((one) => one.schemaname !== undefined || !own.has(one.relname))
    .map((one) => ({ ...one, isLocked }))
}

/** Whether a node of this kind is anywhere in the tree. */
export function contains(tree: unknown, kind: string): boolean {
  let isFound = false
  visit(tree, (key) => {
    if (key === kind) isFound = true
  })
  return isFound
}

/** The value of an option given as a DefElem list: `concurrently`, `full`; undefined when it is not given. */
export function optionOf(options: readonly SyntaxNode[] | undefined, name: string): boolean | undefined {
  for (const option of options ?? []) {
    if (!('DefElem' in option) || option.DefElem.defname !== name) continue
    const { arg } = option.DefElem
    if (arg === undefined) return true
    if ('Boolean' in arg) return arg.Boolean.boolval === true
    if ('Integer' in arg) return (arg.Integer.ival ?? 0) !== 0
    if ('String' in arg) return !['off', 'false', '0', 'no'].includes((arg.String.sval ?? '').toLowerCase())
    return true
  }
  return undefined
}

/** Names in a list of String nodes. */
export function strings(nodes: readonly SyntaxNode[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []))
}

function visit(tree: unknown, see: (key: string, value: unknown) => void): void {
  const pending: unknown[] = [tree]
  while (pending.length > 0) {
    const node = pending.pop()
    if (Array.isArray(node)) {
      for (const one of node) pending.push(one)
    } else if (isRecord(node)) {
      for (const [key, value] of Object.entries(node)) {
        see(key, value)
        // A field that holds a relation itself, not a node with its kind as key.
        if ((key === 'relation' || key === 'pktable') && isRecord(value) && 'relname' in value)
          see('RangeVar', value)
        pending.push(value)
      }
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function stringOf(node: unknown): string[] {
  if (!isRecord(node) || !isRecord(node['String'])) return []
  const { sval } = node['String']
  return typeof sval === 'string' ? [sval] : []
}
