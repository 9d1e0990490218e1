-- Messaging: many enums, domains over domains, composites in composites, arrays of them, defaults of those types.
create schema chat;
create type chat.presence as enum ('online', 'away', 'offline');
create type chat.channel_kind as enum ('direct', 'group', 'broadcast');
create type chat.reaction as enum ('👍', '👎', '❤️', 'ha''ha');
create domain chat.handle as text collate "C" check (value ~ '^@[a-z0-9_]{2,30}$');
create domain chat.verified_handle as chat.handle not null default '@nobody' constraint not_root check (value <> '@root');
create domain chat.emails as text[] check (array_length(value, 1) < 5) constraint no_nulls check (array_position(value, null) is null);
alter domain chat.handle add constraint short check (length(value) < 40) not valid;
create type chat.attachment as (name text collate "C", size bigint, mime text);
create type chat.content as (text text, files chat.attachment[], reactions chat.reaction[]);
create domain chat.safe_content as chat.content check ((value).text <> 'spam');
alter type chat.attachment add attribute checksum bytea;
create table chat.person (id bigserial primary key, handle chat.verified_handle, mail chat.emails default array['a@b.c'], presence chat.presence default 'offline' not null, history chat.presence[] default '{online,away}');
create table chat.channel (id bigserial primary key, kind chat.channel_kind not null default 'group', name varchar(80), topic text);
alter table chat.channel alter column topic set storage main;
create table chat.message (
  id bigserial primary key, channel_id bigint not null references chat.channel on delete cascade, person_id bigint references chat.person on delete set null, content chat.safe_content, raw chat.content default row('', null, '{}')::chat.content,
  sent timestamptz(0) default current_timestamp(0), flags bit(8) default b'00000000', mask bit varying(16), address inet, mac macaddr8, price money, span interval day to second(3), xid xid8, snapshot pg_snapshot, vec oidvector, ch "char" default 'x', lsn pg_lsn, doc jsonpath, ts time(2) with time zone
);
alter table chat.message alter column raw set storage external;
alter table chat.message alter column sent set statistics 0;
alter table chat.message alter column person_id set (n_distinct = -0.5, n_distinct_inherited = 100);
create cast (chat.presence as int) with inout;
create function chat.to_text(chat.content) returns text language sql immutable as $$ select ($1).text $$;
create cast (chat.content as text) with function chat.to_text(chat.content) as assignment;
comment on column chat.attachment.mime is 'As in RFC 6838';
comment on constraint short on domain chat.handle is 'Old ones may be longer';
comment on cast (chat.content as text) is 'Its text';
create type chat.nothing as ();
