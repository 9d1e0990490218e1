-- Every statement that was run on this machine, bounded by history-store.ts.
create table history_entry (
  id integer primary key autoincrement,
  connection_id text not null,
  connection_name text not null,
  sql text not null,
  started_at text not null,
  elapsed_ms real not null,
  row_count integer,
  outcome text not null check (outcome in ('done', 'failed', 'cancelled', 'snapshot')),
  error text
) strict;

create index history_entry_by_connection on history_entry (connection_id, id);
