// The pure parts of query: statement keys, type names, sorting, the event queue.
import { describe, expect, test } from 'vitest'
import { ResultId } from '#contract/capabilities/ids.ts'
import type { QueryEvent } from '#contract/capabilities/query.ts'
import { builtInTypeName } from './column-types.ts'
import { createEventQueue } from './event-queue.ts'
import { sortedStatement } from './sorted-statement.ts'
import { normaliseStatement, statementKey } from './statement-key.ts'

describe('statementKey', () => {
  test('is the same for texts that differ in layout only', () => {
    expect(statementKey('select  *\n from\tt ;')).toBe(statementKey('select * from t'))
  })

  test('tells apart what quotes hold', () => {
    for (const [one, other] of [
      ["select 'a  b'", "select 'a b'"],
      ['select "a  b"', 'select "a b"'],
      ['select $$a  b$$', 'select $$a b$$'],
      ['select $x$a  b$x$', 'select $x$a b$x$'],
      ['select 1 -- x\n+ 1', 'select 1 -- x + 1'],
      ['select - 1', 'select -1'],
      ["select 'it''s  so'", "select 'it''s so'"],
    ] as const)
      expect(statementKey(one)).not.toBe(statementKey(other))
  })

  test('keeps the text it cannot shorten', () => {
    expect(normaliseStatement(' select 1 ')).toBe('select 1')
    expect(normaliseStatement('')).toBe('')
  })
})

describe('builtInTypeName', () => {
  test.each([
    [23, -1, 'integer'],
    [1043, 24, 'character varying(20)'],
    [1042, 5, 'character(1)'],
    [1042, -1, 'bpchar'],
    [1700, -1, 'numeric'],
    [1700, ((10 << 16) | 2) + 4, 'numeric(10,2)'],
    [1700, ((3 << 16) | (-2 & 0x7ff)) + 4, 'numeric(3,-2)'],
    [1184, 3, 'timestamp(3) with time zone'],
    [1560, 8, 'bit(8)'],
    [99_999, -1, undefined],
  ])('names %i with modifier %i', (oid, modifier, name) => {
    expect(builtInTypeName(oid, modifier)).toBe(name)
  })
})

describe('sortedStatement', () => {
  test('orders by position around the statement', () => {
    const keys = [
      { column: 1, descending: true },
      { column: 0, descending: false },
    ]
    expect(sortedStatement('select a, b from t -- all\n;', keys)).toBe(
      'select * from (select a, b from t -- all\n) as "result" order by 2 desc nulls last, 1',
    )
    expect(sortedStatement('select 1;', [])).toBe('select 1')
  })
})

describe('event queue', () => {
  const resultId = ResultId.parse('00000000-0000-4000-8000-000000000001')
  const progress = (rowCount: number): QueryEvent => ({
    type: 'progress',
    resultId,
    rowCount,
    elapsedMs: 0,
    isSuspended: false,
  })
  const notice = (message: string): QueryEvent => ({
    type: 'notice',
    statementIndex: 0,
    severity: 'NOTICE',
    message,
  })

  test('gives events in order, with only the last of several progresses in a row', async () => {
    const queue = createEventQueue()
    for (const event of [notice('a'), progress(1), progress(2), notice('b'), progress(3)]) queue.push(event)
    queue.end()
    const read: QueryEvent[] = []
    for await (const item of queue.items(() => expect.fail('it was read to the end'))) read.push(item.value)
    expect(read).toEqual([notice('a'), progress(2), notice('b'), progress(3)])
  })

  test('fails its reader after what came before', async () => {
    const queue = createEventQueue()
    queue.push(notice('a'))
    queue.fail(new Error('broken'))
    const items = queue.items(() => undefined)
    expect((await items.next()).value?.value).toEqual(notice('a'))
    await expect(items.next()).rejects.toThrow('broken')
  })

  test('holds writers back until the reader has caught up', async () => {
    const queue = createEventQueue()
    for (let index = 0; index < 100; index++) queue.push(notice(String(index)))
    let isRoomy = false
    const waiting = queue.roomy().then(() => (isRoomy = true))
    const items = queue.items(() => undefined)
    await items.next()
    expect(isRoomy).toBe(false)
    for (let index = 0; index < 60; index++) await items.next()
    await waiting
    expect(isRoomy).toBe(true)
  })

  test('says that its reader left early, and lets writers go on', async () => {
    const queue = createEventQueue()
    for (let index = 0; index < 100; index++) queue.push(notice(String(index)))
    let isLeft = false
    const items = queue.items(() => (isLeft = true))
    await items.next()
    await items.return(undefined)
    expect(isLeft).toBe(true)
    await queue.roomy()
    queue.push(notice('to nobody'))
  })
})
