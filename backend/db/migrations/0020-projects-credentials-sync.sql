-- Projects (what is wanted of them), the owner's credentials, and the records that the desktop replicates.
-- docs/specs/sync.md explains the sync tables; the rules are cited below as SYNC-n.

-- A project. `desired_state` is what people asked for; what the database really does stands in `instance`, kept by provisioning.
-- The reconciler deletes the row of a purged project once nothing of its instance is left.
create table project (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 60),
  -- short, unique, lower-case base32: the part after the dot in the user name `owner.<ref>`
  ref text not null unique check (ref ~ '^[a-z2-7]{8,20}$'),
  environment text not null check (environment in ('production', 'staging', 'development', 'local')),
  region text not null,
  postgres_version text not null,
  desired_state text not null default 'awake' check (desired_state in ('awake', 'asleep', 'deleted', 'purged')),
  -- when a deleted project becomes purged
  purge_at timestamptz,
  created_by uuid references account (id) on delete set null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((desired_state = 'deleted') = (purge_at is not null) or desired_state = 'purged')
);
-- A name is free again as soon as its project is deleted.
create unique index project_name_key on project (organisation_id, lower(name))
  where desired_state in ('awake', 'asleep');
create index project_organisation_id_idx on project (organisation_id);
create index project_purge_at_idx on project (purge_at) where desired_state = 'deleted';

-- The password of the role `owner` in the project's instance, sealed with the project's id as associated data.
-- `pending_password` is set before the instance is told and becomes `password` after: a crash in between loses neither.
create table credential (
  project_id uuid primary key references project (id) on delete cascade,
  password bytea not null,
  pending_password bytea,
  password_changed_at timestamptz not null
);

-- What the person keeps, the same on all of their devices. Ids come from the devices, so they are keyed by account. Never a password.
create table saved_query (
  account_id uuid not null references account (id) on delete cascade,
  id uuid not null,
  name text not null,
  sql text not null,
  connection_id uuid,
  updated_at timestamptz not null,
  primary key (account_id, id)
);
create table saved_connection (
  account_id uuid not null references account (id) on delete cascade,
  id uuid not null,
  name text not null,
  host text not null,
  port integer not null,
  database text not null,
  "user" text not null,
  ssl_mode text not null,
  environment text not null,
  is_read_only boolean not null,
  updated_at timestamptz not null,
  primary key (account_id, id)
);

-- One row per account that syncs: its last version (SYNC-2). `floor` is the highest version of a tombstone that was forgotten:
-- an older cursor is answered with a reset (SYNC-7). `epoch` changes when the row is made anew.
-- No foreign key to account on purpose: checking it would take row locks after the version locks, against the lock order.
create table sync_head (
  account_id uuid primary key,
  epoch uuid not null default gen_random_uuid(),
  version bigint not null default 0,
  floor bigint not null default 0
);

-- Which records an account sees or saw, each at its last version. A row with `deleted_at` is a tombstone (SYNC-6).
create table sync_entry (
  account_id uuid not null,
  kind text not null check (kind in ('organisation', 'project', 'savedQuery', 'connection')),
  record_id uuid not null,
  version bigint not null,
  deleted_at timestamptz,
  primary key (account_id, kind, record_id),
  unique (account_id, version)
);
create index sync_entry_record_idx on sync_entry (kind, record_id) where deleted_at is null;
create index sync_entry_deleted_at_idx on sync_entry (deleted_at) where deleted_at is not null;

-- Mutations that had their effect, so that a repeat has none (SYNC-15).
create table sync_mutation (
  account_id uuid not null,
  mutation_id uuid not null,
  version bigint not null,
  applied_at timestamptz not null,
  primary key (account_id, mutation_id)
);
create index sync_mutation_applied_at_idx on sync_mutation (applied_at);

-- Organisations and projects that the running transaction touched. Filled by the triggers below, emptied by sync_publish() at
-- commit: no committed row is ever seen here. The record of a
-- membership is its account.
create table sync_touch (
  id bigint generated always as identity primary key,
  transaction_id xid8 not null default pg_current_xact_id(),
  organisation_id uuid not null,
  kind text not null check (kind in ('organisation', 'project', 'membership')),
  record_id uuid not null
);
create index sync_touch_transaction_id_idx on sync_touch (transaction_id);

create function sync_touch_organisation() returns trigger language plpgsql as $$
begin
  insert into sync_touch (organisation_id, kind, record_id)
  values (coalesce(new.id, old.id), 'organisation', coalesce(new.id, old.id));
  return null;
end $$;

create function sync_touch_membership() returns trigger language plpgsql as $$
begin
  insert into sync_touch (organisation_id, kind, record_id)
  values (coalesce(new.organisation_id, old.organisation_id), 'membership', coalesce(new.account_id, old.account_id));
  return null;
end $$;

create function sync_touch_project() returns trigger language plpgsql as $$
begin
  insert into sync_touch (organisation_id, kind, record_id)
  values (coalesce(new.organisation_id, old.organisation_id), 'project', coalesce(new.id, old.id));
  return null;
end $$;

-- For the table `instance` of provisioning, whose status, problem and size are part of a project's record:
--   create trigger sync_touch_insert after insert on instance for each row execute function sync_touch_instance();
--   create trigger sync_touch_update after update on instance for each row
--     when ((old.status, old.problem, old.size_bytes) is distinct from (new.status, new.problem, new.size_bytes))
--     execute function sync_touch_instance();
create function sync_touch_instance() returns trigger language plpgsql as $$
begin
  insert into sync_touch (organisation_id, kind, record_id)
  select organisation_id, 'project', id from project where id = new.project_id;
  return null;
end $$;

-- Gives every account concerned its new versions, at commit. Locks are taken in one order (organisations, then accounts, each
-- sorted) and nothing else is locked after them, so that two commits never wait for each other in a circle. The lock on the
-- organisation makes "a member joins" and "a project is created" see each other; the lock on the account's head, held until the
-- commit is done, makes its versions appear in their order, without gaps (SYNC-3). Writers run at READ COMMITTED: each statement
-- below sees what the locks before it waited for.
create function sync_publish() returns trigger language plpgsql as $$
declare
  touched_organisation uuid;
  concerned uuid[];
begin
  if not exists (select from sync_touch where transaction_id = pg_current_xact_id()) then
    return null; -- an earlier row of this transaction has done it all
  end if;

  for touched_organisation in
    select distinct organisation_id from sync_touch where transaction_id = pg_current_xact_id() order by 1
  loop
    perform pg_advisory_xact_lock(hashtextextended('sync ' || touched_organisation::text, 0));
  end loop;

  select array_agg(account_id order by account_id) into concerned from (
    select m.account_id from sync_touch t join membership m using (organisation_id)
      where t.transaction_id = pg_current_xact_id()
    union
    select e.account_id from sync_touch t join sync_entry e using (kind, record_id)
      where t.transaction_id = pg_current_xact_id() and e.deleted_at is null
    union
    select record_id from sync_touch where transaction_id = pg_current_xact_id() and kind = 'membership'
  ) accounts;
  insert into sync_head (account_id) select unnest(concerned) order by 1 on conflict do nothing;
  perform from sync_head where account_id = any (concerned) order by account_id for update;

  with touched as materialized (
    select distinct organisation_id, kind, record_id from sync_touch where transaction_id = pg_current_xact_id()
  ),
  candidate as (
    select m.account_id, t.kind, t.record_id from touched t join membership m using (organisation_id)
      where t.kind in ('organisation', 'project')
    union
    select e.account_id, e.kind, e.record_id from touched t join sync_entry e using (kind, record_id)
      where e.deleted_at is null
    union
    select t.record_id, 'organisation', t.organisation_id from touched t where t.kind = 'membership'
    union
    select t.record_id, 'project', p.id from touched t join project p using (organisation_id) where t.kind = 'membership'
  ),
  visibility as (
    select c.account_id, c.kind, c.record_id,
      case c.kind
        when 'organisation' then exists (
          select from membership m join organisation o on o.id = m.organisation_id
          where m.account_id = c.account_id and m.organisation_id = c.record_id and o.deleted_at is null)
        else exists (
          select from project p join membership m using (organisation_id) join organisation o on o.id = p.organisation_id
          where p.id = c.record_id and m.account_id = c.account_id and p.desired_state <> 'purged' and o.deleted_at is null)
      end as is_visible
    from candidate c
  ),
  -- what an account never saw needs no tombstone
  effect as materialized (
    select v.* from visibility v where is_visible or exists (
      select from sync_entry e
      where e.account_id = v.account_id and e.kind = v.kind and e.record_id = v.record_id and e.deleted_at is null)
  ),
  published as (
    insert into sync_entry (account_id, kind, record_id, version, deleted_at)
    select f.account_id, f.kind, f.record_id,
      h.version + row_number() over (partition by f.account_id order by f.kind, f.record_id),
      case when f.is_visible then null else transaction_timestamp() end
    from effect f join sync_head h using (account_id)
    on conflict (account_id, kind, record_id) do update set version = excluded.version, deleted_at = excluded.deleted_at
  )
  update sync_head h set version = h.version + f.effects
  from (select account_id, count(*) as effects from effect group by account_id) f
  where h.account_id = f.account_id;

  delete from sync_touch where transaction_id = pg_current_xact_id();
  return null;
end $$;

create trigger sync_touch after insert or update or delete on organisation
  for each row execute function sync_touch_organisation();
create trigger sync_touch after insert or update or delete on membership
  for each row execute function sync_touch_membership();
create trigger sync_touch after insert or update or delete on project
  for each row execute function sync_touch_project();
create constraint trigger sync_publish after insert on sync_touch
  deferrable initially deferred for each row execute function sync_publish();
