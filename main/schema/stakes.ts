// Counts what statements would lose in one database, and what in its rows stands against them. Read-only, each question for a moment only.
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { Stakes } from '#contract/capabilities/schema.ts'
import { isAppError, postgresDetails } from '#contract/errors.ts'
import type { RelationName } from '#contract/schema/types.ts'
import { stakesOf, type Doubt, type Loss } from '#postgres/common/safety/stakes.ts'
import { identifier, literal, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import { SQLSTATE } from '#postgres/common/sqlstate.ts'
import { parseSql } from '#postgres/node/parser/parse-sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { readSettings, type ReviewDependencies } from './review.ts'

const CONNECT_TIMEOUT_MS = 5_000
/** A question that takes longer is left open: the person waits for the answers. */
const QUESTION_TIMEOUT_MS = 1_500
const ALL_QUESTIONS_MS = 10_000
const MISSING: readonly string[] = [SQLSTATE.undefinedTable, SQLSTATE.undefinedColumn]

/** What is lost, counted, and what would fail. Nothing for a text that is no SQL. Rejects with CONNECTION_FAILED, and NOT_FOUND for a connection that is not there. */
export async function countStakes(
  { connections, reader }: ReviewDependencies,
  connectionId: ConnectionId,
  text: string,
): Promise<Stakes> {
  const parsed = await parseSql(text)
  if ('problem' in parsed) return { losses: [], obstacles: [] }
  const { model } = await reader.load(connectionId, false)
  const session = await connections.open(connectionId, {
    purpose: 'review',
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
  })
  try {
    const facts = { serverVersion: model.serverVersion, model, ...(await readSettings(session)) }
    const { losses, doubts } = stakesOf(parsed.statements, facts)
    if (losses.length === 0 && doubts.length === 0) return { losses: [], obstacles: [] }
    // No function or operator of somebody else's is meant, and nothing is written.
    await session.query(`set default_transaction_read_only = on; set search_path = pg_catalog;
set statement_timeout = ${String(QUESTION_TIMEOUT_MS)}; set lock_timeout = ${String(QUESTION_TIMEOUT_MS)}`)
    const counter = createCounter(session)
    const stakes: Stakes = { losses: [], obstacles: [] }
    for (const loss of losses)
      stakes.losses.push({
        statement: loss.statement,
        ...loss.table,
        column: loss.column,
        count: await counter.rows(lossQuestion(loss)),
      })
    for (const doubt of doubts) {
      const message = await obstacleOf(doubt, counter)
      if (message !== null) stakes.obstacles.push({ statement: doubt.statement, message })
    }
    return stakes
  } finally {
    await session.close()
  }
}

interface Counter {
  /** Null when it cannot be told. */
  rows(question: SqlFragment): Promise<number | null>
  /** What Postgres says against the values of a query; null when it says nothing. */
  refusal(question: SqlFragment): Promise<string | null>
}

/** Asks one after the other until the time for all is up. */
function createCounter(session: Session): Counter {
  const end = performance.now() + ALL_QUESTIONS_MS
  const ask = async (question: SqlFragment): Promise<string | null> => {
    if (performance.now() > end) return null
    const { rows } = await session.query(question.text)
    return rows[0]?.[0] ?? null
  }
  return {
    async rows(question) {
      try {
        const answer = await ask(question)
        return answer === null ? null : Number(answer)
      } catch (error) {
        // What is not there has nothing to lose.
        if (MISSING.includes(postgresDetails(error)?.sqlstate ?? '')) return 0
        if (isAppError(error, 'QUERY_CANCELLED') || isAppError(error, 'QUERY_FAILED')) return null
        throw error
      }
    },
    async refusal(question) {
      try {
        await ask(question)
        return null
      } catch (error) {
        if (isAppError(error, 'QUERY_CANCELLED')) return null
        // Class 22: something is wrong with a value.
        if (isAppError(error, 'QUERY_FAILED'))
          return postgresDetails(error)?.sqlstate.startsWith('22') === true ? error.message : null
        throw error
      }
    },
  }
}

function from({ schema, name }: RelationName): SqlFragment {
  return sql`from ${identifier(schema, name)}`
}

function lossQuestion({ table, column }: Loss): SqlFragment {
  return column === null
    ? sql`select count(*) ${from(table)}`
    : sql`select count(${identifier(column)}) ${from(table)}`
}

async function obstacleOf(doubt: Doubt, counter: Counter): Promise<string | null> {
  const { table } = doubt
  const column = identifier(doubt.column)
  const where = `${table.schema === 'public' ? '' : `${table.schema}.`}${table.name}`
  switch (doubt.kind) {
    case 'nulls': {
      const count = await counter.rows(sql`select count(*) ${from(table)} where ${column} is null`)
      return hasSome(count)
        ? `${rowWords(count)} of ${where} ${count === 1 ? 'has' : 'have'} no value in ${doubt.column} now. Give them one before it is required.`
        : null
    }
    case 'rows': {
      const count = await counter.rows(sql`select count(*) ${from(table)}`)
      return hasSome(count)
        ? `${where} has ${rowWords(count)} now, which would have no value in ${doubt.column}. Give the column a default, or require it after filling it.`
        : null
    }
    case 'length': {
      const long = sql`length(${column}::text) > ${literal(doubt.max)}`
      const count = await counter.rows(sql`select count(*) ${from(table)} where ${long}`)
      return hasSome(count)
        ? `${rowWords(count)} of ${where} ${count === 1 ? 'has' : 'have'} more than ${String(doubt.max)} characters in ${doubt.column} now${doubt.isCut ? ', and lose the rest' : ''}.`
        : null
    }
    case 'conversion': {
      const refusal = await counter.refusal(sql`select count(${doubt.converted}) ${from(table)}`)
      return refusal === null
        ? null
        : `A value of ${where}.${doubt.column} cannot be converted now: ${refusal}.`
    }
  }
}

function hasSome(count: number | null): count is number {
  return count !== null && count > 0
}

function rowWords(count: number): string {
  return count === 1 ? '1 row' : `${count.toLocaleString('en')} rows`
}
