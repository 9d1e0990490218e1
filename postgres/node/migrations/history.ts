// The history table: what a database has had, kept in that database. docs/migrations.md describes it for people.
import { z } from 'zod'
import { AppError, postgresDetails } from '#contract/errors.ts'
import { identifier, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import { SQLSTATE } from '#postgres/common/sqlstate.ts'
import { ownStatements } from '../own-statements.ts'
import type { Session } from '../session.ts'

export const HISTORY_SCHEMA = 'nebuladb'
export const HISTORY_TABLE = 'migration'
const table = identifier(HISTORY_SCHEMA, HISTORY_TABLE)

const Cell = z.string().nullable()
const BatchKey = z
  .string()
  .transform((json): unknown => JSON.parse(json))
  .pipe(z.array(z.string()))
const Row = z
  .tuple([
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    Cell,
    z.string(),
    z.coerce.number(),
    z.coerce.number(),
    z.coerce.number(),
    z.enum(['applied', 'applying', 'rolling back']),
    z.string(),
    BatchKey.nullable(),
  ])
  .transform(
    ([
      version,
      name,
      checksum,
      text,
      appliedBy,
      person,
      appliedAt,
      durationMs,
      steps,
      stepsDone,
      state,
      isStepStarted,
      batchKey,
    ]) => ({
      version,
      name,
      checksum,
      /** The whole file as it was applied: the way back is in it when the file is gone. */
      text,
      /** The role. */
      appliedBy,
      person,
      /** ISO 8601, UTC. */
      appliedAt,
      durationMs,
      /** Of the direction that `state` says. */
      steps,
      stepsDone,
      /** `applying` and `rolling back`: under way, or stopped between two steps. */
      state,
      /** The step after those done had begun; only of steps outside a transaction. */
      isStepStarted: isStepStarted === 't',
      /** The key up to which a batch back-fill has come. */
      batchKey,
    }),
  )
export type HistoryRow = z.infer<typeof Row>

/** What a run of a migration has reached. */
export interface HistoryEntry {
  readonly version: string
  readonly name: string
  readonly checksum: string
  readonly text: string
  readonly person: string | null
  readonly durationMs: number
  readonly steps: number
  readonly stepsDone: number
  readonly state: HistoryRow['state']
  readonly isStepStarted: boolean
  readonly batchKey: readonly string[] | null
}

/**
 * All rows, oldest version first; empty when the database has no history yet. Rejects with FORBIDDEN when the role may not read it, with CONFLICT for a table
 * that somebody else put there.
 */
export async function readHistory(session: Session): Promise<HistoryRow[]> {
  return ownStatements(session, async () => {
    if (!(await hasHistory(session))) return []
    await assertPlain(session, 'access share')
    const statement = sql`
      select version, name, checksum, text, applied_by, person,
        to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), duration_ms, steps, steps_done, state, step_started, batch_key
      from only ${table} order by version`
    const { rows } = await explained(() => session.query(statement.text))
    const read = z.array(Row).safeParse(rows)
    if (!read.success) throw notOurs('rows of it say what no migration can be', read.error)
    return read.data
  })
}

async function hasHistory(session: Session): Promise<boolean> {
  // Through the catalog: to_regclass() fails in a schema that the role may not use.
  const { rows } = await session.query(
    'select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2',
    [HISTORY_SCHEMA, HISTORY_TABLE],
  )
  return rows.length > 0
}

/**
 * Whoever owns the table could make it do things with the rights of those who write to it. So it must be as `ensureHistory` makes it, and the lock keeps it so
 * up to the end of the transaction.
 */
async function assertPlain(session: Session, lock: 'access share' | 'row exclusive'): Promise<void> {
  await explained(() => session.query(`lock table only ${table.text} in ${lock} mode`))
  const { rows } = await session.query(WHAT_IS_ODD, [HISTORY_SCHEMA, HISTORY_TABLE])
  const odd = rows[0]?.[0] ?? undefined
  if (odd !== undefined) throw notOurs(odd)
}

function notOurs(why: string, cause?: unknown): AppError {
  return new AppError(
    'CONFLICT',
    `${HISTORY_SCHEMA}.${HISTORY_TABLE} is not the history that NebulaDB made: ${why}. Nothing was read from it or written to it, because that could run with your rights what somebody else put there.`,
    {
      cause,
      hint: `Ask the owner of the table. When it is nobody's, rename it: alter table ${HISTORY_SCHEMA}.${HISTORY_TABLE} rename to …`,
    },
  )
}

/** What a table has that could run code when it is read or written; null when there is nothing. */
const WHAT_IS_ODD = `
  select case
    when c.relkind <> 'r' then 'it is no table'
    when c.relispartition or exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent)) then 'it inherits'
    when c.relrowsecurity then 'it has row-level security'
    when exists (select from pg_rewrite r where r.ev_class = c.oid) then 'it has a rule'
    when exists (select from pg_trigger t where t.tgrelid = c.oid) then 'it has a trigger'
    when exists (
      select from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        and (a.attgenerated <> '' or a.attidentity <> '' or not a.atttypid = any (
          array['text', 'timestamptz', 'float8', 'int4', 'bool', 'jsonb']::regtype[]::oid[]))
    ) then 'it has another kind of column'
    when exists (
      select from pg_attrdef d
      where d.adrelid = c.oid and pg_get_expr(d.adbin, d.adrelid) not in ('SESSION_USER', 'now()', '0', 'false')
    ) then 'it has another default'
    when exists (
      select from pg_constraint o
      where o.conrelid = c.oid and o.contype not in ('p', 'n') and pg_get_constraintdef(o.oid)
        <> 'CHECK ((state = ANY (ARRAY[''applied''::text, ''applying''::text, ''rolling back''::text])))'
    ) then 'it has another constraint'
    when exists (select from pg_index i where i.indrelid = c.oid and (i.indexprs is not null or i.indpred is not null))
      then 'it has an index of an expression'
    end
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = $2`

/** Makes schema and table where they are missing. Only their owner may see them: nobody else is granted anything. */
export async function ensureHistory(session: Session): Promise<void> {
  if (await ownStatements(session, () => hasHistory(session))) return
  const schema = identifier(HISTORY_SCHEMA)
  await explained(() =>
    session.query(`begin; set local role to default; set local search_path = '';
create schema if not exists ${schema.text};
comment on schema ${schema.text} is 'History of the migrations that NebulaDB applied to this database.';
create table ${table.text} (
  version text primary key,
  name text not null,
  checksum text not null,
  text text not null,
  applied_by text not null default session_user,
  person text,
  applied_at timestamptz not null default now(),
  duration_ms double precision not null default 0,
  steps integer not null,
  steps_done integer not null,
  state text not null check (state in ('applied', 'applying', 'rolling back')),
  step_started boolean not null default false,
  batch_key jsonb
);
comment on table ${table.text} is 'One row per migration. Written by NebulaDB; see docs/migrations.md there.';
do $revoke$
declare
  target text;
begin
  -- Default privileges may have given rights to roles of an API.
  for target in
    select distinct format('%s from %s', o.what, case g.grantee when 0 then 'public' else g.grantee::regrole::text end)
    from (
      select 'schema ${schema.text}' as what, nspacl as acl, nspowner as owner from pg_namespace where nspname = '${HISTORY_SCHEMA}'
      union all
      select 'table ${table.text}', relacl, relowner from pg_class where oid = '${table.text}'::regclass
    ) o, aclexplode(o.acl) g
    where g.grantee <> o.owner
  loop
    execute 'revoke all on ' || target;
  end loop;
end
$revoke$;
commit`),
  ).catch(async (error: unknown) => {
    await session.query('rollback').catch(() => undefined)
    throw error
  })
}

/** Writes what a run has reached. A migration that is wholly rolled back has no row. */
export async function recordProgress(session: Session, entry: HistoryEntry): Promise<void> {
  if (entry.state === 'rolling back' && entry.stepsDone === entry.steps) return forget(session, entry.version)
  const state = entry.state === 'applying' && entry.stepsDone === entry.steps ? 'applied' : entry.state
  const statement = sql`
    insert into ${table} as m (version, name, checksum, text, person, duration_ms, steps, steps_done, state, step_started, batch_key)
    values (${entry.version}, ${entry.name}, ${entry.checksum}, ${entry.text}, ${entry.person}, ${entry.durationMs}, ${entry.steps}, ${entry.stepsDone},
      ${state}, ${entry.isStepStarted}, ${entry.batchKey === null ? null : JSON.stringify(entry.batchKey)})
    on conflict (version) do update set name = excluded.name, checksum = excluded.checksum, text = excluded.text, steps = excluded.steps,
      steps_done = excluded.steps_done, state = excluded.state, step_started = excluded.step_started, batch_key = excluded.batch_key,
      duration_ms = excluded.duration_ms,
      person = case when excluded.state = 'rolling back' then m.person else excluded.person end,
      applied_by = case when excluded.state = 'rolling back' then m.applied_by else excluded.applied_by end,
      applied_at = case when excluded.state = 'rolling back' then m.applied_at else excluded.applied_at end`
  await write(session, statement)
}

/** Takes a migration out of the history. */
export async function forget(session: Session, version: string): Promise<void> {
  const statement = sql`delete from ${table} where version = ${version}`
  await write(session, statement)
}

/** In the open transaction, whose last statement it must be, or in one of its own. */
async function write(session: Session, statement: SqlFragment): Promise<void> {
  await ownStatements(session, async () => {
    await assertPlain(session, 'row exclusive')
    await explained(() => session.query(statement.text, statement.values))
  })
}

/** Says who must grant what, where Postgres only says that permission is denied. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { sqlstate } = postgresDetails(error) ?? {}
    if (sqlstate === SQLSTATE.readOnlyTransaction)
      throw new AppError(
        'READ_ONLY',
        'This server takes no writes (a standby, or read-only by its settings), so no migration can be applied.',
        { cause: error },
      )
    if (sqlstate !== SQLSTATE.insufficientPrivilege) throw error
    throw new AppError(
      'FORBIDDEN',
      `This role may not keep the history of migrations in ${HISTORY_SCHEMA}.${HISTORY_TABLE}.`,
      {
        cause: error,
        hint: `Apply as its owner, or let the owner run: grant usage, create on schema ${HISTORY_SCHEMA} to … and grant select, insert, update, delete on ${HISTORY_SCHEMA}.${HISTORY_TABLE} to …. Where it does not exist yet the role needs CREATE on the database.`,
      },
    )
  }
}
