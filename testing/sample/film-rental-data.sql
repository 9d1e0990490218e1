-- Data for film-rental.sql, the same on every run: everything is computed from row numbers, nothing is random. $scale is replaced by the loader.
insert into language (name) select unnest(array['English', 'Italian', 'Japanese', 'Mandarin', 'French', 'German']);
insert into category (name)
select unnest(array['Action', 'Animation', 'Children', 'Classics', 'Comedy', 'Documentary', 'Drama', 'Family', 'Foreign', 'Games', 'Horror', 'Music', 'New', 'Sci-Fi', 'Sports', 'Travel']);
insert into actor (first_name, last_name, updated_at)
select (array['Ada', 'Bela', 'Cleo', 'Dario', 'Edda', 'Femi', 'Greta', 'Hugo', 'Ines', 'Jonas'])[1 + n % 10],
       (array['Acheson', 'Brandt', 'Conti', 'Duarte', 'Eriksen', 'Farouk', 'Greaves', 'Holm', 'Ivanova', 'Juarez', 'Keane', 'Lindqvist', 'Moreau'])[1 + n % 13],
       timestamptz '2026-01-01 00:00+00' + n * interval '1 hour'
from generate_series(1, 200) n;
insert into film (title, description, released, language_id, rental_days, rental_rate, length_minutes, replacement_cost, rating, special_features)
select initcap((array['silent', 'golden', 'broken', 'distant', 'hidden', 'electric', 'paper', 'northern', 'velvet', 'second'])[1 + n % 10] || ' ' ||
               (array['harbour', 'orchard', 'engine', 'winter', 'mirror', 'signal', 'garden', 'station', 'letter', 'island', 'archive'])[1 + n % 11]) || ' ' || n,
       case when n % 7 = 0 then null else 'A story of a ' || (array['projectionist', 'cartographer', 'beekeeper', 'night clerk'])[1 + n % 4] || ' who must find a lost reel before the season ends.' end,
       1960 + n % 66, 1 + n % 6, 3 + n % 5, (0.99 + n % 5)::numeric(4, 2), 60 + n % 120, (9.99 + n % 20)::numeric(5, 2),
       (enum_range(null::film_rating))[1 + n % 5],
       case n % 3 when 0 then '{}'::text[] when 1 then array['Trailers'] else array['Trailers', 'Deleted scenes'] end
from generate_series(1, 1000) n;
insert into film_actor select f, 1 + (f * 7 + k * 31) % 200 from generate_series(1, 1000) f, generate_series(1, 5) k on conflict do nothing;
insert into film_category select f, 1 + f % 16 from generate_series(1, 1000) f;
insert into store (name, address, opened_on)
select 'Reelhouse ' || city, row(n || ' Lumen Street', city, (10000 + n * 37)::text)::postal_address, date '2019-03-01' + n::integer * 90
from unnest(array['Lisbon', 'Malmö', 'Utrecht']) with ordinality as c (city, n);
insert into staff (store_id, full_name, email, is_active, picture)
select 1 + n % 3, (array['Mara Keel', 'Jonas Weber', 'Priya Raman', 'Tomás Herrera'])[1 + n % 4] || ' ' || n, 'staff' || n || '@example.com', n <> 9, decode(repeat(md5(n::text), 4), 'hex')
from generate_series(1, 12) n;
insert into customer (store_id, full_name, email, phone, contact, is_active, joined_on, external_id)
select 1 + n % 3,
       (array['Ingrid', 'Daniel', 'Mei-Ling', 'Lukas', 'Aoife', 'Yusuf', 'Camille', 'Samuel', 'Elena', 'Noah', 'Hana'])[1 + n % 11] || ' ' ||
       (array['Solberg', 'Okafor', 'Zhao', 'Brandt', 'Brennan', 'Demir', 'Laurent', 'Wright', 'Petrova'])[1 + n % 9],
       case when n % 17 = 0 then null else 'customer' || n || '@example.com' end,
       case when n % 5 = 0 then null else '+46 70 555 ' || lpad((n % 10000)::text, 4, '0') end,
       case when n % 15 = 0 then '{}'::jsonb else jsonb_build_object('lang', (array['en', 'sv', 'pt', 'nl'])[1 + n % 4], 'sms', n % 2 = 0) end,
       n % 23 <> 0, date '2024-01-01' + n % 700, md5('customer ' || n)::uuid
from generate_series(1, 600 * $scale) n;
insert into inventory (film_id, store_id) select 1 + n % 1000, 1 + n % 3 from generate_series(1, 4500 * $scale) n;
insert into rental (rented_at, inventory_id, customer_id, due_at, returned_at, staff_id)
select at, 1 + n % (4500 * $scale), 1 + n % (600 * $scale), at + interval '3 days',
       case when n % 40 = 0 then null else at + (n % 7) * interval '1 day' + interval '2 hours' end, 1 + n % 12
from (select n, timestamptz '2026-05-01 08:00+00' + n * (interval '180 days' / (16000 * $scale)) as at from generate_series(1, 16000 * $scale) n) rented;
insert into payment (rental_id, customer_id, amount, paid_at) select rental_id, customer_id, (0.99 + rental_id % 9)::numeric(8, 2), rented_at + interval '5 minutes' from rental;
insert into late_fee (rental_id, amount, status, note)
select rental_id, (1 + rental_id % 12) * 1.25, (enum_range(null::fee_status))[1 + rental_id % 4], case when rental_id % 3 = 0 then 'Called ' || rental_id % 5 || ' times' end
from rental where returned_at is null or returned_at > due_at;
insert into audit.change (at, actor, table_name, before, after)
select timestamptz '2026-11-01 00:00+00' + n * interval '7 minutes', 'staff' || (1 + n % 12), 'film', jsonb_build_object('rental_rate', n % 5), jsonb_build_object('rental_rate', n % 5 + 1)
from generate_series(1, 500) n;
refresh materialized view revenue_by_category;
analyze;
