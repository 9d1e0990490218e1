// A database that changed under the draft: merged by itself where it can be, chosen conflict by conflict where it cannot.
import { act, cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createElement } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import type { Table } from '#contract/schema/types.ts'
import { ADD_LATE_FEE, RENTAL, SHOP, testSession, type TestSession } from '#testing/design-session.ts'
import { testColumn, testModel } from '#testing/model-objects.ts'
import { renderPage, type TestPage } from '#testing/page.ts'
import { MergeGuard } from './merge-guard.tsx'

afterEach(cleanup)

function rental(
  change: (column: Table['columns'][number]) => Table['columns'][number],
  ...more: Table['columns']
): Table {
  return { ...RENTAL, columns: [...RENTAL.columns.map(change), ...more] }
}
const retyped = (type: string) =>
  rental((column) => (column.name === 'due_at' ? { ...column, type } : column))

function show(session: TestSession): TestPage {
  return renderPage(createElement(MergeGuard, { session }))
}

function change(session: TestSession, table: Table): void {
  act(() => session.live.set({ model: testModel([table]), asOf: '2026-11-23T12:00:00.000Z', isStale: false }))
}

const MINE = { label: 'Change type of due_at', put: [retyped('timestamp with time zone')], remove: [] }

describe('a database that changed under the draft', () => {
  it('is merged by itself where both changed something else, and that is said', async () => {
    const session = testSession([MINE])
    const { shell } = show(session)
    change(
      session,
      rental((column) => column, testColumn('fee', 'numeric')),
    )
    await waitFor(() => expect(session.rebases).toHaveLength(1))
    const [merged] = session.draft.state.get().model.objects.filter(({ kind }) => kind === 'table')
    expect(merged).toMatchObject({
      columns: [{}, {}, { name: 'due_at', type: 'timestamp with time zone' }, { name: 'fee' }],
    })
    expect(session.draft.state.get().base).toBe(session.live.get().model)
    expect(shell.notifications.toasts.get()[0]?.text).toBe(
      'The database changed: 1 object. Your draft was merged; nothing conflicted.',
    )
    expect(screen.queryByRole('status')).toBeNull()
  })

  it('leaves nothing to migrate when the same was done there', async () => {
    const session = testSession([MINE])
    const { shell } = show(session)
    change(session, retyped('timestamp with time zone'))
    await waitFor(() => expect(session.draft.state.get().steps).toEqual([]))
    expect(shell.notifications.toasts.get()[0]?.text).toContain('Your draft is in it already')
  })

  it('is left alone where only counts of rows differ, and where the draft touches nothing', () => {
    const session = testSession([ADD_LATE_FEE])
    const { shell } = show(session)
    change(session, { ...RENTAL, estimatedRows: 7 })
    expect(session.rebases).toEqual([])
    expect(shell.notifications.toasts.get()).toEqual([])
  })

  it('asks about a conflict, and takes what was chosen', async () => {
    const session = testSession([MINE])
    show(session)
    change(session, retyped('text'))
    expect((await screen.findByRole('status')).textContent).toContain('The database changed: 1 object.')
    expect(session.rebases).toEqual([])
    await userEvent.click(screen.getByRole('button', { name: 'Merge' }))
    const dialog = await screen.findByRole('dialog')
    const merge = (): HTMLElement => within(dialog).getByRole('button', { name: /^Merge the draft/ })
    expect(merge()).toHaveProperty('disabled', true)
    expect(within(dialog).getByText('1 choice left')).toBeTruthy()
    const row = within(dialog).getByRole('row', { name: /due_at/ })
    expect(row.textContent).toContain('date')
    await userEvent.click(within(dialog).getByRole('radio', { name: /type: mine/ }))
    expect(within(dialog).getByRole('region', { name: 'SQL of the merged draft' }).textContent).toContain(
      'alter column due_at type timestamp with time zone',
    )
    await userEvent.click(merge())
    expect(session.draft.state.get().base).toBe(session.live.get().model)
    expect(session.draft.state.get().model.objects.find(({ id }) => id === RENTAL.id)).toEqual(
      retyped('timestamp with time zone'),
    )
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })

  it('takes all from the database, and the draft has nothing left', async () => {
    const session = testSession([MINE])
    show(session)
    change(session, retyped('text'))
    await userEvent.click(await screen.findByRole('button', { name: 'Merge' }))
    const dialog = await screen.findByRole('dialog')
    await userEvent.click(within(dialog).getByRole('button', { name: 'All from the database' }))
    expect(within(dialog).getByText(/the draft has no changes left/)).toBeTruthy()
    await userEvent.click(within(dialog).getByRole('button', { name: /^Merge the draft/ }))
    expect(session.draft.state.get().steps).toEqual([])
  })

  it('can be decided later: the draft stays as it is', async () => {
    const session = testSession([MINE])
    show(session)
    change(session, retyped('text'))
    await userEvent.click(await screen.findByRole('button', { name: 'Merge' }))
    const dialog = await screen.findByRole('dialog')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Decide later' }))
    expect(session.draft.state.get()).toMatchObject({ base: SHOP, head: 1 })
    expect(screen.getByRole('button', { name: 'Merge' })).toBeTruthy()
  })

  it('shows a drop against a change', async () => {
    const session = testSession([{ label: 'Drop rental', put: [], remove: [RENTAL.id] }])
    show(session)
    change(session, retyped('text'))
    await userEvent.click(await screen.findByRole('button', { name: 'Merge' }))
    const dialog = await screen.findByRole('dialog')
    const mine = within(dialog).getByRole('radio', { name: 'rental: mine, dropped' })
    await userEvent.click(mine)
    expect(mine).toHaveProperty('checked', true)
    expect(within(dialog).getByText(/^All chosen/)).toBeTruthy()
    expect(within(dialog).getByRole('radio', { name: 'rental: the database’s, changed' })).toBeTruthy()
  })
})
