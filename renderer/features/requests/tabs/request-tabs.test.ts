// The open tabs: read from files, journalled as drafts, saved without overwriting, followed when files change.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { newDefaults, newHttpRequest } from '#api-client/common/new-request.ts'
import type { RequestDraft } from '#contract/capabilities/collections.ts'
import { AppError } from '#contract/errors.ts'
import { CollectionId } from '#contract/requests/collection.ts'
import { ApiRequest } from '#contract/requests/request.ts'
import type { Host } from '../../../host/host-provider.tsx'
import { keepTabs, readKeptTabs } from './kept-tabs.ts'
import { isSame, newRequestTab, titleOf, type OpenTab, type RequestTab } from './open-tab.ts'
import { createRequestTabs } from './request-tabs.ts'

const COLLECTION = CollectionId.parse('00000000-0000-4000-8000-000000000001')
const uuid = (last: number): string => `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`
const named = (name: string, url = ''): ApiRequest => newHttpRequest(name, { url })

/** A folder of files in memory: revisions count up, and a write with an old one is refused as the host refuses it. */
function setUp(initial: { tabs?: readonly OpenTab[]; drafts?: readonly RequestDraft[] } = {}) {
  const files = new Map<string, { item: ApiRequest; revision: number }>()
  const drafts = new Map<string, Omit<RequestDraft, 'updatedAt'>>()
  let nextId = 100
  const unused = async (): Promise<never> => {
    throw new Error('This test does not ask for it.')
  }
  const put = (path: string, item: ApiRequest): string => {
    const revision = (files.get(path)?.revision ?? 0) + 1
    files.set(path, { item, revision })
    return String(revision)
  }
  const collections: Partial<Host['collections']> = {
    read: async ({ path }) => {
      const file = files.get(path)
      if (file === undefined) throw new AppError('NOT_FOUND', 'There is no such file.')
      const inherited = [{ path: '', name: 'Films', defaults: newDefaults() }]
      return { item: file.item, revision: String(file.revision), inherited }
    },
    write: async ({ path, item, revision }) => {
      if (item.kind !== 'http') return unused()
      if (files.get(path) !== undefined && String(files.get(path)?.revision) !== revision)
        throw new AppError('CONFLICT', 'The file changed.')
      return { path, revision: put(path, ApiRequest.parse(item)) }
    },
    createRequest: async ({ folder, request }) => {
      const path = `${folder === '' ? '' : `${folder}/`}${request.name}.yml`
      return { path, revision: put(path, ApiRequest.parse(request)) }
    },
    saveDraft: async (draft) =>
      void drafts.set(draft.id, {
        ...draft,
        request: ApiRequest.parse(draft.request),
        collectionId: COLLECTION,
      }),
    removeDraft: async ({ id }) => void drafts.delete(id),
  }
  const arranged: (string | null)[] = []
  const host = {
    collections: new Proxy(collections, { get: (given, name) => Reflect.get(given, name) ?? unused }),
  }
  const tabs = createRequestTabs({
    host: complete(host),
    initial: initial.tabs ?? [],
    drafts: initial.drafts ?? [],
    activeId: null,
    newId: () => uuid(nextId++),
    onArranged: (_, activeId) => arranged.push(activeId),
    onFailure: (error) => expect.fail(String(error)),
  })
  const tab = (id: string): RequestTab => {
    const found = tabs.get(id)
    if (found?.kind !== 'request') throw new Error('There is no such request.')
    return found
  }
  const opened = async (path: string): Promise<string> => {
    const id = tabs.openFile(COLLECTION, path)
    await vi.waitFor(() => expect(tab(id).request).not.toBeNull())
    return id
  }
  return { tabs, tab, files, drafts, put, opened, arranged }
}

function complete(host: { collections: object }): Pick<Host, 'collections'>
function complete(host: object): object {
  return host
}

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }))
afterEach(() => vi.useRealTimers())

test('a file opens once, and what is written in it is shown', async () => {
  const { tabs, tab, put, opened } = setUp()
  put('a.yml', named('A', '/a'))
  const id = await opened('a.yml')
  expect(tab(id)).toMatchObject({ isDirty: false, request: { url: '/a' }, inherited: [{ name: 'Films' }] })
  expect(tabs.openFile(COLLECTION, 'a.yml')).toBe(id)
  expect(tabs.tabs.get()).toHaveLength(1)
})

test('typing is journalled as a draft, and typing it back removes the draft', async () => {
  const { tabs, tab, put, opened, drafts } = setUp()
  put('a.yml', named('A', '/a'))
  const id = await opened('a.yml')
  tabs.change(id, named('A', '/b'))
  expect(tab(id).isDirty).toBe(true)
  expect(drafts.size).toBe(0)
  await vi.advanceTimersByTimeAsync(500)
  expect(drafts.get(id)).toMatchObject({ path: 'a.yml', baseRevision: '1', request: { url: '/b' } })
  tabs.change(id, named('A', '/a'))
  await tabs.flush()
  expect(drafts.size).toBe(0)
})

test('saving writes the file and needs no draft any more', async () => {
  const { tabs, tab, put, opened, files, drafts } = setUp()
  put('a.yml', named('A'))
  const id = await opened('a.yml')
  tabs.change(id, named('A', '/new'))
  await tabs.flush()
  expect(await tabs.save(id)).toBe(true)
  await tabs.flush()
  expect(files.get('a.yml')?.item.url).toBe('/new')
  expect(tab(id)).toMatchObject({ isDirty: false, revision: '2' })
  expect(drafts.size).toBe(0)
})

test('a file that changed outside is read where nothing was typed', async () => {
  const { tabs, tab, put, opened } = setUp()
  put('a.yml', named('A', '/a'))
  const id = await opened('a.yml')
  put('a.yml', named('A', '/outside'))
  await tabs.refresh(COLLECTION, ['a.yml'])
  expect(tab(id)).toMatchObject({ isDirty: false, request: { url: '/outside' } })
})

test.each(['mine', 'theirs'] as const)('a conflict keeps both until it is settled: %s', async (take) => {
  const { tabs, tab, put, opened, files } = setUp()
  put('a.yml', named('A', '/a'))
  const id = await opened('a.yml')
  tabs.change(id, named('A', '/mine'))
  put('a.yml', named('A', '/theirs'))
  expect(await tabs.save(id)).toBe(false)
  expect(files.get('a.yml')?.item.url).toBe('/theirs')
  expect(tab(id)).toMatchObject({ request: { url: '/mine' }, outside: { request: { url: '/theirs' } } })
  tabs.settle(id, take)
  expect(tab(id).outside).toBeNull()
  expect(tab(id).request?.url).toBe(`/${take}`)
  expect(await tabs.save(id)).toBe(true)
  expect(files.get('a.yml')?.item.url).toBe(`/${take}`)
})

test('the same change here and outside is no conflict', async () => {
  const { tabs, tab, put, opened } = setUp()
  put('a.yml', named('A'))
  const id = await opened('a.yml')
  tabs.change(id, named('A', '/same'))
  put('a.yml', named('A', '/same'))
  await tabs.refresh(COLLECTION, null)
  expect(tab(id)).toMatchObject({ outside: null, isDirty: false })
})

test('a file that is gone leaves what is open as the only copy, and saving makes it again', async () => {
  const { tabs, tab, put, opened, files } = setUp()
  put('a.yml', named('A', '/a'))
  const id = await opened('a.yml')
  files.delete('a.yml')
  await tabs.refresh(COLLECTION, ['a.yml'])
  expect(tab(id)).toMatchObject({ isGone: true, isDirty: true, request: { url: '/a' } })
  expect(await tabs.save(id)).toBe(true)
  expect(files.get('a.yml')?.item.url).toBe('/a')
  expect(tab(id)).toMatchObject({ isGone: false, isDirty: false })
})

test('a new request gets its file and its name when it is saved', async () => {
  const { tabs, tab, files } = setUp()
  const id = tabs.openNew(named('New request', '/x'))
  expect(tab(id).isDirty).toBe(true)
  await tabs.saveAs(id, { collectionId: COLLECTION, folder: 'Rentals', name: 'Open' })
  expect(files.get('Rentals/Open.yml')?.item).toMatchObject({ name: 'Open', url: '/x' })
  expect(tab(id)).toMatchObject({ path: 'Rentals/Open.yml', isDirty: false })
})

test('a moved folder takes its open requests along', async () => {
  const { tabs, tab, put, opened, files } = setUp()
  put('Old/a.yml', named('A'))
  const id = await opened('Old/a.yml')
  const file = files.get('Old/a.yml')
  if (file !== undefined) files.set('New/a.yml', file)
  tabs.moved(COLLECTION, 'Old', 'New')
  expect(tab(id).path).toBe('New/a.yml')
})

test('drafts come back at the next start, in their tabs or in new ones', async () => {
  const draft = (id: string, path: string | null): RequestDraft => ({
    id,
    collectionId: COLLECTION,
    path,
    baseRevision: path === null ? null : '1',
    request: named('Typed', '/typed'),
    updatedAt: '2026-11-23T10:00:00Z',
  })
  const empty = newRequestTab(uuid(9), { collectionId: null, path: null }, null)
  const kept = newRequestTab(uuid(1), { collectionId: COLLECTION, path: 'a.yml' }, null)
  const { tabs, tab } = setUp({
    tabs: [kept, empty],
    drafts: [draft(uuid(1), 'a.yml'), draft(uuid(2), null)],
  })
  expect(tabs.tabs.get().map(({ id }) => id)).toEqual([uuid(1), uuid(2)])
  expect(tab(uuid(1))).toMatchObject({ isDirty: true, request: { url: '/typed' } })
})

test('a closed tab comes back with what was typed, and is shown', () => {
  const { tabs, tab } = setUp()
  const first = tabs.openNew(named('First'))
  const second = tabs.openNew(named('Second', '/2'))
  tabs.close(second)
  expect(tabs.activeId.get()).toBe(first)
  tabs.reopen()
  expect(tabs.activeId.get()).toBe(second)
  expect(tab(second).request?.url).toBe('/2')
})

test('views open once for what they show', () => {
  const { tabs } = setUp()
  const id = tabs.openView('history', '', 'History')
  expect(tabs.openView('history', '', 'History')).toBe(id)
  expect(tabs.openView('history', 'other', 'History')).not.toBe(id)
})

test('tabs are kept in texts of the layout and read again, as many as there are', () => {
  const open: OpenTab[] = Array.from({ length: 40 }, (_, at) =>
    newRequestTab(uuid(at), { collectionId: COLLECTION, path: `${'Folder/'.repeat(10)}${at}.yml` }, null),
  )
  const view: OpenTab = { kind: 'view', id: uuid(99), view: 'run', params: '{"a":1}', title: 'Run' }
  const kept = keepTabs([...open, view], uuid(3))
  expect(Object.values(kept).every((text) => text.length <= 1000)).toBe(true)
  expect(readKeptTabs(kept)).toEqual({ tabs: [...open, view], activeId: uuid(3) })
  expect(readKeptTabs({})).toEqual({ tabs: [], activeId: null })
  expect(titleOf(view)).toBe('Run')
})

test('requests are the same when every part of them is', () => {
  expect(isSame(named('A', '/a'), named('A', '/a'))).toBe(true)
  expect(isSame(named('A', '/a'), named('A', '/b'))).toBe(false)
  expect(isSame({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toBe(false)
})
