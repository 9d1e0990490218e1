// The signing secret and the issuers that the API trusts. The keys have their own tests.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { API_PROJECT_ID, AT, OTHER_PROJECT_ID, showApi } from '#testing/api-page.ts'

afterEach(cleanup)

describe('the signing secret', () => {
  it('is revealed to who asks, and hidden again', async () => {
    await showApi({ page: 'keys', api: { revealJwtSecret: async () => ({ id: 'k1', secret: 'hush' }) } })
    expect(await screen.findByText('k1')).toBeTruthy()
    expect(document.body.textContent).not.toContain('hush')
    await userEvent.click(screen.getByRole('button', { name: 'Reveal' }))
    expect((await screen.findByLabelText('signing secret')).textContent).toBe('hush')
    await userEvent.click(screen.getByRole('button', { name: 'Hide' }))
    await waitFor(() => expect(document.body.textContent).not.toContain('hush'))
  })

  it('is rotated with an overlap', async () => {
    const rotateJwtSecret = vi.fn(async () => ({ id: 'k2', secret: 'new hush' }))
    await showApi({ page: 'keys', api: { rotateJwtSecret } })
    await userEvent.click(await screen.findByRole('button', { name: 'Rotate' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Rotate secret' }))
    expect((await screen.findByLabelText('signing secret')).textContent).toBe('new hush')
    expect(rotateJwtSecret).toHaveBeenCalledWith(
      { projectId: API_PROJECT_ID, overlapSeconds: 86_400 },
      expect.anything(),
    )
  })
})

describe('token issuers', () => {
  const ISSUER = {
    id: OTHER_PROJECT_ID,
    issuer: 'https://login.example.com',
    jwksUrl: 'https://login.example.com/.well-known/jwks.json',
    audience: null,
    roleClaim: '$.role',
    createdAt: AT,
  }

  it('are added, with the usual place of their keys', async () => {
    const addIssuer = vi.fn(async () => ISSUER)
    await showApi({ page: 'keys', api: { addIssuer } })
    await userEvent.click(await screen.findByRole('button', { name: 'Add issuer' }))
    const dialog = await screen.findByRole('dialog')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add issuer' }))
    expect(within(dialog).getAllByText(/begins with https/)).toHaveLength(2)
    await userEvent.type(within(dialog).getByLabelText('Issuer'), ISSUER.issuer)
    await userEvent.tab()
    expect(within(dialog).getByLabelText('JWKS address')).toHaveProperty('value', ISSUER.jwksUrl)
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add issuer' }))
    await waitFor(() =>
      expect(addIssuer).toHaveBeenCalledWith(
        {
          projectId: API_PROJECT_ID,
          issuer: ISSUER.issuer,
          jwksUrl: ISSUER.jwksUrl,
          audience: null,
          roleClaim: '$.role',
        },
        expect.anything(),
      ),
    )
  })

  it('are removed after a question', async () => {
    const removeIssuer = vi.fn(async () => undefined)
    await showApi({ page: 'keys', api: { issuers: async () => [ISSUER], removeIssuer } })
    await userEvent.click(await screen.findByRole('button', { name: `Remove ${ISSUER.issuer}` }))
    const dialog = await screen.findByRole('alertdialog')
    expect(removeIssuer).not.toHaveBeenCalled()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Remove issuer' }))
    await waitFor(() => expect(removeIssuer).toHaveBeenCalledOnce())
  })
})
