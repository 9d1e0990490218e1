-- What the service answered last about an organisation's usage and billing, shown with its time while the service is away.
create table service_answer (
  organisation_id text not null,
  -- The call, with what it asked for.
  name text not null,
  answer text not null check (json_valid(answer)),
  read_at text not null,
  primary key (organisation_id, name)
) strict, without rowid;
