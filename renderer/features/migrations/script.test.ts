// Migrations as text: cut, joined, named, counted.
import { describe, expect, test } from 'vitest'
import type { StatementReview } from '#contract/capabilities/schema.ts'
import type { Change } from '#postgres/common/ddl/change.ts'
import { testLock, testReview } from '#testing/design-session.ts'
import { lockNote, rowsAtStake } from './lock-words.ts'
import { changesInWords, proposeName, replaceStatement, shownStatements } from './script.ts'

function change(
  action: Change['action'],
  kind: Change['kind'],
  name: string,
  rest: Partial<Change> = {},
): Change {
  const differences = action === 'alter' ? [{ field: 'type', before: 'a', after: 'b' }] : []
  return { action, kind, id: `${kind}:${name}`, parentId: null, name, differences, isRebuilt: false, ...rest }
}

describe('the name of a migration', () => {
  test.each([
    [[change('create', 'table', 'late_fee')], 'add_late_fee'],
    [[change('create', 'column', 'rental.due_at', { parentId: 'table:rental' })], 'add_due_at_rental'],
    [[change('drop', 'view', 'shop.Überfällig')], 'drop_berf_llig'],
    [
      [
        change('alter', 'table', 'movie', {
          differences: [{ field: 'name', before: 'film', after: 'movie' }],
        }),
      ],
      'rename_film_to_movie',
    ],
    [[], 'change_schema'],
  ])('%# is proposed from what it changes', (changes, name) => {
    expect(proposeName(changes)).toBe(name)
  })

  test('is never too long for a file', () => {
    expect(proposeName([change('create', 'table', 'x'.repeat(200))])).toMatch(/^[a-z0-9_]{1,100}$/)
  })
})

test('changes are counted by kind, without what is only made again', () => {
  expect(
    changesInWords([
      change('create', 'table', 'a'),
      change('create', 'table', 'b'),
      change('alter', 'index', 'c'),
      change('alter', 'view', 'd', { differences: [] }),
    ]),
  ).toBe('2 tables added, 1 index changed')
})

describe('a script', () => {
  test('has its reviews beside its statements, and none where they were cut otherwise', () => {
    const script = 'select 1;\n\nselect 2;\n'
    const planned = [
      { sql: 'select 1', inTransaction: true, isDestructive: true, summary: 'One', objectId: 'a' },
    ]
    const two = shownStatements(script, planned, [testReview('select 1'), testReview('select 2')])
    expect(two.map(({ summary, isDestructive, review }) => [summary, isDestructive, review?.sql])).toEqual([
      ['One', true, 'select 1'],
      [null, false, 'select 2'],
    ])
    expect(
      shownStatements(script, planned, [testReview('select 1')]).every(({ review }) => review === null),
    ).toBe(true)
  })

  test('gets other statements in the place of one, and keeps the rest', () => {
    const script = 'select 1;\n\n-- two\nselect 2;\n\nselect 3;\n'
    const [, second] = shownStatements(script, [], [])
    expect(second).toBeDefined()
    if (second === undefined) return
    expect(replaceStatement(script, second, ['select a;', ' select b '])).toBe(
      'select 1;\n\n-- two\nselect a;\n\nselect b;\n\nselect 3;\n',
    )
  })
})

describe('locks in words', () => {
  test.each<[Partial<StatementReview>, string, string]>([
    [{}, 'free', 'No table lock'],
    [{ locks: [testLock()] }, 'blocks', 'Blocks rental, no scan'],
    [{ locks: [testLock({ isRewritten: true })] }, 'blocks', 'Blocks rental, rewrites it'],
    [{ locks: [testLock({ blocks: 'writes' })] }, 'blocks', 'Blocks writes to rental'],
    [{ locks: [testLock({ blocks: 'schema changes' })] }, 'free', 'Reads and writes continue'],
    [
      {
        locks: [
          testLock({ schema: 'shop', isScanned: true }),
          testLock({ name: 'film' }),
          testLock({ blocks: 'nothing' }),
        ],
      },
      'blocks',
      'Blocks shop.rental and 1 more, scans it',
    ],
    [
      { findings: [{ rule: 'x', severity: 'danger', message: '', source: '', safeForm: null }] },
      'danger',
      'No table lock',
    ],
  ])('%#', (review, tone, text) => {
    expect(lockNote(testReview('', review))).toEqual({ tone, text })
  })

  test('rows at stake are those of the largest table, or not known', () => {
    expect(rowsAtStake(testReview('', { locks: [testLock(), testLock({ estimatedRows: 3 })] }))).toBe(16_044)
    expect(rowsAtStake(testReview('', { locks: [testLock({ estimatedRows: null })] }))).toBeNull()
  })
})
