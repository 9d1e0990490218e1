-- Analytics: materialised views over views over functions, window functions, grouping sets, a custom aggregate, statistics.
create schema raw;
create schema mart;
create function mart.safe_divide(a numeric, b numeric) returns numeric language sql immutable strict parallel safe as $$ select case when b = 0 then null else a / b end $$;
create function mart.bucket(value numeric) returns text language plpgsql immutable as $$ begin return case when value < 10 then 'small' when value < 100 then 'medium' else 'large' end; end $$;
create table raw.visit (id bigint not null, user_id bigint, at timestamp not null, path text, referrer text, duration interval, cost numeric(20, 6), primary key (id));
create table raw.user_account (id bigint primary key, country text, signed_up date, segment text generated always as (case when country in ('DE', 'AT') then 'dach' else 'other' end) stored);
create view mart.daily as select date_trunc('day', v.at)::date as day, u.segment, count(*) as visits, sum(v.cost) as cost, mart.safe_divide(sum(v.cost), count(*)) as cost_per_visit
  from raw.visit v left join raw.user_account u on u.id = v.user_id group by grouping sets ((1, 2), (1), ());
create function mart.total(since date) returns numeric language sql stable as $$ select sum(cost) from mart.daily where day >= since $$;
create materialized view mart.daily_cached with (fillfactor = 90) as select day, segment, visits, cost, mart.bucket(cost) as size, rank() over (partition by segment order by cost desc nulls last) as place from mart.daily;
create view mart.top as select * from mart.daily_cached where place <= 3;
create materialized view mart.top_cached as with t as materialized (select * from mart.top), m as (select max(place) as m from t) select t.*, m.m from t, m with no data;
create unique index daily_cached_key on mart.daily_cached (day, segment) nulls not distinct;
create index daily_cached_bucket on mart.daily_cached (mart.bucket(cost));
create index visit_bucket on raw.visit (mart.bucket(cost)) where mart.safe_divide(cost, 2) > 1;
create view mart.funnel as
  select user_id, path, lead(path) over w as next_path, at - lag(at) over w as gap, count(*) filter (where path = '/buy') over (partition by user_id) as buys, (array_agg(path) over w)[1] as first_path,
    sum(cost) over (order by at range between interval '7 days' preceding and current row exclude ties) as week
  from raw.visit window w as (partition by user_id order by at);
create view mart.odd as select v.id, x.key, x.value, t.n, percentile_cont(0.5) within group (order by v.cost) as median, grouping(v.id) as g
  from raw.visit v cross join lateral jsonb_each_text(to_jsonb(v)) as x(key, value) cross join generate_series(1, 3) with ordinality as t(n, ord) group by v.id, x.key, x.value, t.n;
