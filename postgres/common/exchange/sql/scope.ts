// What column names mean inside an expression or a query.
import type { Node, SelectStmt } from '@pgsql/types'
import { readableName } from '../../sql/readable-name.ts'
import type { Printed } from './printed.ts'
import type { ImportState } from './state.ts'

export interface ScopeColumn {
  readonly name: string
  /** Null when it is not known. */
  readonly type: string | null
}

export interface ScopeRelation {
  readonly alias: string
  /** Printed in its place: Postgres tells equal names of inner and outer relations apart. */
  readonly shown?: string
  readonly columns: readonly ScopeColumn[]
  /** Columns that a join merged: named without the relation. */
  readonly isJoin?: boolean
}

export interface PrintedQuery {
  readonly sql: string
  readonly columns: readonly ScopeColumn[]
}

/** The two that need each other: expressions hold queries, queries hold expressions. */
export interface Printer {
  expression(node: Node | undefined, scope: Scope): Printed
  query(select: SelectStmt, outer: Scope, parent: Scope | null): PrintedQuery
}

export interface Scope {
  readonly printer: Printer
  readonly state: ImportState
  readonly relations: readonly ScopeRelation[]
  /** Whether columns are printed with their relation. */
  readonly isQualified: boolean
  readonly parent: Scope | null
  /** Names that Postgres makes up are not printed: inside expressions and behind UNION. */
  readonly areNamesHidden?: boolean
  /** WITH queries by name. */
  readonly queries: ReadonlyMap<string, readonly ScopeColumn[]>
  /** The type of VALUE in a domain's check. */
  readonly valueType?: string
}

/** A column by the names that are written, printed; undefined when it is not known. */
export function findColumn(
  scope: Scope,
  names: readonly string[],
): { readonly sql: string; readonly type: string | null; readonly name: string } | undefined {
  const name = names.at(-1) ?? ''
  const alias = names.at(-2)
  for (let at: Scope | null = scope, depth = 0; at !== null; at = at.parent, depth += 1)
    for (const relation of at.relations) {
      if (alias !== undefined && relation.alias !== alias) continue
      const column = relation.columns.find((one) => one.name === name)
      if (column === undefined) continue
      const isQualified = (at.isQualified || depth > 0) && relation.isJoin !== true
      const prefix = isQualified ? `${readableName(relation.shown ?? relation.alias)}.` : ''
      return { sql: prefix + readableName(name), type: column.type, name }
    }
  return undefined
}
