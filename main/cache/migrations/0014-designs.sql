-- The designer: drafts and diagrams of each design, the last model of each schema, and what is known of migrations while a database is out of reach.
create table design (
  id text primary key,
  connection_id text not null,
  name text not null,
  updated_at text not null,
  -- How many of the steps are staged; those behind are undone.
  head integer not null default 0 check (head >= 0),
  diagram text not null check (json_valid(diagram))
) strict;

create index design_by_connection on design (connection_id, updated_at);

-- The journal of the draft: rows are added and cut off at the end, never changed.
create table design_step (
  design_id text not null references design (id) on delete cascade,
  position integer not null check (position >= 0),
  patch text not null check (json_valid(patch)),
  primary key (design_id, position)
) strict;

-- Objects that the steps touch, as they were in the database before.
create table design_base (
  design_id text not null references design (id) on delete cascade,
  object_id text not null,
  -- The first step that touches it: cut off with it.
  first_step integer not null,
  object text not null check (json_valid(object)),
  primary key (design_id, object_id)
) strict;

create table schema_snapshot (
  connection_id text primary key,
  as_of text not null,
  -- JSON of contract/schema/model.ts, deflated in parts by schema-store.ts.
  model blob not null
) strict;

-- Where the migrations of a connection are, where the person chose a folder, and the history as last read.
create table migration_source (
  connection_id text primary key,
  folder text,
  history text check (json_valid(history))
) strict;
