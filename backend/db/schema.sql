-- The schema of the service after all migrations, made by scripts/schema-dump.ts: never edited by hand.
-- The tables of the job queue are its own (graphile_worker) and not shown.

create table account (
  id uuid default gen_random_uuid() not null,
  email text not null,
  name text default ''::text not null,
  password_hash text not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint account_pkey PRIMARY KEY (id),
  constraint account_email_key UNIQUE (email),
  constraint account_email_check CHECK (((email = lower(email)) AND (length(email) <= 254))),
  constraint account_name_check CHECK ((length(name) <= 100))
);

create table api_key (
  id uuid not null,
  project_id uuid not null,
  name text not null,
  kind text not null,
  prefix text not null,
  hash bytea not null,
  access text not null,
  schemas text[],
  created_by uuid,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  replaced_by uuid,
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_hash_key UNIQUE (hash),
  constraint api_key_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(id) ON DELETE SET NULL,
  constraint api_key_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id) ON DELETE CASCADE,
  constraint api_key_replaced_by_fkey FOREIGN KEY (replaced_by) REFERENCES api_key(id) ON DELETE SET NULL,
  constraint api_key_access_check CHECK ((access = ANY (ARRAY['read'::text, 'read-write'::text]))),
  constraint api_key_hash_check CHECK ((octet_length(hash) = 32)),
  constraint api_key_kind_check CHECK ((kind = ANY (ARRAY['publishable'::text, 'secret'::text]))),
  constraint api_key_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60))),
  constraint api_key_schemas_check CHECK ((cardinality(schemas) > 0))
);
CREATE INDEX api_key_project_id_idx ON public.api_key USING btree (project_id, created_at);
CREATE INDEX api_key_replaced_by_idx ON public.api_key USING btree (replaced_by) WHERE (replaced_by IS NOT NULL);

create table api_settings (
  project_id uuid not null,
  settings jsonb not null,
  updated_at timestamp with time zone not null,
  constraint api_settings_pkey PRIMARY KEY (project_id),
  constraint api_settings_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id) ON DELETE CASCADE,
  constraint api_settings_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text))
);

create table audit_entry (
  id bigint generated always as identity not null,
  at timestamp with time zone default now() not null,
  account_id uuid,
  session_id uuid,
  organisation_id uuid,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  details jsonb default '{}'::jsonb not null,
  constraint audit_entry_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_entry_account ON public.audit_entry USING btree (account_id, id);
CREATE INDEX audit_entry_organisation ON public.audit_entry USING btree (organisation_id, id);

create table billing_details (
  organisation_id uuid not null,
  details jsonb not null,
  updated_at timestamp with time zone not null,
  constraint billing_details_pkey PRIMARY KEY (organisation_id),
  constraint billing_details_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE,
  constraint billing_details_details_check CHECK ((jsonb_typeof(details) = 'object'::text))
);

create table credential (
  project_id uuid not null,
  password bytea not null,
  pending_password bytea,
  password_changed_at timestamp with time zone not null,
  constraint credential_pkey PRIMARY KEY (project_id),
  constraint credential_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id) ON DELETE CASCADE
);

create table instance (
  project_id uuid not null,
  number integer not null,
  status text default 'creating'::text not null,
  problem text,
  superuser_password bytea not null,
  has_own_passwords boolean default false not null,
  pid integer,
  server_started_at bigint,
  steps jsonb default '[]'::jsonb not null,
  attempts integer default 0 not null,
  retry_at timestamp with time zone,
  size_bytes bigint,
  updated_at timestamp with time zone default now() not null,
  authenticator_password bytea,
  api_preparation text,
  measured_bytes bigint,
  constraint instance_pkey PRIMARY KEY (project_id),
  constraint instance_number_key UNIQUE (number),
  constraint instance_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id),
  constraint instance_check CHECK (((status = 'failed'::text) = (problem IS NOT NULL))),
  constraint instance_measured_bytes_check CHECK ((measured_bytes >= 0)),
  constraint instance_number_check CHECK ((number >= 0)),
  constraint instance_size_bytes_check CHECK ((size_bytes >= 0)),
  constraint instance_status_check CHECK ((status = ANY (ARRAY['creating'::text, 'starting'::text, 'awake'::text, 'stopping'::text, 'asleep'::text, 'deleted'::text, 'failed'::text])))
);
CREATE INDEX instance_retry_at_idx ON public.instance USING btree (retry_at) WHERE (status = 'failed'::text);

create table invitation (
  hash bytea not null,
  organisation_id uuid not null,
  email text not null,
  role text not null,
  invited_by uuid,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint invitation_pkey PRIMARY KEY (hash),
  constraint invitation_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES account(id) ON DELETE SET NULL,
  constraint invitation_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE,
  constraint invitation_email_check CHECK ((email = lower(email))),
  constraint invitation_hash_check CHECK ((octet_length(hash) = 32)),
  constraint invitation_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'developer'::text, 'viewer'::text])))
);
CREATE INDEX invitation_organisation ON public.invitation USING btree (organisation_id);

create table invoice (
  id uuid not null,
  organisation_id uuid not null,
  number text not null,
  kind text not null,
  status text not null,
  currency text not null,
  provider_id text not null,
  issued_at timestamp with time zone not null,
  period_from timestamp with time zone not null,
  period_to timestamp with time zone not null,
  net bigint not null,
  tax bigint not null,
  total bigint not null,
  recipient jsonb not null,
  pdf bytea,
  pdf_sha256 bytea,
  mailed_at timestamp with time zone,
  constraint invoice_pkey PRIMARY KEY (id),
  constraint invoice_number_key UNIQUE (number),
  constraint invoice_provider_id_key UNIQUE (provider_id),
  constraint invoice_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint invoice_check CHECK ((total = (net + tax))),
  constraint invoice_check1 CHECK (((pdf IS NULL) = (pdf_sha256 IS NULL))),
  constraint invoice_currency_check CHECK ((currency = ANY (ARRAY['eur'::text, 'usd'::text]))),
  constraint invoice_kind_check CHECK ((kind = ANY (ARRAY['invoice'::text, 'credit-note'::text]))),
  constraint invoice_pdf_sha256_check CHECK ((octet_length(pdf_sha256) = 32)),
  constraint invoice_status_check CHECK ((status = ANY (ARRAY['open'::text, 'paid'::text, 'failed'::text, 'void'::text, 'refunded'::text])))
);
CREATE INDEX invoice_organisation_id_idx ON public.invoice USING btree (organisation_id, issued_at DESC, number DESC);

create table invoice_line (
  invoice_id uuid not null,
  "position" integer not null,
  description text not null,
  kind text not null,
  metric text,
  quantity numeric(40,0),
  period_from timestamp with time zone not null,
  period_to timestamp with time zone not null,
  amount bigint not null,
  price_version text not null,
  constraint invoice_line_pkey PRIMARY KEY (invoice_id, "position"),
  constraint invoice_line_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES invoice(id) ON DELETE CASCADE,
  constraint invoice_line_description_check CHECK (((length(description) >= 1) AND (length(description) <= 300))),
  constraint invoice_line_kind_check CHECK ((kind = ANY (ARRAY['plan'::text, 'usage'::text, 'proration'::text, 'credit'::text, 'discount'::text, 'tax'::text, 'refund'::text]))),
  constraint invoice_line_position_check CHECK (("position" > 0)),
  constraint invoice_line_quantity_check CHECK ((quantity >= (0)::numeric))
);

create table invoice_number (
  year integer not null,
  last integer not null,
  constraint invoice_number_pkey PRIMARY KEY (year),
  constraint invoice_number_last_check CHECK ((last > 0))
);

create table jwt_secret (
  id uuid not null,
  project_id uuid not null,
  secret bytea not null,
  created_at timestamp with time zone not null,
  accepted_until timestamp with time zone,
  constraint jwt_secret_pkey PRIMARY KEY (id),
  constraint jwt_secret_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX jwt_secret_current_key ON public.jwt_secret USING btree (project_id) WHERE (accepted_until IS NULL);
CREATE INDEX jwt_secret_project_id_idx ON public.jwt_secret USING btree (project_id);

create table ledger_entry (
  transaction_id bigint not null,
  "position" smallint not null,
  organisation_id uuid not null,
  account text not null,
  currency text not null,
  amount numeric(30,0) not null,
  constraint ledger_entry_pkey PRIMARY KEY (transaction_id, "position"),
  constraint ledger_entry_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES ledger_transaction(id),
  constraint ledger_entry_account_check CHECK ((account ~ '^(receivable|revenue:plan|revenue:usage:[a-z-]+|included|discounts|credits|tax|payments|refunds|write-offs)$'::text)),
  constraint ledger_entry_amount_check CHECK ((amount <> (0)::numeric)),
  constraint ledger_entry_currency_check CHECK ((currency ~ '^[a-z]{3}$'::text)),
  constraint ledger_entry_position_check CHECK (("position" >= 0))
);
CREATE INDEX ledger_entry_account_idx ON public.ledger_entry USING btree (organisation_id, currency, account) INCLUDE (amount);

create table ledger_transaction (
  id bigint generated always as identity not null,
  organisation_id uuid not null,
  key text not null,
  at timestamp with time zone not null,
  description text not null,
  posted_at timestamp with time zone default now() not null,
  xid xid8 default pg_current_xact_id() not null,
  constraint ledger_transaction_pkey PRIMARY KEY (id),
  constraint ledger_transaction_organisation_id_key_key UNIQUE (organisation_id, key),
  constraint ledger_transaction_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint ledger_transaction_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);
CREATE INDEX ledger_transaction_at_idx ON public.ledger_transaction USING btree (organisation_id, at, id);

create table membership (
  organisation_id uuid not null,
  account_id uuid not null,
  role text not null,
  joined_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  manages_billing boolean default false not null,
  constraint membership_pkey PRIMARY KEY (organisation_id, account_id),
  constraint membership_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint membership_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE,
  constraint membership_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'developer'::text, 'viewer'::text])))
);
CREATE INDEX membership_account ON public.membership USING btree (account_id);

create table meter_export (
  identifier text not null,
  organisation_id uuid not null,
  customer_id text not null,
  metric text not null,
  period_from timestamp with time zone not null,
  at timestamp with time zone not null,
  amount bigint not null,
  sent_at timestamp with time zone,
  constraint meter_export_pkey PRIMARY KEY (identifier),
  constraint meter_export_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE,
  constraint meter_export_amount_check CHECK ((amount > 0)),
  constraint meter_export_identifier_check CHECK (((length(identifier) >= 1) AND (length(identifier) <= 100)))
);
CREATE INDEX meter_export_open_idx ON public.meter_export USING btree (at) WHERE (sent_at IS NULL);
CREATE INDEX meter_export_period_idx ON public.meter_export USING btree (organisation_id, period_from);

create table notification_rules (
  organisation_id uuid not null,
  thresholds integer[] not null,
  on_forecast boolean not null,
  by_mail boolean not null,
  updated_at timestamp with time zone not null,
  constraint notification_rules_pkey PRIMARY KEY (organisation_id),
  constraint notification_rules_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE,
  constraint notification_rules_thresholds_check CHECK ((cardinality(thresholds) <= 10))
);

create table organisation (
  id uuid default gen_random_uuid() not null,
  name text not null,
  personal_of uuid,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  deleted_at timestamp with time zone,
  constraint organisation_pkey PRIMARY KEY (id),
  constraint organisation_personal_of_key UNIQUE (personal_of),
  constraint organisation_personal_of_fkey FOREIGN KEY (personal_of) REFERENCES account(id) ON DELETE SET NULL,
  constraint organisation_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80)))
);

create table password_reset (
  hash bytea not null,
  account_id uuid not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint password_reset_pkey PRIMARY KEY (hash),
  constraint password_reset_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint password_reset_hash_check CHECK ((octet_length(hash) = 32))
);
CREATE INDEX password_reset_account ON public.password_reset USING btree (account_id);

create table project (
  id uuid not null,
  organisation_id uuid not null,
  name text not null,
  ref text not null,
  environment text not null,
  region text not null,
  postgres_version text not null,
  desired_state text default 'awake'::text not null,
  purge_at timestamp with time zone,
  created_by uuid,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  hold text,
  constraint project_pkey PRIMARY KEY (id),
  constraint project_ref_key UNIQUE (ref),
  constraint project_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(id) ON DELETE SET NULL,
  constraint project_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint project_check CHECK ((((desired_state = 'deleted'::text) = (purge_at IS NOT NULL)) OR (desired_state = 'purged'::text))),
  constraint project_desired_state_check CHECK ((desired_state = ANY (ARRAY['awake'::text, 'asleep'::text, 'deleted'::text, 'purged'::text]))),
  constraint project_environment_check CHECK ((environment = ANY (ARRAY['production'::text, 'staging'::text, 'development'::text, 'local'::text]))),
  constraint project_hold_check CHECK ((hold = ANY (ARRAY['quota'::text, 'cap'::text, 'suspended'::text]))),
  constraint project_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60))),
  constraint project_ref_check CHECK ((ref ~ '^[a-z2-7]{8,20}$'::text))
);
CREATE INDEX project_hold_idx ON public.project USING btree (organisation_id) WHERE (hold IS NOT NULL);
CREATE UNIQUE INDEX project_name_key ON public.project USING btree (organisation_id, lower(name)) WHERE (desired_state = ANY (ARRAY['awake'::text, 'asleep'::text]));
CREATE INDEX project_organisation_id_idx ON public.project USING btree (organisation_id);
CREATE INDEX project_purge_at_idx ON public.project USING btree (purge_at) WHERE (desired_state = 'deleted'::text);

create table project_migration (
  project_id uuid not null,
  database text not null,
  version text not null,
  applied_at timestamp with time zone not null,
  name text not null,
  checksum text not null,
  role text not null,
  person text,
  duration_ms double precision not null,
  noted_at timestamp with time zone default now() not null,
  gone_at timestamp with time zone,
  constraint project_migration_pkey PRIMARY KEY (project_id, database, version, applied_at),
  constraint project_migration_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id) ON DELETE CASCADE
);

create table rate_limit (
  key character varying(255) not null,
  points integer default 0 not null,
  expire bigint,
  constraint rate_limit_pkey PRIMARY KEY (key)
);
CREATE INDEX rate_limit_expire ON public.rate_limit USING btree (expire);

create table refresh_token (
  hash bytea not null,
  session_id uuid not null,
  created_at timestamp with time zone not null,
  replaced_at timestamp with time zone,
  successor bytea,
  is_superseded boolean default false not null,
  constraint refresh_token_pkey PRIMARY KEY (hash),
  constraint refresh_token_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id) ON DELETE CASCADE,
  constraint refresh_token_check CHECK (((replaced_at IS NULL) = (successor IS NULL))),
  constraint refresh_token_hash_check CHECK ((octet_length(hash) = 32)),
  constraint refresh_token_successor_check CHECK ((octet_length(successor) = 32))
);
CREATE INDEX refresh_token_session ON public.refresh_token USING btree (session_id);

create table saved_connection (
  account_id uuid not null,
  id uuid not null,
  name text not null,
  host text not null,
  port integer not null,
  database text not null,
  "user" text not null,
  ssl_mode text not null,
  environment text not null,
  is_read_only boolean not null,
  updated_at timestamp with time zone not null,
  constraint saved_connection_pkey PRIMARY KEY (account_id, id),
  constraint saved_connection_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE
);

create table saved_query (
  account_id uuid not null,
  id uuid not null,
  name text not null,
  sql text not null,
  connection_id uuid,
  updated_at timestamp with time zone not null,
  constraint saved_query_pkey PRIMARY KEY (account_id, id),
  constraint saved_query_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE
);

create table session (
  id uuid default gen_random_uuid() not null,
  account_id uuid not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  end_reason text,
  constraint session_pkey PRIMARY KEY (id),
  constraint session_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint session_check CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
  constraint session_end_reason_check CHECK ((end_reason = ANY (ARRAY['logged-out'::text, 'password-changed'::text, 'password-reset'::text, 'token-reused'::text])))
);
CREATE INDEX session_account ON public.session USING btree (account_id) WHERE (ended_at IS NULL);
CREATE INDEX session_expiry ON public.session USING btree (expires_at);

create table signing_key (
  kid text not null,
  public_jwk jsonb not null,
  private_sealed bytea not null,
  created_at timestamp with time zone not null,
  published_until timestamp with time zone,
  constraint signing_key_pkey PRIMARY KEY (kid)
);

create table spend_cap (
  organisation_id uuid not null,
  project_id uuid,
  amount numeric(30,0),
  updated_at timestamp with time zone not null,
  constraint spend_cap_organisation_id_project_id_key UNIQUE NULLS NOT DISTINCT (organisation_id, project_id),
  constraint spend_cap_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE,
  constraint spend_cap_amount_check CHECK ((amount >= (0)::numeric))
);

create table spend_cap_reached (
  organisation_id uuid not null,
  project_id uuid,
  period_from timestamp with time zone not null,
  reached_at timestamp with time zone not null,
  constraint spend_cap_reached_organisation_id_project_id_period_from_key UNIQUE NULLS NOT DISTINCT (organisation_id, project_id, period_from),
  constraint spend_cap_reached_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE
);

create table spend_reservation (
  organisation_id uuid not null,
  key text not null,
  project_id uuid not null,
  amount numeric(30,0) not null,
  expires_at timestamp with time zone not null,
  constraint spend_reservation_pkey PRIMARY KEY (organisation_id, key),
  constraint spend_reservation_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE,
  constraint spend_reservation_amount_check CHECK ((amount >= (0)::numeric)),
  constraint spend_reservation_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);
CREATE INDEX spend_reservation_expires_at_idx ON public.spend_reservation USING btree (expires_at);

create table subscription (
  organisation_id uuid not null,
  customer_id text,
  provider_id text,
  plan text not null,
  price_version text not null,
  provider_status text not null,
  dunning text default 'none'::text not null,
  past_due_since timestamp with time zone,
  suspended_at timestamp with time zone,
  deletion_notices timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
  period_from timestamp with time zone,
  period_to timestamp with time zone,
  trial_ends_at timestamp with time zone,
  had_trial boolean default false not null,
  cancels_at timestamp with time zone,
  checkout_session text,
  scheduled_plan text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint subscription_pkey PRIMARY KEY (organisation_id),
  constraint subscription_customer_id_key UNIQUE (customer_id),
  constraint subscription_provider_id_key UNIQUE (provider_id),
  constraint subscription_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE,
  constraint subscription_check CHECK (((period_from IS NULL) = (period_to IS NULL))),
  constraint subscription_check1 CHECK ((period_from < period_to)),
  constraint subscription_check2 CHECK (((dunning = 'none'::text) = (past_due_since IS NULL))),
  constraint subscription_check3 CHECK (((dunning = ANY (ARRAY['suspended'::text, 'deleted'::text])) = (suspended_at IS NOT NULL))),
  constraint subscription_check4 CHECK (((provider_id IS NULL) OR (customer_id IS NOT NULL))),
  constraint subscription_dunning_check CHECK ((dunning = ANY (ARRAY['none'::text, 'past-due'::text, 'restricted'::text, 'suspended'::text, 'deleted'::text]))),
  constraint subscription_plan_check CHECK ((plan = ANY (ARRAY['free'::text, 'pro'::text, 'team'::text, 'enterprise'::text]))),
  constraint subscription_provider_status_check CHECK ((provider_status = ANY (ARRAY['none'::text, 'trialing'::text, 'active'::text, 'past-due'::text, 'cancelled'::text]))),
  constraint subscription_scheduled_plan_check CHECK ((scheduled_plan = ANY (ARRAY['free'::text, 'pro'::text, 'team'::text, 'enterprise'::text])))
);
CREATE INDEX subscription_dunning_idx ON public.subscription USING btree (dunning) WHERE (dunning <> ALL (ARRAY['none'::text, 'deleted'::text]));

create table subscription_span (
  organisation_id uuid not null,
  starts_at timestamp with time zone not null,
  plan text not null,
  price_version text not null,
  constraint subscription_span_pkey PRIMARY KEY (organisation_id, starts_at),
  constraint subscription_span_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE,
  constraint subscription_span_plan_check CHECK ((plan = ANY (ARRAY['free'::text, 'pro'::text, 'team'::text, 'enterprise'::text]))),
  constraint subscription_span_starts_at_check CHECK ((date_trunc('hour'::text, starts_at, 'UTC'::text) = starts_at))
);

create table sync_entry (
  account_id uuid not null,
  kind text not null,
  record_id uuid not null,
  version bigint not null,
  deleted_at timestamp with time zone,
  constraint sync_entry_pkey PRIMARY KEY (account_id, kind, record_id),
  constraint sync_entry_account_id_version_key UNIQUE (account_id, version),
  constraint sync_entry_kind_check CHECK ((kind = ANY (ARRAY['organisation'::text, 'project'::text, 'savedQuery'::text, 'connection'::text])))
);
CREATE INDEX sync_entry_deleted_at_idx ON public.sync_entry USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE INDEX sync_entry_record_idx ON public.sync_entry USING btree (kind, record_id) WHERE (deleted_at IS NULL);

create table sync_head (
  account_id uuid not null,
  epoch uuid default gen_random_uuid() not null,
  version bigint default 0 not null,
  floor bigint default 0 not null,
  constraint sync_head_pkey PRIMARY KEY (account_id)
);

create table sync_mutation (
  account_id uuid not null,
  mutation_id uuid not null,
  version bigint not null,
  applied_at timestamp with time zone not null,
  constraint sync_mutation_pkey PRIMARY KEY (account_id, mutation_id)
);
CREATE INDEX sync_mutation_applied_at_idx ON public.sync_mutation USING btree (applied_at);

create table sync_touch (
  id bigint generated always as identity not null,
  transaction_id xid8 default pg_current_xact_id() not null,
  organisation_id uuid not null,
  kind text not null,
  record_id uuid not null,
  constraint sync_touch_pkey PRIMARY KEY (id),
  constraint sync_touch_kind_check CHECK ((kind = ANY (ARRAY['organisation'::text, 'project'::text, 'membership'::text])))
);
CREATE INDEX sync_touch_transaction_id_idx ON public.sync_touch USING btree (transaction_id);

create table team_collection (
  id uuid not null,
  organisation_id uuid not null,
  name text not null,
  version bigint default 0 not null,
  floor bigint default 0 not null,
  files integer default 0 not null,
  bytes bigint default 0 not null,
  created_by uuid,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint team_collection_pkey PRIMARY KEY (id),
  constraint team_collection_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(id) ON DELETE SET NULL,
  constraint team_collection_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE,
  constraint team_collection_bytes_check CHECK ((bytes >= 0)),
  constraint team_collection_files_check CHECK ((files >= 0)),
  constraint team_collection_name_check CHECK (((length(name) >= 1) AND (length(name) <= 500)))
);
CREATE INDEX team_collection_organisation_id_idx ON public.team_collection USING btree (organisation_id) WHERE (removed_at IS NULL);
CREATE INDEX team_collection_removed_at_idx ON public.team_collection USING btree (removed_at) WHERE (removed_at IS NOT NULL);

create table team_file (
  collection_id uuid not null,
  path text not null,
  version bigint not null,
  text text,
  changed_by uuid,
  changed_at timestamp with time zone not null,
  constraint team_file_pkey PRIMARY KEY (collection_id, path),
  constraint team_file_collection_id_version_key UNIQUE (collection_id, version),
  constraint team_file_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES account(id) ON DELETE SET NULL,
  constraint team_file_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES team_collection(id) ON DELETE CASCADE
);
CREATE INDEX team_file_tombstone_idx ON public.team_file USING btree (changed_at) WHERE (text IS NULL);

create table team_file_mutation (
  collection_id uuid not null,
  mutation_id uuid not null,
  version bigint not null,
  applied_at timestamp with time zone not null,
  constraint team_file_mutation_pkey PRIMARY KEY (collection_id, mutation_id),
  constraint team_file_mutation_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES team_collection(id) ON DELETE CASCADE
);
CREATE INDEX team_file_mutation_applied_at_idx ON public.team_file_mutation USING btree (applied_at);

create table token_issuer (
  id uuid not null,
  project_id uuid not null,
  issuer text not null,
  jwks_url text not null,
  audience text,
  role_claim text not null,
  created_at timestamp with time zone not null,
  constraint token_issuer_pkey PRIMARY KEY (id),
  constraint token_issuer_project_id_issuer_key UNIQUE (project_id, issuer),
  constraint token_issuer_project_id_fkey FOREIGN KEY (project_id) REFERENCES project(id) ON DELETE CASCADE
);

create table told_notice (
  organisation_id uuid not null,
  period_from timestamp with time zone not null,
  key text not null,
  told_at timestamp with time zone not null,
  constraint told_notice_pkey PRIMARY KEY (organisation_id, period_from, key),
  constraint told_notice_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE,
  constraint told_notice_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);

create table usage_charge (
  organisation_id uuid not null,
  period_from timestamp with time zone not null,
  metric text not null,
  quantity numeric(40,0) not null,
  amount bigint not null,
  lines jsonb not null,
  revision integer not null,
  constraint usage_charge_pkey PRIMARY KEY (organisation_id, period_from, metric),
  constraint usage_charge_organisation_id_period_from_fkey FOREIGN KEY (organisation_id, period_from) REFERENCES usage_period(organisation_id, period_from) ON DELETE CASCADE,
  constraint usage_charge_amount_check CHECK ((amount >= 0)),
  constraint usage_charge_lines_check CHECK ((jsonb_typeof(lines) = 'array'::text)),
  constraint usage_charge_quantity_check CHECK ((quantity >= (0)::numeric)),
  constraint usage_charge_revision_check CHECK ((revision > 0))
);

create table usage_day (
  organisation_id uuid not null,
  metric text not null,
  day date not null,
  project_id uuid not null,
  quantity numeric(38,0) not null,
  peak_at timestamp with time zone,
  constraint usage_day_pkey PRIMARY KEY (organisation_id, metric, day, project_id),
  constraint usage_day_quantity_check CHECK ((quantity >= (0)::numeric))
);

create table usage_event (
  dedupe_key text not null,
  window_start timestamp with time zone not null,
  window_end timestamp with time zone not null,
  metric text not null,
  organisation_id uuid not null,
  project_id uuid not null,
  size text,
  quantity numeric(38,0) not null,
  source text not null,
  ingested_at timestamp with time zone not null,
  constraint usage_event_pkey PRIMARY KEY (dedupe_key, window_start),
  constraint usage_event_check CHECK ((window_end > window_start)),
  constraint usage_event_quantity_check CHECK ((quantity >= (0)::numeric))
) partition by RANGE (window_start);
CREATE INDEX usage_event_organisation_idx ON ONLY public.usage_event USING btree (organisation_id, window_start);

create table usage_hour (
  organisation_id uuid not null,
  metric text not null,
  hour timestamp with time zone not null,
  project_id uuid not null,
  quantity numeric(38,0) not null,
  revision bigint not null,
  peak_at timestamp with time zone,
  constraint usage_hour_pkey PRIMARY KEY (organisation_id, metric, hour, project_id),
  constraint usage_hour_quantity_check CHECK ((quantity >= (0)::numeric))
) partition by RANGE (hour);
CREATE INDEX usage_hour_revision_idx ON ONLY public.usage_hour USING btree (revision);

create table usage_level (
  project_id uuid not null,
  metric text not null,
  window_start timestamp with time zone not null,
  window_end timestamp with time zone not null,
  quantity numeric(38,0) not null,
  constraint usage_level_pkey PRIMARY KEY (project_id, metric)
);

create table usage_period (
  organisation_id uuid not null,
  period_from timestamp with time zone not null,
  period_to timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint usage_period_pkey PRIMARY KEY (organisation_id, period_from),
  constraint usage_period_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE CASCADE,
  constraint usage_period_check CHECK ((period_to > period_from))
);
CREATE INDEX usage_period_open_idx ON public.usage_period USING btree (organisation_id) WHERE (closed_at IS NULL);

create table usage_project (
  project_id uuid not null,
  organisation_id uuid not null,
  name text not null,
  constraint usage_project_pkey PRIMARY KEY (project_id)
);
CREATE INDEX usage_project_organisation_id_idx ON public.usage_project USING btree (organisation_id);

create table usage_refused (
  dedupe_key text not null,
  window_start timestamp with time zone not null,
  window_end timestamp with time zone not null,
  metric text not null,
  organisation_id uuid,
  project_id uuid not null,
  quantity numeric(38,0) not null,
  source text not null,
  reason text not null,
  refused_at timestamp with time zone not null,
  constraint usage_refused_pkey PRIMARY KEY (dedupe_key, window_start),
  constraint usage_refused_reason_check CHECK ((reason = ANY (ARRAY['late'::text, 'future'::text, 'conflict'::text, 'unknown-project'::text])))
);
CREATE INDEX usage_refused_refused_at_idx ON public.usage_refused USING btree (refused_at);

create table usage_spool (
  segment text not null,
  "position" bigint not null,
  updated_at timestamp with time zone not null,
  constraint usage_spool_pkey PRIMARY KEY (segment),
  constraint usage_spool_position_check CHECK (("position" >= 0))
);
CREATE INDEX usage_spool_updated_at_idx ON public.usage_spool USING btree (updated_at);

create table usage_state (
  only_row boolean default true not null,
  revision bigint not null,
  as_of timestamp with time zone not null,
  constraint usage_state_pkey PRIMARY KEY (only_row),
  constraint usage_state_only_row_check CHECK (only_row)
);

create table webhook_event (
  id text not null,
  type text not null,
  customer_id text,
  object_id text,
  created_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  applied_at timestamp with time zone,
  constraint webhook_event_pkey PRIMARY KEY (id),
  constraint webhook_event_id_check CHECK (((length(id) >= 1) AND (length(id) <= 255)))
);
CREATE INDEX webhook_event_open_idx ON public.webhook_event USING btree (received_at) WHERE (applied_at IS NULL);
CREATE INDEX webhook_event_received_at_idx ON public.webhook_event USING btree (received_at);

CREATE OR REPLACE FUNCTION public.check_ledger_balance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select from ledger_entry where transaction_id = new.id) then
    raise exception 'Ledger transaction % has no entries.', new.id using errcode = 'check_violation';
  end if;
  if exists (select from ledger_entry where transaction_id = new.id group by currency having sum(amount) <> 0) then
    raise exception 'Ledger transaction % does not sum to zero.', new.id using errcode = 'check_violation';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.check_ledger_entry()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select from ledger_transaction t
                  where t.id = new.transaction_id and t.organisation_id = new.organisation_id and t.xid = pg_current_xact_id()) then
    raise exception 'Ledger transaction % is closed, or belongs to another organisation.', new.transaction_id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_ledger_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'The ledger is only appended to: % of % is refused.', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation', hint = 'Post another transaction that sets it right.';
end $function$;

CREATE OR REPLACE FUNCTION public.sync_publish()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.sync_touch_instance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into sync_touch (organisation_id, kind, record_id)
  select organisation_id, 'project', id from project where id = new.project_id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.sync_touch_membership()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into sync_touch (organisation_id, kind, record_id)
  values (coalesce(new.organisation_id, old.organisation_id), 'membership', coalesce(new.account_id, old.account_id));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.sync_touch_organisation()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into sync_touch (organisation_id, kind, record_id)
  values (coalesce(new.id, old.id), 'organisation', coalesce(new.id, old.id));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.sync_touch_project()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into sync_touch (organisation_id, kind, record_id)
  values (coalesce(new.organisation_id, old.organisation_id), 'project', coalesce(new.id, old.id));
  return null;
end $function$;

CREATE TRIGGER sync_touch_insert AFTER INSERT ON public.instance FOR EACH ROW EXECUTE FUNCTION sync_touch_instance();
CREATE TRIGGER sync_touch_update AFTER UPDATE ON public.instance FOR EACH ROW WHEN ((((old.status IS DISTINCT FROM new.status) OR (old.problem IS DISTINCT FROM new.problem)) OR (old.size_bytes IS DISTINCT FROM new.size_bytes))) EXECUTE FUNCTION sync_touch_instance();
CREATE TRIGGER ledger_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER ledger_entry_belongs BEFORE INSERT ON public.ledger_entry FOR EACH ROW EXECUTE FUNCTION check_ledger_entry();
CREATE TRIGGER ledger_transaction_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_transaction FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
CREATE CONSTRAINT TRIGGER ledger_transaction_balanced AFTER INSERT ON public.ledger_transaction DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_ledger_balance();
CREATE TRIGGER sync_touch AFTER INSERT OR DELETE OR UPDATE ON public.membership FOR EACH ROW EXECUTE FUNCTION sync_touch_membership();
CREATE TRIGGER sync_touch AFTER INSERT OR DELETE OR UPDATE ON public.organisation FOR EACH ROW EXECUTE FUNCTION sync_touch_organisation();
CREATE TRIGGER sync_touch AFTER INSERT OR DELETE OR UPDATE ON public.project FOR EACH ROW EXECUTE FUNCTION sync_touch_project();
CREATE CONSTRAINT TRIGGER sync_publish AFTER INSERT ON public.sync_touch DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sync_publish();
