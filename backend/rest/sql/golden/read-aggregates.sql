-- /awards?select=prize.sum(),total:prize.avg()::int,prize::text.max(),count()
select sum(api.awards.prize), cast(avg(api.awards.prize) as integer) as total, max(cast(api.awards.prize as text)), count(*) from api.awards;

-- /awards?select=film_id,prize.sum()
select api.awards.film_id, sum(api.awards.prize) from api.awards group by 1;

-- /awards?select=*,count()
select api.awards.id, api.awards.film_id, api.awards.name, api.awards.prize, count(*) from api.awards group by 1, 2, 3, 4;

-- /films?select=details->by->>studio,id.count()
select api.films.details->$1->>$2 as studio, count(api.films.id) from api.films group by 1;
-- "by", "studio"

-- /films?select=title,awards(prize.sum())
select api.films.title, (select coalesce(json_agg(films_awards_1.*), '[]') from (select sum(awards_1.prize) from api.awards as awards_1 where awards_1.film_id = api.films.id) as films_awards_1) as awards from api.films;

-- /awards?select=prize.sum(),films(year)
select sum(api.awards.prize), row_to_json(awards_films_1.*)::jsonb as films from api.awards left join lateral (select films_1.year from api.films as films_1 where films_1.id = api.awards.film_id) as awards_films_1 on true group by 2;

-- /films?select=year,count(),awards(name)
select api.films.year, count(*), (select coalesce(json_agg(films_awards_1.*), '[]')::jsonb from (select awards_1.name from api.awards as awards_1 where awards_1.film_id = api.films.id) as films_awards_1) as awards from api.films group by 1, 3;

-- /awards?select=prize.sum(),...films(year)
select sum(api.awards.prize), awards_films_1.year from api.awards left join lateral (select films_1.year from api.films as films_1 where films_1.id = api.awards.film_id) as awards_films_1 on true group by 2;

-- /awards?select=name,...films(year.max(),year.min(),newest:year.max()::text,count())
select api.awards.name, max(awards_films_1.#1), min(awards_films_1.#2), cast(max(awards_films_1.#3) as text) as newest, count(awards_films_1.#4) from api.awards left join lateral (select films_1.year as #1, films_1.year as #2, films_1.year as #3, films_1 as #4 from api.films as films_1 where films_1.id = api.awards.film_id) as awards_films_1 on true group by 1;

-- /awards?select=...films(title,...specs(count()),showings(seats))
select awards_films_1.title, count(awards_films_1.#1), awards_films_1.showings::jsonb as showings from api.awards left join lateral (select films_1.title, films_specs_2.#1, (select coalesce(json_agg(films_showings_2.*), '[]') from (select showings_2.seats from api.showings as showings_2 where showings_2.film_id = films_1.id) as films_showings_2) as showings from api.films as films_1 left join lateral (select specs_2 as #1 from api.specs as specs_2 where specs_2.film_id = films_1.id) as films_specs_2 on true where films_1.id = api.awards.film_id) as awards_films_1 on true group by 1, 3;

-- /films?select=...awards(name),count()
select count(*), films_awards_1.name::jsonb as name from api.films cross join lateral (select coalesce(json_agg(films_awards_1.name), '[]') as name from (select awards_1.name from api.awards as awards_1 where awards_1.film_id = api.films.id) as films_awards_1) as films_awards_1 group by 2;
