// The page of migrations: listed with their states, applied, rolled back, put right.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createElement } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Migration } from '#contract/capabilities/migrations.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { AppError } from '#contract/errors.ts'
import { DESIGN_CONNECTION, RENTAL, SHOP, testReview } from '#testing/design-session.ts'
import { testModel } from '#testing/model-objects.ts'
import { renderPage, type SomeHandlers, type TestPage } from '#testing/page.ts'
import { MigrationsPage } from './migrations-page.tsx'

afterEach(cleanup)

function migration(number: number, name: string, rest: Partial<Migration> = {}): Migration {
  return {
    version: `2026112310000${number}`,
    name,
    state: 'applied',
    appliedAt: '2026-11-20T09:00:00.000Z',
    appliedBy: 'anna',
    durationMs: 12,
    checksum: null,
    canRollBack: true,
    stepsDone: null,
    ...rest,
  }
}
const PENDING = { state: 'pending', appliedAt: null, appliedBy: null, durationMs: null } as const
const ITEMS = [
  migration(1, 'create_film'),
  migration(2, 'add_rating', { state: 'edited' }),
  migration(3, 'add_late_fee', PENDING),
]

function show(
  items: readonly Migration[] = ITEMS,
  { migrations, ...rest }: SomeHandlers = {},
  isStale = false,
): TestPage {
  return renderPage(createElement(MigrationsPage, { connectionId: DESIGN_CONNECTION }), {
    ...rest,
    migrations: {
      list: async () => ({ folder: '/home/anna/migrations/shop', items: [...items], isStale }),
      ...migrations,
    },
  })
}

async function act(of: string, entry: RegExp): Promise<void> {
  await userEvent.click(await screen.findByRole('button', { name: `Actions of ${of}` }))
  await userEvent.click(await screen.findByRole('menuitem', { name: entry }))
}

/** Once what it does is known. */
async function press(dialog: HTMLElement, name: string): Promise<void> {
  await waitFor(() => expect(within(dialog).getByRole('button', { name })).toHaveProperty('disabled', false))
  await userEvent.click(within(dialog).getByRole('button', { name }))
}

describe('migrations', () => {
  it('that somebody runs just now are said to be under way, and left to them', async () => {
    show([migration(4, 'back_fill', { state: 'running', stepsDone: 2, canRollBack: false })])
    await screen.findByText('Under way, 2 steps done')
    expect(screen.getByRole('button', { name: 'Apply pending' }).hasAttribute('disabled')).toBe(true)
    await userEvent.click(screen.getByRole('button', { name: 'Actions of back_fill' }))
    expect((await screen.findAllByRole('menuitem')).map(({ textContent }) => textContent)).toEqual([
      'Show SQL',
    ])
  })

  it('are listed newest first with state, who and when, and the folder they are in', async () => {
    show()
    const rows = (await screen.findAllByRole('row')).slice(1).map(({ textContent }) => textContent)
    expect(rows).toHaveLength(3)
    expect(rows[0]).toMatch(/add_late_fee.*Pending/)
    expect(rows[1]).toMatch(/add_rating.*Edited after it was applied.*anna/)
    expect(rows[2]).toMatch(/create_film.*Applied/)
    expect(screen.getByText('/home/anna/migrations/shop')).toBeTruthy()
  })

  it('that are none say how the first one is made', async () => {
    show([])
    expect(await screen.findByText('No migrations yet')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Open the designer' })).toBeTruthy()
  })

  it('that cannot be read say why, and another folder can be chosen', async () => {
    show([], {
      migrations: {
        list: async () => {
          throw new AppError('INVALID_INPUT', 'The folder of migrations /x cannot be read: EACCES.')
        },
      },
    })
    expect(await screen.findByText(/cannot be read: EACCES/)).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Choose another folder' })).toBeTruthy()
  })

  it('are shown with what there is to know of the folder and of a pooler, the latest 500 of thousands', async () => {
    const many = Array.from({ length: 510 }, (_, at) => migration(1, `number_${at}`)).map((one, at) => ({
      ...one,
      version: String(20_261_123_100_000 + at),
    }))
    show([], {
      migrations: {
        list: async () => ({
          folder: '/x',
          items: many,
          isStale: false,
          isPooled: true,
          note: 'Left out: V1__init.sql.',
        }),
      },
    })
    expect(await screen.findByText('Left out: V1__init.sql.')).toBeTruthy()
    expect(screen.getByText(/goes through a pooler/)).toBeTruthy()
    expect(screen.getByText('10 older migrations are not shown.')).toBeTruthy()
    expect(screen.getByText('number_509')).toBeTruthy()
    expect(screen.queryByText('number_9')).toBeNull()
  })

  it('are shown while the database is away, and nothing can be applied', async () => {
    show(ITEMS, {}, true)
    expect(await screen.findByText(/what was last known/)).toBeTruthy()
    expect(screen.getByRole('button', { name: /^Apply 1 pending/ })).toHaveProperty('disabled', true)
  })

  it('open with their SQL both ways', async () => {
    show(ITEMS, {
      migrations: {
        read: async () => ({
          up: 'create table film ()',
          down: '',
          fileName: '20261123100001_create_film.sql',
        }),
      },
    })
    await userEvent.click(await screen.findByRole('button', { name: 'create_film' }))
    const dialog = await screen.findByRole('dialog')
    expect((await within(dialog).findByRole('region')).textContent).toBe('create table film ()')
    await userEvent.click(within(dialog).getByRole('radio', { name: 'Down' }))
    expect(within(dialog).getByText(/It has no way down/)).toBeTruthy()
  })

  it('are applied after a question, step by step', async () => {
    const apply = vi.fn(async function* () {
      yield { type: 'migration' as const, version: '20261123100003', name: 'add_late_fee', steps: 2 }
      yield {
        type: 'step' as const,
        index: 0,
        sql: 'create  table\n late_fee ()',
        state: 'done' as const,
        durationMs: 4,
      }
      yield { type: 'retry' as const, attempt: 1, inMs: 500, message: 'The lock was not had in time.' }
      yield { type: 'step' as const, index: 1, sql: 'create index', state: 'done' as const, durationMs: 8 }
      yield { type: 'done' as const, applied: ['20261123100003'], durationMs: 20 }
    })
    show(ITEMS, { migrations: { apply } })
    await userEvent.click(await screen.findByRole('button', { name: /^Apply 1 pending/ }))
    const dialog = await screen.findByRole('dialog', { name: 'Apply 1 migration?' })
    expect(apply).not.toHaveBeenCalled()
    await press(dialog, 'Apply')
    expect(await within(dialog).findByText('Done in 20 ms.')).toBeTruthy()
    const steps = within(dialog).getByRole('list', { name: 'Applying add_late_fee' })
    expect(
      within(steps)
        .getAllByRole('listitem')
        .map((item) => item.dataset['state']),
    ).toEqual(['done', 'done'])
    expect(steps.textContent).toContain('create table late_fee ()')
  })

  it('that would run as a superuser are agreed to first', async () => {
    const apply = vi.fn(async function* () {
      yield { type: 'done' as const, applied: ['20261123100003'], durationMs: 20 }
    })
    show(ITEMS, {
      migrations: {
        apply,
        list: async () => ({
          folder: '/x',
          items: [...ITEMS],
          isStale: false,
          runsAs: { role: 'postgres', powers: ['superuser'] },
        }),
      },
    })
    await userEvent.click(await screen.findByRole('button', { name: /^Apply 1 pending/ }))
    const dialog = await screen.findByRole('dialog', { name: 'Apply 1 migration?' })
    const group = await within(dialog).findByRole('group', { name: 'Runs as postgres' })
    expect(group.textContent).toMatch(/postgres is a superuser: the SQL can .* run programs/)
    expect(await within(dialog).findByText('Say first that it may run as postgres.')).toBeTruthy()
    expect(within(dialog).getByRole('button', { name: 'Apply' })).toHaveProperty('disabled', true)
    await userEvent.click(within(group).getByRole('checkbox', { name: 'This migration may run as postgres' }))
    await press(dialog, 'Apply')
    await waitFor(() => expect(apply).toHaveBeenCalledOnce())
    expect(apply).toHaveBeenCalledWith(expect.objectContaining({ asSuperuser: true }), expect.anything())
  })

  it('say at which step they failed, and are tried again', async () => {
    let attempts = 0
    show(ITEMS, {
      migrations: {
        async *apply() {
          attempts += 1
          yield { type: 'migration', version: '20261123100003', name: 'add_late_fee', steps: 2 }
          yield { type: 'step', index: 0, sql: 'create index', state: 'running', durationMs: null }
          if (attempts === 1) throw new AppError('QUERY_FAILED', 'x.sql, line 3: duplicate key')
          yield { type: 'done', applied: [], durationMs: 1 }
        },
      },
    })
    await userEvent.click(await screen.findByRole('button', { name: /^Apply 1 pending/ }))
    const dialog = await screen.findByRole('dialog')
    await press(dialog, 'Apply')
    expect(await within(dialog).findByText('x.sql, line 3: duplicate key')).toBeTruthy()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Try again' }))
    expect(await within(dialog).findByText(/^Done in/)).toBeTruthy()
  })

  it('are rolled back down to one, with the ones behind it named', async () => {
    const rollBack = vi.fn(async function* () {
      yield { type: 'done' as const, applied: [], durationMs: 1 }
    })
    show(ITEMS, { migrations: { rollBack } })
    await act('create_film', /^Roll back to here/)
    const dialog = await screen.findByRole('alertdialog', { name: 'Roll back 1 migration?' })
    expect(within(dialog).getByRole('list', { name: 'Migrations' }).textContent).toContain('add_rating')
    await press(dialog, 'Roll back')
    await waitFor(() => expect(rollBack).toHaveBeenCalledOnce())
    expect(rollBack).toHaveBeenCalledWith(
      expect.objectContaining({ to: '20261123100001' }),
      expect.anything(),
    )
  })

  it('say what rolling back loses, counted, and want it typed', async () => {
    const down = 'drop table shop.award;'
    show(ITEMS, {
      migrations: { read: async () => ({ up: '', down, fileName: 'x.sql' }) },
      schema: {
        review: async () => ({ statements: [testReview(down, { isDestructive: true })], problem: null }),
        stakes: async ({ sql }) => ({
          losses: [
            { statement: 0, schema: 'shop', name: 'award', column: null, count: sql === down ? 12 : 0 },
          ],
          obstacles: [],
        }),
      },
    })
    await act('add_rating', /^Roll back…/)
    const dialog = await screen.findByRole('alertdialog')
    expect(await within(dialog).findByText('12 rows of shop.award')).toBeTruthy()
    expect(within(dialog).getByRole('button', { name: 'Roll back' })).toHaveProperty('disabled', true)
    await userEvent.type(within(dialog).getByLabelText('Type award to confirm'), 'award')
    expect(within(dialog).getByRole('button', { name: 'Roll back' })).toHaveProperty('disabled', false)
  })

  it('are marked without being run', async () => {
    const mark = vi.fn(async () => migration(3, 'add_late_fee'))
    show(ITEMS, { migrations: { mark } })
    await act('add_late_fee', /^Mark as applied/)
    await userEvent.click(await screen.findByRole('button', { name: 'Mark as applied' }))
    await waitFor(() => expect(mark).toHaveBeenCalledOnce())
    expect(mark).toHaveBeenCalledWith(
      expect.objectContaining({ version: '20261123100003', as: 'applied' }),
      expect.anything(),
    )
  })

  it('that were edited are taken as they are in the file', async () => {
    const repair = vi.fn(async () => migration(2, 'add_rating'))
    show(ITEMS, { migrations: { repair } })
    await act('add_rating', /^Take the edited file/)
    await userEvent.click(await screen.findByRole('button', { name: 'Take the edited file' }))
    await waitFor(() => expect(repair).toHaveBeenCalledOnce())
  })

  it('are squashed under a name that a file can have', async () => {
    const squash = vi.fn(async () => migration(3, 'start'))
    show(ITEMS, { migrations: { squash } })
    await screen.findByRole('table', { name: 'Migrations' })
    await userEvent.click(screen.getByRole('button', { name: 'Squash…' }))
    const dialog = await screen.findByRole('dialog')
    const name = within(dialog).getByLabelText('Name')
    await userEvent.clear(name)
    await userEvent.type(name, 'Start')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Squash 3 migrations' }))
    expect(within(dialog).getByText('Lower case letters, digits and underscores only.')).toBeTruthy()
    await userEvent.clear(name)
    await userEvent.type(name, 'start')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Squash 3 migrations' }))
    await waitFor(() => expect(squash).toHaveBeenCalledOnce())
    expect(squash).toHaveBeenCalledWith(
      expect.objectContaining({ from: '20261123100001', to: '20261123100003', name: 'start' }),
      expect.anything(),
    )
  })

  it('get another folder, and are told why one cannot be', async () => {
    const chooseFolder = vi.fn(async () => {
      throw new AppError('INVALID_INPUT', 'The folder has to be a full path.')
    })
    show(ITEMS, { migrations: { chooseFolder } })
    await userEvent.click(await screen.findByRole('button', { name: 'Change folder…' }))
    const dialog = await screen.findByRole('dialog')
    await userEvent.type(within(dialog).getByLabelText('Folder'), '/x')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Change folder' }))
    expect(await within(dialog).findByText('The folder has to be a full path.')).toBeTruthy()
  })
})

describe('drift', () => {
  function loading(made: SchemaModel, live: SchemaModel): SomeHandlers {
    return {
      schema: {
        async *load({ source }) {
          const model = source.kind === 'migrations' ? made : live
          const { serverVersion, database } = model
          yield {
            type: 'start',
            serverVersion,
            database,
            asOf: '2026-11-23T11:00:00.000Z',
            isStale: false,
            problems: [],
          }
          yield { type: 'objects', objects: model.objects }
        },
      },
    }
  }

  it('is none where the database is what the migrations make', async () => {
    show(ITEMS, loading(SHOP, SHOP))
    await userEvent.click(await screen.findByRole('button', { name: 'Check for drift' }))
    expect(await screen.findByText(/^No drift/)).toBeTruthy()
  })

  it('is not looked for before a migration was applied', async () => {
    show([migration(3, 'add_late_fee', PENDING)], loading(SHOP, SHOP))
    await userEvent.click(await screen.findByRole('button', { name: 'Check for drift' }))
    expect(await screen.findByText(/has had no migration yet/)).toBeTruthy()
  })

  it('says what to do where the migrations do not begin with an empty database', async () => {
    show(ITEMS, {
      schema: {
        async *load() {
          yield { type: 'objects', objects: [] }
          throw new AppError('QUERY_FAILED', 'relation "film" does not exist')
        },
      },
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Check for drift' }))
    expect((await screen.findByRole('alert')).textContent).toMatch(
      /relation "film" does not exist.*mark that as applied/,
    )
  })

  it('is looked for as a superuser only after a question', async () => {
    const agreed: (boolean | undefined)[] = []
    const { schema } = loading(SHOP, SHOP)
    show(ITEMS, {
      schema: {
        async *load(input, context) {
          if (input.source.kind === 'migrations') {
            agreed.push(input.source.asSuperuser)
            if (input.source.asSuperuser !== true)
              throw new AppError('FORBIDDEN', 'Nothing was run.', {
                details: { needs: 'asSuperuser', runsAs: { role: 'ada', powers: ['programs', 'files'] } },
              })
          }
          if (schema?.load !== undefined) yield* schema.load(input, context)
        },
      },
    })
    await userEvent.click(await screen.findByRole('button', { name: 'Check for drift' }))
    expect(
      await screen.findByText(
        /the SQL can run programs on the server, and read or write files of the server/,
      ),
    ).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Run them as ada' }))
    expect(await screen.findByText(/^No drift/)).toBeTruthy()
    expect(agreed).toEqual([false, true])
  })

  it('is shown object by object', async () => {
    show(ITEMS, loading(testModel([]), testModel([RENTAL])))
    await userEvent.click(await screen.findByRole('button', { name: 'Check for drift' }))
    const list = await screen.findByRole('list', { name: 'Differences' })
    expect(list.textContent).toContain('rentaltable added')
    expect(screen.getByRole('button', { name: 'Open in compare' })).toBeTruthy()
  })
})
