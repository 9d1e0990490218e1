// Navigation, layout, notifications, requests to open SQL.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLayoutKeeper, type Layout } from './layout.ts'
import { createNavigation } from './navigation.ts'
import { createNotifications } from './notifications.ts'
import { createPaletteSources, type PaletteSource } from './palette-source.ts'
import { createSqlRequests, type SqlRequest } from './sql-requests.ts'

afterEach(() => vi.useRealTimers())

describe('navigation', () => {
  it('goes and comes back, and does not count standing still', () => {
    const navigation = createNavigation({ area: 'home', page: '', id: '' })
    navigation.go({ area: 'sql' })
    navigation.go({ area: 'sql' })
    navigation.go({ area: 'home', page: 'project', id: '1' })
    expect(navigation.back()).toBe(true)
    expect(navigation.location.get().area).toBe('sql')
    expect(navigation.back()).toBe(true)
    expect(navigation.location.get().area).toBe('home')
    expect(navigation.back()).toBe(false)
  })
})

describe('entering an area', () => {
  it('comes back to where the person left it, and to its first page when they are there already', () => {
    const navigation = createNavigation({ area: 'home', page: 'project', id: '1' })
    navigation.enter('sql')
    navigation.enter('home')
    expect(navigation.location.get()).toEqual({ area: 'home', page: 'project', id: '1' })
    navigation.enter('home')
    expect(navigation.location.get()).toEqual({ area: 'home', page: '', id: '' })
  })
})

describe('the layout', () => {
  it('is saved once, after changes pause, and not for the same value', () => {
    vi.useFakeTimers()
    const save = vi.fn<(layout: Layout) => void>()
    const layout = createLayoutKeeper({ 'sidebar.sql': 248 }, save)
    layout.set('sidebar.sql', 248)
    layout.set('sidebar.sql', 250)
    layout.set('sidebar.sql', 300)
    layout.set('sidebar.shown', false)
    vi.runAllTimers()
    expect(save).toHaveBeenCalledExactlyOnceWith({ 'sidebar.sql': 300, 'sidebar.shown': false })
  })
})

describe('notifications', () => {
  it('shows three toasts at most, and the same text once', () => {
    const notifications = createNotifications(() => new Date(0))
    for (const text of ['a', 'b', 'b', 'c', 'd']) notifications.toast({ text })
    expect(notifications.toasts.get().map(({ text }) => text)).toEqual(['b', 'c', 'd'])
    expect(notifications.kept.get()).toEqual([])
  })
  it('keeps what is notified until it is cleared, read once looked at', () => {
    const notifications = createNotifications(() => new Date(0))
    notifications.notify({ text: 'a', tone: 'danger' })
    notifications.dismiss(notifications.toasts.get()[0]?.id ?? 0)
    expect(notifications.toasts.get()).toEqual([])
    expect(notifications.kept.get().map(({ isRead }) => isRead)).toEqual([false])
    notifications.markRead()
    expect(notifications.kept.get().map(({ isRead }) => isRead)).toEqual([true])
    notifications.clear()
    expect(notifications.kept.get()).toEqual([])
  })
})

describe('requests to open SQL', () => {
  it('wait for the area and reach it in order', () => {
    const requests = createSqlRequests()
    const heard: (string | undefined)[] = []
    const handler = (request: SqlRequest): void => void heard.push(request.sql)
    requests.send({ connectionId: null, sql: 'a' })
    const stop = requests.serve(handler)
    requests.send({ connectionId: null, sql: 'b' })
    stop()
    requests.send({ connectionId: null, sql: 'c' })
    expect(heard).toEqual(['a', 'b'])
    requests.serve(handler)
    expect(heard).toEqual(['a', 'b', 'c'])
  })
})

describe('palette sources', () => {
  it('replaces a source of the same id and takes away only what was added', () => {
    const sources = createPaletteSources()
    const source = (title: string): PaletteSource => ({ id: 'x', title, prefix: 'none', items: () => [] })
    const leaveFirst = sources.add(source('first'))
    sources.add(source('second'))
    leaveFirst()
    expect(sources.all.get().map(({ title }) => title)).toEqual(['second'])
  })
})
