import { act, cleanup, fireEvent, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DesignId, type Diagram } from '#contract/capabilities/designs.ts'
import { ConnectionId } from '#contract/capabilities/ids.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { foreignKey, modelColumn, modelTable, primaryKey } from '#testing/design-model.ts'
import { renderPage, type TestPage } from '#testing/page.ts'
import { createStore } from '../../../host/store.ts'
import { createDraft } from '../draft.ts'
import { createHistory } from '../history.ts'
import { NOTHING_SELECTED, type DesignSession, type Reveal } from '../session.ts'
import type { CanvasActions } from './canvas-state.ts'
import { DesignerCanvas } from './canvas.tsx'

const film = modelTable('table:1', 'film', {
  columns: [modelColumn('column:1.1', 'id', 'bigint'), modelColumn('column:1.2', 'title', 'text', true)],
  constraints: [primaryKey('constraint:1', 'film_pkey', ['id'])],
})
const copy = modelTable('table:2', 'copy', {
  columns: [modelColumn('column:2.1', 'id', 'bigint'), modelColumn('column:2.2', 'film_id', 'bigint')],
  constraints: [foreignKey('constraint:2', 'copy_film_id_fkey', 'film_id', 'film')],
})
const MODEL: SchemaModel = {
  serverVersion: 180_000,
  database: 'shop',
  objects: [film, copy],
  dependencies: [],
}
const DIAGRAM: Diagram = {
  positions: { 'table:1': { x: 0, y: 0 }, 'table:2': { x: 400, y: 0 } },
  names: {},
  groups: [{ id: 'group:1', title: 'Stock', colour: 2, members: ['table:2'] }],
  notes: [{ id: 'note:1', x: 0, y: 300, width: 200, height: 80, text: 'Ask Ada', colour: 1 }],
  schemas: null,
  viewport: { x: 0, y: 0, zoom: 1 },
}

function makeSession(diagram = DIAGRAM): DesignSession {
  const done = async (): Promise<void> => undefined
  const draft = createDraft({
    base: MODEL,
    steps: [],
    head: 0,
    journal: { append: done, moveHead: done, rebase: done },
    describe: String,
  })
  const store = createStore(diagram)
  const connectionId = ConnectionId.parse('018f0000-0000-7000-8000-000000000002')
  return {
    connectionId,
    design: createStore({
      designId: DesignId.parse('018f0000-0000-7000-8000-000000000003'),
      connectionId,
      name: 'All tables',
      updatedAt: '2026-11-23T10:00:00.000Z',
      stagedSteps: 0,
    }),
    draft,
    live: createStore({ model: MODEL, asOf: '2026-11-23T10:00:00.000Z', isStale: false }),
    selection: createStore(NOTHING_SELECTED),
    diagram: store,
    history: createHistory(draft, store),
    reveal: createStore<Reveal | null>(null),
  }
}

interface Shown extends TestPage {
  readonly session: DesignSession
  readonly actions: CanvasActions
}

function show(diagram = DIAGRAM): Shown {
  // React Flow draws nothing into a place without a size.
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1200)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(800)
  const session = makeSession(diagram)
  const actions: CanvasActions = {
    addTable: vi.fn(() => null),
    addColumn: vi.fn(() => null),
    edit: vi.fn(),
    remove: vi.fn(),
    duplicate: vi.fn(),
    copy: vi.fn(),
    paste: vi.fn(),
    referenceProblem: vi.fn((_from, to) => (to.columnId === 'column:1.2' ? 'title is not unique.' : null)),
    addReference: vi.fn(),
  }
  const page = renderPage(
    <DesignerCanvas session={session} actions={actions} showsViews showsEnums onShow={vi.fn()} />,
  )
  return { ...page, session, actions }
}

const canvas = (): HTMLElement => screen.getByRole('application', { name: /^Diagram with/ })
const press = (key: string, more: object = {}): void => void fireEvent.keyDown(canvas(), { key, ...more })

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

describe('what can be done with the table that is selected', () => {
  it('adds a column to it, and to no other than one', async () => {
    const { session, actions, shell } = show()
    await screen.findByRole('group', { name: /^Table film/ })
    act(() => canvas().focus())
    act(() => session.selection.set({ objectIds: ['table:1', 'table:2'], partId: null }))
    expect(shell.commands.run('designer.column')).toBe(false)
    act(() => session.selection.set({ objectIds: ['table:1'], partId: null }))
    expect(shell.commands.run('designer.column')).toBe(true)
    expect(actions.addColumn).toHaveBeenCalledWith('table:1')
  })
})

describe('the canvas', () => {
  it('shows tables with columns, types and what can be null, and notes', async () => {
    show()
    const table = await screen.findByRole('group', { name: 'Table film in public, 2 columns' })
    expect(within(table).getByText('int8')).toBeTruthy()
    expect(within(table).getByTitle('text, can be null')).toBeTruthy()
    expect(within(table).getByRole('img', { name: 'Primary key' })).toBeTruthy()
    expect(screen.getByRole('img', { name: '1 relation' })).toBeTruthy()
    expect(screen.getByText('Ask Ada')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Stock' })).toBeTruthy()
  })

  it('goes through tables and columns by keyboard and says where it is', async () => {
    const { session } = show()
    await screen.findByRole('group', { name: /^Table film/ })
    press('ArrowDown')
    expect(session.selection.get()).toEqual({ objectIds: ['table:1'], partId: null })
    press('ArrowDown')
    press('ArrowDown')
    expect(session.selection.get().partId).toBe('column:1.2')
    expect(screen.getByText('title, text, can be null')).toBeTruthy()
    press('ArrowRight')
    expect(session.selection.get()).toEqual({ objectIds: ['table:2'], partId: null })
    expect(canvas().getAttribute('aria-activedescendant')).toBe('shape-table:2')
    press('Escape')
    expect(session.selection.get()).toEqual(NOTHING_SELECTED)
  })

  it('goes to notes and groups by keyboard, says what they are, opens and moves them', async () => {
    const { session, actions } = show()
    await screen.findByRole('group', { name: /^Table film/ })
    act(() => session.selection.set({ objectIds: ['table:1'], partId: 'column:1.2' }))
    press('ArrowDown')
    expect(session.selection.get().objectIds).toEqual(['note:1'])
    expect(canvas().getAttribute('aria-activedescendant')).toBe('shape-note:1')
    expect(screen.getByText('Note: Ask Ada')).toBeTruthy()
    press('Enter')
    expect(actions.edit).toHaveBeenCalledWith('note:1', null)
    act(() => press('ArrowRight', { shiftKey: true }))
    expect(session.diagram.get().notes[0]).toMatchObject({ x: 20, y: 300 })
    act(() => session.selection.set({ objectIds: ['table:2'], partId: null }))
    press('ArrowUp')
    expect(session.selection.get().objectIds).toEqual(['group:1'])
    expect(screen.getByText('Group Stock, 1 member')).toBeTruthy()
    act(() => press('ArrowDown', { shiftKey: true }))
    expect(session.diagram.get().positions).toMatchObject({ 'table:1': { y: 0 }, 'table:2': { y: 20 } })
  })

  it('edits, drops, copies and adds what is selected', async () => {
    const { session, actions, shell } = show()
    await screen.findByRole('group', { name: /^Table film/ })
    act(() => session.selection.set({ objectIds: ['table:1'], partId: 'column:1.2' }))
    press('Enter')
    expect(actions.edit).toHaveBeenCalledWith('table:1', 'column:1.2')
    canvas().focus()
    for (const id of ['remove', 'copy', 'duplicate', 'paste', 'table']) shell.commands.run(`designer.${id}`)
    expect(actions.remove).toHaveBeenCalledWith({ objectIds: ['table:1'], partId: 'column:1.2' })
    expect(actions.copy).toHaveBeenCalledWith(['table:1'])
    expect(actions.duplicate).toHaveBeenCalledWith(['table:1'])
    expect(actions.paste).toHaveBeenCalledOnce()
    expect(actions.addTable).toHaveBeenCalledOnce()
  })

  it('moves tables with Shift and the arrows, and takes it back', async () => {
    const { session, shell } = show()
    await screen.findByRole('group', { name: /^Table film/ })
    act(() => session.selection.set({ objectIds: ['table:1', 'table:2'], partId: null }))
    act(() => press('ArrowDown', { shiftKey: true }))
    expect(session.diagram.get().positions['table:2']).toEqual({ x: 400, y: 20 })
    canvas().focus()
    act(() => void shell.commands.run('designer.undo'))
    expect(session.diagram.get().positions['table:2']).toEqual({ x: 400, y: 0 })
  })

  it('draws a foreign key by keyboard: R, arrows, Enter; what cannot be says why', async () => {
    const { session, actions, shell } = show()
    await screen.findByRole('group', { name: /^Table film/ })
    act(() => session.selection.set({ objectIds: ['table:2'], partId: 'column:2.2' }))
    canvas().focus()
    act(() => void shell.commands.run('designer.relation'))
    act(() => press('ArrowLeft'))
    act(() => press('ArrowDown'))
    expect(screen.getAllByText(/title is not unique\./).length).toBeGreaterThan(0)
    act(() => press('ArrowUp'))
    act(() => press('Enter'))
    expect(actions.addReference).toHaveBeenCalledWith(
      { objectId: 'table:2', columnId: 'column:2.2' },
      { objectId: 'table:1', columnId: 'column:1.1' },
    )
  })

  it('goes on above the first column while a foreign key is drawn, and Esc puts the tool away', async () => {
    const { session, shell } = show({
      ...DIAGRAM,
      positions: { 'table:1': { x: 0, y: 0 }, 'table:2': { x: 0, y: 400 } },
    })
    await screen.findByRole('group', { name: /^Table film/ })
    act(() => session.selection.set({ objectIds: ['table:2'], partId: 'column:2.1' }))
    canvas().focus()
    act(() => void shell.commands.run('designer.relation'))
    act(() => press('ArrowUp'))
    expect(screen.getByText('Table film in public, 2 columns')).toBeTruthy()
    expect(screen.getByRole('radio', { name: 'Relation' }).getAttribute('aria-checked')).toBe('true')
    act(() => press('Escape'))
    expect(screen.getByRole('radio', { name: 'Select' }).getAttribute('aria-checked')).toBe('true')
  })

  it('shows a neighbourhood only, until Esc', async () => {
    const { session, shell } = show({ ...DIAGRAM, groups: [], notes: [] })
    await screen.findByRole('group', { name: /^Table film/ })
    act(() => session.selection.set({ objectIds: ['table:1'], partId: null }))
    canvas().focus()
    act(() => void shell.commands.run('designer.neighbours'))
    expect(screen.getByText(/^Around/)).toBeTruthy()
    act(() => press('Escape'))
    expect(screen.queryByText(/^Around/)).toBeNull()
  })

  it('finds tables and columns and brings them into view', async () => {
    const user = userEvent.setup()
    const { session, shell } = show()
    await screen.findByRole('group', { name: /^Table film/ })
    act(() => void shell.commands.run('designer.find'))
    await user.type(screen.getByRole('searchbox', { name: 'Find tables and columns' }), 'titl{Enter}')
    expect(session.selection.get()).toEqual({ objectIds: ['table:1'], partId: 'column:1.2' })
    await user.keyboard('{Escape}')
    expect(screen.queryByRole('searchbox')).toBeNull()
  })

  it('marks what the draft changed, in words too', async () => {
    const { session } = show()
    await screen.findByRole('group', { name: /^Table film/ })
    act(() =>
      session.draft.stage({
        label: 'Changes',
        put: [
          { ...film, columns: [...film.columns, modelColumn('column:1.9', 'length', 'integer')] },
          modelTable('table:new-1', 'fee', { columns: [] }),
        ],
        remove: ['table:2'],
      }),
    )
    expect(
      await screen.findByRole('group', { name: 'Table film in public, 3 columns, 1 change' }),
    ).toBeTruthy()
    expect(screen.getByRole('group', { name: /Table copy .*dropped/ })).toBeTruthy()
    expect(await screen.findByRole('group', { name: /Table fee .*new/ })).toBeTruthy()
    for (const word of ['Added', 'Changed', 'Dropped', 'New', '1 change'])
      expect(screen.getAllByText(word).length).toBeGreaterThan(0)
    // A place beside its neighbours was found for the new one.
    expect(session.diagram.get().positions['table:new-1']).toBeDefined()
  })

  it('gives everything a place in a grid when the layout does not work', async () => {
    const { session } = show({ ...DIAGRAM, positions: {} })
    expect(await screen.findByText(/^The layout did not work/)).toBeTruthy()
    expect(Object.keys(session.diagram.get().positions).toSorted()).toEqual(['table:1', 'table:2'])
  })
})
