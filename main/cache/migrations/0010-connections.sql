-- The person's own connections. Those of projects come from `project`; both keep their last use in `connection_use`.
create table connection (
  id text primary key,
  record text not null check (json_valid(record)),
  -- Sealed by the secret store. Never synced.
  password blob
) strict, without rowid;

create table connection_use (
  connection_id text primary key,
  reachability text not null check (reachability in ('reachable', 'unreachable')),
  last_used_at text
) strict, without rowid;

create table saved_query (
  id text primary key,
  record text not null check (json_valid(record))
) strict, without rowid;
