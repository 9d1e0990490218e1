// The review of a draft: what is lost, edited by hand, applied, rolled back.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Migration } from '#contract/capabilities/migrations.ts'
import { AppError } from '#contract/errors.ts'
import { ADD_LATE_FEE, DROP_NOTE, SHOP, testLock, testSession } from '#testing/design-session.ts'
import { openReview, reviewed, showPreview, VERSION } from '#testing/review-page.ts'

afterEach(cleanup)

describe('the review', () => {
  it('has the SQL that was edited before a crash, and keeps what is edited next', async () => {
    const kept = { up: 'select 42;\n', down: null, editedFrom: 'x', name: 'by_hand', version: null }
    const saveReview = vi.fn(async (_: unknown) => ({}))
    showPreview(testSession([ADD_LATE_FEE]), {
      designs: { readReview: async () => ({ review: kept }), saveReview },
    })
    expect(await screen.findByText('Edited by hand')).toBeTruthy()
    const dialog = await openReview()
    expect(within(dialog).getByLabelText('Name')).toHaveProperty('value', 'by_hand')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Back to generated' }))
    await waitFor(() =>
      expect(saveReview.mock.calls.at(-1)?.[0]).toMatchObject({ review: { up: null, name: 'by_hand' } }),
    )
  })

  it('proposes a name, says where it is written, and shows what changes', async () => {
    showPreview(testSession([ADD_LATE_FEE]))
    const dialog = await openReview()
    expect(within(dialog).getByLabelText('Name')).toHaveProperty('value', 'add_late_fee')
    expect(await within(dialog).findByText('/home/anna/migrations/shop')).toBeTruthy()
    expect(within(dialog).getByRole('list', { name: 'Changes' }).textContent).toContain('late_fee')
  })

  it('applies: the draft is empty on the schema that came of it, and can be rolled back', async () => {
    const session = testSession([ADD_LATE_FEE])
    const after = session.draft.state.get().model
    const apply = vi.fn(async function* () {
      yield { type: 'migration' as const, version: VERSION, name: 'add_late_fee', steps: 1 }
      yield {
        type: 'step' as const,
        index: 0,
        sql: 'create table',
        state: 'running' as const,
        durationMs: null,
      }
      yield { type: 'step' as const, index: 0, sql: 'create table', state: 'done' as const, durationMs: 4 }
      yield { type: 'done' as const, applied: [VERSION], durationMs: 5 }
    })
    const applied: Migration = {
      version: VERSION,
      name: 'add_late_fee',
      state: 'applied',
      appliedAt: null,
      appliedBy: null,
      durationMs: null,
      checksum: null,
      canRollBack: true,
      stepsDone: null,
    }
    const list = async () => ({ folder: '', items: [applied], isStale: false })
    const { shell } = showPreview(session, { migrations: { apply, list } })
    const dialog = await openReview()
    await userEvent.click(within(dialog).getByRole('button', { name: /^Apply migration/ }))
    await waitFor(() => expect(session.draft.state.get().steps).toEqual([]))
    expect(session.draft.state.get().base.objects).toEqual(after.objects)
    expect(apply).toHaveBeenCalledWith(expect.objectContaining({ to: VERSION }), expect.anything())
    await waitFor(() => expect(shell.notifications.toasts.get()).toHaveLength(1))
    expect(shell.notifications.toasts.get()[0]).toMatchObject({
      text: 'add_late_fee is applied.',
      action: { label: 'Roll back' },
    })
    expect(screen.queryByRole('dialog')).toBeNull()
    shell.notifications.toasts.get()[0]?.action?.run()
    expect(await screen.findByRole('alertdialog', { name: 'Roll back 1 migration?' })).toBeTruthy()
  })

  it('leaves the draft as it was when applying fails, marks the statement and writes over the same file the next time', async () => {
    const session = testSession([ADD_LATE_FEE, DROP_NOTE])
    const write = vi.fn(async ({ name }: { readonly name: string }) => ({
      version: VERSION,
      name,
      state: 'pending' as const,
      appliedAt: null,
      appliedBy: null,
      durationMs: null,
      checksum: null,
      canRollBack: true,
      stepsDone: null,
    }))
    showPreview(session, {
      migrations: {
        write,
        async *apply() {
          yield { type: 'migration', version: VERSION, name: 'add_late_fee', steps: 1 }
          yield { type: 'step', index: 0, sql: 'create table', state: 'running', durationMs: null }
          throw new AppError('QUERY_FAILED', 'x.sql, line 2: relation "late_fee" already exists', {
            details: { line: 2 },
          })
        },
      },
    })
    const dialog = await openReview()
    await userEvent.type(await within(dialog).findByLabelText('Type rental to confirm'), 'rental')
    await userEvent.click(within(dialog).getByRole('button', { name: /^Apply migration/ }))
    expect(await within(dialog).findByText(/relation "late_fee" already exists/)).toBeTruthy()
    expect(session.draft.state.get().steps).toHaveLength(2)
    await userEvent.click(within(dialog).getByRole('button', { name: 'Back to the review' }))
    const failed = within(dialog).getByText('Failed here').closest('li')
    expect(failed?.textContent).toContain('create table')
    await userEvent.click(within(dialog).getByRole('button', { name: /^Apply migration/ }))
    await waitFor(() => expect(write).toHaveBeenCalledTimes(2))
    expect(write.mock.calls[0]?.[0]).not.toHaveProperty('version')
    expect(write.mock.calls[1]?.[0]).toHaveProperty('version', VERSION)
  })

  it('names what is lost, counted, and wants the table typed', async () => {
    showPreview(testSession([DROP_NOTE]), {
      schema: {
        stakes: async () => ({
          losses: [{ statement: 0, schema: 'public', name: 'rental', column: 'note', count: 1_203 }],
          obstacles: [],
        }),
      },
    })
    const dialog = await openReview()
    const lost = await within(dialog).findByRole('group', { name: 'This loses data' })
    expect(lost.textContent).toMatch(
      /1.203 values of rental.note \(statement 1: Drop column note from rental/,
    )
    const apply = (): HTMLElement => within(dialog).getByRole('button', { name: /^Apply migration/ })
    expect(apply()).toHaveProperty('disabled', true)
    expect(within(dialog).getByText('Type rental to confirm what is lost.')).toBeTruthy()
    await userEvent.type(within(lost).getByLabelText('Type rental to confirm'), 'rental')
    expect(apply()).toHaveProperty('disabled', false)
  })

  it('goes by the estimate where counting fails', async () => {
    showPreview(testSession([DROP_NOTE]))
    const dialog = await openReview()
    const lost = await within(dialog).findByRole('group', { name: 'This loses data' })
    expect(lost.textContent).toMatch(/about 16.044 rows/)
  })

  it.each([
    ['no rows', { estimatedRows: 0 }, undefined],
    ['only nulls', {}, 0],
  ])('asks for nothing where there are %s', async (_, lock, count) => {
    showPreview(testSession([DROP_NOTE]), {
      schema: {
        ...reviewed(() => ({ isDestructive: true, locks: [testLock(lock)] })),
        ...(count === undefined
          ? {}
          : {
              stakes: async () => ({
                losses: [{ statement: 0, schema: 'public', name: 'rental', column: 'note', count }],
                obstacles: [],
              }),
            }),
      },
    })
    const dialog = await openReview()
    await waitFor(() =>
      expect(within(dialog).getByRole('button', { name: /^Apply migration/ })).toHaveProperty(
        'disabled',
        false,
      ),
    )
    expect(within(dialog).queryByRole('group', { name: 'This loses data' })).toBeNull()
  })

  it('says what the rows stand against', async () => {
    showPreview(testSession([DROP_NOTE]), {
      schema: {
        stakes: async () => ({
          losses: [],
          obstacles: [{ statement: 0, message: '3 rows of film have no value in title now.' }],
        }),
      },
    })
    const dialog = await openReview()
    expect(
      await within(dialog).findByText('Statement 1: 3 rows of film have no value in title now.'),
    ).toBeTruthy()
  })

  it('takes the safe form in the place of a statement, and goes back', async () => {
    showPreview(testSession([ADD_LATE_FEE]), {
      schema: reviewed((sql) =>
        sql.startsWith('create table')
          ? {
              findings: [
                {
                  rule: 'test',
                  severity: 'caution',
                  message: 'This could be done more safely.',
                  source: 'https://www.postgresql.org/docs/current/sql-createtable.html',
                  safeForm: { summary: 'In two steps.', statements: ['select 1', 'select 2'] },
                },
              ],
            }
          : {},
      ),
    })
    const dialog = await openReview()
    expect(await within(dialog).findByText(/PostgreSQL manual: https/)).toBeTruthy()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Use the safe form' }))
    const list = within(dialog).getByRole('list', { name: 'Statements' })
    await waitFor(() => expect(within(list).getAllByRole('listitem')).toHaveLength(2))
    expect(within(dialog).getByText('Edited by hand')).toBeTruthy()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Back to generated' }))
    await waitFor(() => expect(within(list).getAllByRole('listitem')).toHaveLength(1))
    expect(within(dialog).queryByText('Edited by hand')).toBeNull()
  })

  it('applies nothing while the database is away, and can still write the file', async () => {
    const session = testSession([ADD_LATE_FEE], { isStale: true })
    const { shell } = showPreview(session)
    const dialog = await openReview()
    expect(within(dialog).getByRole('button', { name: /^Apply migration/ })).toHaveProperty('disabled', true)
    expect(within(dialog).getByText(/^The database is out of reach/)).toBeTruthy()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Save file only' }))
    await waitFor(() =>
      expect(shell.notifications.toasts.get()[0]?.text).toMatch(
        /add_late_fee\.sql is written and not applied/,
      ),
    )
    expect(session.draft.state.get().steps).toHaveLength(1)
  })

  it('says who applies at the moment, and cancels', async () => {
    const session = testSession([ADD_LATE_FEE])
    showPreview(session, {
      migrations: {
        async *apply(_input, { signal }) {
          yield { type: 'waiting', holder: 'anna on laptop', sinceMs: 4_000 }
          await new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () =>
              reject(new AppError('CANCELLED', 'It was cancelled. What was under way has been undone.')),
            ),
          )
        },
      },
    })
    const dialog = await openReview()
    await userEvent.click(within(dialog).getByRole('button', { name: /^Apply migration/ }))
    expect(await within(dialog).findByText(/anna on laptop applies migrations to this database/)).toBeTruthy()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }))
    expect(await within(dialog).findByText(/^Cancelled\./)).toBeTruthy()
    expect(session.draft.state.get()).toMatchObject({ base: SHOP, head: 1 })
  })

  it('refuses a name that no file could have', async () => {
    showPreview(testSession([ADD_LATE_FEE]))
    const dialog = await openReview()
    const name = within(dialog).getByLabelText('Name')
    await userEvent.clear(name)
    await userEvent.type(name, 'Late Fee')
    await userEvent.click(within(dialog).getByRole('button', { name: /^Apply migration/ }))
    expect(within(dialog).getByText('Lower case letters, digits and underscores only.')).toBeTruthy()
  })
})
