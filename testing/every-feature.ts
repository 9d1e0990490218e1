// A schema with every feature that the schema model knows, for tests of introspection. What a version of Postgres does not have is left out.

/** The script for a server of this major version, run by a superuser in an empty database. Makes the role feature_reader when it is missing. */
export function everyFeatureSql(version: number): string {
  const from = (since: number, sql: string): string => (version >= since ? sql : '')
  return `
do $$ begin create role feature_reader; exception when duplicate_object or unique_violation then null; end $$;
create extension citext;
create extension file_fdw;
create schema shop;
comment on schema shop is 'Where things are sold';
grant usage on schema shop to feature_reader;
create schema "Odd ""names""";

-- types
create type shop.status as enum ('new', 'sent');
alter type shop.status add value 'paid' before 'sent';
comment on type shop.status is 'How far an order is';
create collation shop.german (provider = libc, locale = 'C');
create collation shop.numeric (provider = icu, locale = 'en-u-kn-true', deterministic = false);
create domain shop.email as citext default 'nobody@example.com' not null
  constraint has_at check (value like '%@%') constraint not_empty check (value <> '');
comment on constraint has_at on domain shop.email is 'An address';
alter domain shop.email add constraint is_short check (length(value) < 100) not valid;
create domain shop.code as varchar(8) collate "C";
revoke usage on type shop.code from public;
grant usage on type shop.code to feature_reader with grant option;
create type shop.address as (street text collate "C", code shop.code, tags text[]);
comment on column shop.address.street is 'With number';
create function shop.gap(a float8, b float8) returns float8 language sql immutable as 'select a - b';
create type shop.span as range (subtype = float8, subtype_diff = shop.gap${from(14, ', multirange_type_name = shop.spans')});
create type shop.words as range (subtype = text, collation = "C", subtype_opclass = text_pattern_ops);

-- routines
create function shop.add(a int, b int default 1) returns int language sql immutable strict parallel safe as 'select a + b';
create function shop.add(a text, variadic b text[]) returns text language sql as 'select a';
create function shop.rows(out a int, out b text) returns setof record language sql set search_path to '' as 'select 1, ''x''';
create procedure shop.act(inout n int) language plpgsql as $body$ begin n := n + 1; end $body$;
create aggregate shop.total(int) (sfunc = int4pl, stype = int, initcond = '0', combinefunc = int4pl, parallel = safe);
create aggregate shop.middle(float8 order by anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra);
comment on function shop.add(int, int) is 'Adds';
revoke execute on function shop.add(int, int) from public;
grant execute on function shop.add(int, int) to feature_reader;
create function shop.touch() returns trigger language plpgsql as $body$ begin return new; end $body$;
create function shop.watch() returns event_trigger language plpgsql as $body$ begin end $body$;
${from(14, `create function shop.body(n int) returns int language sql begin atomic select n + 1; end;`)}

-- sequences
create sequence shop.number as smallint start 5 increment -1 minvalue -10 maxvalue 10 cache 3 cycle;
grant usage on sequence shop.number to feature_reader;
comment on sequence shop.number is 'Counts down';
${from(15, 'create unlogged sequence shop.unlogged_number;')}

-- tables
create table shop.customer (
  id bigint generated always as identity (sequence name shop.customer_ids start 100 increment 10 cache 2),
  name text collate "C" not null default 'it''s' check (name <> ''),
  email shop.email, home shop.address, state shop.status default 'new', states shop.status[],
  gone int, born date default '2000-01-02', seen timestamptz default now(), price numeric(10, 2), code varchar(7)[],
  nickname name, plain shop.code collate "default", ci citext,
  double numeric generated always as (price * 2) stored,
  ${from(18, 'triple numeric generated always as (price * 3) virtual,')}
  constraint customer_key primary key (id) include (name) with (fillfactor = 70),
  constraint one_email unique (email) deferrable initially deferred
) with (fillfactor = 80, autovacuum_enabled = false, toast.autovacuum_enabled = false);
alter table shop.customer drop column gone;
alter table shop.customer alter name set storage external;
alter table shop.customer alter name set statistics 300;
alter table shop.customer alter name set (n_distinct = 5);
${from(14, 'alter table shop.customer alter name set compression pglz;')}
alter table shop.customer replica identity using index customer_key;
alter table shop.customer cluster on customer_key;
comment on table shop.customer is 'Who buys';
comment on column shop.customer.name is 'As on the invoice';
comment on constraint customer_key on shop.customer is 'The key';
grant select, insert on shop.customer to feature_reader;
grant update on shop.customer to feature_reader with grant option;
grant select on shop.customer to public;
grant update (name, price) on shop.customer to feature_reader;
${from(15, 'create table shop.nulls (a int, b int, constraint no_twins unique nulls not distinct (a, b));')}
create unlogged table shop.scratch (id serial, note text) ;
create table shop.order_line (
  line int, customer bigint, other bigint,
  constraint to_customer foreign key (customer) references shop.customer (id) match full
    on update cascade on delete ${version >= 15 ? 'set null (customer)' : 'set null'} deferrable initially deferred,
  constraint positive check (line > 0) no inherit
);
alter table shop.order_line add constraint later foreign key (other) references shop.customer (id) not valid;
alter table shop.order_line add constraint small check (line < 1000) not valid;
${from(
  18,
  `alter table shop.order_line add constraint unenforced check (line <> 7) not enforced;
alter table shop.order_line add constraint odd_name not null line not valid;
create table shop.stay (room int4range, during daterange, constraint stay_key primary key (room, during without overlaps));
create table shop.visit (room int4range, during daterange, constraint to_stay foreign key (room, period during) references shop.stay (room, period during));`,
)}
create table shop.room (
  id int, during tsrange,
  constraint no_overlap exclude using gist (during with &&) where (id > 0) deferrable
);

-- indexes
create index by_expression on shop.customer (lower(name) collate "C" desc, price desc nulls last, seen nulls first) include (born) where price > 0;
create unique index by_pattern on shop.customer (name text_pattern_ops, nickname);
create index by_hash on shop.customer using hash (price) tablespace pg_default;
create index by_array on shop.customer using gin (code) with (fastupdate = off);
create index by_words on shop.customer using gist (to_tsvector('english', name) tsvector_ops (siglen = 100));
create index other_collation on shop.customer (name collate "POSIX", plain);
comment on index shop.by_hash is 'Fast';

-- triggers, rules, policies
create trigger touched before update of name, price on shop.customer for each row when (old.name is distinct from new.name) execute function shop.touch();
alter table shop.customer disable trigger touched;
comment on trigger touched on shop.customer is 'Touches';
create constraint trigger checked after insert on shop.order_line deferrable initially deferred for each row execute function shop.touch();
alter table shop.order_line enable always trigger checked;
create rule nothing as on delete to shop.scratch do instead nothing;
comment on rule nothing on shop.scratch is 'Keeps';
alter table shop.scratch enable replica rule nothing;
alter table shop.customer enable row level security;
alter table shop.customer force row level security;
create policy own on shop.customer as restrictive for update to feature_reader, current_user using (id > 0) with check (price > 0);
create policy seen on shop.customer using (true);
comment on policy own on shop.customer is 'Only own';

-- partitions and inheritance
create table shop.event (id int, at date not null, kind text, customer bigint references shop.customer (id), primary key (id, at)) partition by range (at);
create table shop.event_old partition of shop.event for values from (minvalue) to ('2020-01-01') partition by hash (id);
create table shop.event_old_x partition of shop.event_old for values with (modulus 2, remainder 0);
create table shop.by_length (word text, at date) partition by list (length(word));
create table shop.by_length_3 partition of shop.by_length for values in (3, null);
create table shop.event_rest partition of shop.event default;
create index event_kind on shop.event (kind);
create trigger event_touched after insert on shop.event for each row execute function shop.touch();
create table shop.event_note (event int, at date, foreign key (event, at) references shop.event (id, at));
create table shop.base (a int not null, b text default 'b', constraint a_positive check (a > 0));
create table shop.also (b text, c int);
create table shop.child (d int, b text default 'child') inherits (shop.base, shop.also);

-- views
create view shop.cheap with (security_barrier = true) as select id, name, price from shop.customer where price < 10 with local check option;
alter view shop.cheap alter price set default 1;
comment on column shop.cheap.name is 'Cheap name';
grant select on shop.cheap to feature_reader;
create view shop.cheaper as select c.id, shop.add(1) as one from shop.cheap c;
create trigger on_cheaper instead of insert on shop.cheaper for each row execute function shop.touch();
create materialized view shop.totals with (fillfactor = 50) as select state, count(*) as n from shop.customer group by state with no data;
create unique index totals_state on shop.totals (state);

-- odd names
create table "Odd ""names"""."select" ("Id" int, "a b" text, "ünïcode" int, "q""\\,{}" int, "NULL" int, primary key ("Id"), check ("a b" <> ''));
create view "Odd ""names"""."from" as select "a b" as "x.y" from "Odd ""names"""."select";

-- foreign
create server files type 'csv' version '1' foreign data wrapper file_fdw;
create foreign table shop.far (a int options (force_not_null 'true'), b text not null) server files options (filename '/nowhere', format 'csv');

-- the rest
create operator shop.=== (function = int4eq, leftarg = int, rightarg = int, commutator = operator(shop.===), hashes);
create operator family shop.ints using btree;
create operator class shop.int_ops for type int using btree family shop.ints as
  operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(int, int);
create function shop.to_text(shop.address) returns text language sql immutable as 'select ''x''';
create cast (shop.address as text) with function shop.to_text(shop.address) as assignment;
create text search dictionary shop.words (template = simple, stopwords = english, accept = false);
create text search configuration shop.search (copy = english);
alter text search configuration shop.search alter mapping for asciiword with shop.words, english_stem;
create statistics shop.related (ndistinct, dependencies) on name, price from shop.customer;
create conversion shop.latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create event trigger watching on ddl_command_end when tag in ('CREATE TABLE', 'DROP TABLE') execute function shop.watch();
alter event trigger watching disable;
create publication some_tables for table shop.customer ${from(15, '(id, name) where (id > 5)')}, shop.order_line with (publish = 'insert, update'${from(18, ', publish_generated_columns = stored')});
create publication everything for all tables with (publish_via_partition_root = true);
${from(15, 'create publication whole_schema for tables in schema shop;')}
alter default privileges in schema shop grant select on tables to feature_reader;
alter default privileges revoke execute on functions from public;
create temp table only_here (a int);
`
}
