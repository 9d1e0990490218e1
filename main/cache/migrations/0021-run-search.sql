-- Results of large runs are counted and paged by an index without their texts, and searched in a text of their own.
drop index collection_run_failures;
alter table collection_run_result add column search text not null default '';
create index collection_run_by_outcome on collection_run_result (run_id, is_failed, position);
