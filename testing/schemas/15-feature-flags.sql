-- Feature flags: jsonb checks and paths, expression indexes, conditions with odd operators.
create schema flags;
create extension intarray;
create extension btree_gin;
create table flags.flag (
  key text primary key check (key ~* '^[a-z]([a-z0-9-]*[a-z0-9])?$' and key !~ '--'), rules jsonb not null default '[]' check (jsonb_typeof(rules) = 'array'), rollout numeric default 0.5 check (rollout between 0 and 1),
  description text default E'first\nsecond\t\\', enabled_for int[] default array[1, 2], updated timestamptz default (now() at time zone 'utc'), version int default (1 + 2) * 3, schedule tsrange default tsrange('-infinity', null),
  constraint rules_have_ids check (rules @@ 'exists($[*] ? (exists(@.id))) || $.size() == 0'), constraint path check (not rules @? '$[*] ? (@.percent > 100)'), constraint case_check check (case when rollout > 0 then enabled_for is not null else true end),
  constraint long_in check (version not in (13, 17)), constraint rows_check check ((version, rollout) >= (0, 0)), constraint similar_check check (key not similar to '%(bad|worse)%'), constraint any_check check (key <> all ('{a,b}'::text[])), constraint xor check ((rollout is distinct from 1) or (description is not null))
);
create index flag_ids on flags.flag using gin ((rules #> '{0,ids}') jsonb_ops);
create index flag_users on flags.flag using gin (enabled_for gin__int_ops);
create index flag_multi on flags.flag using gin (key, rules);
create index flag_lower on flags.flag (lower(key), (rollout > 0.5), ((rules -> 0 ->> 'id')) desc, coalesce(description, '') text_pattern_ops) where rollout > 0 and (description like 'a%' or key ilike '%\_b');
create unique index flag_date on flags.flag (((updated at time zone 'UTC')::date), key) include (version);
create index flag_dedup on flags.flag (version) with (deduplicate_items = off, fillfactor = 100);
create table flags.override (flag text references flags.flag on update cascade on delete cascade, context jsonb, value boolean, context_key text generated always as (context ->> 'key') stored, unique (flag, context_key), check (context ? 'key'));
create function flags.is_on(flag text, context jsonb default null::jsonb) returns boolean language sql stable as $$ select coalesce((select value from flags.override o where o.flag = $1 and o.context = $2), false) $$;
create view flags.active as select key, jsonb_array_length(rules) as n, rules -> 0 as first, rules #>> '{0,id}' as id, flags.is_on(key) as is_on, exists (select from flags.override o where o.flag = key) as overridden from flags.flag where rollout > 0 and updated > now() - '1 day'::interval;
