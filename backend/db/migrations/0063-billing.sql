-- Subscriptions, invoices and what the payment provider told us. Money is in minor units. The ledger is another migration's: these rows say what is
-- sold to whom, the ledger what is owed.

-- Owners manage billing always; others where an owner says so.
alter table membership add column manages_billing boolean not null default false;

-- What an organisation has subscribed to. Without a row: the free plan (or none, where nothing is sold).
create table subscription (
  organisation_id uuid primary key references organisation (id) on delete cascade,
  customer_id text unique,
  -- The provider's subscription; null before the first checkout and after its end.
  provider_id text unique,
  plan text not null check (plan in ('free', 'pro', 'team', 'enterprise')),
  price_version text not null,
  -- As the provider says; what dunning makes of it stands in `dunning`.
  provider_status text not null check (provider_status in ('none', 'trialing', 'active', 'past-due', 'cancelled')),
  dunning text not null default 'none' check (dunning in ('none', 'past-due', 'restricted', 'suspended', 'deleted')),
  past_due_since timestamptz,
  suspended_at timestamptz,
  -- When people were told that data will be deleted, the oldest first.
  deletion_notices timestamptz[] not null default '{}',
  period_from timestamptz,
  period_to timestamptz,
  trial_ends_at timestamptz,
  -- An organisation tries a plan once.
  had_trial boolean not null default false,
  cancels_at timestamptz,
  -- The page of the first payment that is open: there is one at a time, so that nobody subscribes twice.
  checkout_session text,
  scheduled_plan text check (scheduled_plan in ('free', 'pro', 'team', 'enterprise')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((period_from is null) = (period_to is null)),
  check (period_from < period_to),
  check ((dunning = 'none') = (past_due_since is null)),
  check ((dunning in ('suspended', 'deleted')) = (suspended_at is not null)),
  check (provider_id is null or customer_id is not null)
);
create index subscription_dunning_idx on subscription (dunning) where dunning not in ('none', 'deleted');

-- Which plan held from when on, in full hours: what usage is rated by. Nothing is deleted, so that every invoice can be recomputed.
create table subscription_span (
  organisation_id uuid not null references organisation (id) on delete cascade,
  starts_at timestamptz not null check (date_trunc('hour', starts_at, 'UTC') = starts_at),
  plan text not null check (plan in ('free', 'pro', 'team', 'enterprise')),
  price_version text not null,
  primary key (organisation_id, starts_at)
);

-- Each event of the provider once: the row is there before the provider is told that we have it.
create table webhook_event (
  id text primary key check (length(id) between 1 and 255),
  type text not null,
  customer_id text,
  object_id text,
  created_at timestamptz not null,
  received_at timestamptz not null,
  applied_at timestamptz
);
create index webhook_event_open_idx on webhook_event (received_at) where applied_at is null;
create index webhook_event_received_at_idx on webhook_event (received_at);

-- The last number of each year: taken in the transaction that makes the invoice, so that there are no gaps.
create table invoice_number (
  year integer primary key,
  last integer not null check (last > 0)
);

-- An invoice or credit note as it was issued. Only status, mail and PDF change afterwards.
create table invoice (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  number text not null unique,
  kind text not null check (kind in ('invoice', 'credit-note')),
  status text not null check (status in ('open', 'paid', 'failed', 'void', 'refunded')),
  currency text not null check (currency in ('eur', 'usd')),
  -- The provider's invoice or refund that it stands for.
  provider_id text not null unique,
  issued_at timestamptz not null,
  period_from timestamptz not null,
  period_to timestamptz not null,
  net bigint not null,
  tax bigint not null,
  total bigint not null check (total = net + tax),
  -- To whom, as it was said when it was issued.
  recipient jsonb not null,
  pdf bytea,
  pdf_sha256 bytea check (octet_length(pdf_sha256) = 32),
  mailed_at timestamptz,
  check ((pdf is null) = (pdf_sha256 is null))
);
create index invoice_organisation_id_idx on invoice (organisation_id, issued_at desc, number desc);

create table invoice_line (
  invoice_id uuid not null references invoice (id) on delete cascade,
  position integer not null check (position > 0),
  description text not null check (length(description) between 1 and 300),
  kind text not null check (kind in ('plan', 'usage', 'proration', 'credit', 'discount', 'tax', 'refund')),
  metric text,
  -- In base units, cumulative in its period.
  quantity numeric(40) check (quantity >= 0),
  period_from timestamptz not null,
  period_to timestamptz not null,
  amount bigint not null,
  price_version text not null,
  primary key (invoice_id, position)
);

-- Periods whose usage is charged. Open until their invoice is issued: what is counted later goes onto the next one.
create table usage_period (
  organisation_id uuid not null references organisation (id) on delete cascade,
  period_from timestamptz not null,
  period_to timestamptz not null check (period_to > period_from),
  closed_at timestamptz,
  primary key (organisation_id, period_from)
);
create index usage_period_open_idx on usage_period (organisation_id) where closed_at is null;

-- What usage of a period costs so far, as it was told to the provider: cumulative, and never less than before. The lines are those of the invoice.
create table usage_charge (
  organisation_id uuid not null,
  period_from timestamptz not null,
  metric text not null,
  quantity numeric(40) not null check (quantity >= 0),
  amount bigint not null check (amount >= 0),
  lines jsonb not null check (jsonb_typeof(lines) = 'array'),
  revision integer not null check (revision > 0),
  primary key (organisation_id, period_from, metric),
  foreign key (organisation_id, period_from) references usage_period on delete cascade
);

-- The differences of those amounts on their way to the provider's meters. The identifier makes a repeat harmless there.
create table meter_export (
  identifier text primary key check (length(identifier) between 1 and 100),
  organisation_id uuid not null references organisation (id) on delete cascade,
  customer_id text not null,
  metric text not null,
  period_from timestamptz not null,
  at timestamptz not null,
  amount bigint not null check (amount > 0),
  sent_at timestamptz
);
create index meter_export_open_idx on meter_export (at) where sent_at is null;
create index meter_export_period_idx on meter_export (organisation_id, period_from);

create table billing_details (
  organisation_id uuid primary key references organisation (id) on delete cascade,
  details jsonb not null check (jsonb_typeof(details) = 'object'),
  updated_at timestamptz not null
);

create table notification_rules (
  organisation_id uuid primary key references organisation (id) on delete cascade,
  thresholds integer[] not null check (cardinality(thresholds) <= 10),
  on_forecast boolean not null,
  by_mail boolean not null,
  updated_at timestamptz not null
);

-- What people were told in a period, so that they are told once.
create table told_notice (
  organisation_id uuid not null references organisation (id) on delete cascade,
  period_from timestamptz not null,
  key text not null check (length(key) between 1 and 200),
  told_at timestamptz not null,
  primary key (organisation_id, period_from, key)
);

-- Why a project sleeps and may not be woken: its quota or cap is reached, or its organisation is suspended. Nothing of it is deleted.
alter table project add column hold text check (hold in ('quota', 'cap', 'suspended'));
create index project_hold_idx on project (organisation_id) where hold is not null;
