// Adding a connection: pasting, testing, saving; and the snippet's copy.
import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Connection } from '#contract/capabilities/connections.ts'
import { ConnectionId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { renderPage } from '#testing/page.ts'
import { ConnectCard } from './connect-card.tsx'
import { ConnectionDialog } from './connection-dialog.tsx'
import { asSaved, EMPTY_CONNECTION } from './connection-form.ts'

afterEach(cleanup)

const ID = ConnectionId.parse('018f0000-0000-7000-8000-000000000003')
const CONNECTION: Connection = {
  id: ID,
  name: 'shop',
  host: 'db.example',
  port: 5433,
  database: 'shop',
  user: 'mara',
  sslMode: 'require',
  environment: 'local',
  isReadOnly: false,
  updatedAt: '2026-11-22T12:00:00.000Z',
  kind: 'custom',
  hasPassword: true,
  reachability: 'unknown',
  lastUsedAt: null,
}
const FIELDS = { host: 'db.example', port: 5433, database: 'shop', user: 'mara', sslMode: 'require' } as const
const noop = (): void => undefined

describe('the connection dialog', () => {
  it('fills the fields from a pasted URI, and the password does not stay in the page', async () => {
    const save = vi.fn(async () => CONNECTION)
    const onSaved = vi.fn<(connection: Connection) => void>()
    const { container } = renderPage(<ConnectionDialog isOpen onClose={noop} onSaved={onSaved} />, {
      connections: { parseUri: async () => ({ fields: FIELDS, hasPassword: true }), save },
    })
    await userEvent.click(screen.getByLabelText('Paste a connection string'))
    await userEvent.paste('postgresql://mara:s3cret@db.example:5433/shop?sslmode=require')
    await waitFor(() => expect(screen.getByLabelText('Host')).toHaveProperty('value', 'db.example'))
    expect(screen.getByLabelText('Name')).toHaveProperty('value', 'shop')
    expect(screen.getByText('The one you pasted is used.')).toBeTruthy()
    const values = [...container.ownerDocument.querySelectorAll('input')].map((input) => input.value)
    expect(values.join(' ')).not.toContain('s3cret')
    await userEvent.click(screen.getByRole('button', { name: 'Add connection' }))
    await waitFor(() => expect(onSaved).toHaveBeenCalledWith(CONNECTION))
    expect(save).toHaveBeenCalledWith(
      { ...FIELDS, name: 'shop', environment: 'local', isReadOnly: false },
      expect.anything(),
    )
  })

  it('says what a bad URI is, beside its field', async () => {
    renderPage(<ConnectionDialog isOpen onClose={noop} onSaved={noop} />, {
      connections: {
        parseUri: async () => {
          throw new AppError('INVALID_INPUT', 'The port is not a number.')
        },
      },
    })
    await userEvent.click(screen.getByLabelText('Paste a connection string'))
    await userEvent.paste('postgresql://db.example:x/shop')
    await waitFor(() => expect(screen.getByText('The port is not a number.')).toBeTruthy())
  })

  it('tests what is typed and tells what it found, or why not', async () => {
    let isUp = false
    renderPage(<ConnectionDialog isOpen connection={CONNECTION} onClose={noop} onSaved={noop} />, {
      connections: {
        test: async () => {
          if (!isUp) throw new AppError('CONNECTION_FAILED', 'connection refused at db.example:5433')
          return { serverVersion: '18.1', latencyMs: 4.2, isSuperuser: true, usesTls: true }
        },
      },
    })
    await userEvent.click(screen.getByRole('button', { name: 'Test connection' }))
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('connection refused'))
    isUp = true
    await userEvent.click(screen.getByRole('button', { name: 'Test connection' }))
    await waitFor(() => expect(screen.getByText(/Postgres 18\.1, 4\.2 ms, TLS, superuser/)).toBeTruthy())
  })

  it('names every field that is missing', async () => {
    const save = vi.fn(async () => CONNECTION)
    renderPage(<ConnectionDialog isOpen onClose={noop} onSaved={noop} />, { connections: { save } })
    await userEvent.click(screen.getByRole('button', { name: 'Add connection' }))
    for (const text of ['Give it a name.', 'Enter a host name, an address or a socket directory.'])
      expect(screen.getByText(text)).toBeTruthy()
    expect(save).not.toHaveBeenCalled()
  })
})

describe('what is saved', () => {
  it('leaves an empty password out, so that the stored one is kept', () => {
    expect(asSaved({ ...EMPTY_CONNECTION, password: '' }, undefined)).not.toHaveProperty('password')
    expect(asSaved({ ...EMPTY_CONNECTION, password: 'x', port: '6543' }, ID)).toMatchObject({
      id: ID,
      password: 'x',
      port: 6543,
    })
  })
})

describe('the connect card', () => {
  const preview = async (): Promise<{ text: string }> => ({
    text: 'postgresql://mara:••••@db.example:5433/shop',
  })
  it('shows the masked snippet and says when it is copied', async () => {
    const copy = vi.fn(async () => ({ delivered: 'clipboard' as const }))
    renderPage(<ConnectCard connectionId={ID} version="1" />, { connections: { preview, copy } })
    await screen.findByText('db.example:5433')
    await userEvent.click(screen.getByRole('button', { name: /Copy connection string/ }))
    await screen.findByRole('button', { name: /Copied/ })
    expect(copy).toHaveBeenCalledWith({ connectionId: ID, format: 'uri' }, expect.anything())
  })
  it('frames the page that shows it once where the host has no clipboard', async () => {
    renderPage(<ConnectCard connectionId={ID} version="1" />, {
      connections: { preview, copy: async () => ({ delivered: 'page', path: '/reveal/abc' }) },
    })
    await userEvent.click(await screen.findByRole('button', { name: /Copy connection string/ }))
    const frame = await screen.findByTitle('Connection string with its password')
    expect(frame.getAttribute('src')).toBe('/reveal/abc')
    expect(frame.getAttribute('sandbox')).toBe('allow-scripts')
  })
})
