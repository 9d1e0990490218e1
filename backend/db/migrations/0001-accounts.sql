-- Accounts, their sessions with chains of refresh tokens, signing keys, password resets and rate limits.
create table account (
  id uuid primary key default gen_random_uuid(),
  email text not null unique check (email = lower(email) and length(email) <= 254),
  name text not null default '' check (length(name) <= 100),
  password_hash text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- One log-in. Its refresh tokens form one chain: each use replaces the token, reuse of a replaced one ends the session.
create table session (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references account (id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('logged-out', 'password-changed', 'password-reset', 'token-reused')),
  check ((ended_at is null) = (end_reason is null))
);
create index session_account on session (account_id) where ended_at is null;
create index session_expiry on session (expires_at);

create table refresh_token (
  hash bytea primary key check (octet_length(hash) = 32),
  session_id uuid not null references session (id) on delete cascade,
  created_at timestamptz not null,
  replaced_at timestamptz,
  successor bytea check (octet_length(successor) = 32),
  -- Its response was lost and another took its place: whoever shows it now is not who asked.
  is_superseded boolean not null default false,
  check ((replaced_at is null) = (successor is null))
);
create index refresh_token_session on refresh_token (session_id);

create table signing_key (
  kid text primary key,
  public_jwk jsonb not null,
  private_sealed bytea not null,
  created_at timestamptz not null,
  -- Published until then, so that tokens it signed can still be verified; null while it signs.
  published_until timestamptz
);

create table password_reset (
  hash bytea primary key check (octet_length(hash) = 32),
  account_id uuid not null references account (id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index password_reset_account on password_reset (account_id);

-- Layout given by rate-limiter-flexible: expire is in milliseconds since 1970.
create table rate_limit (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
create index rate_limit_expire on rate_limit (expire);
