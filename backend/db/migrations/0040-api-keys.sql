-- The keys that applications send to a project's data APIs. The key itself is nowhere: only its SHA-256.
create table api_key (
  id uuid primary key,
  project_id uuid not null references project (id) on delete cascade,
  name text not null check (length(name) between 1 and 60),
  kind text not null check (kind in ('publishable', 'secret')),
  -- the beginning of the key, enough for a person to recognise it
  prefix text not null,
  hash bytea not null unique check (octet_length(hash) = 32),
  access text not null check (access in ('read', 'read-write')),
  -- null for all exposed schemas
  schemas text[] check (cardinality(schemas) > 0),
  created_by uuid references account (id) on delete set null,
  created_at timestamptz not null,
  expires_at timestamptz,
  -- to the minute
  last_used_at timestamptz,
  revoked_at timestamptz,
  replaced_by uuid references api_key (id) on delete set null
);
create index api_key_project_id_idx on api_key (project_id, created_at);
create index api_key_replaced_by_idx on api_key (replaced_by) where replaced_by is not null;
