// Policies: listed, tried, created, edited and dropped.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { showExposure } from '#testing/exposure-page.ts'
import { type SomeHandlers } from '#testing/page.ts'

afterEach(cleanup)

describe('policies', () => {
  async function open(access: NonNullable<SomeHandlers['access']> = {}): Promise<void> {
    showExposure(access)
    await userEvent.click(await screen.findByRole('tab', { name: /^Policies/ }))
    await screen.findByRole('table', { name: 'Policies' })
  }

  it('are listed with their table, roles and condition, and marked where they have no effect', async () => {
    await open()
    const row = screen.getByRole('row', { name: /own rows/ })
    expect(row.textContent).toContain('public.film')
    expect(row.textContent).toContain('using (user_id = 1)')
    expect(row.textContent).toContain('Row security is off')
  })

  it('of one table are shown from its count', async () => {
    showExposure()
    await userEvent.click(await screen.findByRole('button', { name: '1 policies of rental' }))
    expect(await screen.findByText('This table has no policy')).toBeTruthy()
  })

  it('are tried, then created', async () => {
    const createPolicy = vi.fn(async () => ({ sql: ['create policy "read"'] }))
    const preview = vi.fn(async () => ({ columns: [], rows: [], visible: 2, total: 3, problem: null }))
    await open({ createPolicy, preview })
    await userEvent.click(screen.getByRole('button', { name: 'Create policy' }))
    const dialog = await screen.findByRole('dialog')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Create policy' }))
    expect(within(dialog).getByText(/Write a condition/)).toBeTruthy()
    await userEvent.type(within(dialog).getByLabelText('Name'), 'read')
    await userEvent.type(within(dialog).getByLabelText(/^Rows that are seen/), 'is_public')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Try it' }))
    expect(await within(dialog).findByText('With it authenticated sees 2 of 3 rows.')).toBeTruthy()
    expect(createPolicy).not.toHaveBeenCalled()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Create policy' }))
    await waitFor(() => expect(createPolicy).toHaveBeenCalledOnce())
    expect(createPolicy).toHaveBeenCalledWith(
      expect.objectContaining({
        policy: {
          schema: 'public',
          table: 'film',
          name: 'read',
          command: 'select',
          isPermissive: true,
          roles: ['authenticated'],
          using: 'is_public',
          check: null,
        },
      }),
      expect.anything(),
    )
    expect(await screen.findByText('create policy "read"')).toBeTruthy()
  })

  it('begin from a template', async () => {
    await open()
    await userEvent.click(screen.getByRole('button', { name: 'Create policy' }))
    const dialog = await screen.findByRole('dialog')
    await userEvent.click(within(dialog).getByRole('button', { name: /Start from/ }))
    await userEvent.click(await screen.findByRole('option', { name: 'Everybody reads every row' }))
    expect(within(dialog).getByLabelText('Name')).toHaveProperty('value', 'read all rows')
    expect(within(dialog).getByLabelText('Roles')).toHaveProperty('value', 'anon, authenticated')
  })

  it('are edited in what Postgres can change', async () => {
    const alterPolicy = vi.fn(async () => ({ sql: ['alter policy'] }))
    await open({ alterPolicy })
    await userEvent.click(screen.getByRole('button', { name: 'Actions of own rows' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: /^Edit/ }))
    const dialog = await screen.findByRole('dialog')
    const name = within(dialog).getByLabelText('Name')
    await userEvent.clear(name)
    await userEvent.type(name, 'mine')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Save policy' }))
    await waitFor(() => expect(alterPolicy).toHaveBeenCalledOnce())
    expect(alterPolicy).toHaveBeenCalledWith(
      expect.objectContaining({
        name: 'own rows',
        newName: 'mine',
        roles: ['authenticated'],
        using: 'user_id = 1',
      }),
      expect.anything(),
    )
  })

  it('are dropped after a question', async () => {
    const dropPolicy = vi.fn(async () => ({ sql: ['drop policy'] }))
    await open({ dropPolicy })
    await userEvent.click(screen.getByRole('button', { name: 'Actions of own rows' }))
    await userEvent.click(await screen.findByRole('menuitem', { name: /^Drop/ }))
    const dialog = await screen.findByRole('alertdialog')
    expect(dropPolicy).not.toHaveBeenCalled()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Drop policy' }))
    await waitFor(() => expect(dropPolicy).toHaveBeenCalledOnce())
  })
})
