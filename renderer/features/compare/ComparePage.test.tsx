// Comparing: two sources, renames confirmed, differences chosen, their SQL copied or reviewed.
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createElement } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Connection } from '#contract/capabilities/connections.ts'
import { ConnectionId } from '#contract/capabilities/ids.ts'
import type { ImportProblem, SchemaSource } from '#contract/capabilities/schema.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { AppError } from '#contract/errors.ts'
import { DESIGN_CONNECTION, RENTAL, SHOP } from '#testing/design-session.ts'
import {
  testColumn,
  testEnum,
  testForeignKey,
  testKey,
  testModel,
  testTable,
} from '#testing/model-objects.ts'
import { renderPage, type SomeHandlers, type TestPage } from '#testing/page.ts'
import { ComparePage } from './compare-page.tsx'

afterEach(cleanup)

const OTHER = ConnectionId.parse('018f0000-0000-7000-8000-00000000000a')
const connection = (id: ConnectionId, name: string, rest: Partial<Connection> = {}): Connection => ({
  id,
  name,
  kind: 'custom',
  host: 'localhost',
  port: 5432,
  database: name,
  user: 'anna',
  sslMode: 'prefer',
  environment: 'development',
  isReadOnly: false,
  updatedAt: '2026-11-23T10:00:00.000Z',
  hasPassword: false,
  reachability: 'reachable',
  lastUsedAt: null,
  ...rest,
})
const FILM = testTable('film', [testColumn('id', 'bigint', { id: 'column:film.id', isNullable: false })], {
  constraints: [testKey('film_pkey', ['id'])],
})
/** Other ids for the same things, as another database has them. */
const STAGING = testModel([
  {
    ...RENTAL,
    id: 'table:77',
    columns: [
      ...RENTAL.columns,
      testColumn('film_id', 'bigint', { id: 'column:77.9' }),
      testColumn('status', 'public.status', { id: 'column:77.10', typeId: 'enum:status' }),
    ],
    constraints: [
      ...RENTAL.constraints,
      testForeignKey('rental_film_id_fkey', ['film_id'], { schema: 'public', name: 'film', columns: ['id'] }),
    ],
  },
  FILM,
  testEnum('status', ['open', 'closed']),
])

function show(
  models: (source: SchemaSource) => SchemaModel,
  { problems = [], ...handlers }: SomeHandlers & { readonly problems?: ImportProblem[] } = {},
  target: Partial<Connection> = {},
): TestPage {
  return renderPage(createElement(ComparePage, { connectionId: DESIGN_CONNECTION }), {
    connections: {
      list: async () => [connection(DESIGN_CONNECTION, 'production', target), connection(OTHER, 'staging')],
    },
    ...handlers,
    schema: {
      async *load({ source }) {
        const { objects, dependencies, serverVersion, database } = models(source)
        const asOf = '2026-11-23T11:00:00.000Z'
        yield {
          type: 'start',
          serverVersion,
          database,
          asOf,
          isStale: false,
          problems: source.kind === 'text' ? problems : [],
        }
        yield { type: 'objects', objects }
        yield { type: 'dependencies', dependencies }
      },
      review: async () => ({ statements: [], problem: null }),
      ...handlers.schema,
    },
    migrations: {
      list: async () => ({ folder: '/home/anna/migrations', items: [], isStale: false }),
      ...handlers.migrations,
    },
  })
}
const byConnection = (source: SchemaSource): SchemaModel =>
  source.kind === 'connection' && source.connectionId === DESIGN_CONNECTION ? SHOP : STAGING

async function compare(): Promise<void> {
  await screen.findAllByText('Database')
  await waitFor(() =>
    expect(screen.getByRole('button', { name: 'Compare' })).toHaveProperty('disabled', false),
  )
  await userEvent.click(screen.getByRole('button', { name: 'Compare' }))
}
const sql = async (): Promise<string> =>
  (await screen.findByRole('region', { name: 'SQL' })).textContent ?? ''

describe('comparing with what migrations make', () => {
  it('asks before they are run as a superuser', async () => {
    const page = show(byConnection, {
      schema: {
        async *load({ source }) {
          const { objects, serverVersion, database } = SHOP
          if (source.kind === 'migrations' && source.asSuperuser !== true)
            throw new AppError('FORBIDDEN', 'Nothing was run.', {
              details: { needs: 'asSuperuser', runsAs: { role: 'postgres', powers: ['superuser'] } },
            })
          const asOf = '2026-11-23T11:00:00.000Z'
          yield { type: 'start', serverVersion, database, asOf, isStale: false, problems: [] }
          yield { type: 'objects', objects }
        },
      },
    })
    expect(page).toBeTruthy()
    await screen.findAllByText('Database')
    const choices = screen.getAllByRole('radio', { name: 'Migrations' })
    await userEvent.click(choices.at(-1) ?? document.body)
    await compare()
    expect(await screen.findByText('Run the migrations as postgres?')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Run them as postgres' }))
    expect(await screen.findByText('No differences')).toBeTruthy()
  })
})

describe('comparing two databases', () => {
  it('says when they are the same, whatever their ids are', async () => {
    show(() => SHOP)
    await compare()
    expect(await screen.findByText('No differences')).toBeTruthy()
  })

  it('lists the differences under their objects; none is chosen to begin with', async () => {
    show(byConnection)
    await compare()
    expect(await screen.findByRole('list', { name: 'Differences in rental' })).toBeTruthy()
    expect(
      screen.getByText('Choose differences on the left; what they need comes along by itself.'),
    ).toBeTruthy()
    expect(
      screen.getAllByRole('checkbox').every((box) => !(box instanceof HTMLInputElement && box.checked)),
    ).toBe(true)
  })

  it('gives the SQL of what is chosen, with what that needs', async () => {
    show(byConnection)
    await compare()
    await userEvent.click(await screen.findByRole('checkbox', { name: 'rental.status' }))
    const text = await sql()
    expect(text).toContain('create type public.status as enum')
    expect(text).toContain('alter table public.rental add column status public.status')
    expect(text).not.toContain('film')
    expect(screen.getByText(/needed by what is chosen/)).toBeTruthy()
  })

  it('chooses all and none, of what the filter leaves', async () => {
    show(byConnection)
    await compare()
    await userEvent.click(await screen.findByRole('button', { name: 'All' }))
    expect(await sql()).toContain('create table public.film')
    await userEvent.click(screen.getByRole('button', { name: 'None' }))
    expect(screen.queryByRole('region', { name: 'SQL' })).toBeNull()
    await userEvent.type(screen.getByRole('searchbox'), 'status')
    await userEvent.click(screen.getByRole('button', { name: 'All' }))
    expect(await sql()).not.toContain('film')
  })

  it('asks about what may be a rename, and keeps the rows when it is', async () => {
    const movie = { ...RENTAL, id: 'table:88', name: 'loan' }
    show((source) => (byConnection(source) === SHOP ? SHOP : testModel([movie])))
    await compare()
    await userEvent.click(await screen.findByRole('button', { name: 'All' }))
    expect(await sql()).toContain('drop table public.rental')
    await userEvent.click(screen.getByRole('checkbox', { name: /table rental is now loan/ }))
    await userEvent.click(screen.getByRole('button', { name: 'All' }))
    const text = await sql()
    expect(text).toContain('alter table public.rental rename to loan')
    expect(text).not.toContain('drop table')
  })

  it('is reviewed and applied like every migration', async () => {
    const write = vi.fn(async ({ name }: { readonly name: string }) => ({
      version: '20261123100000',
      name,
      state: 'pending' as const,
      appliedAt: null,
      appliedBy: null,
      durationMs: null,
      checksum: null,
      canRollBack: true,
      stepsDone: null,
    }))
    const { shell } = show(byConnection, { migrations: { write } })
    await compare()
    await userEvent.click(await screen.findByRole('checkbox', { name: 'film' }))
    await userEvent.click(screen.getByRole('button', { name: /^Review migration/ }))
    const dialog = await screen.findByRole('dialog', { name: 'Review migration' })
    expect(within(dialog).getByLabelText('Name')).toHaveProperty('value', 'add_film')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Save file only' }))
    await waitFor(() =>
      expect(shell.notifications.toasts.get()[0]?.text).toContain('add_film.sql is written'),
    )
  })

  it('applies nothing to a read-only connection', async () => {
    show(byConnection, {}, { isReadOnly: true })
    await compare()
    await userEvent.click(await screen.findByRole('checkbox', { name: 'film' }))
    await userEvent.click(screen.getByRole('button', { name: /^Review migration/ }))
    expect(await screen.findByText('This connection is read-only.')).toBeTruthy()
  })

  it('says why it failed, and tries again', async () => {
    let attempts = 0
    show(byConnection, {
      schema: {
        async *load() {
          attempts += 1
          yield { type: 'objects', objects: [] }
          throw new AppError('CONNECTION_FAILED', 'staging cannot be reached.')
        },
      },
    })
    await compare()
    expect(await screen.findByText(/staging cannot be reached/)).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(attempts).toBeGreaterThan(2))
  })
})

describe('comparing with a text', () => {
  it('needs the text, and lists what was not understood', async () => {
    show(byConnection, { problems: [{ line: 3, column: 1, message: 'CREATE FOO is not known.' }] })
    await screen.findAllByText('Database')
    const [, second] = await screen.findAllByRole('radio', { name: 'File or text' })
    if (second === undefined) throw new Error('There are two sides.')
    await userEvent.click(second)
    expect(screen.getByRole('button', { name: 'Compare' })).toHaveProperty('disabled', true)
    await userEvent.type(screen.getByLabelText('What it should be like: text'), 'create table film ()')
    await compare()
    expect(await screen.findByText('CREATE FOO is not known.')).toBeTruthy()
    expect(screen.getByText('1 part that was not understood')).toBeTruthy()
  })

  it('cannot be what is changed', async () => {
    show(byConnection)
    await compare()
    await screen.findByRole('heading', { name: /^\d+ differences$/ })
    await userEvent.click(screen.getByRole('button', { name: 'Swap' }))
    const [first] = screen.getAllByRole('radio', { name: 'Migrations' })
    if (first === undefined) throw new Error('There are two sides.')
    await userEvent.click(first)
    await compare()
    await screen.findByRole('heading', { name: /^\d+ differences$/ })
    expect(screen.getByTitle(/Only a database can be changed/)).toBeTruthy()
  })
})
