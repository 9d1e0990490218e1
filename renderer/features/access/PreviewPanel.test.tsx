// What a user would see: the role and the claims that are sent, and what came of it.
import { cleanup, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { EXPOSED_PROJECT, showExposure } from '#testing/exposure-page.ts'
import { type SomeHandlers } from '#testing/page.ts'

afterEach(cleanup)

describe('what a user would see', () => {
  async function open(access: NonNullable<SomeHandlers['access']>): Promise<void> {
    showExposure(access)
    await userEvent.click(await screen.findByRole('tab', { name: /^What would this user see/ }))
  }

  it('is read with the role and the claims', async () => {
    const preview = vi.fn(async () => ({
      columns: ['title', 'note'],
      rows: [
        ['Solaris', null],
        ['', 'x'],
      ],
      visible: 2,
      total: 16_044,
      problem: null,
    }))
    await open({ preview })
    await userEvent.type(screen.getByLabelText('User'), '42')
    await userEvent.type(screen.getByLabelText('Other claims'), '{{"org": 7}')
    await userEvent.click(screen.getByRole('button', { name: 'Show rows' }))
    expect(await screen.findByText('authenticated sees 2 of 16 044 rows')).toBeTruthy()
    expect(preview).toHaveBeenCalledWith(
      {
        projectId: EXPOSED_PROJECT,
        schema: 'public',
        table: 'film',
        role: 'authenticated',
        claims: { role: 'authenticated', org: 7, sub: '42' },
        withPolicies: [],
        limit: 100,
      },
      expect.anything(),
    )
    const rows = screen.getByRole('table', { name: 'Rows' })
    expect(rows.textContent).toContain('SolarisNULL')
    expect(rows.textContent).toContain("''")
  })

  it('is a sentence when the role may not read or sees nothing', async () => {
    const preview = vi.fn(async () => ({
      columns: ['title'],
      rows: [],
      visible: null,
      total: null,
      problem: 'permission denied for table film',
    }))
    await open({ preview })
    await userEvent.click(screen.getByRole('button', { name: 'Show rows' }))
    expect(await screen.findByText('permission denied for table film')).toBeTruthy()
    expect(screen.getByText('authenticated may not read public.film')).toBeTruthy()
  })

  it('is not asked for with claims that are no JSON', async () => {
    const preview = vi.fn(async () => ({ columns: [], rows: [], visible: 0, total: 0, problem: null }))
    await open({ preview })
    await userEvent.type(screen.getByLabelText('Other claims'), '[[1]')
    await userEvent.click(screen.getByRole('button', { name: 'Show rows' }))
    expect(await screen.findByText('Write one JSON object.')).toBeTruthy()
    expect(preview).not.toHaveBeenCalled()
  })
})
