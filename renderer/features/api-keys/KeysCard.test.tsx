// The keys: made and shown once, rotated, revoked; and what is shown when there are none, or no service.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiKeyId, type ApiKey } from '#contract/capabilities/api-keys.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { connectivityThat, renderPage, type SomeHandlers, type TestPage } from '#testing/page.ts'
import { KeysCard } from './keys-card.tsx'

afterEach(cleanup)

const PROJECT = ProjectId.parse('018f0000-0000-7000-8000-000000000002')
const AT = '2026-01-01T00:00:00.000Z'
const KEY: ApiKey = {
  id: ApiKeyId.parse('018f0000-0000-7000-8000-000000000003'),
  projectId: PROJECT,
  name: 'Web shop',
  kind: 'publishable',
  prefix: 'nbl_publishable_4fTa',
  scope: { access: 'read', schemas: ['public'] },
  createdAt: AT,
  expiresAt: null,
  lastUsedAt: null,
  revokedAt: null,
  replacedBy: null,
}
const SECRET = 'nbl_publishable_4fTaThatIsShownOnce'

function show(
  apiKeys: SomeHandlers['apiKeys'],
  options: { readonly isOffline?: boolean; readonly schemas?: readonly string[] } = {},
): TestPage {
  return renderPage(<KeysCard projectId={PROJECT} schemas={options.schemas ?? ['public']} />, {
    apiKeys: { list: async () => [KEY], ...apiKeys },
    connectivity: connectivityThat(options.isOffline === true ? 'offline' : 'online'),
  })
}

async function openMenu(entry: RegExp): Promise<void> {
  await userEvent.click(await screen.findByRole('button', { name: 'Actions of Web shop' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: entry }))
}

describe('the keys', () => {
  it('are listed with kind, prefix, scope, use, end and state', async () => {
    const page = show({})
    const row = await screen.findByRole('row', { name: /Web shop/ })
    expect(row.textContent).toContain('Publishable')
    expect(row.textContent).toContain('nbl_publishable_4fTa…')
    expect(row.textContent).toContain('Read only in public')
    expect(within(row).getAllByText('never')).toHaveLength(2)
    expect(within(row).getByText('Active')).toBeTruthy()
    expect(page.bugs).toEqual([])
  })

  it('that ended are shown when asked for', async () => {
    show({ list: async () => [KEY, { ...KEY, id: ApiKeyId.parse(PROJECT), name: 'Old app', revokedAt: AT }] })
    await screen.findByText('Web shop')
    expect(screen.queryByText('Old app')).toBeNull()
    await userEvent.click(screen.getByRole('checkbox', { name: 'Show 1 ended' }))
    expect(screen.getByRole('row', { name: /Old app/ }).textContent).toContain('Revoked')
  })

  it('that are none yet have a button to create one', async () => {
    show({ list: async () => [] })
    expect(await screen.findByText('No API keys yet')).toBeTruthy()
    expect(screen.getAllByRole('button', { name: 'Create API key' })).toHaveLength(1)
  })

  it('that cannot be read say why, and are read again', async () => {
    const list = vi.fn(async (): Promise<ApiKey[]> => [KEY])
    list.mockRejectedValueOnce(new AppError('FORBIDDEN', 'Your role does not allow it.'))
    show({ list })
    expect((await screen.findByRole('alert')).textContent).toContain('Your role does not allow it.')
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('Web shop')).toBeTruthy()
  })

  it('stay as they are without the service', async () => {
    show({}, { isOffline: true })
    await screen.findByText('Web shop')
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Create API key' }).hasAttribute('data-disabled')).toBe(true),
    )
    await userEvent.click(screen.getByRole('button', { name: 'Actions of Web shop' }))
    for (const item of await screen.findAllByRole('menuitem'))
      expect(item.getAttribute('aria-disabled')).toBe('true')
  })
})

describe('a new key', () => {
  it('is asked for with its kind, scope and end; its secret is shown once and is gone after', async () => {
    const create = vi.fn(async () => ({ key: KEY, secret: SECRET }))
    const page = show({ create }, { schemas: ['public', 'shop'] })
    await screen.findByText('Web shop')
    await userEvent.click(screen.getByRole('button', { name: 'Create API key' }))
    await userEvent.type(await screen.findByLabelText('Name'), 'Server')
    await userEvent.click(screen.getByRole('radio', { name: /^Secret/ }))
    await userEvent.click(screen.getByRole('radio', { name: 'Read only' }))
    await userEvent.click(screen.getByRole('checkbox', { name: 'All exposed schemas' }))
    await userEvent.click(screen.getByRole('checkbox', { name: 'shop' }))
    await userEvent.click(screen.getByRole('checkbox', { name: 'public' }))
    await userEvent.click(screen.getByRole('button', { name: 'Create key' }))
    expect((await screen.findByLabelText('API key')).textContent).toBe(SECRET)
    expect(screen.getByRole('alert').textContent).toContain('This key is shown once.')
    expect(create).toHaveBeenCalledWith(
      {
        projectId: PROJECT,
        name: 'Server',
        kind: 'secret',
        scope: { access: 'read', schemas: ['shop'] },
        expiresAt: null,
      },
      expect.anything(),
    )
    await userEvent.click(screen.getByRole('button', { name: 'I have stored it' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(document.body.textContent).not.toContain(SECRET)
    expect(page.bugs).toEqual([])
  })

  it('is not lost to Esc before it was copied', async () => {
    show({ create: async () => ({ key: KEY, secret: SECRET }) })
    await screen.findByText('Web shop')
    await userEvent.click(screen.getByRole('button', { name: 'Create API key' }))
    await userEvent.type(await screen.findByLabelText('Name'), 'Server{Enter}')
    await screen.findByLabelText('API key')
    await userEvent.keyboard('{Escape}')
    expect(screen.getByLabelText('API key').textContent).toBe(SECRET)
    await userEvent.click(screen.getByRole('button', { name: 'Copy API key' }))
    await screen.findByRole('button', { name: 'Copied' })
    expect(await navigator.clipboard.readText()).toBe(SECRET)
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByLabelText('API key')).toBeNull())
  })

  it('needs a name and an end to come', async () => {
    const create = vi.fn(async () => ({ key: KEY, secret: SECRET }))
    show({ create })
    await screen.findByText('Web shop')
    await userEvent.click(screen.getByRole('button', { name: 'Create API key' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Create key' }))
    expect(await screen.findByText('Give it a name.')).toBeTruthy()
    await userEvent.type(screen.getByLabelText('Name'), 'Server')
    await userEvent.click(screen.getByRole('button', { name: /Expires/ }))
    await userEvent.click(await screen.findByRole('option', { name: 'On a date' }))
    await userEvent.type(screen.getByLabelText('Last day'), '2020-01-01')
    await userEvent.click(screen.getByRole('button', { name: 'Create key' }))
    expect(await screen.findByText('Choose a day to come.')).toBeTruthy()
    expect(create).not.toHaveBeenCalled()
  })

  it('that is refused says why in the dialog', async () => {
    show({
      create: async () => {
        throw new AppError('LIMIT_REACHED', 'This project has 100 keys, which is its limit.')
      },
    })
    await screen.findByText('Web shop')
    await userEvent.click(screen.getByRole('button', { name: 'Create API key' }))
    await userEvent.type(await screen.findByLabelText('Name'), 'Server{Enter}')
    expect(await screen.findByText(/which is its limit/)).toBeTruthy()
  })
})

describe('an existing key', () => {
  it('is rotated with the overlap that is chosen, and the new secret shown', async () => {
    const rotate = vi.fn(async () => ({ key: KEY, secret: SECRET }))
    show({ rotate })
    await openMenu(/^Rotate/)
    await userEvent.click(await screen.findByRole('button', { name: /goes on for/ }))
    await userEvent.click(await screen.findByRole('option', { name: '1 hour' }))
    await userEvent.click(screen.getByRole('button', { name: 'Rotate key' }))
    expect((await screen.findByLabelText('API key')).textContent).toBe(SECRET)
    expect(rotate).toHaveBeenCalledWith(
      { projectId: PROJECT, keyId: KEY.id, overlapSeconds: 3600 },
      expect.anything(),
    )
  })

  it('is revoked after a question', async () => {
    const revoke = vi.fn(async () => ({ ...KEY, revokedAt: AT }))
    show({ revoke })
    await openMenu(/^Revoke/)
    const dialog = await screen.findByRole('alertdialog')
    expect(dialog.textContent).toContain('It was never used.')
    expect(revoke).not.toHaveBeenCalled()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Revoke key' }))
    await waitFor(() => expect(revoke).toHaveBeenCalledOnce())
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
  })

  it('is renamed', async () => {
    const rename = vi.fn(async () => KEY)
    show({ rename })
    await openMenu(/^Rename/)
    const field = await screen.findByLabelText('Name')
    await userEvent.clear(field)
    await userEvent.type(field, 'Kiosk{Enter}')
    await waitFor(() =>
      expect(rename).toHaveBeenCalledWith(
        { projectId: PROJECT, keyId: KEY.id, name: 'Kiosk' },
        expect.anything(),
      ),
    )
  })
})
