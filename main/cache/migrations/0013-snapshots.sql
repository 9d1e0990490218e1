-- What is shown while a database is out of reach: its catalog, and the first rows of the last results.
create table catalog_snapshot (
  connection_id text primary key,
  as_of text not null,
  -- JSON of contract/capabilities/catalog.ts, deflated.
  catalog blob not null
) strict;

create table result_snapshot (
  connection_id text not null,
  -- SHA-256 of the normalised statement.
  statement_hash text not null,
  taken_at text not null,
  command text not null,
  row_count integer not null,
  is_complete integer not null check (is_complete in (0, 1)),
  columns text not null check (json_valid(columns)),
  -- Column batches as they travel, framed by result-snapshot-store.ts.
  batches blob not null,
  size_bytes integer not null,
  primary key (connection_id, statement_hash)
) strict;

create index result_snapshot_by_age on result_snapshot (taken_at);
