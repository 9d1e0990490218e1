-- The API client: which collections this machine knows, what was typed and not saved, values that are this machine's alone, what was sent.
create table collection (
  id text primary key,
  -- Absolute; null for one in the data directory's own `collections/<id>`.
  folder text unique,
  name text not null,
  organisation_id text,
  active_environment text,
  requests integer not null default 0,
  problems integer not null default 0,
  -- Those that were closed are kept, so that what belongs to them is there when the folder is opened again.
  is_open integer not null default 1 check (is_open in (0, 1)),
  opened_at text not null
) strict;

-- Summaries of files that did not change since: what makes opening fast.
create table collection_index (
  collection_id text not null references collection (id) on delete cascade,
  path text not null,
  mtime_ms real not null,
  size integer not null,
  summary text not null,
  primary key (collection_id, path)
) strict, without rowid;

-- Variables of all collections: one row.
create table api_globals (
  id integer primary key check (id = 1),
  environment text not null check (json_valid(environment))
) strict;

create table request_draft (
  id text primary key,
  collection_id text,
  path text,
  base_revision text,
  request text not null check (json_valid(request)),
  updated_at text not null
) strict;

-- Values that scripts set, over those of the files. `collection_id` is empty for globals.
create table variable_value (
  collection_id text not null,
  scope text not null check (scope in ('global', 'collection', 'environment')),
  -- Name of the environment; empty for others.
  scope_name text not null,
  name text not null,
  value text not null,
  type text not null check (type in ('string', 'number', 'boolean', 'null', 'object')),
  primary key (collection_id, scope, scope_name, name)
) strict, without rowid;

-- Values of secret variables, cookies and tokens: sealed by the keychain, as passwords of connections are.
create table api_secret (
  collection_id text not null,
  kind text not null check (kind in ('environment', 'item', 'cookies', 'token')),
  -- Name of the environment, path of the item, fingerprint of the token; empty for cookies.
  owner text not null,
  name text not null,
  sealed blob not null,
  primary key (collection_id, kind, owner, name)
) strict;

create table exchange (
  id text primary key,
  collection_id text,
  path text,
  name text not null,
  method text not null,
  url text not null,
  status integer,
  failure text,
  duration_ms real not null,
  body_bytes integer not null,
  started_at text not null,
  exchange text not null check (json_valid(exchange))
) strict;

create index exchange_by_time on exchange (started_at);
create index exchange_by_item on exchange (collection_id, path, started_at);

create table collection_run (
  id text primary key,
  collection_id text not null,
  started_at text not null,
  summary text not null check (json_valid(summary))
) strict;

create index collection_run_by_collection on collection_run (collection_id, started_at);

create table collection_run_result (
  run_id text not null references collection_run (id) on delete cascade,
  position integer not null,
  is_failed integer not null check (is_failed in (0, 1)),
  result text not null,
  primary key (run_id, position)
) strict, without rowid;

create index collection_run_failures on collection_run_result (run_id, position) where is_failed = 1;

-- What an API offered when it was last asked.
create table api_description (
  source text primary key,
  description text not null check (json_valid(description)),
  read_at text not null
) strict;
