// The inspector edits what is selected: each field is staged when it is left or entered, and says why it cannot be.
import { act, cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createElement } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import type { Column, ModelObject, SchemaModel, Table } from '#contract/schema/types.ts'
import { testSession, type TestSession } from '#testing/design-session.ts'
import {
  testColumn,
  testEnum,
  testForeignKey,
  testKey,
  testModel,
  testTable,
  testView,
} from '#testing/model-objects.ts'
import { renderPage, type TestPage } from '#testing/page.ts'
import { DesignInspector } from './design-inspector.tsx'
import { LongList } from './section.tsx'

afterEach(() => {
  cleanup()
  document.body.replaceChildren()
})

const STORE = testTable(
  'store',
  [testColumn('store_id', 'bigint', { id: 'column:store.id', isNullable: false })],
  {
    constraints: [testKey('store_pkey', ['store_id'])],
  },
)
const RENTAL = testTable(
  'rental',
  [
    testColumn('rental_id', 'bigint', { id: 'column:rental.id', isNullable: false }),
    testColumn('due_at', 'date', { id: 'column:due_at' }),
    testColumn('store_id', 'bigint', { id: 'column:rental.store' }),
    testColumn('full_name', 'text', { id: 'column:full_name' }),
  ],
  { constraints: [testKey('rental_pkey', ['rental_id'])] },
)
const STATUS = testEnum('status', ['open', 'paid'])
const OVERDUE = testView('overdue', [['due_at', 'date']], 'select due_at from rental')
const BASE = testModel([RENTAL, STORE, STATUS, OVERDUE], [[OVERDUE.id, 'column:due_at']])

interface Shown {
  readonly page: TestPage
  readonly session: TestSession
}

function show(objectId: string, partId: string | null = null, base: SchemaModel = BASE): Shown {
  const session = testSession([], { base })
  session.selection.set({ objectIds: [objectId], partId })
  const page = renderPage(createElement(DesignInspector, { session }))
  const inspector = document.body.appendChild(document.createElement('aside'))
  act(() => page.shell.slots.update((slots) => ({ ...slots, inspector })))
  return { page, session }
}

function objectIn({ session }: Shown, name: string): ModelObject {
  const found = session.draft.state.get().model.objects.find((object) => object.name === name)
  if (found === undefined) throw new Error(`There is no ${name}.`)
  return found
}

function tableIn(shown: Shown, name = 'rental'): Table {
  const found = objectIn(shown, name)
  if (found.kind !== 'table') throw new Error(`${name} is no table.`)
  return found
}

function columnIn(shown: Shown, name: string): Column | undefined {
  return tableIn(shown).columns.find((column) => column.name === name)
}

it('draws a hundred of a long list, and more when asked', async () => {
  const items = Array.from({ length: 250 }, (_, at) => at)
  renderPage(
    createElement(LongList<number>, {
      items,
      noun: 'columns',
      children: (item) => createElement('li', { key: item, 'data-item': item }),
    }),
  )
  const drawn = (): number => document.querySelectorAll('[data-item]').length
  expect(drawn()).toBe(100)
  await userEvent.click(screen.getByText('Show 100 of 150 more columns'))
  expect(drawn()).toBe(200)
  await userEvent.click(screen.getByText('Show 50 of 50 more columns'))
  expect(drawn()).toBe(250)
  expect(screen.queryByText(/more columns/)).toBeNull()
})

async function rewrite(label: string | RegExp, text: string): Promise<void> {
  const field = screen.queryByRole('combobox', { name: label }) ?? screen.getByLabelText(label)
  await userEvent.clear(field)
  await userEvent.type(field, text)
}

const labelsOf = ({ session }: Shown): readonly string[] =>
  session.draft.state.get().steps.map(({ label }) => label)

describe('a column', () => {
  it('is renamed with Enter, and Esc takes back what was typed', async () => {
    const shown = show(RENTAL.id, 'column:due_at')
    await rewrite('Name', 'back_at{Escape}')
    expect(labelsOf(shown)).toEqual([])
    expect(screen.getByDisplayValue('due_at')).toBeTruthy()
    await rewrite('Name', 'back_at{Enter}')
    expect(labelsOf(shown)).toEqual(['Rename rental.due_at to back_at'])
    expect(screen.getByText('Was due_at.')).toBeTruthy()
  })

  it('says why a name cannot be, and keeps what was typed', async () => {
    const shown = show(RENTAL.id, 'column:due_at')
    await rewrite('Name', 'store_id{Enter}')
    expect(await screen.findByText(/There is a column named store_id already/)).toBeTruthy()
    expect(labelsOf(shown)).toEqual([])
    expect(screen.getByDisplayValue('store_id')).toBeTruthy()
  })

  it('takes a type as it is typed, and refuses one that is not there', async () => {
    const shown = show(RENTAL.id, 'column:due_at')
    await rewrite('Type', 'timestamptz{Enter}')
    await waitFor(() => expect(columnIn(shown, 'due_at')?.type).toBe('timestamp with time zone'))
    expect(screen.getByText('Was date.')).toBeTruthy()
    await rewrite('Type', 'nonsense')
    await userEvent.tab()
    expect(await screen.findByText(/There is no type nonsense/)).toBeTruthy()
    expect(columnIn(shown, 'due_at')?.type).toBe('timestamp with time zone')
  })

  it('finds types by the words people use, its own enums first', async () => {
    show(RENTAL.id, 'column:due_at')
    await rewrite('Type', 'stat')
    const list = await screen.findByRole('listbox')
    expect(within(list).getAllByRole('option')[0]?.textContent).toContain('status')
  })

  it('that becomes not null is marked, and asks what rows get that are null', async () => {
    const shown = show(RENTAL.id, 'column:due_at')
    await userEvent.click(screen.getByLabelText('Not null'))
    expect(screen.getByText('was nullable')).toBeTruthy()
    await userEvent.type(screen.getByLabelText('Fill null rows with'), "now() + interval '3 days'")
    await userEvent.tab()
    expect(shown.session.draft.state.get().steps.at(-1)?.fills).toEqual([
      { columnId: 'column:due_at', expression: "now() + interval '3 days'" },
    ])
  })

  it('goes back to what the database has', async () => {
    const shown = show(RENTAL.id, 'column:due_at')
    await rewrite('Name', 'back_at{Enter}')
    await userEvent.type(screen.getByLabelText('Default'), 'now(){Enter}')
    await userEvent.click(screen.getByRole('button', { name: 'Revert' }))
    expect(tableIn(shown).columns).toEqual(RENTAL.columns)
  })

  it('lists what uses it, and is dropped with that after a question', async () => {
    const shown = show(RENTAL.id, 'column:due_at')
    expect(within(screen.getByRole('region', { name: 'Used by' })).getByText('overdue')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Drop column' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Drop column rental.due_at?' })
    expect(dialog.textContent).toContain('view overdue')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Drop column' }))
    expect(columnIn(shown, 'due_at')).toBeUndefined()
    expect(shown.session.draft.state.get().model.objects.some(({ name }) => name === 'overdue')).toBe(false)
    act(() => shown.session.history.undo())
    expect(columnIn(shown, 'due_at')).toBeDefined()
  })

  it('of a name is split, and the rows are filled', async () => {
    const shown = show(RENTAL.id, 'column:full_name')
    await userEvent.click(screen.getByRole('button', { name: 'Split name' }))
    expect(columnIn(shown, 'first_name')).toBeDefined()
    expect(
      shown.session.draft.state
        .get()
        .steps.at(-1)
        ?.fills?.map(({ expression }) => expression),
    ).toEqual([
      "split_part(full_name, ' ', 1)",
      "ltrim(substr(full_name, length(split_part(full_name, ' ', 1)) + 1))",
    ])
  })
})

describe('a table', () => {
  it('is renamed, and keys that refer to it follow', async () => {
    const base = testModel([
      STORE,
      {
        ...RENTAL,
        constraints: [
          ...RENTAL.constraints,
          testForeignKey('rental_store_fkey', ['store_id'], {
            schema: 'public',
            name: 'store',
            columns: ['store_id'],
          }),
        ],
      },
    ])
    const shown = show(STORE.id, null, base)
    await rewrite('Name', 'shop{Enter}')
    const key = tableIn(shown).constraints.find(({ kind }) => kind === 'foreign key')
    expect(key?.kind === 'foreign key' && key.references.name).toBe('shop')
  })

  it('gets a column, which opens', async () => {
    const shown = show(RENTAL.id)
    await userEvent.click(screen.getByRole('button', { name: 'Add column' }))
    expect(shown.session.selection.get().partId).toMatch(/^column:new-/)
    expect(screen.getByDisplayValue('column')).toBeTruthy()
  })

  it('gets a foreign key to a table whose key fits, with an index', async () => {
    const shown = show(RENTAL.id)
    await userEvent.click(screen.getByRole('button', { name: 'Add foreign key' }))
    const dialog = await screen.findByRole('dialog', { name: 'Add foreign key to rental' })
    await userEvent.click(within(dialog).getByRole('button', { name: /Column/ }))
    await userEvent.click(await screen.findByRole('option', { name: /store_id/ }))
    await userEvent.click(within(dialog).getByRole('button', { name: /Refers to/ }))
    await userEvent.click(await screen.findByRole('option', { name: /store \(store_id\)/ }))
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add foreign key' }))
    const table = tableIn(shown)
    expect(table.constraints.map(({ name }) => name)).toContain('rental_store_id_fkey')
    expect(table.indexes.map(({ name }) => name)).toEqual(['rental_store_id_idx'])
  })

  it('gets a check, an index, a unique constraint and a policy from dialogs', async () => {
    const shown = show(RENTAL.id)
    await userEvent.click(screen.getByRole('button', { name: 'Add check' }))
    await userEvent.type(screen.getByLabelText('Condition'), 'rental_id > 0')
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Add check' }))
    await userEvent.click(screen.getByRole('button', { name: 'Add index' }))
    await userEvent.click(within(screen.getByRole('dialog')).getByLabelText('due_at'))
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Add index' }))
    await userEvent.click(screen.getByRole('button', { name: 'Add unique constraint' }))
    await userEvent.click(within(screen.getByRole('dialog')).getByLabelText('due_at'))
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Add constraint' }))
    await userEvent.click(screen.getByRole('button', { name: 'Add policy' }))
    await userEvent.type(screen.getByLabelText(/^Rows that are seen/), 'true')
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Add policy' }))
    const table = tableIn(shown)
    expect(table.constraints.map(({ name }) => name)).toEqual([
      'rental_pkey',
      'rental_rental_id_check',
      'rental_due_at_key',
    ])
    expect(table.indexes.map(({ name }) => name)).toEqual(['rental_due_at_idx'])
    expect(table.policies.map(({ using }) => using)).toEqual(['true'])
    expect(table.hasRowSecurity).toBe(true)
  })
})

describe('an enum', () => {
  it('gets values, in the order that is wanted', async () => {
    const shown = show(STATUS.id)
    await userEvent.type(screen.getByLabelText('Add value'), 'waived{Enter}')
    await userEvent.click(screen.getByRole('button', { name: 'Move waived up' }))
    await rewrite('Value open', 'new{Enter}')
    const type = objectIn(shown, 'status')
    expect(type.kind === 'enum' && type.labels.map(({ label }) => label)).toEqual(['new', 'waived', 'paid'])
  })

  it('refuses a value that it has', async () => {
    show(STATUS.id)
    await userEvent.type(screen.getByLabelText('Add value'), 'paid{Enter}')
    expect(await screen.findByText('status has the value paid already.')).toBeTruthy()
  })
})
