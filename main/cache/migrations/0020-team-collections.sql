-- Collections that are shared with a team (docs/specs/sync.md, TEAM-n): where each stands, and what is on its way in either direction.
create table team_link (
  collection_id text primary key,
  team_collection_id text not null unique,
  organisation_id text not null,
  -- False until the service has it.
  is_created integer not null check (is_created in (0, 1)),
  cursor text,
  -- Between the first and the last page of a pull: nothing of it is applied yet.
  is_pulling integer not null default 0 check (is_pulling in (0, 1)),
  can_write integer not null default 1 check (can_write in (0, 1)),
  stopped text check (stopped in ('removed', 'membership')),
  synced_at text
) strict;

-- Each file as machine and service last agreed on it.
create table team_base (
  collection_id text not null references team_link (collection_id) on delete cascade,
  path text not null,
  version integer not null,
  text text not null,
  primary key (collection_id, path)
) strict, without rowid;

-- What was pulled and is not in the folder yet. A null text deletes. With a reason: what cannot be written.
create table team_inbox (
  collection_id text not null references team_link (collection_id) on delete cascade,
  path text not null,
  version integer not null,
  text text,
  reason text,
  primary key (collection_id, path)
) strict, without rowid;

-- What was perhaps sent and has no answer yet; with a reason: what the service refuses.
create table team_outbox (
  collection_id text not null references team_link (collection_id) on delete cascade,
  path text not null,
  mutation_id text not null,
  base_version integer not null,
  text text,
  reason text,
  primary key (collection_id, path)
) strict, without rowid;
