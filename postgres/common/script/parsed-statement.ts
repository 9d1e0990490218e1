// A statement as Postgres' own parser understood it. The tree has the parser's types; numbers that are 0, false flags and empty lists are left out of it,
// and `location` in it counts UTF-8 bytes. postgres/node/parser makes these; what reads them is pure.
import type { Node } from '@pgsql/types'

export type SyntaxNode = Node

export interface ParsedStatement {
  /** The statement without its semicolon and without comments around it. */
  readonly text: string
  /** Offsets into the whole text, in UTF-16 units: `whole.slice(start, end) === text`. */
  readonly start: number
  readonly end: number
  /** One key, the kind of the statement: `{ AlterTableStmt: … }`. */
  readonly tree: SyntaxNode
}

/** Why a text is not SQL. */
export interface ParseProblem {
  readonly message: string
  /** 1-based, in characters (code points), as Postgres counts positions of errors. */
  readonly position: number
}

export type ParseOutcome =
  { readonly statements: readonly ParsedStatement[] } | { readonly problem: ParseProblem }
