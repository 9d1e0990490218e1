-- An event store: three levels of partitions, by list, range and hash, with default partitions, indexes on every level and triggers on the root.
create schema events;
create type events.severity as enum ('debug', 'info', 'warning', 'error');
create table events.event (
  id bigint generated always as identity,
  tenant text not null,
  happened_at timestamptz not null default clock_timestamp(),
  severity events.severity not null default 'info',
  payload jsonb not null default '{}',
  size int generated always as (length(payload::text)) stored,
  note text collate "C",
  constraint event_pkey primary key (tenant, happened_at, id),
  constraint payload_is_object check (jsonb_typeof(payload) = 'object')
) partition by list (tenant);
create table events.event_acme partition of events.event for values in ('acme', 'acme''s') partition by range (happened_at);
create table events.event_rest partition of events.event default partition by range (happened_at);
create table events.event_acme_2025 partition of events.event_acme for values from (minvalue) to ('2026-01-01');
create table events.event_acme_2026 partition of events.event_acme for values from ('2026-01-01') to ('2027-01-01') with (fillfactor = 90);
create table events.event_acme_later partition of events.event_acme default;
create table events.event_rest_2026 partition of events.event_rest (severity default 'warning', constraint only_small check (size < 100000))
  for values from ('2026-01-01') to ('2027-01-01');
-- another order of columns, a column of its own default, and one that was dropped
create table events.event_archive (
  happened_at timestamptz not null, tenant text not null, gone text, id bigint not null, payload jsonb not null default '[]',
  severity events.severity not null, size int generated always as (length(payload::text)) stored, note text collate "C",
  constraint payload_is_object check (jsonb_typeof(payload) = 'object')
);
alter table events.event_archive drop column gone;
alter table events.event_rest attach partition events.event_archive for values from ('2000-01-01') to ('2026-01-01');
create index event_happened_at_idx on events.event (happened_at desc, id);
create index event_payload_idx on events.event using gin (payload jsonb_path_ops) where severity >= 'warning';
create index event_lower_idx on events.event (lower(note));
create index own_idx on events.event_acme_2026 using brin (happened_at) with (pages_per_range = 32);
create unique index mid_idx on events.event_acme (tenant, happened_at, severity, id);
alter index events.event_acme_2025_lower_idx rename to acme_2025_note;

create table events.reading (sensor int not null, at timestamp not null, value double precision) partition by hash (sensor);
create table events.reading_0 partition of events.reading for values with (modulus 4, remainder 0);
create table events.reading_1 partition of events.reading for values with (modulus 4, remainder 1);
create table events.reading_2 partition of events.reading for values with (modulus 4, remainder 2);
create unlogged table events.reading_3 partition of events.reading for values with (modulus 4, remainder 3);
alter table events.reading add constraint reading_pkey primary key (sensor, at);
create table events.pair (a int, b int, c text) partition by range (a, (b % 10), c collate "C");
create table events.pair_1 partition of events.pair for values from (1, minvalue, minvalue) to (10, 3, minvalue);
create table events.pair_2 partition of events.pair for values from (10, 5, 'x') to (20, 1, 'a');
create table events.annotation (
  event_tenant text not null, event_at timestamptz not null, event_id bigint not null, text text,
  constraint annotation_event foreign key (event_tenant, event_at, event_id) references events.event on delete cascade
);
create function events.notify() returns trigger language plpgsql as $$ begin perform pg_notify('events', new.id::text); return new; end $$;
create trigger notify after insert on events.event for each row when (new.severity = 'error') execute function events.notify();
alter table events.event_acme_2025 disable trigger notify;
create trigger own after delete on events.event_acme_2026 for each row execute function events.notify();
alter table events.event_acme_2026 alter column note set statistics 500;
alter table events.event_acme_2026 alter column payload set storage external;
comment on index events.event_acme_2025_happened_at_id_idx is 'Read by the report';
