import { expect, test } from 'vitest'
import { parseSql } from '#postgres/node/parser/parse-sql.ts'
import { reachOf } from './reach.ts'

test.each([
  ['create role ada login', 'server'],
  [`alter role ada password 'x'`, 'server'],
  ['alter role ada set search_path = shop', 'server'],
  ['alter role ada rename to grace', 'server'],
  ['drop role ada', 'server'],
  ['grant writer to ada', 'server'],
  ['revoke writer from ada', 'server'],
  ['drop owned by ada', 'server'],
  ['reassign owned by ada to grace', 'server'],
  ['create database other', 'server'],
  ['drop database other', 'server'],
  ['alter database other set timezone = utc', 'server'],
  ['alter database other owner to ada', 'server'],
  ['alter database other rename to another', 'server'],
  [`comment on database other is 'x'`, 'server'],
  ['grant connect on database other to ada', 'server'],
  ['grant set on parameter log_statement to ada', 'server'],
  [`create tablespace fast location '/fast'`, 'server'],
  ['drop tablespace fast', 'server'],
  ['alter tablespace fast set (seq_page_cost = 1)', 'server'],
  [`alter system set log_statement = 'all'`, 'server'],
  [`create subscription s connection 'host=x' publication p`, 'server'],
  ['drop subscription s', 'server'],
  [`copy film to program 'curl'`, 'elsewhere'],
  [`copy film from program 'curl'`, 'elsewhere'],
  [`copy film to '/tmp/film'`, 'elsewhere'],
  [`select lo_export(1, '/tmp/film')`, 'elsewhere'],
  [`insert into film select * from dblink('host=x', 'drop table film') as t (id int)`, 'elsewhere'],
  ['select pg_catalog.pg_reload_conf()', 'elsewhere'],
  [`copy film from '/tmp/film'`, null],
  ['create table film (id int)', null],
  ['alter table film rename to movie', null],
  ['alter table film owner to ada', null],
  ['grant select on film to ada', null],
  [`comment on table film is 'x'`, null],
  ['set role ada', null],
  ['create extension pgcrypto', null],
])('%s: %s', async (sql, reach) => {
  const parsed = await parseSql(sql)
  if ('problem' in parsed) throw new Error(parsed.problem.message)
  expect(parsed.statements.map(({ tree }) => reachOf(tree))).toEqual([reach])
})
