-- The person's choices, who they are, and what the service told of their organisations and projects.
create table setting (
  name text primary key,
  value text not null check (json_valid(value))
) strict, without rowid;

-- One row at most. Tokens are sealed by the secret store; this file alone opens nothing.
create table account_session (
  id integer primary key check (id = 1),
  mode text not null check (mode in ('local', 'signed-in', 'expired')),
  account text check (json_valid(account)),
  tokens blob,
  check ((mode = 'local') = (account is null)),
  check (tokens is null or mode = 'signed-in')
) strict;

create table organisation (
  id text primary key,
  record text not null check (json_valid(record))
) strict, without rowid;

create table project (
  id text primary key,
  organisation_id text not null,
  record text not null check (json_valid(record))
) strict, without rowid;

create index project_by_organisation on project (organisation_id);

-- How to reach a project as its owner, sealed.
create table project_credentials (
  project_id text primary key,
  sealed blob not null,
  read_at text not null
) strict, without rowid;

-- When each kind of record was last read from the service as a whole; `sync`: when replication was last complete.
create table cloud_read (
  kind text primary key check (kind in ('organisation', 'project', 'sync')),
  read_at text not null
) strict, without rowid;
