// The migration below the canvas: live, with locks, tried.
import { act, cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { ADD_LATE_FEE, DESIGN_CONNECTION, DROP_NOTE, testSession } from '#testing/design-session.ts'
import { testColumn, testTable } from '#testing/model-objects.ts'
import { showPreview } from '#testing/review-page.ts'

afterEach(cleanup)

describe('the preview', () => {
  it('says so when there is nothing to migrate', async () => {
    showPreview(testSession())
    expect(await screen.findByText(/Nothing to migrate/)).toBeTruthy()
    expect(screen.getByRole('button', { name: /^Review migration/ })).toHaveProperty('disabled', true)
  })

  it('follows the draft, with counts and locks', async () => {
    const session = testSession()
    showPreview(session)
    act(() => session.draft.stage(ADD_LATE_FEE))
    expect(await screen.findByText('1 statement, 1 table added')).toBeTruthy()
    expect(await screen.findByText('No table lock')).toBeTruthy()
    act(() => session.draft.stage(DROP_NOTE))
    expect(await screen.findByText('2 statements, 1 table added, 1 column dropped')).toBeTruthy()
    expect(await screen.findByText('Blocks rental, no scan')).toBeTruthy()
    expect(screen.getByText('Loses data')).toBeTruthy()
    act(() => session.draft.undo())
    expect(await screen.findByText('1 statement, 1 table added')).toBeTruthy()
  })

  it('shows the way down', async () => {
    showPreview(testSession([ADD_LATE_FEE]))
    await screen.findByText('1 statement, 1 table added')
    await userEvent.click(screen.getByRole('radio', { name: 'Down' }))
    const list = await screen.findByRole('list', { name: 'Statements, down' })
    expect(list.textContent).toContain('drop table public.late_fee')
  })

  it('reveals what a statement is for', async () => {
    const session = testSession([DROP_NOTE])
    const reveal = vi.fn()
    session.reveal.set(reveal)
    showPreview(session)
    await userEvent.click(await screen.findByRole('button', { name: /drop column note/ }))
    // The column is gone from the draft: nothing can be shown.
    expect(reveal).not.toHaveBeenCalled()
    act(() => session.draft.stage(ADD_LATE_FEE))
    await userEvent.click(await screen.findByRole('button', { name: /create table/ }))
    expect(reveal).toHaveBeenCalledWith('table:late_fee')
  })

  it('says what keeps the draft from becoming a migration', async () => {
    const broken = testTable('late_fee', [testColumn('amount', 'numeric', { default: '1) (' })])
    showPreview(testSession([{ label: 'Add late_fee', put: [broken], remove: [] }]))
    expect((await screen.findByRole('alert')).textContent).toMatch(/not one SQL expression: 1\) \(/)
    expect(screen.getByRole('button', { name: /^Review migration/ })).toHaveProperty('disabled', true)
  })

  it('shows the time of each statement after a dry run, and that it was rolled back', async () => {
    const dryRun = vi.fn(async function* () {
      yield { type: 'phase' as const, message: 'Running' }
      yield {
        type: 'statement' as const,
        index: 0,
        durationMs: 310,
        locks: [],
        problem: null,
        isSkipped: false,
      }
      yield { type: 'done' as const, isPassed: true, durationMs: 336 }
    })
    showPreview(testSession([ADD_LATE_FEE]), { schema: { dryRun } })
    await screen.findByText('1 statement, 1 table added')
    await userEvent.click(screen.getByRole('button', { name: 'Dry run' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: /On the database/ }))
    expect(await screen.findByText('Dry run on the database, rolled back, passed in 0.34 s.')).toBeTruthy()
    expect(screen.getByText('0.31 s')).toBeTruthy()
    expect(dryRun).toHaveBeenCalledWith(
      expect.objectContaining({ connectionId: DESIGN_CONNECTION, on: 'database' }),
      expect.anything(),
    )
  })

  it('asks once before a dry run as a superuser', async () => {
    const agreed: boolean[] = []
    showPreview(testSession([ADD_LATE_FEE]), {
      schema: {
        async *dryRun({ asSuperuser }) {
          agreed.push(asSuperuser)
          if (!asSuperuser)
            throw new AppError('FORBIDDEN', 'Nothing was run.', {
              details: { needs: 'asSuperuser', runsAs: { role: 'postgres', powers: ['superuser'] } },
            })
          yield { type: 'done', isPassed: true, durationMs: 2 }
        },
      },
    })
    await screen.findByText('1 statement, 1 table added')
    const tryIt = async (): Promise<void> => {
      await userEvent.click(screen.getByRole('button', { name: 'Dry run' }))
      await userEvent.click(await screen.findByRole('menuitem', { name: /On a copy/ }))
    }
    await tryIt()
    const question = await screen.findByRole('alertdialog', { name: 'Try it as postgres?' })
    expect(question.textContent).toMatch(/postgres is a superuser/)
    await userEvent.click(within(question).getByRole('button', { name: 'Run as postgres' }))
    await screen.findByText(/^Dry run on a copy passed/)
    await tryIt()
    await waitFor(() => expect(agreed).toEqual([false, true, true]))
    expect(screen.queryByRole('alertdialog')).toBeNull()
  })

  it('says where a dry run failed', async () => {
    showPreview(testSession([ADD_LATE_FEE]), {
      schema: {
        async *dryRun() {
          yield {
            type: 'statement',
            index: 0,
            durationMs: 1,
            locks: [],
            problem: { message: 'relation "late_fee" already exists', position: 14, sqlstate: '42P07' },
            isSkipped: false,
          }
          yield { type: 'done', isPassed: false, durationMs: 2 }
        },
      },
    })
    await screen.findByText('1 statement, 1 table added')
    await userEvent.click(screen.getByRole('button', { name: 'Dry run' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: /On a copy/ }))
    expect(
      await screen.findByText(/^Dry run on a copy failed\. Statement 1: relation "late_fee" already exists$/),
    ).toBeTruthy()
    expect(screen.getByText('Failed')).toBeTruthy()
  })

  it('keeps the plan when the locks cannot be found out', async () => {
    showPreview(testSession([ADD_LATE_FEE]), {
      schema: {
        review: async () => {
          throw new AppError('CONNECTION_FAILED', 'The database cannot be reached.')
        },
      },
    })
    expect(await screen.findByText(/The locks could not be found out/)).toBeTruthy()
    expect(screen.getByText('1 statement, 1 table added')).toBeTruthy()
  })
})
