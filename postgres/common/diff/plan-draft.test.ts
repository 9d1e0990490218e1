// Drafts that fill rows: the fill runs before anything is demanded of the column, and before what it reads is gone.
import { describe, expect, test } from 'vitest'
import { testColumn, testKey, testModel, testTable } from '#testing/model-objects.ts'
import { fillsOf, planDraft } from './plan-draft.ts'

const id = testColumn('id', 'bigint', { isNullable: false })
const person = testTable('person', [id, testColumn('full_name')], {
  constraints: [testKey('person_pkey', ['id'])],
})
const base = testModel([person])

function up(
  columns: typeof person.columns,
  fills: readonly (readonly [string, string])[],
): readonly string[] {
  const plan = planDraft(base, testModel([{ ...person, columns }]), {
    matchBy: 'id',
    fills: fills.map(([columnId, expression]) => ({ columnId, expression })),
  })
  return plan.up.map(({ sql }) => sql)
}

describe('a draft with fills', () => {
  test('splits a column: the new one is filled from the old one before that is dropped', () => {
    const columns = [id, testColumn('first_name', 'text', { isNullable: false })]
    expect(up(columns, [['column:first_name', "split_part(full_name, ' ', 1)"]])).toEqual([
      'alter table public.person add column first_name text',
      "update public.person set first_name = split_part(full_name, ' ', 1) where first_name is null",
      'alter table public.person alter column first_name set not null',
      'alter table public.person drop column full_name',
    ])
  })

  test('fills before NOT NULL', () => {
    const columns = [id, testColumn('full_name', 'text', { isNullable: false })]
    expect(up(columns, [['column:full_name', "'unknown'"]])).toEqual([
      "update public.person set full_name = 'unknown' where full_name is null",
      'alter table public.person alter column full_name set not null',
    ])
  })

  test('passes over fills of columns that are gone, generated or empty', () => {
    expect(
      up(person.columns, [
        ['column:gone', '1'],
        ['column:id', '1'],
        ['column:full_name', ' '],
      ]),
    ).toEqual([])
  })

  test('takes the latest fill of a column', () => {
    const fill = (expression: string) => ({
      label: '',
      put: [],
      remove: [],
      fills: [{ columnId: 'a', expression }],
    })
    expect(fillsOf([fill('1'), fill('2')])).toEqual([{ columnId: 'a', expression: '2' }])
  })
})
