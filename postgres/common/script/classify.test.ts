import { describe, expect, test } from 'vitest'
import { classifyStatement } from './classify.ts'

const flags = (sql: string): string => {
  const { verb, returnsRows, isWrite, changesSchema, isTransactionControl } = classifyStatement(sql)
  const rows = returnsRows === 'maybe' ? ' rows?' : returnsRows ? ' rows' : ''
  return `${verb}${rows}${isWrite ? ' write' : ''}${changesSchema ? ' schema' : ''}${isTransactionControl ? ' tx' : ''}`
}

describe('classifyStatement', () => {
  test.each([
    ['', ''],
    ['-- only a comment', ''],
    ['SELECT 1', 'select rows'],
    ['/* insert */ select 1', 'select rows'],
    ['(select 1) union (select 2)', 'select rows'],
    ['values (1), (2)', 'values rows'],
    ['table film', 'table rows'],
    ["select 'insert into t' as delete", 'select rows'],
    ['select * from t for update', 'select rows write'],
    ['select * from t for no key update', 'select rows write'],
    ['select * into new_table from t', 'select write schema'],
    ['select (select 1 from a) from t', 'select rows'],
    ['with a as (select 1) select * from a', 'select rows'],
    ['with recursive a(x) as (select 1 union all select x + 1 from a) table a', 'table rows'],
    ['with a as (insert into t values (1) returning id) select * from a', 'select rows write'],
    ['with a as materialized (delete from t) select 1', 'select rows write'],
    ['with a as (select 1) insert into t select * from a', 'insert write'],
    ['with a as (select 1) update t set x = 1 returning *', 'update rows write'],
    ['insert into t values (1)', 'insert write'],
    ["insert into t values ('returning')", 'insert write'],
    ['insert into t select 1 returning id', 'insert rows write'],
    ['delete from t where id in (select 1)', 'delete write'],
    ['merge into t using s on true when matched then delete', 'merge write'],
    ['merge into t using s on true when matched then delete returning t.*', 'merge rows write'],
    ['explain select 1', 'explain rows'],
    ['explain delete from t', 'explain rows'],
    ['explain analyze delete from t', 'explain rows write'],
    ['explain (analyze, buffers) delete from t', 'explain rows write'],
    ['explain (analyze false) delete from t', 'explain rows'],
    ['explain (analyze off, format json) delete from t', 'explain rows'],
    ['explain analyze verbose create table x as select 1', 'explain rows write schema'],
    ['explain (select 1)', 'explain rows'],
    ['explain (analyze) (select 1)', 'explain rows'],
    ['show search_path', 'show rows'],
    ['fetch 5 from c', 'fetch rows'],
    ['call p(1)', 'call rows? write schema'],
    ['execute q', 'execute rows? write'],
    ['prepare q as insert into t values (1)', 'prepare'],
    ["prepare transaction 'x'", 'prepare tx'],
    ['do $$ begin end $$', 'do write schema'],
    ['create table t (a int)', 'create write schema'],
    ['create or replace view v as select 1', 'create write schema'],
    ['alter table t add b int', 'alter write schema'],
    ['drop schema s cascade', 'drop write schema'],
    ["comment on table t is 'x'", 'comment write schema'],
    ['truncate t', 'truncate write'],
    ['grant select on t to r', 'grant write'],
    ['copy t from stdin', 'copy write'],
    ['copy (select * from t) to stdout', 'copy'],
    ['copy (delete from t returning *) to stdout', 'copy write'],
    ['vacuum t', 'vacuum write'],
    ['refresh materialized view m', 'refresh write'],
    ['set search_path to a', 'set'],
    ['set transaction read only', 'set tx'],
    ['set session characteristics as transaction read only', 'set tx'],
    ['begin', 'begin tx'],
    ['start transaction', 'start tx'],
    ['commit', 'commit tx'],
    ['rollback to savepoint a', 'rollback tx'],
    ['savepoint a', 'savepoint tx'],
    ['release a', 'release tx'],
    ['listen c', 'listen'],
    ['frobnicate', 'frobnicate rows? write'],
    ['constructor', 'constructor rows? write'],
  ])('%s → %s', (sql, expected) => {
    expect(flags(sql)).toBe(expected)
  })
})
