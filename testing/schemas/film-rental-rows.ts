// Rows for the schema 01-film-rental: a few hundred, the same each time, for tests that look whether rows are kept.
import type { Session } from '#postgres/node/session.ts'

const FILMS = 100
const CUSTOMERS = 40
const RENTALS = 200

/** Fills the tables of 01-film-rental, which are in public. `filmRentalRows` tells what is there then. */
export async function fillFilmRental(session: Session): Promise<void> {
  await session.query(`begin;
set local search_path = public;
insert into country (country) select 'Country ' || n from generate_series(1, 5) n;
insert into city (city, country_id) select 'City ' || n, 1 + n % 5 from generate_series(1, 20) n;
insert into address (address, district, city_id, phone, postal_code)
  select n || ' Main Street', 'District ' || n % 7, 1 + n % 20, '555-' || lpad(n::text, 4, '0'), lpad((n * 37)::text, 5, '0')
  from generate_series(1, 60) n;
insert into category (name) values ('Action'), ('Comedy'), ('Drama'), ('Sci-Fi'), ('Documentary');
insert into language (name) values ('English'), ('German'), ('Japanese');
insert into actor (first_name, last_name) select 'First ' || n, 'Last ' || n % 17 from generate_series(1, 30) n;
insert into film (title, description, release_year, language_id, length, rating, special_features)
  select 'Film ' || n, 'A story about ' || n, 1990 + n % 30, 1 + n % 3, 60 + n, (enum_range(null::mpaa_rating))[1 + n % 5],
    array['Trailers', 'Part ' || n % 3]
  from generate_series(1, ${FILMS}) n;
insert into film_actor (actor_id, film_id) select 1 + (n * 7) % 30, n from generate_series(1, ${FILMS}) n;
insert into film_category (film_id, category_id) select n, 1 + n % 5 from generate_series(1, ${FILMS}) n;
insert into store (manager_staff_id, address_id) values (1, 1), (2, 2);
insert into staff (first_name, last_name, address_id, email, store_id, username)
  values ('Mike', 'Hill', 3, 'mike@example.com', 1, 'mike'), ('Jo', 'Stephens', 4, null, 2, 'jo');
insert into customer (store_id, first_name, last_name, email, address_id, active)
  select 1 + n % 2, 'Given ' || n, 'Family ' || n % 11, 'customer' || n || '@example.com', 10 + n, 1 from generate_series(1, ${CUSTOMERS}) n;
insert into inventory (film_id, store_id) select 1 + n % ${FILMS}, 1 + n % 2 from generate_series(0, 149) n;
insert into rental (rental_date, inventory_id, customer_id, return_date, staff_id)
  select '2026-01-01 12:00+00'::timestamptz + n * interval '7 hours', 1 + n % 150, 1 + n % ${CUSTOMERS},
    case when n % 9 > 0 then '2026-01-04 12:00+00'::timestamptz + n * interval '7 hours' end, 1 + n % 2
  from generate_series(1, ${RENTALS}) n;
insert into payment (customer_id, staff_id, rental_id, amount, payment_date)
  select customer_id, staff_id, rental_id, 0.99 + rental_id % 9, rental_date from rental order by rental_id;
refresh materialized view rental_by_category;
commit`)
}

/** Rows per table of what `fillFilmRental` puts in. */
export const filmRentalRows: Readonly<Record<string, number>> = {
  country: 5,
  city: 20,
  address: 60,
  category: 5,
  language: 3,
  actor: 30,
  film: FILMS,
  film_actor: FILMS,
  film_category: FILMS,
  store: 2,
  staff: 2,
  customer: CUSTOMERS,
  inventory: 150,
  rental: RENTALS,
  payment: RENTALS,
}
