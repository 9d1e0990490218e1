-- The data API of a project: what differs from the defaults, who may sign tokens for it.
create table api_settings (
  project_id uuid primary key references project (id) on delete cascade,
  -- the fields of ApiSettings that were set
  settings jsonb not null check (jsonb_typeof(settings) = 'object'),
  updated_at timestamptz not null
);

-- Secrets that sign tokens (HS256), sealed with the project's id as part of the associated data. One per project is current; the ones before it are
-- accepted until `accepted_until`.
create table jwt_secret (
  id uuid primary key,
  project_id uuid not null references project (id) on delete cascade,
  secret bytea not null,
  created_at timestamptz not null,
  accepted_until timestamptz
);
create unique index jwt_secret_current_key on jwt_secret (project_id) where accepted_until is null;
create index jwt_secret_project_id_idx on jwt_secret (project_id);

create table token_issuer (
  id uuid primary key,
  project_id uuid not null references project (id) on delete cascade,
  issuer text not null,
  jwks_url text not null,
  audience text,
  role_claim text not null,
  created_at timestamptz not null,
  unique (project_id, issuer)
);
