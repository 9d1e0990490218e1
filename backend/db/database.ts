// The control plane's own database as the capabilities see it: parameterised queries and transactions, nothing of the driver.

/** SQL with its parameters, as the sql template of postgres/common makes it. */
export interface SqlText {
  readonly text: string
  readonly values: readonly unknown[]
}

/** What a store needs: works on the pool and inside a transaction. Errors are AppErrors with the Postgres fields (QUERY_FAILED, CONNECTION_FAILED). */
export interface Queryable {
  /** The rows of a statement. timestamptz comes as Date, bigint as string, json parsed, the rest as usual in JavaScript. */
  query<Row extends object>(statement: SqlText): Promise<readonly Row[]>
}

/** A running transaction. Using it after its callback has settled is an error. */
export interface Tx extends Queryable {
  /** Marks a transaction, so that a function that needs one cannot be given the pool. */
  readonly isTransaction: true
}

export interface Database extends Queryable {
  /** Runs `work` in a transaction (read committed): commits when it resolves, rolls back when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Waits for running queries and closes the pool. */
  close(): Promise<void>
}
