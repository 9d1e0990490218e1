// The exposure: switches that act at once and show their SQL, warnings with their fix, policies, and what a user would see.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AccessWarning, Exposure, Policy } from '#contract/capabilities/access.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { renderPage, type SomeHandlers, type TestPage } from '#testing/page.ts'
import { applyChange } from './exposure.ts'
import { ExposurePage } from './exposure-page.tsx'

afterEach(cleanup)

const PROJECT = ProjectId.parse('018f0000-0000-7000-8000-000000000002')
const table = (name: string): Exposure['tables'][number] => ({
  schema: 'public',
  name,
  kind: 'table',
  comment: null,
  grants: { anon: [], authenticated: ['select'] },
  columns: [{ name: 'title', type: 'text', grants: { anon: [], authenticated: [] } }],
  rowSecurity: { isEnabled: false, isForced: false, policyCount: 1 },
  isSecurityInvoker: null,
})
const EXPOSURE: Exposure = {
  schemas: [{ name: 'public', usage: ['anon', 'authenticated'], served: true }],
  tables: [table('film'), table('rental'), { ...table('overdue'), kind: 'view', isSecurityInvoker: false }],
  functions: [
    {
      schema: 'public',
      name: 'charge',
      arguments: 'a integer',
      returns: 'void',
      isSecurityDefiner: true,
      execute: [],
    },
  ],
}
const WARNING: AccessWarning = {
  rule: 'table-without-row-security',
  severity: 'error',
  schema: 'public',
  object: 'film',
  message: 'authenticated reach all rows of "film".',
  hint: 'Switch row-level security on.',
}
const POLICY: Policy = {
  schema: 'public',
  table: 'film',
  name: 'own rows',
  command: 'all',
  isPermissive: true,
  roles: ['authenticated'],
  using: 'user_id = 1',
  check: null,
}
const RAN = { sql: ['grant select on table "public"."film" to "anon"'] }

function show(access: NonNullable<SomeHandlers['access']> = {}, isOffline = false): TestPage {
  let exposure = EXPOSURE
  return renderPage(<ExposurePage projectId={PROJECT} />, {
    access: {
      exposure: async () => exposure,
      policies: async () => [POLICY],
      lint: async () => [WARNING],
      ...access,
      // As Postgres does it: what was changed is what is read next.
      change: async (input, context) => {
        const ran = await (access.change?.(input, context) ?? Promise.resolve(RAN))
        exposure = applyChange(exposure, input.change)
        return ran
      },
    },
    connectivity: {
      current: async () => ({
        state: isOffline ? 'offline' : 'online',
        offlineSince: null,
        latencyMs: 1,
        isSyncing: false,
        lastSyncedAt: null,
        pendingChanges: 0,
        problem: null,
      }),
    },
  })
}

const flip = async (name: string): Promise<void> =>
  userEvent.click(await screen.findByRole('switch', { name }))
const isOn = (name: string): boolean => {
  const element = screen.getByRole('switch', { name })
  return element instanceof HTMLInputElement && element.checked
}

describe('the switches', () => {
  it('show who may do what', async () => {
    const page = show()
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
    show({ change })
    await flip('authenticated may insert film')
    expect(isOn('authenticated may insert film')).toBe(true)
    expect(await screen.findByText('grant select on table "public"."film" to "anon"')).toBeTruthy()
    expect(change).toHaveBeenCalledWith(
      {
        projectId: PROJECT,
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
    show({
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
    show({
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
    show({ change })
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
    show({ change })
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
    show()
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
    show({}, true)
    await waitFor(() =>
      expect(screen.getByRole('switch', { name: 'anon may select film' }).hasAttribute('disabled')).toBe(
        true,
      ),
    )
  })
})

describe('the table', () => {
  it('is filtered, and says when nothing matches', async () => {
    show()
    await screen.findByRole('switch', { name: 'anon may select film' })
    await userEvent.type(screen.getByRole('searchbox', { name: 'Filter tables' }), 'rent')
    expect(screen.queryByRole('switch', { name: 'anon may select film' })).toBeNull()
    expect(screen.getByRole('switch', { name: 'anon may select rental' })).toBeTruthy()
    await userEvent.type(screen.getByRole('searchbox', { name: 'Filter tables' }), 'zzz')
    await userEvent.click(screen.getByRole('button', { name: 'Clear the filter' }))
    expect(screen.getByRole('switch', { name: 'anon may select film' })).toBeTruthy()
  })

  it('that is empty says how tables come', async () => {
    show({ exposure: async () => ({ schemas: [], tables: [], functions: [] }), lint: async () => [] })
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
    renderPage(<ExposurePage projectId={PROJECT} />, { access: { exposure }, projects: { start } })
    expect((await screen.findByRole('alert')).textContent).toContain('The database sleeps.')
    await userEvent.click(screen.getByRole('button', { name: 'Wake the database' }))
    expect(await screen.findByText(/Your role does not allow it/)).toBeTruthy()
  })
})

describe('the warnings', () => {
  it('are mended with one press', async () => {
    const change = vi.fn(async () => ({ sql: ['alter table "public"."film" enable row level security'] }))
    show({ change })
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

describe('policies', () => {
  async function open(access: NonNullable<SomeHandlers['access']> = {}): Promise<void> {
    show(access)
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
    show()
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

describe('what a user would see', () => {
  async function open(access: NonNullable<SomeHandlers['access']>): Promise<void> {
    show(access)
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
        projectId: PROJECT,
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
