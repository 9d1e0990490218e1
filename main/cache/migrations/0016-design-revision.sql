-- Counts what is written to the journal of a design: a page that does not know the last of it must not write over it.
alter table design add column revision integer not null default 0;
