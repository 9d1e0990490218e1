-- Descriptions of APIs that a person of this machine named as a collection's source, or had it compared with. A collection's file says where its source is,
-- and others write that file: what is not here is not asked by itself.
create table known_source (
  location text primary key,
  -- Named here: the collection's token goes there too.
  is_chosen integer not null check (is_chosen in (0, 1))
) strict, without rowid;
