// A pool of connections for the control plane: rows as objects with JavaScript values. The person's own queries go through sessions.
import pg from 'pg'
import type { AppError } from '#contract/errors.ts'
import { toAppError, toConnectionError } from './errors.ts'
import { DEFAULT_CONNECT_TIMEOUT_MS, isSocketDirectory, type SessionTarget } from './target.ts'
import { openStream } from './wire/stream.ts'

/** What a query takes: a fragment of postgres/common/sql, or a text with its values. */
export interface SqlText {
  readonly text: string
  readonly values?: readonly unknown[]
}

export interface PoolRows<T> {
  readonly rows: T[]
  /** Rows returned or affected; 0 for commands without a count. */
  readonly rowCount: number
}

export interface Queryable {
  /** Rejects with QUERY_FAILED (details hold the SQLSTATE), QUERY_CANCELLED or CONNECTION_FAILED. */
  query<T extends object = Record<string, unknown>>(sql: SqlText): Promise<PoolRows<T>>
}

/** One connection inside a transaction. */
export type PoolTransaction = Queryable

export type NativePool = pg.Pool

export interface Pool extends Queryable {
  /** Runs `work` in one transaction: commits when it resolves, rolls back and rejects with its error when it rejects. */
  transaction<T>(work: (tx: PoolTransaction) => Promise<T>): Promise<T>
  /** Runs `work` on one connection outside a transaction (advisory locks, commands that take no transaction). */
  connection<T>(work: (connection: Queryable) => Promise<T>): Promise<T>
  /** The pool of `pg` itself, for a library that brings its own SQL (the job queue). */
  native(): Promise<NativePool>
  /** Waits for connections in use, then closes all. */
  close(): Promise<void>
}

export interface PoolOptions {
  /** Connections at most. */
  readonly max: number
  /** Per statement; none when left out. */
  readonly statementTimeoutMs?: number | undefined
  /** How long a call waits for a free connection; the target's connect timeout when left out. */
  readonly idleTimeoutMs?: number | undefined
  /** Told of a connection that broke while nobody used it. The pool has replaced it by then. */
  readonly onIdleError?: ((error: AppError) => void) | undefined
}

/** Makes a pool. Nothing is opened before the first query. */
export function createPool(target: SessionTarget, options: PoolOptions): Pool {
  let opening: Promise<pg.Pool> | undefined
  let isClosed = false

  const open = (): Promise<pg.Pool> => {
    if (isClosed) return Promise.reject(toConnectionError(new Error('the pool is closed'), target))
    opening ??= openNative(target, options).catch((error: unknown) => {
      opening = undefined
      throw toConnectionError(error, target)
    })
    return opening
  }

  const withClient = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    const pool = await open()
    const client = await pool.connect().catch((error: unknown) => {
      throw toConnectionError(error, target)
    })
    // A connection that breaks while it is out also emits; the query that runs on it rejects, which is enough.
    let broken: Error | undefined
    const noteError = (error: Error): void => void (broken = error)
    client.on('error', noteError)
    try {
      return await work(client)
    } finally {
      client.off('error', noteError)
      client.release(broken)
    }
  }

  return {
    query: (sql) => withClient((client) => runOn(client, sql)),
    connection: (work) => withClient((client) => work({ query: (sql) => runOn(client, sql) })),
    transaction: (work) =>
      withClient(async (client) => {
        await runOn(client, { text: 'begin' })
        try {
          const result = await work({ query: (sql) => runOn(client, sql) })
          await runOn(client, { text: 'commit' })
          return result
        } catch (error) {
          // If even this fails the connection is gone, and the transaction with it.
          await client.query('rollback').catch(() => undefined)
          throw error
        }
      }),
    native: open,
    async close() {
      if (isClosed) return
      isClosed = true
      const pool = await opening?.catch(() => undefined)
      await pool?.end()
    },
  }
}

async function runOn<T extends object>(client: pg.PoolClient, sql: SqlText): Promise<PoolRows<T>> {
  try {
    // Without values it goes by the simple protocol, which takes several statements: a migration.
    const values = sql.values === undefined || sql.values.length === 0 ? {} : { values: [...sql.values] }
    const result = await client.query({ text: sql.text, ...values })
    return { rows: result.rows, rowCount: result.rowCount ?? 0 }
  } catch (error) {
    throw toAppError(error)
  }
}

async function openNative(target: SessionTarget, options: PoolOptions): Promise<pg.Pool> {
  const pool = new pg.Pool({
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    password: target.password ?? '',
    ssl: await tlsOptions(target),
    application_name: target.applicationName ?? 'NebulaDB',
    connectionTimeoutMillis: target.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    max: options.max,
    idleTimeoutMillis: options.idleTimeoutMs ?? 30_000,
    ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: options.statementTimeoutMs }),
  })
  pool.on('error', (error) => options.onIdleError?.(toAppError(error)))
  // Whoever borrows a connection may stop listening a moment before it breaks; an error that nobody hears would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** What `pg` calls ssl. It knows no `prefer`: whether the server offers TLS is asked once, beforehand. */
async function tlsOptions(target: SessionTarget): Promise<false | { readonly rejectUnauthorized: boolean }> {
  const mode = target.sslMode ?? 'prefer'
  if (isSocketDirectory(target.host) || mode === 'disable') return false
  if (mode === 'verify-full') return { rejectUnauthorized: true }
  if (mode === 'require') return { rejectUnauthorized: false }
  const signal = AbortSignal.timeout(target.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS)
  const { socket, usesTls } = await openStream(target, { tls: 'tls-if-offered', signal })
  socket.destroy()
  return usesTls ? { rejectUnauthorized: false } : false
}
