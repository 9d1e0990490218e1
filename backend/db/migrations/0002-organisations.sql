-- Organisations, who belongs to them in which role, and open invitations.
create table organisation (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 80),
  -- Set for the one organisation that sign-up makes.
  personal_of uuid unique references account (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Kept as a row so that projects on their way out and audit entries still have their organisation.
  deleted_at timestamptz
);

create table membership (
  organisation_id uuid not null references organisation (id) on delete cascade,
  account_id uuid not null references account (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'developer', 'viewer')),
  joined_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organisation_id, account_id)
);
create index membership_account on membership (account_id);

create table invitation (
  hash bytea primary key check (octet_length(hash) = 32),
  organisation_id uuid not null references organisation (id) on delete cascade,
  email text not null check (email = lower(email)),
  role text not null check (role in ('owner', 'admin', 'developer', 'viewer')),
  invited_by uuid references account (id) on delete set null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index invitation_organisation on invitation (organisation_id);
