// A statement outside a transaction that stopped halfway leaves things behind. Before it runs again they are cleared away, or it is found to be done.
import { name, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Outside } from '#postgres/common/safety/transaction.ts'
import { ownStatements } from '../own-statements.ts'
import { runCancellable } from './run-cancellable.ts'
import type { Session } from '../session.ts'

/** Whether the statement that had begun turned out to be done; when not, it can run again. */
export async function recover(
  session: Session,
  outside: Outside,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const ask = async (text: string, values: readonly unknown[]) =>
    (await ownStatements(session, () => runCancellable(session, { text, values }, signal))).rows
  switch (outside.kind) {
    case 'create index': {
      if (outside.index === null) return dropInvalidIndexes(session, outside, signal)
      const table = await oidOf(session, relationName(outside), signal)
      const [row] = await ask(INDEX_OF_TABLE, [table, outside.index])
      const [schema, index, isValid] = row ?? []
      if (schema === undefined || schema === null) return false
      if (isValid === 't') return true
      await runCancellable(
        session,
        sql`drop index concurrently if exists ${name(schema, index ?? '')}`,
        signal,
      )
      return false
    }
    case 'drop index':
      for (const names of outside.names)
        if ((await oidOf(session, name(...names), signal)) !== null) return false
      return true
    case 'reindex': {
      // What REINDEX CONCURRENTLY leaves: copies that are not valid, named so by Postgres.
      const left = await ask(
        `select n.nspname, c.relname from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
         where not i.indisvalid and c.relname ~ '_cc(new|old)[0-9]*$' and n.nspname !~ '^pg_'`,
        [],
      )
      for (const [schema, index] of left)
        await runCancellable(
          session,
          sql`drop index concurrently if exists ${name(schema ?? '', index ?? '')}`,
          signal,
        )
      return false
    }
    case 'detach': {
      const parent = name(...outside.parent)
      const partition = name(...outside.partition)
      const found = await ask(
        "select coalesce((to_jsonb(i) ->> 'inhdetachpending')::boolean, false) from pg_inherits i where i.inhparent = $1::oid and i.inhrelid = $2::oid",
        [await oidOf(session, parent, signal), await oidOf(session, partition, signal)],
      )
      if (found.length === 0) return true
      if (found[0]?.[0] !== 't') return false
      await runCancellable(session, sql`alter table ${parent} detach partition ${partition} finalize`, signal)
      return true
    }
    case 'create database':
    case 'drop database': {
      const found = await ask('select datallowconn from pg_database where datname = $1', [outside.name])
      return found.length > 0 === (outside.kind === 'create database')
    }
    case 'other':
      return false
  }
}

const INDEX_OF_TABLE = `
  select n.nspname, c.relname, i.indisvalid
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
  where i.indrelid = $1::oid and c.relname = $2`

const INVALID_OF_TABLE = `
  select n.nspname, c.relname
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
  where i.indrelid = $1::oid and not i.indisvalid`

interface TableOfIndex {
  readonly schema: string | null
  readonly table: string
}

function relationName({ schema, table }: TableOfIndex): SqlFragment {
  return schema === null ? name(table) : name(schema, table)
}

/** What the name stands for where the statement is run; null for nothing. */
async function oidOf(
  session: Session,
  relation: SqlFragment,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const text = 'select pg_catalog.to_regclass($1)::pg_catalog.oid'
  const { rows } = await runCancellable(session, { text, values: [relation.text] }, signal)
  return rows[0]?.[0] ?? null
}

/** An index without a name was given one by Postgres: of those on the table that are not valid, all are of no use to anybody. */
async function dropInvalidIndexes(
  session: Session,
  outside: TableOfIndex,
  signal: AbortSignal | undefined,
): Promise<false> {
  const table = await oidOf(session, relationName(outside), signal)
  const { rows } = await ownStatements(session, () =>
    runCancellable(session, { text: INVALID_OF_TABLE, values: [table] }, signal),
  )
  for (const [owner, index] of rows)
    await runCancellable(
      session,
      sql`drop index concurrently if exists ${name(owner ?? '', index ?? '')}`,
      signal,
    )
  return false
}
