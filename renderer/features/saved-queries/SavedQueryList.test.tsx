// The list of saved queries in the sidebar: what is in it, what waits to be synced, opening, renaming and deleting.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { SavedQueryId } from '#contract/capabilities/ids.ts'
import type { SavedQuery } from '#contract/capabilities/saved-queries.ts'
import { AppError } from '#contract/errors.ts'
import { renderPage, type SomeHandlers } from '#testing/page.ts'
import { SavedQueryList } from './SavedQueryList.tsx'

afterEach(cleanup)

const query = (last: number, name: string, isPending: boolean): SavedQuery => ({
  id: SavedQueryId.parse(`00000000-0000-4000-8000-${String(last).padStart(12, '0')}`),
  name,
  sql: `select ${last}`,
  connectionId: null,
  updatedAt: '2026-11-22T10:00:00Z',
  isPending,
})
const late = query(1, 'Late returns', true)
const top = query(2, 'Top films', false)

function show(queries: readonly SavedQuery[], handlers: NonNullable<SomeHandlers['savedQueries']> = {}) {
  const onOpen = vi.fn<(opened: SavedQuery) => void>()
  const list = vi.fn(async () => [...queries])
  renderPage(<SavedQueryList onOpen={onOpen} currentId={null} />, { savedQueries: { list, ...handlers } })
  return { onOpen, list }
}
const row = (name: RegExp): Promise<HTMLElement> => screen.findByRole('treeitem', { name })
async function choose(name: RegExp, entry: string): Promise<void> {
  await userEvent.pointer({ keys: '[MouseRight]', target: await row(name) })
  await userEvent.click(await screen.findByRole('menuitem', { name: entry }))
}

describe('the list of saved queries', () => {
  test('is not there while there is none', async () => {
    const { list } = show([])
    await waitFor(() => expect(list).toHaveBeenCalled())
    expect(screen.queryByRole('region', { name: 'Saved queries' })).toBeNull()
  })

  test('marks what waits to be synced, and only that', async () => {
    show([late, top])
    expect(within(await row(/Late returns/)).getByText('not yet synced')).toBeTruthy()
    expect(within(await row(/Top films/)).queryByText('not yet synced')).toBeNull()
  })

  test('opens a query on a double click', async () => {
    const { onOpen } = show([late, top])
    await userEvent.dblClick(await row(/Top films/))
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(top)
  })

  test('renames a query and leaves its text as it is', async () => {
    const save = vi.fn(async () => ({ ...top, name: 'Best films' }))
    show([late, top], { save })
    await choose(/Top films/, 'Rename query')
    const name = await screen.findByLabelText('Name')
    await userEvent.clear(name)
    await userEvent.type(name, 'Best films{Enter}')
    await waitFor(() => expect(save.mock.calls.length).toBe(1))
    expect(save.mock.calls[0]).toMatchObject([{ id: top.id, name: 'Best films', sql: top.sql }, {}])
    await waitFor(() => expect(screen.queryByLabelText('Name')).toBeNull())
  })

  test('asks before it deletes, and says why it could not', async () => {
    const remove = vi.fn(async () => {
      throw new AppError('LOCAL_DATA_UNUSABLE', 'The disk is full.')
    })
    show([late, top], { remove })
    await choose(/Late returns/, 'Delete query')
    const dialog = await screen.findByRole('alertdialog', { name: 'Delete Late returns?' })
    expect(remove).not.toHaveBeenCalled()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Delete query' }))
    expect(await within(dialog).findByText('The disk is full.')).toBeTruthy()
    expect(screen.getByText('Late returns')).toBeTruthy()
  })
})
