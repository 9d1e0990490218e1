-- /specs?select=camera,...films(title,released:year)
select api.specs.camera, specs_films_1.title, specs_films_1.released from api.specs left join lateral (select films_1.title, films_1.year as released from api.films as films_1 where films_1.id = api.specs.film_id) as specs_films_1 on true;

-- /specs?select=camera,...films(*)
select api.specs.camera, specs_films_1.id, specs_films_1.title, specs_films_1.year, specs_films_1.director_id, specs_films_1.writer_id, specs_films_1.tags, specs_films_1.details, specs_films_1.plot, specs_films_1.summary, specs_films_1.poster from api.specs left join lateral (select films_1.id, films_1.title, films_1.year, films_1.director_id, films_1.writer_id, films_1.tags, films_1.details, films_1.plot, films_1.summary, api.colour_to_json(films_1.poster) as poster from api.films as films_1 where films_1.id = api.specs.film_id) as specs_films_1 on true;

-- /specs?select=camera,...films(title,...people!films_director_fkey(director:name))
select api.specs.camera, specs_films_1.title, specs_films_1.director from api.specs left join lateral (select films_1.title, films_people_2.director from api.films as films_1 left join lateral (select people_2.name as director from api.people as people_2 where people_2.id = films_1.director_id) as films_people_2 on true where films_1.id = api.specs.film_id) as specs_films_1 on true;

-- /films?select=title,...awards(name,prizes:prize)&awards.order=name
select api.films.title, films_awards_1.name, films_awards_1.prizes from api.films cross join lateral (select coalesce(json_agg(films_awards_1.name), '[]') as name, coalesce(json_agg(films_awards_1.prizes), '[]') as prizes from (select awards_1.name, awards_1.prize as prizes from api.awards as awards_1 where awards_1.film_id = api.films.id order by awards_1.name) as films_awards_1) as films_awards_1;

-- /films?select=title,...awards(*)
select api.films.title, films_awards_1.id, films_awards_1.film_id, films_awards_1.name, films_awards_1.prize from api.films cross join lateral (select coalesce(json_agg(films_awards_1.id), '[]') as id, coalesce(json_agg(films_awards_1.film_id), '[]') as film_id, coalesce(json_agg(films_awards_1.name), '[]') as name, coalesce(json_agg(films_awards_1.prize), '[]') as prize from (select awards_1.id, awards_1.film_id, awards_1.name, awards_1.prize from api.awards as awards_1 where awards_1.film_id = api.films.id) as films_awards_1) as films_awards_1;

-- /people?select=name,...films!films_director_fkey(title,...awards(award:name),...specs(camera),showings(seats))
select api.people.name, people_films_1.title, people_films_1.award, people_films_1.camera, people_films_1.showings from api.people cross join lateral (select coalesce(json_agg(people_films_1.title), '[]') as title, coalesce(json_agg(people_films_1.award), '[]') as award, coalesce(json_agg(people_films_1.camera), '[]') as camera, coalesce(json_agg(people_films_1.showings), '[]') as showings from (select films_1.title, films_awards_2.award, films_specs_2.camera, (select coalesce(json_agg(films_showings_2.*), '[]') from (select showings_2.seats from api.showings as showings_2 where showings_2.film_id = films_1.id) as films_showings_2) as showings from api.films as films_1 cross join lateral (select coalesce(json_agg(films_awards_2.award), '[]') as award from (select awards_2.name as award from api.awards as awards_2 where awards_2.film_id = films_1.id) as films_awards_2) as films_awards_2 left join lateral (select specs_2.camera from api.specs as specs_2 where specs_2.film_id = films_1.id) as films_specs_2 on true where films_1.director_id = api.people.id) as people_films_1) as people_films_1;

-- /films?select=title,...cinemas!inner(cinemas:name)
select api.films.title, films_cinemas_1.cinemas from api.films cross join lateral (select coalesce(json_agg(films_cinemas_1.cinemas), '[]') as cinemas from (select cinemas_1.name as cinemas from api.cinemas as cinemas_1, api.showings as showings_1_via where showings_1_via.cinema_id = cinemas_1.id and showings_1_via.film_id = api.films.id) as films_cinemas_1) as films_cinemas_1 where exists (select 1 from api.cinemas as cinemas_1, api.showings as showings_1_via where showings_1_via.cinema_id = cinemas_1.id and showings_1_via.film_id = api.films.id);

-- /films?select=title,...awards()
select api.films.title from api.films;

-- /films?select=title,...awards!inner()
select api.films.title from api.films where exists (select 1 from api.awards as awards_1 where awards_1.film_id = api.films.id);
