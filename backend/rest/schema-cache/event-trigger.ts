// What makes a database tell its followers of each change of its schema at once. Event triggers can only be created by superusers, so whoever
// provisions the database installs this; without it followers find out by looking.
import { identifier, literal, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'

/** Where the functions of the event triggers live: a schema of their own, which nobody else may create in. */
export const EVENT_TRIGGER_SCHEMA = 'nebuladb_schema_cache'

/**
 * Where the triggers tell what changed, beside the channel that everybody listens to: `r` with the OID of a relation, `d` of one that was
 * dropped, `f` of a function, `c` of a constraint that was dropped, `x` for anything else, with blanks between. Whoever may connect may send on it: it says where to look, and is believed
 * in nothing.
 */
export const HINT_CHANNEL = 'nebuladb_schema_cache'
/** A payload has less than 8,000 bytes. */
const LONGEST_HINT = 7_900

/**
 * The statements, in order, to be run by a superuser in one transaction; they may be run again. The functions run with an empty search path and call
 * nothing but pg_notify, so that no object of the database's users can get between. Commands that change nothing that a schema cache holds are
 * passed over. Notifications of one transaction are sent once, at its commit.
 */
export function eventTriggerStatements(channel = 'pgrst'): readonly SqlFragment[] {
  const schema = identifier(EVENT_TRIGGER_SCHEMA)
  const onCommand = identifier(EVENT_TRIGGER_SCHEMA, 'on_command')
  const onDrop = identifier(EVENT_TRIGGER_SCHEMA, 'on_drop')
  // First what changed, then that something did: both are delivered in this order.
  const notify = sql`if octet_length(hint) < ${literal(LONGEST_HINT)} then
    perform pg_notify(${literal(HINT_CHANNEL)}, hint);
  end if;
  if hint is not null then
    perform pg_notify(${literal(channel)}, 'reload schema');
  end if;`
  return [
    sql`create schema if not exists ${schema}`,
    sql`revoke all on schema ${schema} from public`,
    sql`create or replace function ${onCommand}() returns event_trigger
language plpgsql set search_path = '' as $body$
declare
  hint text;
begin
  select string_agg(distinct case c.classid
    when 'pg_class'::regclass then 'r' || c.objid::text
    when 'pg_proc'::regclass then 'f' || c.objid::text
    else 'x' end, ' ')
  into hint
  from pg_event_trigger_ddl_commands() c
  where c.schema_name is distinct from 'pg_temp' and c.command_tag = any(${literal(COMMANDS)}::text[]);
  ${notify}
end
$body$`,
    sql`create or replace function ${onDrop}() returns event_trigger
language plpgsql set search_path = '' as $body$
declare
  hint text;
begin
  select string_agg(distinct case
    when o.classid = 'pg_class'::regclass then case when o.objsubid = 0 then 'd' else 'r' end || o.objid::text
    when o.classid = 'pg_proc'::regclass then 'f' || o.objid::text
    when o.classid = 'pg_constraint'::regclass then 'c' || o.objid::text
    when o.original then 'x' end, ' ')
  into hint
  from pg_event_trigger_dropped_objects() o
  where not o.is_temporary and o.object_type = any(${literal(OBJECTS)}::text[]);
  ${notify}
end
$body$`,
    sql`drop event trigger if exists nebuladb_schema_cache_command`,
    sql`create event trigger nebuladb_schema_cache_command on ddl_command_end execute function ${onCommand}()`,
    sql`drop event trigger if exists nebuladb_schema_cache_drop`,
    sql`create event trigger nebuladb_schema_cache_drop on sql_drop execute function ${onDrop}()`,
  ]
}

const COMMANDS = `{${[
  'CREATE SCHEMA',
  'ALTER SCHEMA',
  'CREATE TABLE',
  'CREATE TABLE AS',
  'SELECT INTO',
  'ALTER TABLE',
  'CREATE FOREIGN TABLE',
  'ALTER FOREIGN TABLE',
  'IMPORT FOREIGN SCHEMA',
  'CREATE VIEW',
  'ALTER VIEW',
  'CREATE MATERIALIZED VIEW',
  'ALTER MATERIALIZED VIEW',
  'ALTER SEQUENCE',
  'CREATE FUNCTION',
  'ALTER FUNCTION',
  'CREATE AGGREGATE',
  'ALTER AGGREGATE',
  'ALTER ROUTINE',
  'CREATE TRIGGER',
  'CREATE RULE',
  'CREATE TYPE',
  'ALTER TYPE',
  'CREATE DOMAIN',
  'ALTER DOMAIN',
  'CREATE CAST',
  'CREATE EXTENSION',
  'ALTER EXTENSION',
  'COMMENT',
]
  .map((command) => `"${command}"`)
  .join(',')}}`

const OBJECTS = `{${[
  'schema',
  'table',
  'table column',
  'table constraint',
  'domain constraint',
  'default value',
  'foreign table',
  'foreign table column',
  'view',
  'view column',
  'materialized view',
  'function',
  'aggregate',
  'trigger',
  'rule',
  'type',
  'cast',
  'extension',
]
  .map((type) => `"${type}"`)
  .join(',')}}`
