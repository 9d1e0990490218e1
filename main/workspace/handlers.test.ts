// The handlers of history, saved queries and the workspace over a real cache.
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ConnectionId, SavedQueryId } from '#contract/capabilities/ids.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import {
  createHistoryStore,
  createSavedQueryStore,
  createWorkspaceStore,
  openCache,
  type Cache,
  type LocalChange,
} from '../cache/index.ts'
import { createHistoryCapability } from '../history/index.ts'
import { createSavedQueriesCapability } from '../saved-queries/index.ts'
import { createWorkspaceCapability } from './index.ts'

const context = { signal: new AbortController().signal, metadata: {} }

function openTempCache(): Cache {
  const cache = openCache(join(tempDirectory(), 'cache.db'))
  onTestFinished(() => cache.close())
  return cache
}

describe('history', () => {
  test('tells the page of each entry and of clearing', async () => {
    const { handlers, service } = createHistoryCapability(createHistoryStore(openTempCache()))
    let told = 0
    const stop = handlers.changed(() => void told++, context)
    service.append({
      connectionId: ConnectionId.parse(crypto.randomUUID()),
      connectionName: 'Shop',
      sql: 'select 1',
      startedAt: '2026-11-22T10:00:00.000Z',
      elapsedMs: 1,
      rowCount: 1,
      outcome: 'done',
      error: null,
    })
    expect((await handlers.list({ search: '', limit: 10 }, context)).entries).toHaveLength(1)
    await handlers.clear({}, context)
    stop()
    await handlers.clear({}, context)
    expect((await handlers.list({ search: '', limit: 10 }, context)).entries).toEqual([])
    expect(told).toBe(2)
  })
})

describe('saved queries', () => {
  const open = () => {
    const changes: LocalChange[] = []
    const store = createSavedQueryStore(openTempCache(), {
      append: (change) => void changes.push(change),
      pendingIds: () =>
        new Set(changes.flatMap((change) => (change.type === 'upsert' ? [change.record.record.id] : []))),
    })
    const clock = { now: () => new Date('2026-11-22T10:00:00.000Z') }
    return { changes, ...createSavedQueriesCapability({ store, clock, newId: () => crypto.randomUUID() }) }
  }

  test('are saved, changed and removed, each with a change that waits to be pushed', async () => {
    const { handlers, changes, onLocalChange } = open()
    let pushes = 0
    const stop = onLocalChange(() => void pushes++)
    const saved = await handlers.save({ name: 'All', sql: 'select 1', connectionId: null }, context)
    expect(saved).toMatchObject({ name: 'All', isPending: true, updatedAt: '2026-11-22T10:00:00.000Z' })
    const id = SavedQueryId.parse(saved.id)
    await handlers.save({ id, name: 'All of it', sql: 'select 2', connectionId: null }, context)
    expect(await handlers.list({}, context)).toMatchObject([{ name: 'All of it', sql: 'select 2' }])
    await handlers.remove({ id }, context)
    expect(await handlers.list({}, context)).toEqual([])
    expect(changes.map((change) => change.type)).toEqual(['upsert', 'upsert', 'delete'])
    expect(pushes).toBe(3)
    stop()
  })

  test('that are gone are not found', async () => {
    const { handlers } = open()
    const id = SavedQueryId.parse(crypto.randomUUID())
    await expect(handlers.remove({ id }, context)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(
      handlers.save({ id, name: 'x', sql: '', connectionId: null }, context),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  test('tell the page also of what sync changed', () => {
    const { handlers, notifyChanged } = open()
    let told = 0
    handlers.changed(() => void told++, context)
    notifyChanged()
    expect(told).toBe(1)
  })
})

describe('workspace', () => {
  test('loads what was saved', async () => {
    const handlers = createWorkspaceCapability(createWorkspaceStore(openTempCache()))
    const tab = {
      id: crypto.randomUUID(),
      title: 'Query 1',
      connectionId: null,
      savedQueryId: null,
      sql: 'select 1',
      cursorOffset: 8,
    }
    await handlers.saveTab(tab, context)
    await handlers.arrange({ tabIds: [tab.id], activeTabId: tab.id }, context)
    await handlers.saveLayout({ sidebar: 0.25 }, context)
    expect(await handlers.load({}, context)).toEqual({
      tabs: [tab],
      activeTabId: tab.id,
      layout: { sidebar: 0.25 },
    })
    await handlers.arrange({ tabIds: [], activeTabId: null }, context)
    expect(await handlers.reopen({}, context)).toEqual(tab)
    expect(await handlers.reopen({}, context)).toBeNull()
  })
})
