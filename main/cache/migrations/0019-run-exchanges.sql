-- What was sent and received in the last run of each collection: apart from the history, which a run would fill.
create table run_exchange (
  id text primary key,
  run_id text not null references collection_run (id) on delete cascade,
  exchange text not null check (json_valid(exchange))
) strict;

create index run_exchange_by_run on run_exchange (run_id);
