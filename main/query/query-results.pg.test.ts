// Large results and sorted ones, of a real Postgres.
import { existsSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RunId } from '#contract/capabilities/ids.ts'
import { contextOf, createTestQuery, readReport, resultOf } from '#testing/query-fixtures.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'

let database: TempDatabase
beforeAll(async () => {
  database = await createTempDatabase()
})
afterAll(() => database.drop())

describe('large results', () => {
  const limits = {
    resultLimits: {
      memoryPerResultBytes: 500_000,
      memoryTotalBytes: 1_000_000,
      diskTotalBytes: 1_000_000_000,
      maxResults: 20,
    },
    readingLimits: { maxRows: 20_000, maxBytes: 1_000_000_000 },
  }
  const numbers = (count: number): string => `select n, md5(n::text) from generate_series(1, ${count}) n`

  test('push only the first batches, a small one first, and keep the rest for windows', async () => {
    const query = await createTestQuery(database.target)
    const report = await query.run(numbers(100_000))
    expect(report.of('batch').map((batch) => [batch.firstRow, batch.rowCount])).toEqual([
      [0, 200],
      [200, 2_000],
    ])
    expect(report.of('done')[0]).toMatchObject({ rowCount: 100_000, isComplete: true })
    const resultId = resultOf(report)
    expect((await query.rows(resultId, 99_998, 10)).map((row) => row[0])).toEqual(['99999', '100000'])
    const middle = await query.rows(resultId, 2_150, 500)
    expect(middle.map((row) => row[0])).toEqual(
      Array.from({ length: 500 }, (_, index) => String(2_151 + index)),
    )
  })

  test('go to a file beyond the memory limit, which is gone when they are closed', async () => {
    const query = await createTestQuery(database.target, { limits: { resultLimits: limits.resultLimits } })
    const resultId = resultOf(await query.run(numbers(100_000)))
    expect(query.capability.usage().memoryBytes).toBeLessThan(2_000_000)
    expect(readdirSync(query.resultsDirectory)).toHaveLength(1)
    expect((await query.rows(resultId, 54_321, 1))[0]?.[0]).toBe('54322')
    await query.capability.handlers.closeResult({ resultId }, contextOf())
    await expect(query.rows(resultId)).rejects.toMatchObject({ code: 'RESULT_GONE' })
    expect(readdirSync(query.resultsDirectory)).toEqual([])
  })

  test('suspend at the limit and are read on when the page asks, to the last row', async () => {
    const query = await createTestQuery(database.target, { limits })
    const report = await query.run(numbers(100_000))
    expect(report.of('done')[0]).toMatchObject({ isComplete: false })
    expect(report.of('progress').at(-1)).toMatchObject({ isSuspended: true })
    expect(report.of('transaction').at(-1)?.state).toBe('idle')
    const resultId = resultOf(report)
    expect((await query.rows(resultId, 30_000, 1))[0]?.[0]).toBe('30001')
    expect((await query.rows(resultId, 99_999, 10)).map((row) => row[0])).toEqual(['100000'])
    const window = await query.capability.handlers.window(
      { resultId, firstRow: 100_000, rowCount: 1 },
      contextOf(),
    )
    expect(window.value).toEqual({ batches: [], totalRows: 100_000, isComplete: true })
  })

  test('that are suspended give way to the next run, and say what is no longer there', async () => {
    const query = await createTestQuery(database.target, { limits })
    const resultId = resultOf(await query.run(numbers(100_000)))
    expect((await query.run('select 1')).of('done')).toHaveLength(1)
    expect(await query.rows(resultId, 100, 1)).toHaveLength(1)
    await expect(query.rows(resultId, 90_000, 1)).rejects.toMatchObject({
      code: 'RESULT_GONE',
      message: expect.stringContaining('Only the first'),
    })
  })

  test('in the middle of a script keep their first rows and let the script go on', async () => {
    const query = await createTestQuery(database.target, { limits })
    const report = await query.run(`${numbers(100_000)}; select 2`)
    expect(report.of('done').map((done) => done.isComplete)).toEqual([false, true])
  })

  test('free the session when the page closes them while they wait', async () => {
    const query = await createTestQuery(database.target, { limits })
    const resultId = resultOf(await query.run(numbers(100_000)))
    await query.capability.handlers.closeResult({ resultId }, contextOf())
    expect((await query.run('select 1')).of('done')).toHaveLength(1)
  })

  test('leave no file behind when the host closes', async () => {
    const query = await createTestQuery(database.target, { limits })
    await query.run(numbers(100_000))
    await query.capability.close()
    expect(existsSync(query.resultsDirectory) ? readdirSync(query.resultsDirectory) : []).toEqual([])
  })
})

describe('sorting', () => {
  const sort = (query: Awaited<ReturnType<typeof createTestQuery>>, resultId: ReturnType<typeof resultOf>) =>
    readReport(
      query.capability.handlers.sort(
        {
          runId: RunId.parse(crypto.randomUUID()),
          resultId,
          tabId: query.tabId,
          keys: [{ column: 1, descending: true }],
        },
        contextOf(),
      ),
    )

  test('runs the statement again, ordered by the server', async () => {
    const query = await createTestQuery(database.target)
    const report = await query.run('select n, n % 3 as n from generate_series(1, 5000) n -- numbers')
    const sorted = await sort(query, resultOf(report))
    expect(sorted.of('statement')[0]?.sql).toBe('select n, n % 3 as n from generate_series(1, 5000) n')
    const rows = await query.rows(resultOf(sorted), 0, 5_000)
    expect(rows).toHaveLength(5_000)
    expect(rows.map((row) => Number(row[1]))).toEqual(rows.map((row) => Number(row[1])).sort((a, b) => b - a))
  })

  test('is refused for what cannot stand inside a select', async () => {
    const query = await createTestQuery(database.target)
    for (const sql of [
      'show all',
      'explain select 1',
      'create table s as select 1; insert into s values (1) returning *',
    ]) {
      const report = await query.run(sql)
      const columns = report.of('columns').at(-1)
      expect(columns?.isSortable).toBe(false)
      await expect(sort(query, resultOf(report))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
  })

  test('says why a type has no order', async () => {
    const query = await createTestQuery(database.target)
    const report = await query.run(`select 1, '{}'::json`)
    expect((await sort(query, resultOf(report))).of('failed')[0]).toMatchObject({
      postgres: { sqlstate: '42883' },
      errorOffset: null,
    })
  })
})
