-- Who changed what. No foreign keys: an entry outlives its account and its organisation.
create table audit_entry (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  -- Null for what the service did by itself.
  account_id uuid,
  session_id uuid,
  organisation_id uuid,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  details jsonb not null default '{}'
);
create index audit_entry_organisation on audit_entry (organisation_id, id);
create index audit_entry_account on audit_entry (account_id, id);
