-- /films?year=neq.1&id=gt.1&id=gte.1&id=lt.1&id=lte.1
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films where api.films.year <> $1 and api.films.id > $2 and api.films.id >= $3 and api.films.id < $4 and api.films.id <= $5;
-- "1", "1", "1", "1", "1"

-- /films?title=like.*a*&title=ilike.M&title=match.^M&title=imatch.m
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films where api.films.title like $1 and api.films.title ilike $2 and api.films.title ~ $3 and api.films.title ~* $4;
-- "%a%", "M", "^M", "m"

-- /films?title=not.like.A*&title=not.in.(a,"b,c","d\"e\\f")
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films where not api.films.title like $1 and not api.films.title = any ($2);
-- "A%", "{\"a\",\"b,c\",\"d\\\"e\\\\f\"}"

-- /films?id=in.()&title=in.("")
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films where api.films.id = any ($1) and api.films.title = any ($2);
-- "{}", "{}"

-- /films?year=is.null&year=not.is.null&year=is.not_null&label=is.unknown
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films where api.films.year is null and not api.films.year is null and api.films.year is not null and api.films.label is unknown;

-- /films?year=isdistinct.1927&year=not.isdistinct.1
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films where api.films.year is distinct from $1 and not api.films.year is distinct from $2;
-- "1927", "1"

-- /films?tags=cs.{a}&tags=cd.{a}&tags=ov.{a}&tags=sl.{a}&tags=sr.{a}&tags=nxr.{a}&tags=nxl.{a}&tags=adj.{a}
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films where api.films.tags @> $1 and api.films.tags <@ $2 and api.films.tags && $3 and api.films.tags << $4 and api.films.tags >> $5 and api.films.tags &< $6 and api.films.tags &> $7 and api.films.tags -|- $8;
-- "{a}", "{a}", "{a}", "{a}", "{a}", "{a}", "{a}", "{a}"

-- /films?id=eq(any).{1,2}&title=like(all).{M*,*s}&id=not.gt(any).{1}
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films where api.films.id = any ($1) and api.films.title like all ($2) and not api.films.id > any ($3);
-- "{1,2}", "{M%,%s}", "{1}"

-- /films?plot=fts.city&plot=not.plfts(english).city&summary=phfts.a city&summary=wfts(german).city&label=fts.m
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films where api.films.plot @@ to_tsquery($1) and not api.films.plot @@ plainto_tsquery($2::regconfig, $3) and to_tsvector(api.films.summary) @@ phraseto_tsquery($4) and to_tsvector($5::regconfig, api.films.summary) @@ websearch_to_tsquery($6::regconfig, $7) and api.films.label @@ to_tsquery($8);
-- "city", "english", "city", "a city", "german", "german", "city", "m"

-- /films?details->by->>studio=eq.UFA&tags->0=eq.1&summary->>x=fts.a
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films where api.films.details->$1->>$2 = $3 and to_jsonb(api.films.tags)->$4::int = $5 and to_tsvector(to_jsonb(api.films.summary)->>$6) @@ to_tsquery($7);
-- "by", "studio", "UFA", "0", "1", "x", "a"

-- /films?poster=eq.%23ff0000&poster=in.(%23ff0000,%2300ff00)&poster=neq.%230000ff&poster=gt(any).{%23000000}&poster=like.1*
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films where api.films.poster = api.colour_from_text($1::text) and api.films.poster = any (select api.colour_from_text(one) from unnest($2::text[]) as one) and api.films.poster <> api.colour_from_text($3::text) and api.films.poster > any (select api.colour_from_text(one) from unnest($4::text[]) as one) and api.films.poster like $5;
-- "#ff0000", "{\"#ff0000\",\"#00ff00\"}", "#0000ff", "{#000000}", "1%"

-- /films?or=(id.eq.1,and(year.gt.1926,not.or(title.eq.M,year.is.null)))&not.and=(id.eq.1,id.eq.2)
select api.films.id, api.films.title, api.films.year, api.films.director_id, api.films.writer_id, api.films.tags, api.films.details, api.films.plot, api.films.summary, api.colour_to_json(api.films.poster) as poster from api.films where (api.films.id = $1 or (api.films.year > $2 and not (api.films.title = $3 or api.films.year is null))) and not (api.films.id = $4 and api.films.id = $5);
-- "1", "1926", "M", "1", "2"
