// The door of printing: what an expression or a query of the script is called by Postgres.
import type { Node } from '@pgsql/types'
import { printExpression } from './expression.ts'
import { withType } from './printed.ts'
import { printNamedQuery, printQuery as printInner } from './query.ts'
import type { Printer, Scope } from './scope.ts'
import type { ImportState, TableDraft, ViewDraft } from './state.ts'

export { printExpression }

const printer: Printer = { expression: printExpression, query: printInner }

/** Expressions of a table: columns are named alone. */
export function tableScope(state: ImportState, table: TableDraft | ViewDraft | null): Scope {
  return {
    printer,
    state,
    relations: table === null ? [] : [{ alias: table.name, columns: table.columns }],
    isQualified: false,
    parent: null,
    queries: new Map(),
  }
}

/** Expressions that name OLD and NEW. */
export function rowScope(state: ImportState, table: TableDraft | ViewDraft): Scope {
  return {
    ...tableScope(state, table),
    relations: [
      { alias: 'old', columns: table.columns },
      { alias: 'new', columns: table.columns },
    ],
    isQualified: true,
  }
}

/** Prints an expression; a string without a type gets `type`. Throws NotImported. */
export function printValue(node: Node | undefined, scope: Scope, type: string): string {
  return withType(printExpression(node, scope), type).sql
}

/** The same, where the type may not be known. Throws NotImported. */
export function withTypeOf(node: Node, scope: Scope, type: string | null): string {
  return withType(printExpression(node, scope), type).sql
}

export { printNamedQuery as printQuery }
