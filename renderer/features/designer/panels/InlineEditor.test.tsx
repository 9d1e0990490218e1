// Names edited where they stand on the canvas; commands of the designer.
import { act, cleanup, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createElement } from 'react'
import { afterEach, describe, expect, it, test, vi } from 'vitest'
import { RENTAL, testSession, type TestSession } from '#testing/design-session.ts'
import { addColumn } from '#postgres/common/catalog/edit/columns.ts'
import { renderPage, type TestPage } from '#testing/page.ts'
import { newId } from '../actions/new-id.ts'
import { DesignCommands } from '../actions/design-commands.tsx'
import { columnChange, InlineEditor } from './inline-editor.tsx'

afterEach(cleanup)

describe('the editor on the canvas', () => {
  function show(
    partId: string | null,
    session = testSession(),
    isNew = false,
  ): {
    readonly session: TestSession
    readonly onDone: ReturnType<typeof vi.fn>
  } {
    const onDone = vi.fn()
    renderPage(
      createElement(InlineEditor, { session, objectId: RENTAL.id, partId, isNew, onDone: () => onDone() }),
    )
    return { session, onDone }
  }
  const labels = (session: TestSession): readonly string[] =>
    session.draft.state.get().steps.map(({ label }) => label)

  it('renames a table with Enter', async () => {
    const { session, onDone } = show(null)
    await userEvent.clear(screen.getByLabelText('Name'))
    await userEvent.type(screen.getByLabelText('Name'), 'loan{Enter}')
    expect(labels(session)).toEqual(['Rename rental to loan'])
    expect(onDone).toHaveBeenCalled()
  })

  it('changes name and type of a column, and Esc changes nothing', async () => {
    const { session, onDone } = show('column:due_at')
    const field = screen.getByLabelText('Name and type')
    await userEvent.clear(field)
    await userEvent.type(field, 'back_at{Escape}')
    expect(labels(session)).toEqual([])
    expect(onDone).toHaveBeenCalledOnce()
    await userEvent.clear(field)
    await userEvent.type(field, 'back_at timestamptz{Enter}')
    const table = session.draft.state.get().model.objects.find(({ id }) => id === RENTAL.id)
    expect(table?.kind === 'table' && table.columns.at(-1)).toMatchObject({
      name: 'back_at',
      type: 'timestamp with time zone',
    })
  })

  describe('what was just made', () => {
    const withColumn = (): { readonly session: TestSession; readonly partId: string } => {
      const session = testSession()
      const { base, model } = session.draft.state.get()
      const edit = addColumn({ base, model, newId }, { tableId: RENTAL.id })
      if (edit.problem !== null) throw new Error(edit.problem)
      session.draft.stage(edit.patch)
      return { session, partId: edit.partId ?? '' }
    }
    const columns = (session: TestSession): readonly string[] =>
      session.draft.state
        .get()
        .model.objects.flatMap((object) =>
          object.kind === 'table' ? object.columns.map(({ name, type }) => `${name} ${type}`) : [],
        )

    it('is one step with its name and type: one undo takes it back, one redo brings it again', async () => {
      const { session, partId } = withColumn()
      show(partId, session, true)
      const field = screen.getByLabelText('Name and type')
      await userEvent.clear(field)
      await userEvent.type(field, 'fee numeric{Enter}')
      expect(labels(session)).toEqual(['Add column fee to rental'])
      expect(session.history.labels.get()).toEqual({ undo: 'Add column fee to rental', redo: null })
      session.history.undo()
      expect(columns(session)).toEqual(['id bigint', 'note text', 'due_at date'])
      session.history.redo()
      expect(columns(session).at(-1)).toBe('fee numeric')
      expect(session.history.labels.get()).toEqual({ undo: 'Add column fee to rental', redo: null })
    })

    it('is taken back with Esc', async () => {
      const { session, partId } = withColumn()
      show(partId, session, true)
      await userEvent.type(screen.getByLabelText('Name and type'), 'x{Escape}')
      expect(columns(session)).toEqual(['id bigint', 'note text', 'due_at date'])
    })
  })

  it('stays open with what cannot be', async () => {
    const { session, onDone } = show('column:due_at')
    const field = screen.getByLabelText('Name and type')
    await userEvent.clear(field)
    await userEvent.type(field, 'note date{Enter}')
    expect(field.getAttribute('aria-invalid')).toBe('true')
    expect(field.title).toMatch(/a column named note already/)
    expect(labels(session)).toEqual([])
    expect(onDone).not.toHaveBeenCalled()
  })
})

test.each([
  ['due date', { name: 'due' }],
  ['due', { name: 'due' }],
  ['due timestamptz(3)', { name: 'due', type: 'timestamptz(3)' }],
  ['due on date', { name: 'due on' }],
  ['due_at double precision', { name: 'due_at', type: 'double precision' }],
])('%s is read as a name and a type', (text, expected) => {
  expect(columnChange(text, { name: 'due_at', type: 'date' })).toEqual(expected)
})

describe('commands', () => {
  function show(partId: string | null = null): { readonly session: TestSession; readonly page: TestPage } {
    const session = testSession()
    session.selection.set({ objectIds: [RENTAL.id], partId })
    return { session, page: renderPage(createElement(DesignCommands, { session })) }
  }

  it('add enums, views, domains, sequences', () => {
    const { session, page } = show()
    for (const id of ['enum', 'view', 'domain', 'sequence'])
      act(() => {
        session.selection.set({ objectIds: [RENTAL.id], partId: null })
        expect(page.shell.commands.run(`designer.${id}`)).toBe(true)
      })
    expect(session.draft.state.get().steps.map(({ label }) => label)).toEqual([
      'Add enum status',
      'Add view view',
      'Add domain domain',
      'Add sequence sequence',
    ])
  })

  it('apply to a table only where one is selected', () => {
    const { session, page } = show()
    act(() => session.selection.set({ objectIds: [], partId: null }))
    expect(page.shell.commands.run('designer.index')).toBe(false)
  })

  it('ask for what they need', async () => {
    const { session, page } = show()
    act(() => void page.shell.commands.run('designer.schema'))
    await userEvent.type(await screen.findByLabelText('Name'), 'public{Enter}')
    expect(await screen.findByText(/There is a schema public already/)).toBeTruthy()
    await userEvent.clear(screen.getByLabelText('Name'))
    await userEvent.type(screen.getByLabelText('Name'), 'billing{Enter}')
    expect(session.draft.state.get().steps.map(({ label }) => label)).toEqual(['Add schema billing'])
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('open the table whose structure is asked for elsewhere', () => {
    const session = testSession()
    const page = renderPage(createElement(DesignCommands, { session }))
    act(() =>
      page.shell.openStructure({ connectionId: session.connectionId, schema: 'public', name: 'rental' }),
    )
    expect(session.selection.get().objectIds).toEqual([RENTAL.id])
    expect(page.shell.navigation.location.get()).toMatchObject({ area: 'designer', id: session.connectionId })
    expect(page.shell.structureRequest.get()).toBeNull()
  })
})
