// The settings of the API: what is sent, what cannot be, and what it needs.
import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ApiState } from '#contract/capabilities/api.ts'
import { AppError } from '#contract/errors.ts'
import { API_PROJECT_ID, API_STATE, showApi } from '#testing/api-page.ts'

afterEach(cleanup)

describe('the settings', () => {
  it('send what was changed and say so', async () => {
    const update = vi.fn(async () => ({ ...API_STATE, settings: { ...API_STATE.settings, maxRows: 50 } }))
    await showApi({ page: 'settings', api: { update } })
    const rows = await screen.findByLabelText('Rows of an answer')
    expect(screen.getByRole('button', { name: /Save settings/ }).hasAttribute('data-disabled')).toBe(true)
    await userEvent.clear(rows)
    await userEvent.type(rows, '50')
    await userEvent.click(screen.getByRole('checkbox', { name: 'private' }))
    expect(screen.getByText('2 settings are changed.')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: /Save settings/ }))
    await waitFor(() =>
      expect(update).toHaveBeenCalledWith(
        { projectId: API_PROJECT_ID, settings: { maxRows: 50, schemas: ['public', 'shop', 'private'] } },
        expect.anything(),
      ),
    )
  })

  it('that cannot be are marked, and can be discarded', async () => {
    await showApi({ page: 'settings' })
    const rows = await screen.findByLabelText('Rows of an answer')
    await userEvent.type(rows, 'x')
    await userEvent.click(screen.getByRole('button', { name: /Save settings/ }))
    expect(await screen.findByText(/Write a whole number/)).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Discard' }))
    expect(screen.getByLabelText('Rows of an answer')).toHaveProperty('value', '1000')
  })

  it('of schemas choose the default', async () => {
    const update = vi.fn(async () => API_STATE)
    await showApi({ page: 'settings', api: { update } })
    await userEvent.click(await screen.findByRole('button', { name: 'Make shop the default' }))
    await userEvent.click(screen.getByRole('button', { name: /Save settings/ }))
    await waitFor(() =>
      expect(update).toHaveBeenCalledWith(
        { projectId: API_PROJECT_ID, settings: { schemas: ['shop', 'public'] } },
        expect.anything(),
      ),
    )
  })

  it('cannot be saved without the service, or read when it is not there', async () => {
    await showApi({ page: 'settings', isOffline: true })
    await userEvent.type(await screen.findByLabelText('Rows of an answer'), '0')
    expect(screen.getByRole('button', { name: /Save settings/ }).hasAttribute('data-disabled')).toBe(true)
    cleanup()
    const get = async (): Promise<ApiState> => {
      throw new AppError('SERVICE_UNREACHABLE', 'It needs the service.')
    }
    await showApi({ page: 'settings', api: { get } })
    expect(await screen.findByText('The settings cannot be shown')).toBeTruthy()
  })
})
