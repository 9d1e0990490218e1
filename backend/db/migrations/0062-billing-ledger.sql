-- The ledger (docs/specs/billing.md, LEDGER-n): double entry in minor units, only ever appended to. No cascade from the organisation: books are kept.

create table ledger_transaction (
  id bigint generated always as identity primary key,
  organisation_id uuid not null references organisation (id),
  -- Names what is posted: the same key posts once.
  key text not null check (length(key) between 1 and 200),
  at timestamptz not null,
  description text not null,
  posted_at timestamptz not null default now(),
  -- Of the database's transaction that made it: entries come with it or not at all.
  xid xid8 not null default pg_current_xact_id(),
  unique (organisation_id, key)
);
create index ledger_transaction_at_idx on ledger_transaction (organisation_id, at, id);

create table ledger_entry (
  transaction_id bigint not null references ledger_transaction (id),
  position smallint not null check (position >= 0),
  organisation_id uuid not null,
  account text not null check (account ~ '^(receivable|revenue:plan|revenue:usage:[a-z-]+|included|discounts|credits|tax|payments|refunds|write-offs)$'),
  currency text not null check (currency ~ '^[a-z]{3}$'),
  -- Minor units. Above zero: debit, below: credit.
  amount numeric(30, 0) not null check (amount <> 0),
  primary key (transaction_id, position)
);
create index ledger_entry_account_idx on ledger_entry (organisation_id, currency, account) include (amount);

create function refuse_ledger_change() returns trigger language plpgsql as $$
begin
  raise exception 'The ledger is only appended to: % of % is refused.', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation', hint = 'Post another transaction that sets it right.';
end $$;

create trigger ledger_transaction_append_only before update or delete or truncate on ledger_transaction
  for each statement execute function refuse_ledger_change();
create trigger ledger_entry_append_only before update or delete or truncate on ledger_entry
  for each statement execute function refuse_ledger_change();

-- An entry belongs to the organisation of its transaction, and comes with it.
create function check_ledger_entry() returns trigger language plpgsql as $$
begin
  if not exists (select from ledger_transaction t
                  where t.id = new.transaction_id and t.organisation_id = new.organisation_id and t.xid = pg_current_xact_id()) then
    raise exception 'Ledger transaction % is closed, or belongs to another organisation.', new.transaction_id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger ledger_entry_belongs before insert on ledger_entry for each row execute function check_ledger_entry();

-- At the commit each transaction has entries, and they sum to zero in each currency.
create function check_ledger_balance() returns trigger language plpgsql as $$
begin
  if not exists (select from ledger_entry where transaction_id = new.id) then
    raise exception 'Ledger transaction % has no entries.', new.id using errcode = 'check_violation';
  end if;
  if exists (select from ledger_entry where transaction_id = new.id group by currency having sum(amount) <> 0) then
    raise exception 'Ledger transaction % does not sum to zero.', new.id using errcode = 'check_violation';
  end if;
  return null;
end $$;

create constraint trigger ledger_transaction_balanced after insert on ledger_transaction deferrable initially deferred
  for each row execute function check_ledger_balance();

-- Money that is set aside for what has begun and is not metered yet (CAP-n). Rows whose time is over count for nothing and are swept.
create table spend_reservation (
  organisation_id uuid not null references organisation (id) on delete cascade,
  key text not null check (length(key) between 1 and 200),
  project_id uuid not null,
  amount numeric(30, 0) not null check (amount >= 0),
  expires_at timestamptz not null,
  primary key (organisation_id, key)
);
create index spend_reservation_expires_at_idx on spend_reservation (expires_at);

-- What an organisation, or one of its projects, may spend in a period. Without a row of the organisation its plan's default holds.
create table spend_cap (
  organisation_id uuid not null references organisation (id) on delete cascade,
  -- Null: of the organisation. No foreign key: a deleted project's row says what held.
  project_id uuid,
  -- Minor units; null: none.
  amount numeric(30, 0) check (amount >= 0),
  updated_at timestamptz not null,
  unique nulls not distinct (organisation_id, project_id)
);

-- That a cap was reached in a period, until it is raised or the period ends: a decision that stays even when a late correction lowers what was spent.
create table spend_cap_reached (
  organisation_id uuid not null references organisation (id) on delete cascade,
  project_id uuid,
  period_from timestamptz not null,
  reached_at timestamptz not null,
  unique nulls not distinct (organisation_id, project_id, period_from)
);
