-- What a person made of the migration under review: JSON, null while nothing was edited.
alter table design add column review text;
