-- An audit trail: transition tables, statement triggers, rules of every kind, triggers in every state, event triggers.
create schema audit;
create table audit.log (
  id bigint generated always as identity primary key, at timestamptz not null default now(), who name not null default session_user, txid bigint default txid_current(),
  table_name regclass not null, action text not null check (action in ('I', 'U', 'D', 'T')), old_row jsonb, new_row jsonb, query text default current_query()
);
create index log_at on audit.log using brin (at) with (pages_per_range = 64, autosummarize = on);
create function audit.record() returns trigger language plpgsql security definer set search_path = audit, pg_temp set lock_timeout = '2s' as $$
begin
  insert into log (table_name, action) values (tg_relid, left(tg_op, 1));
  return null;
end $$;
create function audit.record_rows() returns trigger language plpgsql as $$
begin
  insert into audit.log (table_name, action, new_row) select tg_relid, 'I', to_jsonb(n) from new_rows n;
  return null;
end $$;
create function audit.refuse() returns trigger language plpgsql as $$ begin raise exception '% is append-only', tg_table_name; end $$;
create table public.account (id int primary key, balance numeric not null default 0, owner text, closed boolean default false);
create trigger account_statement after insert or update or delete or truncate on public.account for each statement execute function audit.record();
create trigger account_rows after insert on public.account referencing new table as new_rows for each statement execute function audit.record_rows();
create trigger account_update after update of balance, owner on public.account for each row when (old.balance is distinct from new.balance) execute function audit.record();
create trigger log_is_final before update or delete on audit.log for each row execute function audit.refuse();
create trigger a_disabled before insert on public.account for each row execute function audit.refuse();
create trigger b_replica before insert on public.account for each row execute function audit.record();
create trigger c_always before insert on public.account for each row execute function audit.record();
alter table public.account disable trigger a_disabled;
alter table public.account enable replica trigger b_replica;
alter table public.account enable always trigger c_always;
create rule no_truncate as on delete to audit.log where old.at < now() - interval '1 year' do instead nothing;
create rule log_insert as on insert to public.account do also insert into audit.log (table_name, action) values ('public.account'::regclass, 'I');
create rule copy_update as on update to public.account where new.balance > 1000 do also (insert into audit.log (table_name, action) values ('public.account'::regclass, 'U'); update audit.log set action = 'U' where action = 'I');
alter table public.account disable rule copy_update;
create view public.open_account as select id, balance from public.account where not closed;
create rule open_insert as on insert to public.open_account do instead insert into public.account (id, balance) values (new.id, new.balance) returning id, balance;
create function audit.ddl() returns event_trigger language plpgsql as $$ begin raise log 'ddl %', tg_tag; end $$;
create event trigger audit_ddl on ddl_command_end when tag in ('CREATE TABLE', 'ALTER TABLE') execute function audit.ddl();
create event trigger audit_drop on sql_drop execute function audit.ddl();
alter event trigger audit_drop disable;
comment on event trigger audit_ddl is 'Who changes tables';
comment on rule log_insert on public.account is 'Keeps a trace';
