-- Whether the service has yet to be asked to look at what was applied to a project from here.
alter table migration_source add column is_unnoted integer not null default 0 check (is_unnoted in (0, 1));
