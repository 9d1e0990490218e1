-- Replication with the service (docs/specs/sync.md): where it stands, what version each record has, and what waits to be pushed.
create table sync_state (
  id integer primary key check (id = 1),
  account_id text,
  cursor text,
  is_resetting integer not null check (is_resetting in (0, 1))
) strict;

-- Versions stand beside the records, so that the tables of records know nothing of replication.
create table sync_version (
  kind text not null check (kind in ('organisation', 'project', 'savedQuery', 'connection')),
  record_id text not null,
  version integer not null,
  is_stale integer not null default 0 check (is_stale in (0, 1)),
  primary key (kind, record_id)
) strict, without rowid;

create table outbox (
  -- Never used twice: a sequence names one entry for good.
  sequence integer primary key autoincrement,
  kind text not null check (kind in ('savedQuery', 'connection')),
  record_id text not null,
  mutation text not null check (json_valid(mutation)),
  state text not null check (state in ('waiting', 'attempted', 'rejected')),
  reason text
) strict;

create index outbox_by_record on outbox (kind, record_id);

-- Conflicts that were resolved, for the person to read.
create table sync_conflict (
  id integer primary key autoincrement,
  kind text not null check (kind in ('savedQuery', 'connection')),
  name text not null,
  resolution text not null,
  at text not null
) strict;
