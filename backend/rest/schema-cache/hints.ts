// What event triggers say that changed. With it a change is read without looking through the whole catalog, which is done afterwards.
import type { Catalog } from './catalog.ts'

/** OIDs to read again. */
export interface Hint {
  readonly relations: ReadonlySet<number>
  readonly routines: ReadonlySet<number>
}

export interface Hints {
  /** Notes a payload of the hint channel. */
  add(payload: string): void
  /**
   * What was noted since the last time; undefined where that is nothing, or not enough: something changed that no hint can name, or that other
   * objects hang on.
   */
  take(catalog: Catalog): Hint | undefined
}

const PAYLOAD = /^(?:[rdfc]\d{1,10}|x)(?: (?:[rdfc]\d{1,10}|x))*$/

/** With more it is as well to look through everything; and whoever sends hints must not fill the memory. */
const MOST_TOKENS = 1_000

/** No hints yet. */
export function createHints(): Hints {
  let tokens = new Set<string>()
  return {
    add(payload) {
      if (tokens.has('x')) return
      for (const token of PAYLOAD.test(payload) ? payload.split(' ') : ['x']) tokens.add(token)
      if (tokens.size > MOST_TOKENS || tokens.has('x')) tokens = new Set(['x'])
    },
    take(catalog) {
      const taken = tokens
      tokens = new Set()
      return taken.size === 0 || taken.has('x') ? undefined : toHint(taken, catalog)
    },
  }
}

function toHint(tokens: ReadonlySet<string>, catalog: Catalog): Hint | undefined {
  const relations = new Set<number>()
  const routines = new Set<number>()
  for (const token of tokens) {
    const oid = Number(token.slice(1))
    switch (token[0]) {
      case 'f':
        routines.add(oid)
        break
      case 'd':
        relations.add(oid)
        break
      case 'r':
        if (hasDependents(catalog, oid)) return undefined
        relations.add(oid)
        break
      default: {
        const owner = catalog.constraints.get(oid)?.relation
        if (owner !== undefined) relations.add(owner)
      }
    }
  }
  return { relations, routines }
}

/** Whether other views can be written to hangs on these. */
function hasDependents(catalog: Catalog, oid: number): boolean {
  const kind = catalog.relations.get(oid)?.kind
  return kind === 'view' || kind === 'foreign table'
}
