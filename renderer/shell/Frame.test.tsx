// The window as a person drives it by keys: areas, palette, shortcuts, regions, sidebar, tabs; and that typing stays typing.
import { act, cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Home, Plug, Settings, SquareTerminal } from 'lucide-react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderPage, type TestPage } from '#testing/page.ts'
import { createStore } from '../host/store.ts'
import type { Area } from './areas.ts'
import { Frame } from './frame.tsx'
import type { PaletteSource } from './palette-source.ts'
import { useCommands, useScope, useTabHost } from './shell.tsx'
import { BannerSlot, Inspector, StatusSegment } from './slots.tsx'
import { cutMiddle } from './tab-strip.tsx'
import type { TabHost, TabView } from './tabs.ts'
import type { Scope } from './scope.ts'
import { ConnectionId } from '#contract/capabilities/ids.ts'

afterEach(cleanup)

const mounted = vi.fn<() => void>()
const rename = vi.fn<() => void>()
const SCOPE: Scope = {
  kind: 'connection',
  id: ConnectionId.parse('018f0000-0000-7000-8000-000000000003'),
  name: 'shop',
  environment: 'production',
  isSnapshot: true,
  isReadOnly: false,
}
const tab = (id: string, title: string): TabView => ({
  id,
  title,
  icon: SquareTerminal,
  isDirty: id === 'b',
  marker: 'none',
})

function makeTabHost(): TabHost & {
  readonly closed: string[]
  readonly created: ReturnType<typeof vi.fn<() => void>>
} {
  const closed: string[] = []
  const activeId = createStore<string | null>('a')
  return {
    closed,
    created: vi.fn<() => void>(),
    tabs: createStore<readonly TabView[]>([tab('a', 'one.sql'), tab('b', 'two.sql'), tab('c', 'three.sql')]),
    activeId,
    noun: 'SQL tab',
    select: (id) => activeId.set(id),
    close: (id) => void closed.push(id),
    create() {
      this.created()
    },
    reopen: () => undefined,
    move: () => undefined,
  }
}

const tabHost = makeTabHost()

function SqlContent() {
  useScope(SCOPE)
  useTabHost(tabHost)
  useCommands([
    { id: 'sql.rename', title: 'Rename this tab', group: 'SQL editor', keys: ['F2'], run: rename },
  ])
  return (
    <>
      <textarea aria-label="Editor" />
      <StatusSegment side="right" order={1} label="Position">
        Ln 1
      </StatusSegment>
      <Inspector title="Value">42</Inspector>
      <BannerSlot>Read-only</BannerSlot>
    </>
  )
}

function HomeContent() {
  mounted()
  return <button type="button">In home</button>
}

const AREAS: readonly Area[] = [
  { id: 'home', title: 'Home', icon: Home, placement: 'top', Content: HomeContent },
  {
    id: 'sql',
    title: 'SQL',
    icon: SquareTerminal,
    placement: 'top',
    Content: SqlContent,
    Sidebar: () => <button type="button">A table</button>,
    isKeptAlive: true,
  },
  {
    id: 'connections',
    title: 'Connections',
    icon: Plug,
    placement: 'top',
    Content: () => <p>Connections page</p>,
  },
  {
    id: 'settings',
    title: 'Settings',
    icon: Settings,
    placement: 'bottom',
    Content: () => <p>Settings page</p>,
  },
]

const show = (): TestPage => renderPage(<Frame areas={AREAS} titleLeft="left" titleRight="right" />)
const keys = (text: string) => userEvent.keyboard(text)
const goToSql = async () => {
  await keys('{Control>}2{/Control}')
  await screen.findByLabelText('Editor')
}

describe('the frame', () => {
  it('goes to areas by key and by the rail, and marks the current one', async () => {
    show()
    await keys('{Control>}3{/Control}')
    expect(screen.getByText('Connections page')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Settings' }))
    expect(screen.getByText('Settings page')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Settings' }).getAttribute('aria-current')).toBe('page')
  })

  it('keeps an area with editors mounted, but takes its scope, segments and commands away', async () => {
    const page = show()
    await goToSql()
    expect(page.shell.scope.get()?.name).toBe('shop')
    expect(screen.getByText('Production')).toBeTruthy()
    expect(screen.getByText('Ln 1')).toBeTruthy()
    expect(screen.getByText('42')).toBeTruthy()
    expect(screen.getByText('Read-only')).toBeTruthy()
    await userEvent.type(screen.getByLabelText('Editor'), 'select 1')
    await keys('{Control>}1{/Control}')
    expect(page.shell.scope.get()).toBeNull()
    expect(screen.queryByText('Ln 1')).toBeNull()
    expect(page.shell.commands.run('sql.rename')).toBe(false)
    await goToSql()
    expect(screen.getByLabelText('Editor')).toHaveProperty('value', 'select 1')
  })

  it('leaves typing alone: a question mark in the editor is a question mark', async () => {
    show()
    await goToSql()
    await userEvent.type(screen.getByLabelText('Editor'), '?')
    expect(screen.getByLabelText('Editor')).toHaveProperty('value', '?')
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('lists the shortcuts on a question mark, made from the commands', async () => {
    show()
    screen.getByText('In home').focus()
    await keys('?')
    const dialog = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })
    expect(within(dialog).getByText('Go to anything')).toBeTruthy()
    await userEvent.type(within(dialog).getByRole('searchbox'), 'sidebar')
    expect(within(dialog).queryByText('Go to anything')).toBeNull()
    expect(within(dialog).getByText('Show or hide the sidebar')).toBeTruthy()
  })

  it('hides and shows the sidebar and remembers it', async () => {
    const page = show()
    await goToSql()
    expect(screen.getByText('A table')).toBeTruthy()
    await keys('{Control>}b{/Control}')
    expect(screen.queryByText('A table')).toBeNull()
    expect(page.shell.layout.values.get()['sidebar.shown']).toBe(false)
  })

  it('resizes the sidebar from the keyboard', async () => {
    const page = show()
    await goToSql()
    screen.getByRole('separator', { name: 'Width of the sidebar' }).focus()
    await keys('{ArrowRight}{ArrowRight}')
    expect(page.shell.layout.values.get()['sidebar.sql']).toBe(264)
    await keys('{Enter}')
    expect(page.shell.layout.values.get()['sidebar.sql']).toBe(248)
  })

  it('goes round the regions with F6', async () => {
    show()
    await goToSql()
    screen.getByText('A table').focus()
    await keys('{F6}')
    expect(document.activeElement?.closest('[data-region]')?.getAttribute('data-region')).not.toBe('sidebar')
    await keys('{Shift>}{F6}{/Shift}')
    expect(document.activeElement).toBe(screen.getByText('A table'))
  })

  it('drives the tabs that an area lends', async () => {
    show()
    await goToSql()
    const strip = screen.getByRole('tablist', { name: 'Open tabs' })
    expect(within(strip).getAllByRole('tab')).toHaveLength(3)
    await keys('{Alt>}2{/Alt}')
    expect(tabHost.activeId.get()).toBe('b')
    await keys('{Control>}{Tab}{/Control}')
    expect(tabHost.activeId.get()).toBe('c')
    await keys('{Control>}w{/Control}')
    expect(tabHost.closed).toEqual(['c'])
    within(strip).getByRole('tab', { selected: true }).focus()
    await keys('{Home}')
    expect(tabHost.activeId.get()).toBe('a')
  })
})

describe('the palette', () => {
  const runTable = vi.fn<(options: { readonly inNewTab: boolean }) => void>()
  const TABLES: PaletteSource = {
    id: 'tables',
    title: 'Tables',
    prefix: '#',
    items: () => [
      {
        id: 'late_fee',
        title: 'late_fee',
        kind: 'Table',
        icon: Home,
        preview: 'select * from late_fee',
        run: runTable,
      },
      { id: 'film', title: 'film', kind: 'Table', icon: Home, run: runTable },
    ],
  }

  it('finds by word starts, previews, and runs on Enter', async () => {
    const page = show()
    act(() => void page.shell.palette.add(TABLES))
    await keys('{Control>}p{/Control}')
    const field = await screen.findByRole('combobox', { name: 'Go to anything' })
    await userEvent.type(field, 'late f')
    expect(screen.getByRole('option', { selected: true }).textContent).toContain('late_fee')
    expect(screen.getByText('select * from late_fee')).toBeTruthy()
    await keys('{Control>}{Enter}{/Control}')
    expect(runTable).toHaveBeenCalledWith({ inNewTab: true })
    await waitFor(() => expect(screen.queryByRole('combobox')).toBeNull())
    await keys('{Control>}p{/Control}')
    expect(page.shell.layout.values.get()['palette.recent']).toContain('late_fee')
  })

  it('takes prefixes: commands, tables, help', async () => {
    const page = show()
    act(() => void page.shell.palette.add(TABLES))
    await keys('{F1}')
    const field = await screen.findByRole('combobox')
    expect(field).toHaveProperty('value', '>')
    expect(screen.queryByText('film')).toBeNull()
    await userEvent.clear(field)
    await userEvent.type(field, '#')
    expect(screen.getAllByRole('option').map((option) => option.textContent)).toEqual([
      'late_feeTable',
      'filmTable',
    ])
    await userEvent.clear(field)
    await userEvent.type(field, '?')
    await userEvent.click(screen.getByText('Go to a table, view or function'))
    expect(field).toHaveProperty('value', '#')
  })

  it('says so when nothing matches, and moves by arrows around the end', async () => {
    const page = show()
    act(() => void page.shell.palette.add(TABLES))
    await keys('{Control>}p{/Control}')
    const field = await screen.findByRole('combobox')
    await userEvent.type(field, '#{ArrowUp}')
    expect(screen.getByRole('option', { selected: true }).textContent).toContain('film')
    await userEvent.type(field, 'zzz')
    expect(screen.getByText('Nothing here is called “zzz”.')).toBeTruthy()
  })
})

describe('tab titles', () => {
  it('are cut in the middle, so that the ending stays', () => {
    expect(cutMiddle('film_revenue_by_category_and_month.sql', 20)).toBe('film_revenue_b…h.sql')
    expect(cutMiddle('short.sql')).toBe('short.sql')
  })
})
