// The Database over a pool of postgres/node.
import type { Pool, Queryable as PoolQueryable } from '#postgres/node/pool.ts'
import type { Database, Queryable, Tx } from './database.ts'

/** Wraps a pool; closing the database closes the pool. */
export function createDatabase(pool: Pool): Database {
  return {
    query: queryOf(pool),
    transaction: (work) =>
      pool.transaction((transaction) => {
        const tx: Tx = { query: queryOf(transaction), isTransaction: true }
        return work(tx)
      }),
    close: () => pool.close(),
  }
}

function queryOf(on: PoolQueryable): Queryable['query'] {
  return async <Row extends object>(statement: { text: string; values: readonly unknown[] }) => {
    const { rows } = await on.query<Row>(statement)
    return rows
  }
}
