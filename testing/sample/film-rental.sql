-- A film rental shop: the schema that tests, screenshots and benchmarks work on. Our own, in the manner of the sample databases people know.
create type film_rating as enum ('G', 'PG', 'PG-13', 'R', 'NC-17');
create type fee_status as enum ('open', 'paid', 'waived', 'disputed');
create domain release_year as integer check (value between 1901 and 2155);
create domain email_address as text check (value ~ '^[^@\s]+@[^@\s]+$');
create type postal_address as (street text, city text, postcode text);

create table language (
  language_id integer generated always as identity primary key,
  name text not null unique,
  updated_at timestamptz not null default now()
);
create table category (
  category_id integer generated always as identity primary key,
  name text not null unique
);
create table actor (
  actor_id integer generated always as identity primary key,
  first_name text not null,
  last_name text not null,
  updated_at timestamptz not null default now()
);
create index actor_last_name_idx on actor (last_name);
create table film (
  film_id integer generated always as identity primary key,
  title text not null,
  description text,
  released release_year,
  language_id integer not null references language (language_id) on update cascade on delete restrict,
  rental_days smallint not null default 3,
  rental_rate numeric(4, 2) not null default 4.99,
  length_minutes smallint,
  replacement_cost numeric(5, 2) not null default 19.99,
  rating film_rating default 'G',
  special_features text[] not null default '{}',
  search tsvector generated always as (to_tsvector('english', title || ' ' || coalesce(description, ''))) stored,
  check (rental_rate >= 0)
);
comment on table film is 'One row per title; copies are in inventory.';
comment on column film.special_features is 'As printed on the box.';
create index film_search_idx on film using gin (search);
create index film_title_idx on film (title);
create table film_actor (
  film_id integer not null references film (film_id) on delete cascade,
  actor_id integer not null references actor (actor_id) on delete cascade,
  primary key (film_id, actor_id)
);
create index film_actor_actor_idx on film_actor (actor_id);
create table film_category (
  film_id integer not null references film (film_id) on delete cascade,
  category_id integer not null references category (category_id),
  primary key (film_id, category_id)
);
create table store (
  store_id integer generated always as identity primary key,
  name text not null,
  address postal_address,
  opened_on date not null
);
create table staff (
  staff_id integer generated always as identity primary key,
  store_id integer not null references store (store_id),
  full_name text not null,
  email email_address not null unique,
  is_active boolean not null default true,
  picture bytea
);
create table customer (
  customer_id bigint generated always as identity primary key,
  store_id integer not null references store (store_id),
  full_name text not null,
  email email_address,
  phone text,
  contact jsonb not null default '{}',
  is_active boolean not null default true,
  joined_on date not null default current_date,
  external_id uuid not null default gen_random_uuid() unique
);
create index customer_store_idx on customer (store_id) where is_active;
create table inventory (
  inventory_id bigint generated always as identity primary key,
  film_id integer not null references film (film_id),
  store_id integer not null references store (store_id)
);
create index inventory_film_store_idx on inventory (film_id, store_id);
create table rental (
  rental_id bigint generated always as identity primary key,
  rented_at timestamptz not null,
  inventory_id bigint not null references inventory (inventory_id),
  customer_id bigint not null references customer (customer_id),
  due_at timestamptz not null,
  returned_at timestamptz,
  staff_id integer references staff (staff_id),
  unique (inventory_id, rented_at, customer_id),
  check (due_at > rented_at)
);
create index rental_customer_idx on rental (customer_id);
create table payment (
  payment_id bigint generated always as identity,
  rental_id bigint not null references rental (rental_id),
  customer_id bigint not null references customer (customer_id),
  amount numeric(8, 2) not null,
  paid_at timestamptz not null,
  primary key (paid_at, payment_id)
) partition by range (paid_at);
create table payment_2026_q3 partition of payment for values from ('2026-07-01') to ('2026-10-01');
create table payment_2026_q4 partition of payment for values from ('2026-10-01') to ('2027-01-01');
create table payment_rest partition of payment default;
create table late_fee (
  rental_id bigint primary key references rental (rental_id) on delete cascade,
  amount numeric(8, 2) not null,
  status fee_status not null default 'open',
  note text
);

create function rental_days_late(due_at timestamptz, returned_at timestamptz) returns integer
language sql stable
begin atomic
  select greatest(0, extract(day from coalesce(returned_at, now()) - due_at)::integer);
end;

create function touch_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end;
$$;
create trigger actor_touch before update on actor for each row execute function touch_updated_at();

create procedure waive_fees(for_customer bigint) language plpgsql as $body$
begin
  update late_fee set status = 'waived'
  from rental
  where rental.rental_id = late_fee.rental_id and rental.customer_id = for_customer and status = 'open';
end;
$body$;

create view film_list as
select f.film_id, f.title, c.name as category, f.rental_rate as price, f.length_minutes, f.rating
from film f
join film_category using (film_id)
join category c using (category_id);

create view overdue_rental as
select r.rental_id, c.full_name, c.email, r.due_at, rental_days_late(r.due_at, r.returned_at) as days_late
from rental r
join customer c using (customer_id)
where r.returned_at is null;

create materialized view revenue_by_category as
select c.name as category, sum(p.amount) as revenue, count(*) as rentals
from payment p
join rental using (rental_id)
join inventory using (inventory_id)
join film_category using (film_id)
join category c using (category_id)
group by c.name;

create schema audit;
create table audit.change (
  change_id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null default current_user,
  table_name text not null,
  before jsonb,
  after jsonb
);
