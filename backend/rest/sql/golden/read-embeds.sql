-- /films?select=title,director:people!films_director_fkey(name)
select api.films.title, row_to_json(films_director_1.*) as director from api.films left join lateral (select people_1.name from api.people as people_1 where people_1.id = api.films.director_id) as films_director_1 on true;

-- /films?select=title,director_id(name),writer_id(name)
select api.films.title, row_to_json(films_director_id_1.*) as director_id, row_to_json(films_writer_id_1.*) as writer_id from api.films left join lateral (select people_1.name from api.people as people_1 where people_1.id = api.films.director_id) as films_director_id_1 on true left join lateral (select people_1.name from api.people as people_1 where people_1.id = api.films.writer_id) as films_writer_id_1 on true;

-- /people?select=name,films!director_id(title)
select api.people.name, (select coalesce(json_agg(people_films_1.*), '[]') from (select films_1.title from api.films as films_1 where films_1.director_id = api.people.id) as people_films_1) as films from api.people;

-- /films?select=title,specs(*),awards(name)
select api.films.title, row_to_json(films_specs_1.*) as specs, (select coalesce(json_agg(films_awards_1.*), '[]') from (select awards_1.name from api.awards as awards_1 where awards_1.film_id = api.films.id) as films_awards_1) as awards from api.films left join lateral (select specs_1.* from api.specs as specs_1 where specs_1.film_id = api.films.id) as films_specs_1 on true;

-- /films?select=title,cinemas(name)
select api.films.title, (select coalesce(json_agg(films_cinemas_1.*), '[]') from (select cinemas_1.name from api.cinemas as cinemas_1, api.showings as showings_1_via where showings_1_via.cinema_id = cinemas_1.id and showings_1_via.film_id = api.films.id) as films_cinemas_1) as cinemas from api.films;

-- /films?select=title,awards!inner(name)&awards.name=eq.Oscar
select api.films.title, (select coalesce(json_agg(films_awards_1.*), '[]') from (select awards_1.name from api.awards as awards_1 where awards_1.name = $1 and awards_1.film_id = api.films.id) as films_awards_1) as awards from api.films where exists (select 1 from api.awards as awards_1 where awards_1.film_id = api.films.id and awards_1.name = $2);
-- "Oscar", "Oscar"

-- /specs?select=camera,films!inner(title)&films.year=gt.1927
select api.specs.camera, row_to_json(specs_films_1.*) as films from api.specs inner join lateral (select films_1.title from api.films as films_1 where films_1.year > $1 and films_1.id = api.specs.film_id) as specs_films_1 on true;
-- "1927"

-- /cinemas?select=name,halls:cinemas(name),parent_id(name)
select api.cinemas.name, (select coalesce(json_agg(cinemas_halls_1.*), '[]') from (select cinemas_1.name from api.cinemas as cinemas_1 where cinemas_1.parent_id = api.cinemas.id) as cinemas_halls_1) as halls, row_to_json(cinemas_parent_id_1.*) as parent_id from api.cinemas left join lateral (select cinemas_1.name from api.cinemas as cinemas_1 where cinemas_1.id = api.cinemas.parent_id) as cinemas_parent_id_1 on true;

-- /films?select=title,sequel(title),peers(title)&peers.order=title
select api.films.title, row_to_json(films_sequel_1.*) as sequel, (select coalesce(json_agg(films_peers_1.*), '[]') from (select films_1.title from api.peers(films::api.films) as films_1 order by films_1.title) as films_peers_1) as peers from api.films left join lateral (select films_1.title from api.sequel(films::api.films) as films_1) as films_sequel_1 on true;

-- /people?select=name,films!films_director_fkey(title,awards(name,prize))&films.awards.limit=1&films.order=year&films.limit=2&films.offset=1
select api.people.name, (select coalesce(json_agg(people_films_1.*), '[]') from (select films_1.title, (select coalesce(json_agg(films_awards_2.*), '[]') from (select awards_2.name, awards_2.prize from api.awards as awards_2 where awards_2.film_id = films_1.id limit $1) as films_awards_2) as awards from api.films as films_1 where films_1.director_id = api.people.id order by films_1.year limit $2 offset $3) as people_films_1) as films from api.people;
-- "1", "2", "1"

-- /people?select=name,films!films_director_fkey!inner(title,awards!inner(name))
select api.people.name, (select coalesce(json_agg(people_films_1.*), '[]') from (select films_1.title, (select coalesce(json_agg(films_awards_2.*), '[]') from (select awards_2.name from api.awards as awards_2 where awards_2.film_id = films_1.id) as films_awards_2) as awards from api.films as films_1 where films_1.director_id = api.people.id and exists (select 1 from api.awards as awards_2 where awards_2.film_id = films_1.id)) as people_films_1) as films from api.people where exists (select 1 from api.films as films_1 where films_1.director_id = api.people.id and exists (select 1 from api.awards as awards_2 where awards_2.film_id = films_1.id));

-- /films?select=title,awards()
select api.films.title from api.films;

-- /films?select=title,awards!inner()
select api.films.title from api.films where exists (select 1 from api.awards as awards_1 where awards_1.film_id = api.films.id);

-- /films?select=title,specs()&specs=is.null
select api.films.title from api.films where not exists (select 1 from api.specs as specs_1 where specs_1.film_id = api.films.id);

-- /films?select=title,specs(camera)&specs=not.is.null
select api.films.title, row_to_json(films_specs_1.*) as specs from api.films inner join lateral (select specs_1.camera from api.specs as specs_1 where specs_1.film_id = api.films.id) as films_specs_1 on true;

-- /films?select=title,specs(),awards()&or=(specs.not.is.null,awards.is.null)&awards.name=eq.Oscar&awards.offset=1
select api.films.title from api.films where (exists (select 1 from api.specs as specs_1 where specs_1.film_id = api.films.id) or not exists (select 1 from api.awards as awards_1 where awards_1.film_id = api.films.id and awards_1.name = $1 offset $2));
-- "Oscar", "1"

-- /cinemas?select=name,films!inner(title)&films.limit=0
select api.cinemas.name, (select coalesce(json_agg(cinemas_films_1.*), '[]') from (select films_1.title from api.films as films_1, api.showings as showings_1_via where showings_1_via.film_id = films_1.id and showings_1_via.cinema_id = api.cinemas.id limit $1) as cinemas_films_1) as films from api.cinemas where exists (select 1 from api.films as films_1, api.showings as showings_1_via where showings_1_via.film_id = films_1.id and showings_1_via.cinema_id = api.cinemas.id limit 0);
-- "0"

-- /films?select=awards(),specs()
select  from api.films;
