-- Migrations that were found in the histories of projects' databases: each is audited once, and a sleeping database can be told of.
create table project_migration (
  project_id uuid not null references project (id) on delete cascade,
  database text not null,
  version text not null,
  applied_at timestamptz not null,
  name text not null,
  checksum text not null,
  role text not null,
  person text,
  duration_ms double precision not null,
  noted_at timestamptz not null default now(),
  -- When it was found to be out of the history again: rolled back, repaired or squashed.
  gone_at timestamptz,
  primary key (project_id, database, version, applied_at)
);
