// A run's events folded into what is shown.
import { expect, test } from 'vitest'
import { ConnectionId, ResultId, RunId } from '#contract/capabilities/ids.ts'
import type { QueryEvent } from '#contract/capabilities/query.ts'
import { applyEvent, beginRun, breakRun, endRun, resultIdsOf, type RunState } from './run-state.ts'
import { announcement, copiedWords, countWords, shownPart, shownRun, timeWords } from './shown-run.ts'

const uuid = (last: number): string => `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`
const first = ResultId.parse(uuid(1))
const second = ResultId.parse(uuid(2))
const begun = beginRun({ runId: RunId.parse(uuid(9)), connectionId: ConnectionId.parse(uuid(8)) }, 0, 'idle')

const statement = (statementIndex = 0, sql = 'select 1'): QueryEvent => ({
  type: 'statement',
  statementIndex,
  start: 0,
  end: 8,
  sql,
})
const columns = (statementIndex = 0, resultId = first): QueryEvent => ({
  type: 'columns',
  statementIndex,
  resultId,
  isSortable: true,
  columns: [{ name: 'a', typeOid: 23, type: 'integer', tableOid: 0, attributeNumber: 0 }],
})
const batch = (rowCount: number, resultId = first): QueryEvent => ({
  type: 'batch',
  resultId,
  firstRow: 0,
  rowCount,
})
const done = (fields: Partial<Extract<QueryEvent, { type: 'done' }>> = {}): QueryEvent => ({
  type: 'done',
  statementIndex: 0,
  start: 0,
  end: 8,
  resultId: first,
  command: 'SELECT',
  rowCount: 2000,
  isComplete: true,
  elapsedMs: 38,
  firstRowMs: 4,
  snapshotAt: null,
  ...fields,
})
const failed = (fields: Partial<Extract<QueryEvent, { type: 'failed' }>> = {}): QueryEvent => ({
  type: 'failed',
  statementIndex: 0,
  start: 0,
  end: 8,
  code: 'QUERY_FAILED',
  message: 'column "emial" does not exist',
  postgres: { sqlstate: '42703' },
  errorOffset: 7,
  elapsedMs: 2,
  ...fields,
})
const after = (...events: readonly QueryEvent[]): RunState =>
  events.reduce((state, event) => applyEvent(state, event), begun)

test('rows are counted while they come and at the end', () => {
  const running = after(statement(), columns(), batch(500))
  expect(running.statements[0]?.result?.rowCount).toBe(500)
  expect(countWords(running.statements[0]!)).toBe('500 rows so far')
  const ended = endRun(applyEvent(running, done()))
  expect(ended.status).toBe('done')
  expect(countWords(ended.statements[0]!)).toBe('2\u2009000 rows')
  expect(timeWords(ended.statements[0]!)).toBe('38 ms, first row 4.0 ms')
})

test('a result of which only the first rows are kept says so', () => {
  const ended = endRun(after(statement(), columns(), batch(500), done({ isComplete: false, rowCount: null })))
  expect(countWords(ended.statements[0]!)).toBe('first 500 rows')
})

test('each statement with rows has a tab, the last one is shown', () => {
  const run = after(
    statement(0),
    columns(0, first),
    batch(1),
    done(),
    statement(1),
    columns(1, second),
    batch(1, second),
  )
  const part = shownPart(run, undefined)
  expect(part.kind === 'result' && part.statement.result.id).toBe(second)
  const chosen = shownPart(run, first)
  expect(chosen.kind === 'result' && chosen.statement.index).toBe(0)
  expect(resultIdsOf(run)).toEqual([first, second])
})

test('a failure shows the messages', () => {
  const run = endRun(after(statement(), failed()))
  expect(run.status).toBe('failed')
  expect(shownPart(run, undefined).kind).toBe('messages')
  expect(run.statements[0]?.error?.offset).toBe(7)
  expect(announcement(run)).toBe('Failed: column "emial" does not exist')
})

test('a cancelled statement is no failure', () => {
  const run = endRun(after(statement(), failed({ code: 'QUERY_CANCELLED', message: 'canceling statement' })))
  expect(run.status).toBe('cancelled')
  expect(breakRun(after(statement()), { code: 'CANCELLED', message: 'x' }).status).toBe('cancelled')
})

test('a broken stream keeps what came and says why', () => {
  const run = breakRun(after(statement(), columns(), batch(5)), {
    code: 'CONNECTION_FAILED',
    message: 'refused',
  })
  expect(run.failure?.message).toBe('refused')
  expect(run.statements[0]?.status).toBe('failed')
  expect(run.statements[0]?.result?.rowCount).toBe(5)
})

test('a sorted result takes the place of the other once it has rows', () => {
  const sorting = { statementIndex: 0, keys: [{ column: 0, descending: true }] }
  const shown = endRun(after(statement(), columns(), batch(10), done({ rowCount: 10 })))
  const waiting = applyEvent(shown, columns(0, second), sorting)
  expect(waiting.statements[0]?.result?.id).toBe(first)
  const replaced = applyEvent(waiting, batch(10, second), sorting)
  expect(replaced.statements[0]?.result?.id).toBe(second)
  expect(replaced.statements[0]?.result?.sort).toEqual(sorting.keys)
})

test('a sort that fails leaves the rows that were there', () => {
  const sorting = { statementIndex: 0, keys: [{ column: 0, descending: true }] }
  const shown = endRun(after(statement(), columns(), batch(10), done({ rowCount: 10 })))
  const run = applyEvent(applyEvent(shown, columns(0, second), sorting), failed(), sorting)
  expect(run.statements[0]?.result?.id).toBe(first)
  expect(run.statements[0]?.status).toBe('done')
  expect(run.statements[0]?.error?.message).toContain('emial')
})

test('the transaction of the session is kept from run to run', () => {
  expect(after({ type: 'transaction', state: 'open' }).transaction).toBe('open')
})

test('the run before stays on screen until the latest has something to show', () => {
  const previous = endRun(after(statement(), columns(), batch(1), done()))
  expect(shownRun({ current: begun, previous })).toBe(previous)
  expect(shownRun({ current: begun, previous: null })).toBe(begun)
})

test('a copy that was cut says so', () => {
  expect(copiedWords({ rows: 1, selectedRows: 1 })).toBe('Copied 1 row')
  expect(copiedWords({ rows: 100_000, selectedRows: 250_000 })).toBe(
    'Copied only the first 100\u2009000 of 250\u2009000 rows: a copy takes no more.',
  )
})
