-- /people
select api.people.* from api.people;

-- /people?id=eq.1
select api.people.* from api.people where api.people.id = $1;
-- "1"

-- /people?select=
select api.people.* from api.people;

-- /people?select=id,full:name,born::text,name::character varying,id::INTEGER,id::mytype
select api.people.id, api.people.name as full, cast(api.people.born as text), cast(api.people.name as character varying), cast(api.people.id as integer), cast(api.people.id as mytype) from api.people;

-- /films?select=label,title
select api.films.label, api.films.title from api.films;

-- /films?select=details->by->>studio,tags->0,length:details->length,details->0->by->>-1
select api.films.details->$1->>$2 as studio, to_jsonb(api.films.tags)->$3::int as tags, api.films.details->$4 as length, api.films.details->$5::int->$6->>$7::int as by from api.films;
-- "by", "studio", "0", "length", "0", "by", "-1"

-- /films
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films;

-- /films?select=id,colour:poster,poster::text
select api.films.id, api.colour_to_json(api.films.poster) as colour, cast(api.colour_to_json(api.films.poster) as text) as poster from api.films;
