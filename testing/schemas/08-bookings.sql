-- Bookings without overlap: ranges, exclusion constraints, a range type of its own, deferrable keys.
create extension btree_gist;
create schema booking;
create function booking.time_diff(x time, y time) returns float8 language sql strict immutable parallel safe as $$ select extract(epoch from (x - y)) $$;
create type booking.timerange as range (subtype = time, subtype_diff = booking.time_diff);
create type booking.price_span as range (subtype = numeric, multirange_type_name = booking.price_spans);
create type booking.textspan as range (subtype = text, collation = "C", subtype_opclass = text_pattern_ops);
create table booking.room (id int primary key, name text not null, floor int, area box, open booking.timerange default '[08:00,18:00)', prices booking.price_spans);
create table booking.reservation (
  id bigint generated always as identity primary key,
  room_id int not null references booking.room deferrable,
  during tstzrange not null,
  guests int4range default '[1,3]',
  cancelled boolean not null default false,
  span booking.textspan,
  constraint no_overlap exclude using gist (room_id with =, during with &&) where (not cancelled),
  constraint no_touch exclude using gist (room_id with =, tstzrange(lower(during), upper(during), '[]') with &&) where (cancelled) deferrable initially deferred,
  check (not isempty(during)), check (lower_inc(during))
);
create index reservation_during on booking.reservation using spgist (during);
create table booking.season (name text primary key, days daterange not null, exclude using gist (days with &&) include (name));
create table booking.place (id int primary key, at point not null, outline polygon, area circle);
create index place_at on booking.place using gist (at);
create view booking.busy as select room_id, range_agg(during) as during, unnest(range_agg(during)) as part from booking.reservation where not cancelled group by room_id;
