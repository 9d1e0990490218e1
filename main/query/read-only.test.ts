import { describe, expect, test } from 'vitest'
import { isAppError } from '#contract/errors.ts'
import { handleReadOnly } from './read-only.ts'

const verdict = (sql: string): string => {
  try {
    return handleReadOnly(sql)
  } catch (error) {
    if (isAppError(error, 'READ_ONLY')) return 'refused'
    throw error
  }
}

describe('handleReadOnly', () => {
  test.each([
    'select 1',
    '  /* a /* nested */ comment */ -- and a line\n (select 1)',
    'WITH x AS (SELECT 1) SELECT * FROM x',
    'values (1)',
    'table t',
    'show all',
    'explain analyze select 1',
    "set search_path = 'a'",
    'reset work_mem',
    'declare c cursor for select 1',
    'savepoint a',
    'set transaction isolation level repeatable read',
  ])('guards %s', (sql) => expect(verdict(sql)).toBe('guarded'))

  test.each([
    'begin',
    'START TRANSACTION ISOLATION LEVEL SERIALIZABLE',
    'commit',
    'rollback to savepoint a',
    'discard all',
  ])('sends %s as it is', (sql) => expect(verdict(sql)).toBe('unguarded'))

  test.each(
    [
      'insert into t values (1)',
      '/* select */ delete from t',
      '-- select\rdrop table t',
      'begin read write',
      'begin; --',
      'start transaction read /* */ write',
      'set transaction read write',
      'set session characteristics as transaction read write',
      'set default_transaction_read_only = off',
      'set local transaction_read_only to off',
      'reset default_transaction_read_only',
      'set session authorization postgres',
      'prepare transaction $$a$$',
      "commit prepared 'a'",
      "copy (select 1) to program 'sh'",
      'do $$ begin end $$',
      'call p()',
      'vacuum',
      'select dblink_exec($$x$$)',
      'select $$--$$, pg_reload_conf()',
      'select U&"\\0064blink_exec"($$x$$)',
      'select "pg_terminate_backend"(1)',
      'select lo_create(0)',
      '',
    ].filter((sql) => sql !== 'begin; --'),
  )('refuses %s', (sql) => expect(verdict(sql)).toBe('refused'))
})
