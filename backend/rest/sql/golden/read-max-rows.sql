-- /people
select api.people.* from api.people limit $1;
-- "10"

-- /people?select=id,films!director_id(id,awards(id))&limit=5&films.limit=50&films.awards.limit=0
select api.people.id, (select coalesce(json_agg(people_films_1.*), '[]') from (select films_1.id, (select coalesce(json_agg(films_awards_2.*), '[]') from (select awards_2.id from api.awards as awards_2 where awards_2.film_id = films_1.id limit $1) as films_awards_2) as awards from api.films as films_1 where films_1.director_id = api.people.id limit $2) as people_films_1) as films from api.people limit $3;
-- "0", "10", "5"
