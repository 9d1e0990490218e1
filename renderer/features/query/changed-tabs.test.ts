// The dot of tabs whose text is not saved.
import { expect, test } from 'vitest'
import { SavedQueryId } from '#contract/capabilities/ids.ts'
import { changedTabIds } from './changed-tabs.ts'

const id = SavedQueryId.parse('00000000-0000-4000-8000-000000000001')
const other = SavedQueryId.parse('00000000-0000-4000-8000-000000000002')
const tab = (name: string, savedQueryId: SavedQueryId | null, sql: string) => ({
  id: name,
  title: name,
  connectionId: null,
  savedQueryId,
  sql,
  cursorOffset: 0,
})

test('a tab is changed while its text differs from its saved query, and from no other', () => {
  const queries = [
    { id, sql: 'select 1' },
    { id: other, sql: 'select 2' },
  ]
  const tabs = [tab('same', id, 'select 1'), tab('typed', id, 'select 12'), tab('mixed', other, 'select 1')]
  expect([...changedTabIds(tabs, queries)]).toEqual(['typed', 'mixed'])
})

test('a tab that was never saved, or whose query is not there, is not marked', () => {
  expect([...changedTabIds([tab('new', null, 'select 1'), tab('gone', id, 'select 1')], [])]).toEqual([])
})
