import { act, cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Connection } from '#contract/capabilities/connections.ts'
import {
  DesignId,
  type Design,
  type DesignsChanged,
  type Diagram,
  type ModelPatch,
} from '#contract/capabilities/designs.ts'
import { ConnectionId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { foreignKey, modelColumn, modelTable, primaryKey } from '#testing/design-model.ts'
import { connectivityThat, renderPage, type SomeHandlers, type TestPage } from '#testing/page.ts'
import { DesignerArea } from './designer-area.tsx'
import { DesignerProvider } from './designer-workbench.tsx'
import { DesignerSidebar } from './sidebar/designer-sidebar.tsx'

const AT = '2026-11-23T10:00:00.000Z'
const CONNECTION_ID = ConnectionId.parse('018f0000-0000-7000-8000-000000000002')
const DESIGN_ID = DesignId.parse('018f0000-0000-4000-8000-000000000003')
const CONNECTION: Connection = {
  id: CONNECTION_ID,
  name: 'shop',
  host: '127.0.0.1',
  port: 5432,
  database: 'shop',
  user: 'ada',
  sslMode: 'disable',
  environment: 'development',
  isReadOnly: false,
  updatedAt: AT,
  kind: 'custom',
  hasPassword: false,
  reachability: 'reachable',
  lastUsedAt: AT,
}
const film = modelTable('table:1', 'film', {
  columns: [modelColumn('column:1.1', 'id', 'bigint')],
  constraints: [primaryKey('constraint:1', 'film_pkey', ['id'])],
})
const copy = modelTable('table:2', 'copy', {
  columns: [modelColumn('column:2.1', 'id', 'bigint'), modelColumn('column:2.2', 'film_id', 'bigint')],
  constraints: [foreignKey('constraint:2', 'copy_film_id_fkey', 'film_id', 'film')],
})
const publicSchema = {
  kind: 'schema' as const,
  id: 'schema:1',
  name: 'public',
  owner: 'ada',
  comment: null,
  grants: [],
}
const EMPTY: Diagram = { positions: {}, names: {}, groups: [], notes: [], schemas: null, viewport: null }

interface Kept {
  readonly designs: Design[]
  diagram: Diagram
  readonly steps: ModelPatch[]
  revision: number
  /** Tells all windows how often the journal was written. */
  tell: (news: DesignsChanged) => void
}

interface Parts {
  readonly connections?: Connection[]
  readonly isStale?: boolean
  readonly load?: NonNullable<SomeHandlers['schema']>['load']
  /** The host learns that the database is out of reach while the schema is on its way. */
  readonly isLostMeanwhile?: boolean
}

function handlers(kept: Kept, parts: Parts): SomeHandlers {
  const designOf = (name: string, designId = DESIGN_ID): Design => ({
    designId,
    connectionId: CONNECTION_ID,
    name,
    updatedAt: AT,
    stagedSteps: kept.steps.length,
  })
  let tellLost = (): void => undefined
  return {
    connectivity: connectivityThat('online'),
    connections: { list: async () => parts.connections ?? [CONNECTION] },
    migrations: { list: async () => ({ folder: '/m', items: [], isStale: false }) },
    designs: {
      list: async () => kept.designs,
      create: async ({ name }) => {
        const made = designOf(name, DesignId.parse(crypto.randomUUID()))
        kept.designs.push(made)
        return made
      },
      open: async ({ designId }) => ({
        ...(kept.designs.find((one) => one.designId === designId) ?? designOf('?')),
        diagram: kept.diagram,
        base: [],
        steps: kept.steps,
        head: kept.steps.length,
        revision: kept.revision,
      }),
      rename: async ({ designId, name }) => {
        const at = kept.designs.findIndex((one) => one.designId === designId)
        const renamed = { ...kept.designs[at]!, name }
        kept.designs[at] = renamed
        return renamed
      },
      saveDiagram: async ({ diagram }) => {
        kept.diagram = diagram
        return {}
      },
      journal: async ({ at, steps, revision }) => {
        if (revision !== kept.revision) throw new AppError('CONFLICT', 'Changed in another window.')
        kept.revision += 1
        kept.steps.splice(at, Number.POSITIVE_INFINITY, ...steps)
        return { head: kept.steps.length }
      },
      moveHead: async () => {
        kept.revision += 1
        return {}
      },
      changed: (emit) => {
        kept.tell = emit
        return () => undefined
      },
    },
    schema: {
      load:
        parts.load ??
        async function* () {
          yield {
            type: 'start',
            serverVersion: 180_000,
            database: 'shop',
            asOf: AT,
            isStale: parts.isStale ?? false,
            problems: [],
          }
          if (parts.isLostMeanwhile === true) tellLost()
          yield { type: 'objects', objects: [publicSchema, film, copy] }
        },
      changed: (emit) => {
        tellLost = () => emit({ connectionId: CONNECTION_ID, asOf: AT, isStale: true })
        return () => undefined
      },
      review: async () => ({ statements: [], problem: null }),
    },
  }
}

function show(parts: Parts = {}): TestPage & { readonly kept: Kept } {
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1200)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(800)
  const kept: Kept = {
    designs: [],
    diagram: EMPTY,
    steps: [],
    revision: 0,
    tell: () => undefined,
  }
  const page = renderPage(
    <DesignerProvider>
      <DesignerSidebar />
      <DesignerArea />
    </DesignerProvider>,
    handlers(kept, parts),
  )
  const banners = page.container.appendChild(document.createElement('div'))
  act(() => page.shell.slots.update((now) => ({ ...now, banners })))
  act(() => page.shell.navigation.go({ area: 'designer', id: CONNECTION_ID }))
  return { ...page, kept }
}

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

describe('the Designer area', () => {
  it('makes a design of all tables the first time, and draws it', async () => {
    const { kept, shell } = show()
    expect(await screen.findByRole('application', { name: /^Diagram with 2 tables/ })).toBeTruthy()
    expect(kept.designs.map(({ name }) => name)).toEqual(['All tables'])
    expect(
      shell.tabHost
        .get()
        ?.tabs.get()
        .map(({ title, isDirty }) => [title, isDirty]),
    ).toEqual([['All tables', false]])
    expect(shell.scope.get()?.name).toBe('shop')
  })

  it('lists the schema beside it and brings into view what is chosen', async () => {
    const user = userEvent.setup()
    show()
    const tree = await screen.findByRole('tree', { name: 'Schema' })
    expect(
      within(tree)
        .getAllByRole('treeitem')
        .map((item) => item.textContent),
    ).toEqual(['copy', 'film'])
    await user.click(within(tree).getByText('film'))
    expect(screen.getByRole('application', { name: /^Diagram/ }).getAttribute('aria-activedescendant')).toBe(
      'shape-table:1',
    )
    await user.type(screen.getByRole('searchbox', { name: 'Filter tables' }), 'zzz')
    expect(screen.getByText(/Nothing has/)).toBeTruthy()
  })

  it('keeps places and steps on disk; the tab shows that something is not applied', async () => {
    const { shell, kept } = show()
    await screen.findByRole('application', { name: /^Diagram/ })
    await waitFor(() =>
      expect(Object.keys(kept.diagram.positions).toSorted()).toEqual(['table:1', 'table:2']),
    )
    const tree = screen.getByRole('tree', { name: 'Schema' })
    await userEvent.click(within(tree).getByText('film'))
    screen.getByRole('application', { name: /^Diagram/ }).focus()
    act(() => void shell.commands.run('designer.duplicate'))
    await waitFor(() => expect(kept.steps).toHaveLength(1))
    expect(shell.tabHost.get()?.tabs.get()[0]?.isDirty).toBe(true)
    expect(await within(tree).findByText('New')).toBeTruthy()
  })

  it('says how old the schema is when the database is away', async () => {
    const { shell } = show({ isStale: true })
    await screen.findByRole('application', { name: /^Diagram/ })
    expect(shell.scope.get()?.isSnapshot).toBe(true)
  })

  it('hears that the database went away while its schema was read', async () => {
    const { shell } = show({ isLostMeanwhile: true })
    await screen.findByRole('application', { name: /^Diagram/ })
    await waitFor(() => expect(shell.scope.get()?.isSnapshot).toBe(true))
  })

  it('says why a schema cannot be shown, and tries again', async () => {
    let isAway = true
    show({
      load: async function* () {
        if (isAway) throw new AppError('CONNECTION_FAILED', 'The server does not answer.')
        yield {
          type: 'start',
          serverVersion: 180_000,
          database: 'shop',
          asOf: AT,
          isStale: false,
          problems: [],
        }
      },
    })
    expect(await screen.findByText('The schema of shop cannot be shown')).toBeTruthy()
    expect(screen.getByText(/The server does not answer\./)).toBeTruthy()
    isAway = false
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('No tables yet', { selector: 'h2' })).toBeTruthy()
  })

  it('offers to add a connection when there is none', async () => {
    const { shell } = show({ connections: [] })
    await userEvent.click(await screen.findByRole('button', { name: 'Add connection' }))
    expect(shell.navigation.location.get().area).toBe('connections')
  })

  it('makes, renames and closes designs', async () => {
    const user = userEvent.setup()
    const { shell } = show()
    await screen.findByRole('application', { name: /^Diagram/ })
    act(() => shell.tabHost.get()?.create())
    const name = await screen.findByRole('textbox', { name: 'Name' })
    await user.clear(name)
    await user.type(name, 'Rentals{Enter}')
    const titles = (): readonly string[] =>
      shell.tabHost
        .get()
        ?.tabs.get()
        .map(({ title }) => title) ?? []
    await waitFor(() => expect(titles()).toEqual(['All tables', 'Rentals']))
    const [first] = shell.tabHost.get()!.tabs.get()
    act(() => shell.tabHost.get()?.close(first!.id))
    expect(titles()).toEqual(['Rentals'])
    act(() => shell.tabHost.get()?.reopen())
    expect(titles()).toEqual(['Rentals', 'All tables'])
  })

  describe('beside another window on the same design', () => {
    const film2 = { ...film, name: 'movie' }
    const RENAME: ModelPatch = { label: 'Rename film to movie', put: [film2], remove: [] }
    /** The other window stages a step. */
    const otherRenames = (kept: Kept): void => {
      kept.steps.push(RENAME)
      kept.revision += 1
    }
    const news = ({ designs: [design], revision }: Kept): DesignsChanged => ({
      connectionId: CONNECTION_ID,
      written: { designId: design!.designId, revision },
    })
    const duplicateFilm = async ({ shell }: TestPage): Promise<void> => {
      const tree = screen.getByRole('tree', { name: 'Schema' })
      await userEvent.click(within(tree).getByText('film'))
      screen.getByRole('application', { name: /^Diagram/ }).focus()
      act(() => void shell.commands.run('designer.duplicate'))
    }

    it('shows what that stages as soon as it is staged', async () => {
      const { kept } = show()
      const tree = await screen.findByRole('tree', { name: 'Schema' })
      otherRenames(kept)
      act(() => kept.tell(news(kept)))
      expect(await within(tree).findByText('movie')).toBeTruthy()
      expect(screen.queryByText(/changed in another window/)).toBeNull()
    })

    it('passes over the news of its own writes', async () => {
      const page = show()
      await screen.findByRole('application', { name: /^Diagram/ })
      await duplicateFilm(page)
      await waitFor(() => expect(page.kept.steps).toHaveLength(1))
      await act(async () => page.kept.tell(news(page.kept)))
      act(() => void page.shell.commands.run('designer.undo'))
      await waitFor(() => expect(page.kept.revision).toBe(2))
      expect(screen.queryByText(/changed in another window/)).toBeNull()
    })

    it('says that both changed it, and keeps both when asked to reload', async () => {
      const page = show()
      await screen.findByRole('application', { name: /^Diagram/ })
      otherRenames(page.kept)
      await duplicateFilm(page)
      expect(await screen.findByText('This design was changed in another window.')).toBeTruthy()
      await act(async () => page.kept.tell(news(page.kept)))
      expect(page.kept.steps).toEqual([RENAME])
      await userEvent.click(screen.getByRole('button', { name: 'Reload' }))
      await waitFor(() => expect(screen.queryByText(/changed in another window/)).toBeNull())
      await waitFor(() => expect(page.kept.steps).toHaveLength(2))
      const tree = screen.getByRole('tree', { name: 'Schema' })
      expect(within(tree).getByText('movie')).toBeTruthy()
      expect(within(tree).getByText(/^film_copy|copy/)).toBeTruthy()
    })
  })
})
