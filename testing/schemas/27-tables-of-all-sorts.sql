-- Tables, views and partitions of all sorts, collected from what dumps of applications hold.
create table t1 (id serial4, v smallserial, c char, vc varchar, n numeric, ts timestamp, i interval, b bit, nm name, arr int[][], arr2 varchar(3)[], iv interval(2), ivy interval year to month, vb varbit, f float(3), xmlc xml, o oid, rc regclass, tt tid, x xid, cc cid, j json);
create table t2 (like t1 including all, extra int default -1 not null, neg numeric default -2.5, str text default 'a'::text || 'b', dt date default 'today', ts2 timestamptz default now() + '1 day', arr3 text[] default array[]::text[], b3 bytea default '\xDEADBEEF', u uuid default '00000000-0000-0000-0000-000000000000', bo bool default (not true), js jsonb default jsonb_build_object('a', 1), c3 "char" default 'a');
-- PK clustered
create table t3 (id int primary key, a int, b text, constraint u unique (a) include (b) with (fillfactor=50) deferrable);
alter table t3 cluster on t3_pkey;
alter table t3 replica identity using index t3_pkey;
-- dropped columns
create table t4 (a int, b int, c int, d int); alter table t4 drop column b; create view v4 as select * from t4;
create index on t4 (a, c) ; alter table t4 add e text generated always as (a::text || c::text) stored;
-- index stat target
create index t4_expr on t4 ((a + c)); alter index t4_expr alter column 1 set statistics 1000;
-- options of views, with check
create view v_check as select a from t4 where a > 0 with cascaded check option;
create view v_barrier with (security_barrier=true) as select a as "A", c from t4 where a > 1;
alter view v_barrier rename column c to cc;
-- view w/ odd queries
create view v_values as values (1, 'a'::text), (2, 'b');
create view v_union as select 1 as x union (select 2 intersect select 3) except all select 4 order by 1 limit 10 offset 2;
create view v_fetch as select a from t4 order by a fetch first 3 rows with ties;
create view v_nocolumns as select from t4;
create view v_dup as select t.a, t2.a as a2 from t4 t join t4 t2 on t.a = t2.a;
create view v_win as select a, sum(c) over (partition by a order by c rows between 1 preceding and unbounded following) from t4;
create view v_func as select * from generate_series(1, 3) with ordinality f(x, y), rows from (generate_series(1,2), unnest(array['a','b'])) as r(p, q);
create view v_xml as select xmlelement(name "x y", xmlattributes(a as "b"), 'c') as x, xmlforest(a as "Q") from t4;
create view v_json as select json_object('a': a absent on null) as j, json_arrayagg(a order by a) as k from t4 group by a;
create view v_lateral as select t.a, l.* from t4 t left join lateral (select count(*) as n from t4 u where u.a = t.a) l on true;
create view v_tablesample as select a from t4 tablesample bernoulli (10) repeatable (1);
create view v_with as with ins as not materialized (select * from t4) select * from ins;
-- unlogged seq, sequence owned by in another way, sequence default shared
create unlogged table u1 (id int generated always as identity, v serial);
create sequence s1 as int minvalue -5 maxvalue 5 start 0 increment 2 cache 3; create sequence s2 increment -1; create sequence s3 as smallint; create sequence s4 start 5 minvalue 5; create unlogged sequence s5;
create table shared1 (id int default nextval('s1')); create table shared2 (id int default nextval('public.s1'::regclass) * 2);
-- sequence owned by a column of another table's
create sequence odd_owner owned by t3.a;
-- constraint names same across tables, fk actions
create table p (a int, b int, primary key (a, b)); create table c (x int, y int, constraint fk foreign key (x, y) references p on delete set default (x) on update set null);
create table c2 (x int, y int, constraint fk foreign key (y, x) references p (b, a) match full deferrable);
create table selfref (id int primary key, parent int constraint par references selfref deferrable initially deferred);
create unique index p_uidx on p (b); create table c3 (b int references p (b));
-- domain over array, composite w/ domain, domain w/ default function
create domain d1 as int[] default '{}' check (cardinality(value) < 5); create function fd() returns int language sql as 'select 5'; create domain d2 as int default fd() not null;
create domain d3 as d2 default null check (value is not null); create domain d4 as varchar(10) collate "C";
-- enum with many, altered
create type e as enum ('b'); alter type e add value 'a' before 'b'; alter type e add value 'c'; alter type e rename value 'c' to 'C c';
create table et (e e default 'a', es e[] default '{a,"C c"}', check (e <> 'b'));
create index on et (e) where e = 'a';
-- partition with enum, bool, expression, multi default
create table pe (e e, ok boolean) partition by list (e); create table pe_1 partition of pe for values in ('a', null); create table pe_2 partition of pe for values in ('b');
create table pb (ok boolean, x int) partition by list (ok); create table pb_t partition of pb for values in (true) partition by range ((x % 10)); create table pb_t_0 partition of pb_t for values from (0) to (5);
create table pk (a int, b int, unique (a, b), foreign key (a, b) references p) partition by hash (a, b); create table pk_0 partition of pk for values with (modulus 2, remainder 0); create table pk_1 partition of pk for values with (modulus 2, remainder 1);
create table refpk (a int, b int, foreign key (a, b) references pk (a, b));
alter table pk_0 alter column a set default 5; alter table pk_1 add constraint only1 check (a > 0);
create index concurrently_like on pk (b) ; alter index pk_0_b_idx rename to renamed_child;
create table pdetached (like pk including all);
-- partition with own not null and parent's check
create table pc (a int check (a > 0), b int not null default 3) partition by range (a); create table pc_1 partition of pc (a not null default 7) for values from (1) to (5); create table pc_2 partition of pc default; alter table pc_2 alter b drop default;
create table pident (id bigint generated by default as identity, v int) partition by range (v); create table pident_1 partition of pident for values from (1) to (2); 
create table pidx (a int, b text) partition by range (a); create table pidx_1 partition of pidx for values from (1) to (2); create index only_parent on only pidx (b); create index pidx_a on pidx (a); create index pidx_a_again on pidx (a);
-- statistic objects, rules, comments
create rule v_check_ins as on insert to v_barrier do instead (insert into t4 (a) values (new."A"); select 1);
create rule nothing as on update to t4 where false do instead nothing;
comment on table t1 is E'multi\nline ''quoted'' \\ back'; comment on sequence s1 is 's'; comment on constraint fk on c is 'k'; comment on column v_barrier."A" is 'col';
