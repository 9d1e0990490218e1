-- A content system: ltree and hstore, translations, self references, versions, recursive views, full-text configuration.
create extension ltree;
create extension hstore;
create extension unaccent;
create schema cms;
create text search dictionary cms.simple_words (template = pg_catalog.simple, stopwords = english);
create text search configuration cms.search (copy = pg_catalog.english);
alter text search configuration cms.search alter mapping for asciiword, word with unaccent, english_stem;
create collation cms.german (provider = icu, locale = 'de-DE-u-kn-true', deterministic = false);
create table cms.page (
  id bigserial primary key, parent_id bigint references cms.page on delete cascade, path ltree not null, meta hstore not null default ''::hstore,
  title text collate cms.german not null, slug text not null check (slug ~ '^[a-z0-9-]+$'), published_at timestamptz,
  body xml, rendered text compression pglz, layout jsonb, unique (parent_id, slug), constraint no_loop check (parent_id <> id)
);
create index page_path on cms.page using gist (path);
create index page_meta on cms.page using gin (meta);
create index page_published on cms.page (published_at desc) where published_at is not null;
create index page_search on cms.page using gin (to_tsvector('cms.search', title));
create table cms.translation (page_id bigint not null references cms.page on delete cascade, lang char(2) not null, title varchar(200), primary key (page_id, lang));
create table cms.revision (page_id bigint not null references cms.page on delete cascade, version int not null default 1, author name default session_user, snapshot cms.page, at timestamptz default now(), primary key (page_id, version));
create table cms.tag (id int generated always as identity primary key, name text unique, "group" text);
create table cms.page_tag (page_id bigint references cms.page on delete cascade, tag_id int references cms.tag on delete cascade, position int default 0, primary key (page_id, tag_id));
create recursive view cms.tree (id, depth, title) as
  select id, 0, title from cms.page where parent_id is null union all select p.id, t.depth + 1, p.title from cms.page p join tree t on p.parent_id = t.id;
create view cms.published as select p.*, t.lang, t.title as translated from cms.page p left join lateral (select * from cms.translation where page_id = p.id order by lang limit 1) t on true where p.published_at < now();
create function cms.snapshot() returns trigger language plpgsql as $$
begin
  insert into cms.revision (page_id, version, snapshot) select old.id, coalesce(max(version), 0) + 1, old from cms.revision where page_id = old.id;
  return new;
end $$;
create trigger snapshot before update on cms.page for each row when (old.* is distinct from new.*) execute function cms.snapshot();
create function cms.url(p cms.page) returns text language sql stable as $$ select '/' || replace(ltree2text(p.path), '.', '/') $$;
create function cms.publish() returns trigger language plpgsql as $$ begin update cms.page set published_at = now() where id = new.id; return new; end $$;
create trigger publish instead of insert on cms.published for each row execute function cms.publish();
comment on trigger publish on cms.published is 'Writing to the view publishes';
comment on collation cms.german is 'Numbers in order';
