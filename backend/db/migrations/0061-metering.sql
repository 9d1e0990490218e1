-- Metering: what was used (docs/specs/metering.md). Events are counted into rollups by the hour and the day in the transaction that stores them;
-- questions are answered from the rollups alone. Nothing here refers to a project or an organisation by a foreign key: usage outlives both.

-- One row for each thing that was counted in a window. Partitions are made by the month when the first event of a month comes.
create table usage_event (
  dedupe_key text not null,
  window_start timestamptz not null,
  -- Until when it is counted: grows with the quantity, while the window is open.
  window_end timestamptz not null,
  metric text not null,
  organisation_id uuid not null,
  project_id uuid not null,
  size text,
  quantity numeric(38, 0) not null check (quantity >= 0),
  source text not null,
  ingested_at timestamptz not null,
  -- Postgres wants the partition key in it; that a key comes with one window only is looked up while it is ingested.
  primary key (dedupe_key, window_start),
  check (window_end > window_start)
) partition by range (window_start);
create index usage_event_organisation_idx on usage_event (organisation_id, window_start);

create table usage_hour (
  organisation_id uuid not null,
  metric text not null,
  hour timestamptz not null,
  project_id uuid not null,
  quantity numeric(38, 0) not null check (quantity >= 0),
  -- of the ingest that changed it last
  revision bigint not null,
  -- of metrics whose highest level counts: when it was seen
  peak_at timestamptz,
  primary key (organisation_id, metric, hour, project_id)
) partition by range (hour);
create index usage_hour_revision_idx on usage_hour (revision);

create table usage_day (
  organisation_id uuid not null,
  metric text not null,
  day date not null,
  project_id uuid not null,
  quantity numeric(38, 0) not null check (quantity >= 0),
  peak_at timestamptz,
  primary key (organisation_id, metric, day, project_id)
);

-- What came too late, or contradicts what was there: not in any rollup, and told to the operator.
create table usage_refused (
  dedupe_key text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  metric text not null,
  organisation_id uuid,
  project_id uuid not null,
  quantity numeric(38, 0) not null,
  source text not null,
  reason text not null check (reason in ('late', 'future', 'conflict', 'unknown-project')),
  refused_at timestamptz not null,
  primary key (dedupe_key, window_start)
);
create index usage_refused_refused_at_idx on usage_refused (refused_at);

-- How far each file of a spool is ingested; moves in the transaction that stores what was read.
create table usage_spool (
  segment text primary key,
  position bigint not null check (position >= 0),
  updated_at timestamptz not null
);
create index usage_spool_updated_at_idx on usage_spool (updated_at);

-- Until when levels that are held over time (storage) are counted, so that counting goes on there after a restart.
create table usage_level (
  project_id uuid not null,
  metric text not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  quantity numeric(38, 0) not null,
  primary key (project_id, metric)
);

-- One row. Who ingests holds it until the commit, so that revisions appear in their order.
create table usage_state (
  only_row boolean primary key default true check (only_row),
  revision bigint not null,
  -- everything that was counted until then is in the rollups
  as_of timestamptz not null
);
insert into usage_state (revision, as_of) values (0, '1970-01-01T00:00:00Z');

-- Names of projects, kept when the projects are gone.
create table usage_project (
  project_id uuid primary key,
  organisation_id uuid not null,
  name text not null
);
create index usage_project_organisation_id_idx on usage_project (organisation_id);

-- The size as it was measured last; size_bytes, which people see, moves with larger changes only.
alter table instance add column measured_bytes bigint check (measured_bytes >= 0);
update instance set measured_bytes = size_bytes;
