import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ProjectId, type OrganisationId } from '#contract/capabilities/ids.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { createTenants } from '#testing/tenants.ts'
import {
  listCaps,
  listReached,
  markReached,
  organisationCap,
  releaseReservation,
  reserve,
  setCap,
  sweepReservations,
  type Reservation,
} from './caps-store.ts'
import { loadPriceBooks } from './price-book.ts'

const { pro, enterprise } = loadPriceBooks().version('2026-11-01').plans
const at = new Date('2026-11-23T12:00:00Z')
const later = new Date('2026-11-23T12:01:00Z')
const november = new Date('2026-11-01T00:00:00Z')
const shop = ProjectId.parse(randomUUID())
const blog = ProjectId.parse(randomUUID())
let control: ControlDatabase

beforeAll(async () => {
  control = await createControlDatabase()
})
afterAll(() => control.drop())

const organisation = (): Promise<OrganisationId> => createTenants(control.db).organisation([])
const set = (
  organisationId: OrganisationId,
  projectId: ProjectId | null,
  amount: bigint | null,
): Promise<void> => control.db.transaction((tx) => setCap(tx, { organisationId, projectId }, { amount, at }))
const mark = (organisationId: OrganisationId, projectId: ProjectId | null, moment = at): Promise<boolean> =>
  control.db.transaction((tx) =>
    markReached(tx, { organisationId, projectId }, { periodFrom: november, at: moment }),
  )

describe('caps', () => {
  test('are on by default: without a word the cap of the plan holds', async () => {
    const id = await organisation()
    const caps = await listCaps(control.db, id)
    expect([organisationCap(caps, pro), organisationCap(caps, enterprise)]).toEqual([4_000n, null])
  })

  test('what was set last holds, none too, and projects have their own', async () => {
    const id = await organisation()
    await set(id, null, 6_000n)
    await set(id, shop, 500n)
    await set(id, shop, 700n)
    const caps = await listCaps(control.db, id)
    expect(caps).toEqual([
      { projectId: null, amount: 6_000n },
      { projectId: shop, amount: 700n },
    ])
    expect(organisationCap(caps, pro)).toBe(6_000n)
    await set(id, null, null)
    expect(organisationCap(await listCaps(control.db, id), pro)).toBeNull()
    expect(await listCaps(control.db, await organisation())).toEqual([])
  })

  test('are reached once in a period, until they are set anew', async () => {
    const id = await organisation()
    expect(await mark(id, null)).toBe(true)
    expect(await mark(id, null, later)).toBe(false)
    expect(await mark(id, shop, later)).toBe(true)
    expect(await listReached(control.db, id, november)).toEqual([
      { projectId: null, reachedAt: at },
      { projectId: shop, reachedAt: later },
    ])
    expect(await listReached(control.db, id, new Date('2026-12-01T00:00:00Z'))).toEqual([])
    await set(id, null, 9_000n)
    expect(await listReached(control.db, id, november)).toEqual([{ projectId: shop, reachedAt: later }])
  })
})

describe('reservations', () => {
  const one = (organisationId: OrganisationId, change: Partial<Reservation> = {}): Reservation => ({
    organisationId,
    projectId: shop,
    key: randomUUID(),
    amount: 40n,
    expiresAt: later,
    ...change,
  })
  const take = (
    reservation: Reservation,
    organisationRoom: bigint | null,
    projectRoom: bigint | null = null,
  ): Promise<boolean> =>
    control.db.transaction((tx) =>
      reserve(tx, reservation, { organisation: organisationRoom, project: projectRoom, now: at }),
    )

  test('fit as long as there is room, of the organisation and of the project', async () => {
    const id = await organisation()
    expect(await take(one(id), 100n)).toBe(true)
    expect(await take(one(id), 100n)).toBe(true)
    expect(await take(one(id), 100n)).toBe(false)
    expect(await take(one(id, { amount: 20n }), 100n)).toBe(true)
    expect(await take(one(id), null)).toBe(true)
    expect(await take(one(id), null, 179n)).toBe(false)
    expect(await take(one(id, { projectId: blog }), null, 40n)).toBe(true)
  })

  test('asking again changes a reservation and does not add to it', async () => {
    const id = await organisation()
    const first = one(id)
    expect(await take(first, 50n)).toBe(true)
    expect(await take({ ...first, amount: 50n }, 50n)).toBe(true)
    expect(await take({ ...first, amount: 51n }, 50n)).toBe(false)
    await releaseReservation(control.db, id, first.key)
    expect(await take(one(id, { amount: 50n }), 50n)).toBe(true)
  })

  test('several at once do not pass the room together', async () => {
    const id = await organisation()
    const taken = await Promise.all(Array.from({ length: 8 }, () => take(one(id), 100n)))
    expect(taken.filter(Boolean)).toHaveLength(2)
  })

  test('what is over counts for nothing and is swept', async () => {
    const id = await organisation()
    expect(await take(one(id, { expiresAt: at }), 50n)).toBe(true)
    expect(await take(one(id), 50n)).toBe(true)
    expect(await sweepReservations(control.db, at)).toBeGreaterThanOrEqual(1)
    expect(await sweepReservations(control.db, at)).toBe(0)
    expect(await take(one(id), 50n)).toBe(false)
  })

  test('less than nothing cannot be reserved', async () => {
    await expect(take(one(await organisation(), { amount: -1n }), 50n)).rejects.toThrow(RangeError)
  })
})
