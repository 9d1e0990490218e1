// What the compiler gives: statements in the order in which they must run.

export interface Statement {
  /** One statement without a semicolon. */
  readonly sql: string
  /** False for what Postgres refuses inside a transaction. */
  readonly inTransaction: boolean
  /** Loses rows, or things that the opposite script cannot bring back. */
  readonly isDestructive: boolean
  /** For a person: "Add column due_at to rental". */
  readonly summary: string
  /** The object of the model (or the part of one) that it is for. */
  readonly objectId: string
}
