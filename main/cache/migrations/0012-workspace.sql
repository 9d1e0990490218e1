-- Open tabs with their unsaved text, the last closed ones, and pane sizes.
create table workspace_tab (
  id text primary key,
  title text not null,
  connection_id text,
  saved_query_id text,
  sql text not null,
  cursor_offset integer not null,
  position integer not null,
  is_active integer not null default 0 check (is_active in (0, 1)),
  -- Rises with each closing; null while the tab is open.
  closed_order integer
) strict;

create index workspace_tab_closed on workspace_tab (closed_order) where closed_order is not null;

create table workspace_layout (
  id integer primary key check (id = 1),
  layout text not null check (json_valid(layout))
) strict;
