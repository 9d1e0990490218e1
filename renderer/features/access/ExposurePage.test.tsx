// The exposure: switches that act at once and show their SQL, and warnings with their fix.
import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { act } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { EXPOSED_PROJECT, EXPOSURE, flip, isOn, RAN, showExposure } from '#testing/exposure-page.ts'
import { renderPage } from '#testing/page.ts'
import { ExposurePage } from './exposure-page.tsx'

afterEach(cleanup)

describe('the switches', () => {
  it('show who may do what', async () => {
    const page = showExposure()
    await screen.findByRole('switch', { name: 'authenticated may select film' })
    expect(isOn('authenticated may select film')).toBe(true)
    expect(isOn('anon may select film')).toBe(false)
    expect(isOn('Row security of film')).toBe(false)
    expect(screen.queryByRole('switch', { name: 'Row security of overdue' })).toBeNull()
    expect(screen.getByText('Its owner’s rights')).toBeTruthy()
    expect(page.bugs).toEqual([])
  })

  it('act at once, keep the other privileges and show the SQL that was run', async () => {
    const change = vi.fn(async () => RAN)
    showExposure({ change })
    await flip('authenticated may insert film')
    expect(isOn('authenticated may insert film')).toBe(true)
    expect(await screen.findByText('grant select on table "public"."film" to "anon"')).toBeTruthy()
    expect(change).toHaveBeenCalledWith(
      {
        projectId: EXPOSED_PROJECT,
        change: {
          type: 'setTableGrants',
          schema: 'public',
          table: 'film',
          role: 'authenticated',
          privileges: ['select', 'insert'],
        },
      },
      expect.anything(),
    )
  })

  it('that are flipped one after the other add up', async () => {
    const sent: unknown[] = []
    let release = (): void => undefined
    showExposure({
      change: async ({ change }) => {
        sent.push(change.type === 'setTableGrants' ? change.privileges : change.type)
        await new Promise<void>((resolve) => (release = resolve))
        return RAN
      },
    })
    await flip('anon may select film')
    await flip('anon may update film')
    expect(isOn('anon may select film') && isOn('anon may update film')).toBe(true)
    // The second waits for its turn.
    await waitFor(() => expect(sent).toEqual([['select']]))
    release()
    await waitFor(() => expect(sent).toEqual([['select'], ['select', 'update']]))
    release()
  })

  it('go back when Postgres refuses, with its words', async () => {
    showExposure({
      change: async () => {
        throw new AppError('QUERY_FAILED', 'permission denied for table film')
      },
    })
    await flip('anon may select film')
    expect(await screen.findByText('permission denied for table film')).toBeTruthy()
    await waitFor(() => expect(isOn('anon may select film')).toBe(false))
  })

  it('of columns are below their table; what the table gives is not switched there', async () => {
    const change = vi.fn(async () => RAN)
    showExposure({ change })
    await userEvent.click(await screen.findByRole('button', { name: 'Show the columns of film' }))
    expect(screen.queryByRole('switch', { name: 'authenticated may select film.title' })).toBeNull()
    await flip('anon may update film.title')
    await waitFor(() => expect(change).toHaveBeenCalledOnce())
    expect(change).toHaveBeenCalledWith(
      expect.objectContaining({
        change: expect.objectContaining({
          type: 'setColumnGrants',
          column: 'title',
          role: 'anon',
          privileges: ['update'],
        }),
      }),
      expect.anything(),
    )
  })

  it('of functions are on their own tab', async () => {
    const change = vi.fn(async () => RAN)
    showExposure({ change })
    await userEvent.click(await screen.findByRole('tab', { name: /^Functions/ }))
    await flip('anon may call charge(a integer)')
    await waitFor(() => expect(change).toHaveBeenCalledOnce())
    expect(change).toHaveBeenCalledWith(
      expect.objectContaining({
        change: expect.objectContaining({
          type: 'setFunctionGrant',
          function: 'charge',
          arguments: 'a integer',
          mayExecute: true,
        }),
      }),
      expect.anything(),
    )
  })

  it('are reached with the arrow keys', async () => {
    showExposure()
    const first = await screen.findByRole('switch', { name: 'anon may select film' })
    first.focus()
    await userEvent.keyboard('{ArrowRight}')
    expect(document.activeElement).toBe(screen.getByRole('switch', { name: 'anon may insert film' }))
    await userEvent.keyboard('{ArrowDown}')
    expect(document.activeElement).toBe(screen.getByRole('switch', { name: 'anon may insert rental' }))
    await userEvent.keyboard('{ArrowUp}{ArrowLeft}')
    expect(document.activeElement).toBe(first)
  })

  it('cannot be flipped without the service', async () => {
    showExposure({}, true)
    await waitFor(() =>
      expect(screen.getByRole('switch', { name: 'anon may select film' }).hasAttribute('disabled')).toBe(
        true,
      ),
    )
  })
})

describe('the table', () => {
  it('is filtered, and says when nothing matches', async () => {
    showExposure()
    await screen.findByRole('switch', { name: 'anon may select film' })
    await userEvent.type(screen.getByRole('searchbox', { name: 'Filter tables' }), 'rent')
    expect(screen.queryByRole('switch', { name: 'anon may select film' })).toBeNull()
    expect(screen.getByRole('switch', { name: 'anon may select rental' })).toBeTruthy()
    await userEvent.type(screen.getByRole('searchbox', { name: 'Filter tables' }), 'zzz')
    await userEvent.click(screen.getByRole('button', { name: 'Clear the filter' }))
    expect(screen.getByRole('switch', { name: 'anon may select film' })).toBeTruthy()
  })

  it('and that of functions are reached with the key of the filter, whichever tab was shown before', async () => {
    const page = showExposure()
    for (const [tab, filter] of [
      ['Functions', 'Filter functions'],
      ['Tables', 'Filter tables'],
    ] as const) {
      await userEvent.click(await screen.findByRole('tab', { name: /^Policies/ }))
      await userEvent.click(screen.getByRole('tab', { name: new RegExp(`^${tab}`) }))
      act(() => void page.shell.commands.run('exposure.filter'))
      expect(document.activeElement).toBe(screen.getByRole('searchbox', { name: filter }))
    }
  })

  it('marks what the API does not serve, puts it last and says where to change it', async () => {
    const [film] = EXPOSURE.tables
    const page = showExposure({
      exposure: async () => ({
        ...EXPOSURE,
        schemas: [...EXPOSURE.schemas, { name: 'audit', usage: [], served: false }],
        tables: film === undefined ? [] : [{ ...film, schema: 'audit', name: 'change' }, film],
      }),
    })
    const row = await screen.findByRole('row', { name: /audit\.change/ })
    expect(row.textContent).toContain('Not served')
    expect(screen.getByRole('row', { name: /public\.film/ }).textContent).not.toContain('Not served')
    expect(screen.getAllByRole('row').at(-1)).toBe(row)
    expect(screen.getByText(/The API does not serve the schema/).textContent).toContain('audit')
    await userEvent.click(screen.getByRole('button', { name: 'Choose the schemas' }))
    expect(page.shell.navigation.location.get()).toMatchObject({
      area: 'api',
      page: 'settings',
      id: EXPOSED_PROJECT,
    })
  })

  it('that is empty says how tables come', async () => {
    showExposure({ exposure: async () => ({ schemas: [], tables: [], functions: [] }), lint: async () => [] })
    expect(await screen.findByText('No tables yet')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Open SQL' })).toBeTruthy()
  })

  it('of a database that sleeps offers to wake it', async () => {
    const start = vi.fn(async () => {
      throw new AppError('FORBIDDEN', 'Your role does not allow it.')
    })
    const exposure = vi.fn(async () => {
      throw new AppError('PROJECT_NOT_READY', 'The database sleeps.')
    })
    renderPage(<ExposurePage projectId={EXPOSED_PROJECT} />, { access: { exposure }, projects: { start } })
    expect((await screen.findByRole('alert')).textContent).toContain('The database sleeps.')
    await userEvent.click(screen.getByRole('button', { name: 'Wake the database' }))
    expect(await screen.findByText(/Your role does not allow it/)).toBeTruthy()
  })
})

describe('the warnings', () => {
  it('are mended with one press', async () => {
    const change = vi.fn(async () => ({ sql: ['alter table "public"."film" enable row level security'] }))
    showExposure({ change })
    expect(await screen.findByText('1 warning')).toBeTruthy()
    await userEvent.click(await screen.findByRole('button', { name: 'Enable row security on public.film' }))
    await waitFor(() => expect(isOn('Row security of film')).toBe(true))
    expect(change).toHaveBeenCalledWith(
      expect.objectContaining({
        change: expect.objectContaining({ type: 'setRowSecurity', isEnabled: true }),
      }),
      expect.anything(),
    )
    expect(await screen.findByText(/enable row level security/)).toBeTruthy()
  })
})
