// Reviews statements for one database: against its schema as last read, with sizes and settings as they are now where it can be reached.
import { z } from 'zod'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { StatementReview } from '#contract/capabilities/schema.ts'
import { isAppError } from '#contract/errors.ts'
import type { SafetyFacts } from '#postgres/common/safety/facts.ts'
import { reviewSql } from '#postgres/common/safety/review.ts'
import { SQLSTATE } from '#postgres/common/sqlstate.ts'
import { parseSql } from '#postgres/node/parser/parse-sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { isUnreachable, type ConnectionsService } from '../connections/index.ts'
import type { SchemaReader } from './reader.ts'

export interface ReviewDependencies {
  readonly connections: ConnectionsService
  readonly reader: SchemaReader
}

export interface WantedReview {
  readonly connectionId: ConnectionId
  readonly sql: string
  readonly signal?: AbortSignal
}

export interface ReviewedSql {
  readonly statements: StatementReview[]
  readonly problem: { message: string; position: number | null; sqlstate: string | null } | null
}

type Lock = StatementReview['locks'][number]

/** Where nothing is known of the server, the oldest one is meant: the careful answer. */
const OLDEST_SERVER = 130_000
const CONNECT_TIMEOUT_MS = 3_000
/** A table that somebody holds exclusively would make the question for its size wait. */
const SIZE_TIMEOUT_MS = 1_000

/** What each statement does to this database. Rejects with NOT_FOUND for a connection that is not there; never because the database is away. */
export async function review(
  { connections, reader }: ReviewDependencies,
  { connectionId, sql, signal }: WantedReview,
): Promise<ReviewedSql> {
  const connection = await connections.get(connectionId)
  const parsed = await parseSql(sql, { signal })
  if ('problem' in parsed)
    return { statements: [], problem: { ...parsed.problem, sqlstate: SQLSTATE.syntaxError } }
  const loaded = await reader.load(connectionId, false).catch((error: unknown) => {
    if (isUnreachable(error)) return undefined
    throw error
  })
  const cached: SafetyFacts = {
    serverVersion: loaded?.model.serverVersion ?? OLDEST_SERVER,
    model: loaded?.model ?? null,
  }
  const offline = (): ReviewedSql => ({
    statements: reviewSql({ statements: parsed.statements, facts: cached, script: sql }),
    problem: null,
  })
  if (loaded === undefined || loaded.isStale || connection.reachability === 'unreachable') return offline()
  try {
    const session = await connections.open(connectionId, {
      purpose: 'review',
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    })
    try {
      const facts = { ...cached, ...(await readSettings(session)) }
      const statements = reviewSql({ statements: parsed.statements, facts, script: sql })
      return { statements: await withSizes(session, statements), problem: null }
    } finally {
      await session.close()
    }
  } catch (error) {
    if (!isUnreachable(error)) throw error
    return offline()
  }
}

/** The settings on which the meaning of statements depends. */
export async function readSettings(session: Session): Promise<Pick<SafetyFacts, 'searchPath' | 'timeZone'>> {
  const { rows } = await session.query(
    "select pg_catalog.to_json(pg_catalog.current_schemas(false)), pg_catalog.current_setting('TimeZone')",
  )
  const [schemas, timeZone] = rows[0] ?? []
  return {
    searchPath: z.array(z.string()).parse(JSON.parse(schemas ?? '[]')),
    ...(typeof timeZone === 'string' ? { timeZone } : {}),
  }
}

const Sizes = z.array(
  z.object({
    schema: z.string(),
    name: z.string(),
    rows: z.number().nullable(),
    bytes: z.number().nullable(),
  }),
)

/** The reviews with what relations measure now. Those that the migration makes are not there, and have no size. */
async function withSizes(
  session: Session,
  statements: readonly StatementReview[],
): Promise<StatementReview[]> {
  const relations = [
    ...new Map(
      statements.flatMap(({ locks }) =>
        locks.map(({ schema, name }) => [keyOf({ schema, name }), { schema, name }]),
      ),
    ).values(),
  ]
  if (relations.length === 0) return [...statements]
  const sizes = await readSizes(session, relations)
  const sizeOf = new Map(sizes.map((size) => [keyOf(size), size]))
  const measured = (lock: Lock): Lock => {
    const size = lock.sizeBytes === null ? undefined : sizeOf.get(keyOf(lock))
    return size === undefined ? lock : { ...lock, estimatedRows: size.rows, sizeBytes: size.bytes }
  }
  return statements.map((statement) => ({ ...statement, locks: statement.locks.map(measured) }))
}

async function readSizes(
  session: Session,
  relations: readonly { readonly schema: string; readonly name: string }[],
): Promise<z.output<typeof Sizes>> {
  try {
    // No function or operator of somebody else's is meant.
    await session.query(`set statement_timeout = ${String(SIZE_TIMEOUT_MS)}; set search_path = pg_catalog`)
    const { rows } = await session.query(
      `select coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname,
                'rows', nullif(c.reltuples, -1), 'bytes', pg_catalog.pg_total_relation_size(c.oid))), '[]')
         from json_to_recordset($1) as wanted (schema text, name text)
         join pg_catalog.pg_namespace n on n.nspname = wanted.schema
         join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = wanted.name and c.relkind in ('r', 'm')`,
      [JSON.stringify(relations)],
    )
    return Sizes.parse(JSON.parse(rows[0]?.[0] ?? '[]'))
  } catch (error) {
    // What was last read is near enough.
    if (isAppError(error, 'QUERY_CANCELLED') || isAppError(error, 'QUERY_FAILED')) return []
    throw error
  }
}

function keyOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${schema}\0${name}`
}
