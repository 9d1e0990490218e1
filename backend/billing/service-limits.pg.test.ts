import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Metric } from '#contract/billing/metrics.ts'
import { ProjectId, type OrganisationId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { addMeteredProject, createMetered, type Metered } from '#testing/metered.ts'
import { listReached, setCap } from './caps-store.ts'
import type { Hold } from './caps.ts'
import type { BilledProjects } from './dunning-effects.ts'
import { loadPriceBooks } from './price-book.ts'
import { createLimits, type Limits } from './service-limits.ts'
import { MAIL_LIMIT } from './service-mails.ts'
import { createTerms } from './service-terms.ts'
import { ensureSubscription, findSubscription, saveSpans, setCustomer, updateSubscription } from './store.ts'

const NOON = new Date('2026-11-23T12:00:00Z')
const DECEMBER = new Date('2026-12-01T00:00:30Z')
const period = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
const priceVersion = '2026-11-01'
const GB = 1_000_000_000n
let control: ControlDatabase

beforeAll(async () => {
  control = await createControlDatabase()
})
afterAll(() => control.drop())

/** Holds straight in the table: what else they do is the projects' own. */
const projects: BilledProjects = {
  async holds(db, organisationId) {
    const rows = await db.query<{ id: string; hold: Hold | null }>(
      sql`select id, hold from project where organisation_id = ${organisationId} order by name`,
    )
    return rows.map(({ id, hold }) => ({ projectId: ProjectId.parse(id), hold }))
  },
  async setHolds(tx, _, changes) {
    for (const { projectId, hold } of changes)
      await tx.query(sql`update project set hold = ${hold} where id = ${projectId}`)
  },
  deleteLiveOf: () => Promise.reject(new Error('Limits delete nothing.')),
}

interface Rig {
  readonly metered: Metered
  readonly limits: Limits
  readonly blog: ProjectId
  readonly mails: string[]
  /** Uses so much of a metric in the hour before now. */
  use(metric: Metric, quantity: bigint, projectId?: ProjectId): Promise<void>
  /** Decides and gives the holds of Blog and Shop. */
  decide(): Promise<(Hold | null)[]>
  cap(amount: bigint | null, projectId?: ProjectId | null): Promise<void>
}

async function rig(plan: 'free' | 'pro'): Promise<Rig> {
  const metered = await createMetered(control, NOON)
  const { organisationId, metering } = metered
  const blog = await addMeteredProject(control, organisationId, 'Blog')
  if (plan === 'pro') await subscribe(organisationId)
  const clock = { now: () => metered.now() }
  const mails: string[] = []
  const terms = createTerms({ db: control.db, usage: metering, books: loadPriceBooks(), selfHosted: null })
  const limits = createLimits({
    db: control.db,
    clock,
    usage: metering,
    terms,
    projects,
    jobs: {
      register: () => undefined,
      enqueue(_, name, payload) {
        if (name === MAIL_LIMIT && 'title' in payload) mails.push(String(payload.title))
        return Promise.resolve()
      },
    },
  })
  let windows = 0
  return {
    metered,
    limits,
    blog,
    mails,
    async use(metric, quantity, projectId = metered.projectId) {
      windows += 1
      const windowStart = new Date(NOON.getTime() - 3_600_000 + windows * 60_000)
      metering.record({
        metric,
        organisationId,
        projectId,
        size: null,
        quantity,
        windowStart,
        windowEnd: new Date(windowStart.getTime() + 60_000),
        source: 'test',
        dedupeKey: `${metric}:${projectId}:${String(windows)}`,
      })
      await metering.flush()
    },
    async decide() {
      await limits.decide(organisationId)
      return (await projects.holds(control.db, organisationId)).map(({ hold }) => hold)
    },
    cap: (amount, projectId = null) =>
      control.db.transaction((tx) => setCap(tx, { organisationId, projectId }, { amount, at: NOON })),
  }
}

async function subscribe(organisationId: OrganisationId): Promise<void> {
  await control.db.transaction(async (tx) => {
    await ensureSubscription(tx, organisationId, { priceVersion, at: period.from })
    await setCustomer(tx, organisationId, `cus_${organisationId}`)
    const before = await findSubscription(tx, organisationId)
    if (before === undefined) throw new Error('It was made.')
    await updateSubscription(
      tx,
      { ...before, providerId: `sub_${organisationId}`, providerStatus: 'active', plan: 'pro', period },
      NOON,
    )
    await saveSpans(tx, organisationId, [{ startsAt: period.from, plan: 'pro', priceVersion }])
  })
}

test('the free plan stops at a quota until the next period, and says so once', async () => {
  const { use, decide, mails, metered } = await rig('free')
  await use('egress', 4n * GB)
  expect(await decide()).toEqual([null, null])
  expect(mails).toEqual([
    'Data out: 80 % of the included 5 GB are used.',
    expect.stringMatching(/^Data out will reach the included 5 GB on \d+ Nov 2026\.$/),
  ])
  await use('egress', GB)
  expect(await decide()).toEqual(['quota', 'quota'])
  expect(await decide()).toEqual(['quota', 'quota'])
  expect(mails.slice(2)).toEqual(['Data out: the included 5 GB are used.'])
  metered.setNow(DECEMBER)
  expect(await decide()).toEqual([null, null])
  expect(mails).toHaveLength(3)
})

test('a cap stops before it is passed, stays, and gives way when it is raised', async () => {
  const { use, decide, cap, mails, metered, limits } = await rig('pro')
  const { organisationId } = metered
  await cap(1_000n)
  await use('egress', 190n * GB)
  expect(await decide()).toEqual([null, null])
  const [open] = await limits.facts([organisationId])
  expect(open?.isCapReached).toBe(false)
  expect(open?.capSafeUntil && open.capSafeUntil > NOON).toBe(true)
  // 9.80, and what two projects can send in 90 seconds: 0.23.
  await use('egress', 8n * GB)
  expect(await decide()).toEqual(['cap', 'cap'])
  expect(mails.at(-1)).toBe('The spend cap of €10.00 is reached.')
  expect(await listReached(control.db, organisationId, period.from)).toEqual([
    { projectId: null, reachedAt: NOON },
  ])
  expect((await limits.facts([organisationId]))[0]).toMatchObject({ isCapReached: true })
  await cap(1_100n)
  expect(await decide()).toEqual([null, null])
})

test('a project at its own cap sleeps alone', async () => {
  const { use, decide, cap, blog, limits, metered } = await rig('pro')
  await cap(100_000n)
  await cap(300n, blog)
  await use('egress', 150n * GB)
  expect(await decide()).toEqual([null, null])
  await use('egress', 150n * GB, blog)
  expect(await decide()).toEqual(['cap', null])
  expect((await limits.facts([metered.organisationId]))[0]?.projectsAtCap).toEqual(new Set([blog]))
})

test('what is stored is counted until the end of the period: it goes on to cost while projects sleep', async () => {
  const { use, decide, cap, limits, metered } = await rig('pro')
  await cap(200n)
  await use('storage', 100n * GB * 3_600n)
  // 100 GB for an hour are nothing yet; for the week that is left they are 2.27.
  expect(await decide()).toEqual(['cap', 'cap'])
  const { caps } = await limits.standing(metered.organisationId)
  expect(caps[0]).toMatchObject({ spent: 0n, isReached: true })
  await cap(300n)
  expect(await decide()).toEqual([null, null])
})

test('without a cap nothing is held, and the plan has one by default', async () => {
  const { use, decide, cap } = await rig('pro')
  await use('egress', 900n * GB)
  expect(await decide()).toEqual(['cap', 'cap'])
  await cap(null)
  expect(await decide()).toEqual([null, null])
})
