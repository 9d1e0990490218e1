// The operations of a migration, what must come before what among them, and their order: deterministic, whatever order the models list things in.
import type { Statement } from '../../ddl/statement.ts'

export interface Operation {
  readonly key: string
  /** Where it stands when nothing else decides: see RANK. */
  readonly rank: number
  /** Decides among operations of one rank. */
  readonly name: string
  readonly statements: readonly Statement[]
  /** The table that it changes: operations on one come one after another where they can, to be one statement. */
  readonly table?: string
}

/** The order in which a careful person would go: what hangs on others is taken down, things are made and changed, what hangs on them is put up again, what is no longer needed goes last. */
export const RANK = {
  dropEventTrigger: 100,
  dropPublication: 101,
  dropPolicy: 110,
  dropRule: 111,
  dropTrigger: 112,
  dropView: 120,
  dropForeignKey: 130,
  dropConstraint: 131,
  dropIndex: 132,
  free: 150,
  freeTable: 151,
  dropRoutine: 160,
  setAside: 170,
  dropDefaultPrivileges: 190,
  createSchema: 200,
  createExtension: 205,
  createOther: 208,
  createType: 210,
  alterType: 211,
  createSequence: 215,
  createTable: 230,
  alterTable: 235,
  createColumn: 240,
  retypeColumn: 245,
  alterColumn: 250,
  dropColumn: 260,
  createConstraint: 270,
  createIndex: 275,
  attach: 280,
  settle: 282,
  copy: 285,
  createForeignKey: 290,
  createRoutine: 300,
  createView: 310,
  createRule: 320,
  createTrigger: 321,
  createPolicy: 322,
  createPublication: 330,
  createEventTrigger: 331,
  grants: 340,
  dropTable: 401,
  dropSequence: 405,
  dropType: 410,
  dropLateRoutine: 415,
  dropOther: 420,
  dropExtension: 425,
  dropSchema: 430,
} as const

/** Operations and the edges between them. */
export class Operations {
  private readonly operations = new Map<string, Operation>()
  private readonly before = new Map<string, Set<string>>()
  /** The operation after which the old state of a thing no longer holds; only for what is dropped, moved or retyped. */
  readonly breaks = new Map<string, string>()
  /** The operation after which a thing no longer needs what it needed. */
  readonly frees = new Map<string, string>()
  /** The operation after which a thing is there as it will be. */
  readonly begins = new Map<string, string>()
  /** Columns: the operation that gives the type. */
  readonly types = new Map<string, string>()

  add(operation: Operation): string {
    const present = this.operations.get(operation.key)
    if (present === undefined) this.operations.set(operation.key, operation)
    else
      this.operations.set(operation.key, {
        ...present,
        statements: [...present.statements, ...operation.statements],
      })
    return operation.key
  }

  has(key: string): boolean {
    return this.operations.has(key)
  }

  get size(): number {
    return this.operations.size
  }

  /** `first` before `second`; nothing when either does not exist or they are one. */
  order(first: string | undefined, second: string | undefined): void {
    if (first === undefined || second === undefined || first === second) return
    const present = this.before.get(second)
    if (present === undefined) this.before.set(second, new Set([first]))
    else present.add(first)
  }

  /** All statements in order. Where needs go round in a circle the operation of the lowest rank goes first. */
  sorted(): readonly Statement[] {
    const waiting = new Map<string, number>()
    const after = new Map<string, string[]>()
    for (const key of this.operations.keys()) {
      let count = 0
      for (const needed of this.before.get(key) ?? []) {
        if (!this.operations.has(needed)) continue
        count++
        const list = after.get(needed)
        if (list === undefined) after.set(needed, [key])
        else list.push(key)
      }
      waiting.set(key, count)
    }
    const order = [...this.operations.values()].sort(compare)
    const place = new Map(order.map(({ key }, at) => [key, at]))
    const ready = new Heap()
    const onTable = new Map<string, Heap>()
    const makeReady = (at: number): void => {
      ready.push(at)
      const table = order[at]?.table
      if (table === undefined) return
      const heap = onTable.get(table) ?? new Heap()
      onTable.set(table, heap)
      heap.push(at)
    }
    for (const [key, count] of waiting) if (count === 0) makeReady(place.get(key) ?? 0)
    const statements: Statement[] = []
    const done = new Set<number>()
    let firstLeft = 0
    let table: string | undefined
    while (done.size < order.length) {
      let at = (table === undefined ? undefined : onTable.get(table)?.pop()) ?? ready.pop()
      if (at === undefined) {
        while (done.has(firstLeft)) firstLeft++
        at = firstLeft
      }
      if (done.has(at)) continue
      done.add(at)
      const operation = order[at]
      if (operation === undefined) break
      statements.push(...operation.statements)
      if (operation.statements.length > 0) table = operation.table
      for (const next of after.get(operation.key) ?? []) {
        const count = (waiting.get(next) ?? 0) - 1
        waiting.set(next, count)
        const place_ = place.get(next) ?? 0
        if (count === 0 && !done.has(place_)) makeReady(place_)
      }
    }
    return statements
  }
}

function compare(a: Operation, b: Operation): number {
  return a.rank - b.rank || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.key < b.key ? -1 : 1)
}

/** A binary heap of numbers, smallest first. */
class Heap {
  private readonly items: number[] = []

  push(item: number): void {
    const { items } = this
    let at = items.length
    items.push(item)
    while (at > 0) {
      const up = (at - 1) >> 1
      const parent = items[up] ?? 0
      if (parent <= item) break
      items[at] = parent
      at = up
    }
    items[at] = item
  }

  pop(): number | undefined {
    const { items } = this
    const top = items[0]
    const last = items.pop()
    if (items.length === 0 || last === undefined) return top
    let at = 0
    for (;;) {
      let down = 2 * at + 1
      if (down >= items.length) break
      if (down + 1 < items.length && (items[down + 1] ?? 0) < (items[down] ?? 0)) down++
      const child = items[down] ?? 0
      if (child >= last) break
      items[at] = child
      at = down
    }
    items[at] = last
    return top
  }
}
