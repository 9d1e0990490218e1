-- Lists over varchar, which Postgres prints with a cast around the whole list, and several keys over the same columns.
create schema intake;

create domain intake.answer as varchar(10) check (value in ('yes', 'no', 'don''t know'));

create table intake.form (
  id integer generated always as identity,
  code varchar(20) not null,
  status varchar(12) default 'new' not null check (status in ('new', 'sent', 'done')),
  kind char(3),
  answer intake.answer,
  is_open boolean generated always as (status not in ('done', 'gone')) stored,
  constraint form_code_key unique (code),
  constraint form_kind check (kind in ('a', 'b') or status <> all (array['new', 'sent']))
);
-- A key over columns that have one already: both stay.
alter table intake.form add primary key (code);
alter table intake.form add constraint form_code_again unique (code);
create index form_waiting on intake.form (id) where status in ('new', 'sent');
create index form_state on intake.form ((status in ('sent', 'done')));

create table intake.reply (
  form varchar(20) references intake.form (code),
  channel varchar(8),
  unique (channel, form)
);

create view intake.waiting as
select f.code, case when f.status in ('new', 'sent') then 'open' else 'closed' end as state
from intake.form f
join intake.reply r on r.form = f.code and r.channel not in ('post', 'fax')
where f.status = any (array['new', 'sent']::varchar[]);

alter table intake.form enable row level security;
create policy open_forms on intake.form using (status in ('new', 'sent'));
create function intake.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger form_touch before update on intake.form
for each row when (new.status in ('new', 'sent')) execute function intake.touch();
