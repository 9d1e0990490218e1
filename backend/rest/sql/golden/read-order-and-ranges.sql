-- /films?select=id&order=year.desc.nullslast,title,id.asc.nullsfirst
select api.films.id from api.films order by api.films.year desc nulls last, api.films.title, api.films.id asc nulls first;

-- /films?select=id&order=details->length.desc,tags->0,label
select api.films.id from api.films order by api.films.details->$1 desc, to_jsonb(api.films.tags)->$2::int, api.films.label;
-- "length", "0"

-- /films?select=id&limit=2&offset=4
select api.films.id from api.films limit $1 offset $2;
-- "2", "4"

-- /films?select=id&offset=4
select api.films.id from api.films offset $1;
-- "4"

-- /films?select=id&limit=0
select api.films.id from api.films limit $1;
-- "0"

-- /specs?select=camera,films(title)&order=films(title).desc
select api.specs.camera, row_to_json(specs_films_1.*) as films from api.specs left join lateral (select films_1.title from api.films as films_1 where films_1.id = api.specs.film_id) as specs_films_1 on true order by specs_films_1.title desc;

-- /specs?select=camera,films()&order=films(year)
select api.specs.camera from api.specs left join lateral (select films_1.* from api.films as films_1 where films_1.id = api.specs.film_id) as specs_films_1 on true order by specs_films_1.year;
