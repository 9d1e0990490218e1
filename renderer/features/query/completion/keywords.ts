// Words of PostgreSQL's SQL: what cannot be a bare name, what may follow where, and the functions and types people reach for most.

/** Words that end an alias or a FROM item: never taken for a name. */
export const CLAUSE_WORDS = new Set(
  (
    'select from where group by having order limit offset fetch window union intersect except on using join inner left right full cross ' +
    'natural outer lateral returning set values into as and or not in is null like ilike between case when then else end with for do ' +
    'conflict update insert delete merge matched distinct all any some exists asc desc nulls only tablesample'
  ).split(' '),
)

export const STATEMENT_WORDS: readonly string[] = (
  'select|insert into|update|delete from|with|create table|create view|create index|create function|create type|create schema|' +
  'create materialized view|create trigger|create policy|create role|create extension|alter table|drop table|drop view|drop index|' +
  'truncate|explain|explain analyze|begin|commit|rollback|savepoint|set|show|reset|grant|revoke|comment on|copy|vacuum|analyze|' +
  'refresh materialized view|call|do|merge into|lock table|listen|notify|values|table|reindex|prepare|execute|deallocate|declare'
).split('|')

export const SELECT_WORDS: readonly string[] = (
  'from|distinct|as|case|when|then|else|end|null|true|false|not|and|or|cast|exists|filter|over|partition by|within group|array|interval|' +
  'current_date|current_timestamp|current_user'
).split('|')

export const CONDITION_WORDS: readonly string[] = (
  'and|or|not|in|is null|is not null|is distinct from|is not distinct from|between|like|ilike|similar to|exists|any|all|null|true|false|' +
  'case|when|then|else|end|interval|current_date|current_timestamp|group by|order by|limit|having|union|union all|returning'
).split('|')

export const AFTER_RELATION_WORDS: readonly string[] = (
  'where|join|left join|inner join|right join|full join|cross join|left join lateral|join lateral|natural join|on|using|group by|order by|' +
  'having|limit|offset|fetch first|union|union all|intersect|except|for update|as|set|values|default values|returning|window|tablesample|' +
  'on conflict'
).split('|')

export const ORDER_WORDS: readonly string[] =
  'asc|desc|nulls first|nulls last|limit|offset|collate|using'.split('|')

export const BUILT_IN_TYPES: readonly string[] = (
  'bigint|bigserial|bit|boolean|bytea|char|character varying|cidr|date|daterange|double precision|inet|int4range|int8range|integer|' +
  'interval|json|jsonb|macaddr|money|numeric|numrange|oid|point|polygon|real|regclass|regproc|regtype|serial|smallint|text|time|timestamp|' +
  'timestamptz|tsquery|tsrange|tstzrange|tsvector|uuid|varchar|vector|xml|int|int2|int4|int8|float4|float8|bool'
).split('|')

/** name: arguments → result. */
const FUNCTION_TABLE = `abs:numeric→numeric
age:timestamptz, timestamptz→interval
array_agg:any→anyarray
array_append:anyarray, any→anyarray
array_length:anyarray, integer→integer
array_position:anyarray, any→integer
array_to_string:anyarray, text→text
avg:numeric→numeric
bool_and:boolean→boolean
bool_or:boolean→boolean
btrim:text→text
cardinality:anyarray→integer
ceil:numeric→numeric
char_length:text→integer
clock_timestamp:→timestamptz
coalesce:any, …→any
concat:any, …→text
concat_ws:text, any, …→text
count:any→bigint
cume_dist:→double precision
current_database:→name
current_schema:→name
current_setting:text→text
currval:regclass→bigint
date_bin:interval, timestamptz, timestamptz→timestamptz
date_part:text, timestamptz→double precision
date_trunc:text, timestamptz→timestamptz
decode:text, text→bytea
dense_rank:→bigint
digest:text, text→bytea
encode:bytea, text→text
every:boolean→boolean
exp:numeric→numeric
extract:field from timestamptz→numeric
first_value:any→any
floor:numeric→numeric
format:text, any, …→text
gen_random_uuid:→uuid
generate_series:start, stop, step→setof
generate_subscripts:anyarray, integer→setof integer
greatest:any, …→any
has_table_privilege:text, text→boolean
initcap:text→text
json_agg:any→json
json_array_elements:json→setof json
json_build_array:any, …→json
json_build_object:any, …→json
json_each:json→setof record
json_object_agg:any, any→json
jsonb_agg:any→jsonb
jsonb_array_elements:jsonb→setof jsonb
jsonb_array_elements_text:jsonb→setof text
jsonb_array_length:jsonb→integer
jsonb_build_array:any, …→jsonb
jsonb_build_object:any, …→jsonb
jsonb_each:jsonb→setof record
jsonb_each_text:jsonb→setof record
jsonb_object_agg:any, any→jsonb
jsonb_object_keys:jsonb→setof text
jsonb_path_query:jsonb, jsonpath→setof jsonb
jsonb_pretty:jsonb→text
jsonb_set:jsonb, text[], jsonb→jsonb
jsonb_strip_nulls:jsonb→jsonb
jsonb_to_recordset:jsonb→setof record
jsonb_typeof:jsonb→text
justify_interval:interval→interval
lag:any, integer→any
last_value:any→any
lead:any, integer→any
least:any, …→any
left:text, integer→text
length:text→integer
ln:numeric→numeric
log:numeric→numeric
lower:text→text
lpad:text, integer, text→text
ltrim:text→text
make_date:integer, integer, integer→date
make_interval:…→interval
max:any→any
md5:text→text
min:any→any
mod:numeric, numeric→numeric
mode:→any
nextval:regclass→bigint
now:→timestamptz
nth_value:any, integer→any
ntile:integer→integer
nullif:any, any→any
num_nonnulls:any, …→integer
overlay:text placing text from integer→text
percent_rank:→double precision
percentile_cont:double precision→double precision
percentile_disc:double precision→any
pg_backend_pid:→integer
pg_cancel_backend:integer→boolean
pg_get_functiondef:oid→text
pg_get_viewdef:oid→text
pg_notify:text, text→void
pg_relation_size:regclass→bigint
pg_size_pretty:bigint→text
pg_sleep:double precision→void
pg_table_size:regclass→bigint
pg_terminate_backend:integer→boolean
pg_total_relation_size:regclass→bigint
pg_typeof:any→regtype
position:text in text→integer
power:numeric, numeric→numeric
quote_ident:text→text
quote_literal:text→text
random:→double precision
rank:→bigint
regexp_match:text, text→text[]
regexp_matches:text, text→setof text[]
regexp_replace:text, text, text→text
regexp_split_to_array:text, text→text[]
regexp_split_to_table:text, text→setof text
repeat:text, integer→text
replace:text, text, text→text
reverse:text→text
right:text, integer→text
round:numeric, integer→numeric
row_number:→bigint
row_to_json:record→json
rpad:text, integer, text→text
rtrim:text→text
set_config:text, text, boolean→text
setval:regclass, bigint→bigint
sign:numeric→numeric
split_part:text, text, integer→text
sqrt:numeric→numeric
starts_with:text, text→boolean
statement_timestamp:→timestamptz
stddev:numeric→numeric
string_agg:text, text→text
string_to_array:text, text→text[]
string_to_table:text, text→setof text
strpos:text, text→integer
substring:text from integer→text
sum:numeric→numeric
to_char:any, text→text
to_date:text, text→date
to_json:any→json
to_jsonb:any→jsonb
to_number:text, text→numeric
to_timestamp:text, text→timestamptz
to_tsquery:text→tsquery
to_tsvector:text→tsvector
translate:text, text, text→text
trim:text→text
trunc:numeric, integer→numeric
unnest:anyarray→setof
upper:text→text
uuidv7:→uuid
variance:numeric→numeric
websearch_to_tsquery:text→tsquery
width_bucket:numeric, numeric, numeric, integer→integer`

export interface BuiltInFunction {
  readonly name: string
  readonly arguments: string
  readonly returns: string
}

export const BUILT_IN_FUNCTIONS: readonly BuiltInFunction[] = FUNCTION_TABLE.split('\n').map((line) => {
  const [name = '', signature = ''] = line.split(':')
  const [args = '', returns = ''] = signature.split('→')
  return { name, arguments: args, returns }
})
