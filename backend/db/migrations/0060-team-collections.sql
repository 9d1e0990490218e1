-- Collections of requests that organisations share (docs/specs/sync.md, TEAM-n). One row per collection, one per file.

create table team_collection (
  -- made by the desktop, so that a repeat of sharing makes no second one
  id uuid primary key,
  organisation_id uuid not null references organisation (id) on delete cascade,
  name text not null check (length(name) between 1 and 500),
  -- The last version that a file took. Who changes a file locks this row first and holds it until the commit: versions appear in their order (TEAM-3).
  version bigint not null default 0,
  -- the highest version of a tombstone that was forgotten: an older cursor is answered with a reset
  floor bigint not null default 0,
  -- of the files that are there
  files integer not null default 0 check (files >= 0),
  bytes bigint not null default 0 check (bytes >= 0),
  created_by uuid references account (id) on delete set null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- Kept for a while, so that members learn that it was taken away and did not vanish.
  removed_at timestamptz
);
create index team_collection_organisation_id_idx on team_collection (organisation_id) where removed_at is null;
create index team_collection_removed_at_idx on team_collection (removed_at) where removed_at is not null;

-- A file as it is, or (without a text) the tombstone of one.
create table team_file (
  collection_id uuid not null references team_collection (id) on delete cascade,
  path text collate "C" not null,
  version bigint not null,
  text text,
  changed_by uuid references account (id) on delete set null,
  changed_at timestamptz not null,
  primary key (collection_id, path),
  unique (collection_id, version)
);
create index team_file_tombstone_idx on team_file (changed_at) where text is null;

-- Changes that had their effect, so that a repeat has none.
create table team_file_mutation (
  collection_id uuid not null references team_collection (id) on delete cascade,
  mutation_id uuid not null,
  version bigint not null,
  applied_at timestamptz not null,
  primary key (collection_id, mutation_id)
);
create index team_file_mutation_applied_at_idx on team_file_mutation (applied_at);
