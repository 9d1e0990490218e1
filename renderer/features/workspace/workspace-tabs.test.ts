// The open tabs: what is written to the host, when, and what survives.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WorkspaceTab, type Workspace } from '#contract/capabilities/workspace.ts'
import { createWorkspaceTabs } from './workspace-tabs.ts'

const uuid = (last: number): string => `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`
const tab = (number: number, sql = ''): WorkspaceTab => ({
  id: uuid(number),
  title: `Query ${number}`,
  connectionId: null,
  savedQueryId: null,
  sql,
  cursorOffset: 0,
})

function setUp(initial: Partial<Workspace> = {}) {
  const saved: WorkspaceTab[] = []
  const arranged: { tabIds: readonly string[]; activeTabId: string | null }[] = []
  const closed: WorkspaceTab[] = []
  const failures: unknown[] = []
  let isHostAway = false
  let nextId = 100
  const host: Parameters<typeof createWorkspaceTabs>[0]['host'] = {
    workspace: {
      load: async () => ({ tabs: [], activeTabId: null, layout: {} }),
      saveTab: async (one) => {
        if (isHostAway) throw new Error('away')
        saved.push(WorkspaceTab.parse(one))
      },
      arrange: async (order) => {
        if (isHostAway) throw new Error('away')
        arranged.push({ tabIds: order.tabIds, activeTabId: order.activeTabId })
      },
      reopen: async () => closed.pop() ?? null,
      saveLayout: async () => undefined,
    },
  }
  const tabs = createWorkspaceTabs({
    host,
    initial: { tabs: [], activeTabId: null, layout: {}, ...initial },
    newId: () => uuid(nextId++),
    onSaveFailure: (error) => failures.push(error),
  })
  return { tabs, saved, arranged, closed, failures, setAway: (is: boolean) => (isHostAway = is) }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('typing is written once it pauses, not at each key, and at most half a second later', async () => {
  const { tabs, saved } = setUp({ tabs: [tab(1)], activeTabId: uuid(1) })
  const read = vi.fn(() => 'select 1')
  for (let key = 0; key < 20; key++) tabs.changeText(uuid(1), read)
  expect(read).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(500)
  expect(saved.map((one) => one.sql)).toEqual(['select 1'])
})

test('flushing writes what waits at once', async () => {
  const { tabs, saved } = setUp({ tabs: [tab(1)], activeTabId: uuid(1) })
  tabs.changeText(uuid(1), () => 'select 2')
  tabs.changeCaret(uuid(1), 5)
  await tabs.flush()
  expect(saved).toEqual([{ ...tab(1), sql: 'select 2', cursorOffset: 5 }])
})

test('what could not be written is written with the next flush', async () => {
  const { tabs, saved, failures, setAway } = setUp({ tabs: [tab(1)], activeTabId: uuid(1) })
  tabs.changeText(uuid(1), () => 'kept')
  setAway(true)
  await tabs.flush()
  expect(failures).toHaveLength(1)
  setAway(false)
  await tabs.flush()
  expect(saved.at(-1)?.sql).toBe('kept')
})

test('a new tab opens behind the active one, is shown, and has the first free name', async () => {
  const { tabs, arranged } = setUp({ tabs: [tab(1), tab(2)], activeTabId: uuid(1) })
  const id = tabs.open({ connectionId: null })
  expect(tabs.tabs.get().map((one) => one.title)).toEqual(['Query 1', 'Query 3', 'Query 2'])
  expect(tabs.activeId.get()).toBe(id)
  await tabs.flush()
  expect(arranged.at(-1)).toEqual({ tabIds: [uuid(1), id, uuid(2)], activeTabId: id })
})

test('closing shows the neighbour and keeps the last text for reopening', async () => {
  const { tabs, saved, arranged } = setUp({ tabs: [tab(1), tab(2)], activeTabId: uuid(2) })
  tabs.changeText(uuid(2), () => 'select last')
  tabs.close(uuid(2))
  expect(tabs.activeId.get()).toBe(uuid(1))
  await vi.advanceTimersByTimeAsync(500)
  expect(saved.at(-1)).toMatchObject({ id: uuid(2), sql: 'select last' })
  expect(arranged.at(-1)).toEqual({ tabIds: [uuid(1)], activeTabId: uuid(1) })
})

test('a closed tab comes back with its text', async () => {
  const { tabs, closed } = setUp({ tabs: [tab(1)], activeTabId: uuid(1) })
  closed.push(tab(7, 'select 7'))
  await tabs.reopen()
  expect(tabs.text(uuid(7))).toBe('select 7')
  expect(tabs.activeId.get()).toBe(uuid(7))
  await tabs.reopen()
  expect(tabs.tabs.get()).toHaveLength(2)
})

test('an active tab that is gone falls back to the first', () => {
  const { tabs } = setUp({ tabs: [tab(1), tab(2)], activeTabId: uuid(9) })
  expect(tabs.activeId.get()).toBe(uuid(1))
})

test('tabs can be put in another order', async () => {
  const { tabs, arranged } = setUp({ tabs: [tab(1), tab(2), tab(3)], activeTabId: uuid(1) })
  tabs.move(uuid(3), 0)
  await tabs.flush()
  expect(arranged.at(-1)?.tabIds).toEqual([uuid(3), uuid(1), uuid(2)])
})
