-- /people?limit=1&order=name&offset=2
select 1 from api.people;

-- /films?select=title,specs!inner(camera),awards(name)&year=gt.1920&awards.name=eq.Oscar&limit=1
select 1 from api.films where api.films.year > $1 and exists (select 1 from api.specs as specs_1 where specs_1.film_id = api.films.id);
-- "1920"

-- /films?select=title,specs(camera)&specs=is.null
select 1 from api.films where not exists (select 1 from api.specs as specs_1 where specs_1.film_id = api.films.id);
