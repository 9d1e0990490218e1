// Reads from a view's rule (pg_rewrite.ev_action, a printed query tree) which columns of which relations its columns show unchanged.
// Postgres itself notes that with each target entry; no other part of the tree is looked at.
import type { Origin } from './catalog.ts'

const [OPEN_NODE, CLOSE_NODE, OPEN_LIST, CLOSE_LIST, BACKSLASH, COLON] = [123, 125, 40, 41, 92, 58]

/**
 * The origins by position of the view's column. The tree is a list of one query: `({QUERY … :targetList ({TARGETENTRY … :resno 1 … :resorigtbl
 * 16385 :resorigcol 1 …} …) …})`. Braces, parentheses and spaces inside names are escaped by a backslash, so counting depth is enough to tell
 * the query's own target list from those of subqueries. Columns that are expressions have no origin and are left out.
 */
export function readOrigins(tree: string): ReadonlyMap<number, Origin> {
  const origins = new Map<number, Origin>()
  let depth = 0
  let isInTargets = false
  let entry = { position: 0, relation: 0, column: 0 }
  for (let index = 0; index < tree.length; index += 1) {
    switch (tree.charCodeAt(index)) {
      case BACKSLASH:
        index += 1
        break
      case OPEN_NODE:
      case OPEN_LIST:
        depth += 1
        break
      case CLOSE_LIST:
        depth -= 1
        if (isInTargets && depth === QUERY_DEPTH) return origins
        break
      case CLOSE_NODE:
        depth -= 1
        if (isInTargets && depth === LIST_DEPTH) {
          if (entry.relation !== 0 && entry.column > 0)
            origins.set(entry.position, { relation: entry.relation, column: entry.column })
          entry = { position: 0, relation: 0, column: 0 }
        }
        break
      case COLON:
        if (depth === QUERY_DEPTH) isInTargets = tree.startsWith(':targetList (', index)
        else if (isInTargets && depth === ENTRY_DEPTH) {
          if (tree.startsWith(':resno ', index)) entry.position = numberAt(tree, index + 7) ?? entry.position
          else if (tree.startsWith(':resorigtbl ', index)) entry.relation = numberAt(tree, index + 12) ?? 0
          else if (tree.startsWith(':resorigcol ', index)) entry.column = numberAt(tree, index + 12) ?? 0
        }
        break
      default:
    }
  }
  return origins
}

/** Inside `({QUERY`, its target list, and one entry of that. */
const [QUERY_DEPTH, LIST_DEPTH, ENTRY_DEPTH] = [2, 3, 4]

/** Undefined where no number stands: a column may be named `:resno`. */
function numberAt(text: string, start: number): number | undefined {
  const value = Number.parseInt(text.slice(start, start + 12), 10)
  return Number.isNaN(value) ? undefined : value
}
