-- What the database of each project really does, kept by the reconciler of provisioning. What people want of it is project.desired_state.
create table instance (
  project_id uuid primary key references project (id),
  -- Small and unique: the driver derives the operating system user from it. Free again once nothing of the instance is left.
  number integer not null unique check (number >= 0),
  status text not null default 'creating'
    check (status in ('creating', 'starting', 'awake', 'stopping', 'asleep', 'deleted', 'failed')),
  -- why it failed, in words for the person
  problem text,
  -- sealed with the project's id as part of the associated data
  superuser_password bytea not null,
  -- the passwords of the template have been replaced
  has_own_passwords boolean not null default false,
  -- the server as it was last seen: with the pid, the start time tells it from another process
  pid integer,
  server_started_at bigint,
  -- of the last transition: [{name, state, durationMs, reason}]
  steps jsonb not null default '[]',
  -- failures in a row, and when the next attempt is due
  attempts integer not null default 0,
  retry_at timestamptz,
  size_bytes bigint check (size_bytes >= 0),
  updated_at timestamptz not null default now(),
  check ((status = 'failed') = (problem is not null))
);
create index instance_retry_at_idx on instance (retry_at) where status = 'failed';

create trigger sync_touch_insert after insert on instance for each row execute function sync_touch_instance();
create trigger sync_touch_update after update on instance for each row
  when ((old.status, old.problem, old.size_bytes) is distinct from (new.status, new.problem, new.size_bytes))
  execute function sync_touch_instance();
