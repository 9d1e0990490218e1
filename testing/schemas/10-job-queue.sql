-- A job queue: procedures, functions of every look, partial and covering indexes, advisory locks.
create schema queue;
create type queue.job_state as enum ('ready', 'running', 'done', 'failed');
create type queue.job_spec as (task text, payload jsonb, run_at timestamptz, priority int);
create table queue.queues (name text primary key, concurrency int not null default 1 check (concurrency > 0), is_paused bool default false not null);
create table queue.jobs (
  id bigint primary key generated always as identity, queue text not null default 'default' references queue.queues on update cascade on delete set default,
  task text not null, payload json default '{}'::json not null, state queue.job_state default 'ready' not null, priority smallint default 0 not null,
  run_at timestamptz default now() not null, attempts smallint default 0 not null, max_attempts smallint default 25 not null, last_error text, key text, locked_at timestamptz, locked_by text,
  is_available boolean generated always as (((locked_at is null) and (attempts < max_attempts))) stored not null,
  constraint jobs_key_check check ((length(key) > 0) and (length(key) <= 512))
);
alter table queue.jobs set (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000, fillfactor = 70);
create unique index jobs_key_idx on queue.jobs (key) where state in ('ready', 'running');
create index jobs_fetch_idx on queue.jobs (priority, run_at) include (id, queue) where is_available = true;
create function queue.add_job(task text, payload json default '{}', queue_name text default 'default', run_at timestamptz default now(), variadic flags text[] default '{}') returns queue.jobs language plpgsql volatile as $$
declare j queue.jobs;
begin
  insert into queue.jobs (task, payload, queue, run_at) values ($1, $2, $3, $4) returning * into j;
  perform pg_notify('jobs:insert', '');
  return j;
end $$;
create function queue.get_job(worker text, inout count int, out job queue.jobs) returns record language sql as $$ select 1, j from queue.jobs j limit 1 $$;
create function queue.stats() returns table (state queue.job_state, n bigint, oldest interval) language sql stable parallel safe cost 500 rows 4 as $$
  select state, count(*), max(now() - run_at) from queue.jobs group by 1
$$;
create function queue.specs(specs queue.job_spec[]) returns setof bigint language sql as $$ select (queue.add_job((s).task, (s).payload::json)).id from unnest(specs) s $$;
create function queue.add(a int, b int) returns int language sql immutable strict leakproof parallel safe as 'select a + b';
create function queue.add(a text, b text) returns text language sql immutable called on null input as 'select a || b';
create procedure queue.purge(older interval, inout removed bigint default 0) language plpgsql as $$
begin
  delete from queue.jobs where run_at < now() - older;
  get diagnostics removed = row_count;
  commit;
end $$;
create procedure queue.noop() language sql begin atomic; end;
revoke all on function queue.stats() from public;
revoke all on procedure queue.purge from public;
grant execute on procedure queue.purge to corpus_writer;
comment on function queue.add(text, text) is 'Joins';
comment on procedure queue.noop() is 'Nothing';
