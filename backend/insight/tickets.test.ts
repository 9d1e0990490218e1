// Tickets: what is found by them, and when and for whom it is gone.
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { AccountId, ProjectId } from '#contract/capabilities/ids.ts'
import { RestError } from '../rest/index.ts'
import { createTickets, KEPT_MS, type TicketOwner, type Tickets } from './tickets.ts'

const state = { now: 0, mayWatch: true }
const stores: Tickets[] = []
const clock = { now: () => new Date(state.now) }
const MINUTE = 60_000

function make(): Tickets {
  state.now = Date.UTC(2026, 0, 1)
  state.mayWatch = true
  const store = createTickets({ clock, mayWatch: async () => state.mayWatch })
  stores.push(store)
  return store
}

function owner(projectId = ProjectId.parse(randomUUID())): TicketOwner {
  return { projectId, actor: { accountId: AccountId.parse(randomUUID()), sessionId: '' } }
}

const later = (ms: number): Date => new Date(state.now + ms)

/** Sends a request with a ticket; false where nobody watches it. */
function send(store: Tickets, { projectId }: TicketOwner, ticket: string, path = '/films'): boolean {
  const watch = store.watch(projectId, ticket)
  watch?.refused({
    method: 'GET',
    path,
    cause: null,
    error: new RestError({ code: 'PGRST100', status: 400, message: 'no' }),
  })
  return watch !== undefined
}

afterEach(() => stores.splice(0).forEach((store) => store.close()))

describe('a ticket', () => {
  test('has 256 random bits, and no two are the same', () => {
    const store = make()
    const tickets = new Set(Array.from({ length: 50 }, () => store.open(owner(), later(MINUTE))))
    expect(tickets.size).toBe(50)
    for (const ticket of tickets) expect(Buffer.from(ticket, 'base64url')).toHaveLength(32)
  })

  test('finds the newest request, and each by its label', () => {
    const store = make()
    const one = owner()
    const ticket = store.open(one, later(MINUTE))
    expect(store.find(one, ticket)).toBeUndefined()
    send(store, one, `${ticket}:a`, '/a')
    send(store, one, `${ticket}:b`, '/b')
    send(store, one, `${ticket}:a`, '/a2')
    send(store, one, ticket, '/last')
    expect(
      [ticket, `${ticket}:a`, `${ticket}:b`, `${ticket}:c`].map((text) => store.find(one, text)?.path),
    ).toEqual(['/last', '/a2', '/b', undefined])
  })

  test('watches until its end, and shows what it saw for ten minutes more', () => {
    const store = make()
    const one = owner()
    const ticket = store.open(one, later(MINUTE))
    expect(send(store, one, ticket)).toBe(true)
    state.now += MINUTE
    expect(send(store, one, ticket)).toBe(false)
    expect(store.find(one, ticket)).toBeDefined()
    state.now += KEPT_MS
    expect(store.find(one, ticket)).toBeUndefined()
    expect(store.size()).toEqual({ tickets: 0, recordings: 0, bytes: 0 })
  })

  test.each([
    ['another project', (one: TicketOwner) => ({ ...one, projectId: ProjectId.parse(randomUUID()) })],
    ['another member', (one: TicketOwner) => ({ ...owner(one.projectId) })],
  ])('is of no use to %s', (_, change) => {
    const store = make()
    const one = owner()
    const ticket = store.open(one, later(MINUTE))
    send(store, one, ticket)
    expect(store.find(change(one), ticket)).toBeUndefined()
    expect(store.find(one, ticket)).toBeDefined()
  })

  test.each(['', 'x', 'A'.repeat(43), `${'A'.repeat(43)}:`, `${'A'.repeat(43)}:${'b'.repeat(61)}`])(
    '%j is none',
    (text) => {
      const store = make()
      const one = owner()
      store.open(one, later(MINUTE))
      expect(send(store, one, text)).toBe(false)
      expect(store.find(one, text)).toBeUndefined()
    },
  )
})

describe('what is kept', () => {
  test('goes with the project', () => {
    const store = make()
    const [one, other] = [owner(), owner()]
    const [ticket, otherTicket] = [store.open(one, later(MINUTE)), store.open(other, later(MINUTE))]
    send(store, one, ticket)
    send(store, other, otherTicket)
    store.forgetProject(one.projectId)
    expect(store.find(one, ticket)).toBeUndefined()
    expect(send(store, one, ticket)).toBe(false)
    expect(store.find(other, otherTicket)).toBeDefined()
  })

  test('goes with the member, at the next sweep', async () => {
    const store = make()
    const one = owner()
    const ticket = store.open(one, later(MINUTE))
    send(store, one, ticket)
    await store.sweep()
    expect(store.find(one, ticket)).toBeDefined()
    state.mayWatch = false
    await store.sweep()
    expect(store.size()).toEqual({ tickets: 0, recordings: 0, bytes: 0 })
  })

  test('is the last twenty of a ticket', () => {
    const store = make()
    const one = owner()
    const ticket = store.open(one, later(MINUTE))
    for (let count = 0; count < 30; count += 1) send(store, one, `${ticket}:${count}`)
    expect(store.size().recordings).toBe(20)
    expect([9, 10].map((count) => store.find(one, `${ticket}:${count}`) !== undefined)).toEqual([false, true])
  })

  test('is bounded for a project, the oldest goes first', () => {
    const store = make()
    const projectId = ProjectId.parse(randomUUID())
    const first = owner(projectId)
    const firstTicket = store.open(first, later(MINUTE))
    send(store, first, firstTicket)
    for (let tickets = 0; tickets < 99; tickets += 1) {
      const one = owner(projectId)
      const ticket = store.open(one, later(MINUTE))
      state.now += 1
      for (let count = 0; count < 20; count += 1)
        send(store, one, `${ticket}:${count}`, `/${'x'.repeat(9_000)}`)
    }
    expect(store.size().bytes).toBeLessThanOrEqual(16 * 1024 * 1024)
    expect(store.size().recordings).toBeGreaterThan(500)
    expect(store.find(first, firstTicket)).toBeUndefined()
  })

  test('has at most a hundred tickets of a project', () => {
    const store = make()
    const one = owner()
    const tickets = Array.from({ length: 101 }, () => store.open(one, later(MINUTE)))
    expect(tickets.map((ticket) => send(store, one, ticket)).filter((isWatched) => !isWatched)).toHaveLength(
      1,
    )
    expect(send(store, one, tickets[0] ?? '')).toBe(false)
  })
})
