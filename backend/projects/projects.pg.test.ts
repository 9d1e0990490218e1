import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { ProjectId, type OrganisationId } from '#contract/capabilities/ids.ts'
import type { Role } from '#contract/capabilities/organisations.ts'
import type { ProjectProgress } from '#contract/capabilities/projects.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { createProvisioningFixture } from '#testing/provisioning-fixture.ts'
import { createTenants, type Tenants } from '#testing/tenants.ts'
import type { Actor } from '../actor.ts'
import type { Tx } from '../db/database.ts'
import type { InstanceProgress } from '../provisioning/index.ts'
import { createProjects, MINIMUM_ROLE, type ProjectsService } from './index.ts'

const GRACE_MS = 7 * 24 * 60 * 60 * 1000
let control: ControlDatabase
let tenants: Tenants
let service: ProjectsService
let now: Date
let woken: ProjectId[]
let queued: { name: string; payload: object }[]
const jobs = new Map<string, (payload: unknown) => Promise<void>>()

/** Credentials are another capability's: what counts here is that they are made in the same transaction. */
const createCredential = async (tx: Tx, projectId: ProjectId): Promise<void> => {
  await tx.query(
    sql`insert into credential (project_id, password, password_changed_at) values (${projectId}, '\\x00', now())`,
  )
}

beforeAll(async () => {
  control = await createControlDatabase()
  tenants = createTenants(control.db)
})
afterAll(() => control.drop())

beforeEach(() => {
  now = new Date('2026-11-22T10:00:00Z')
  woken = []
  queued = []
  service = createProjects({
    db: control.db,
    clock: { now: () => now },
    limits: { maxPerOrganisation: 3, deleteGraceMs: GRACE_MS },
    provisioning: {
      wake: (projectId) => void woken.push(projectId),
      progress: async () => ({ status: 'creating', problem: null, steps: [] }),
      onProgress: () => () => undefined,
    },
    jobs: {
      enqueue: async (_tx, name, payload) => void queued.push({ name, payload }),
      register: ({ name, payload, run }) =>
        void jobs.set(name, (input) => run(payload.parse(input), AbortSignal.abort())),
    },
    createCredential,
    randomBytes,
    newProjectId: () => ProjectId.parse(randomUUID()),
  })
})

const code = (expected: string) => expect.objectContaining({ code: expected })
const create = (
  actor: Actor,
  organisationId: OrganisationId,
  name = `p ${randomUUID()}`,
  projectId?: ProjectId,
) => service.create(actor, { organisationId, name, environment: 'development', projectId })
const auditOf = async (projectId: ProjectId): Promise<string[]> =>
  (
    await control.db.query<{ action: string }>(
      sql`select action from audit_entry where subject_id = ${projectId} order by id`,
    )
  ).map(({ action }) => action)

async function team(): Promise<{ owner: Actor; organisationId: OrganisationId }> {
  const owner = await tenants.person()
  return { owner, organisationId: await tenants.organisation([[owner, 'owner']]) }
}

describe('creating', () => {
  test('records what is wanted, with its credential and audit row, and tells provisioning', async () => {
    const { owner, organisationId } = await team()
    const project = await create(owner, organisationId, 'Shop')
    expect(project).toMatchObject({
      organisationId,
      name: 'Shop',
      status: 'creating',
      environment: 'development',
      purgeAt: null,
      sizeBytes: null,
      createdAt: now.toISOString(),
    })
    expect(project.ref).toMatch(/^[a-z2-7]{12}$/)
    expect(woken).toEqual([project.id])
    expect(await auditOf(project.id)).toEqual(['project.create'])
    expect(
      await control.db.query(sql`select 1 from credential where project_id = ${project.id}`),
    ).toHaveLength(1)
    expect(await service.get(owner, project.id)).toEqual(project)
  })

  test('a repeated call with the same id makes no second project', async () => {
    const { owner, organisationId } = await team()
    const id = ProjectId.parse(randomUUID())
    const [first, second] = await Promise.all([
      create(owner, organisationId, 'Once', id),
      create(owner, organisationId, 'Once', id),
    ])
    expect(second).toEqual(first)
    expect((await service.list(owner, { organisationId, includeDeleted: true })).items).toHaveLength(1)
    expect(await auditOf(id)).toEqual(['project.create'])
  })

  test('the id of another tenant’s project looks like none', async () => {
    const [ours, theirs] = [await team(), await team()]
    const project = await create(theirs.owner, theirs.organisationId)
    await expect(create(ours.owner, ours.organisationId, 'x', project.id)).rejects.toEqual(code('NOT_FOUND'))
    await control.db.query(sql`update project set desired_state = 'purged' where id = ${project.id}`)
    await expect(create(ours.owner, ours.organisationId, 'x', project.id)).rejects.toEqual(code('NOT_FOUND'))
  })

  test('a name is taken within its organisation whatever its case, and free again after deletion', async () => {
    const { owner, organisationId } = await team()
    const other = await tenants.organisation([[owner, 'owner']])
    const first = await create(owner, organisationId, 'Shop')
    await expect(create(owner, organisationId, 'SHOP')).rejects.toEqual(code('ALREADY_EXISTS'))
    await create(owner, other, 'Shop')
    await service.delete(owner, first.id)
    const second = await create(owner, organisationId, 'Shop')
    await expect(service.restore(owner, first.id)).rejects.toEqual(code('ALREADY_EXISTS'))
    await service.rename(owner, second.id, 'Shop 2')
    expect(await service.restore(owner, first.id)).toMatchObject({ name: 'Shop', purgeAt: null })
    await expect(service.rename(owner, second.id, 'shop')).rejects.toEqual(code('ALREADY_EXISTS'))
  })

  test('the limit counts deleted projects that can be restored, and holds for calls at the same moment', async () => {
    const { owner, organisationId } = await team()
    const first = await create(owner, organisationId)
    await service.delete(owner, first.id)
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => create(owner, organisationId)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toEqual(code('LIMIT_REACHED'))
  })

  test('nothing is left of a creation that fails', async () => {
    const { owner, organisationId } = await team()
    const id = ProjectId.parse(randomUUID())
    await create(owner, organisationId, 'Shop')
    await expect(create(owner, organisationId, 'Shop', id)).rejects.toEqual(code('ALREADY_EXISTS'))
    expect(await auditOf(id)).toEqual([])
    expect(woken).not.toContain(id)
  })

  test('a deleted organisation gets no project', async () => {
    const { owner, organisationId } = await team()
    await control.db.query(sql`update organisation set deleted_at = now() where id = ${organisationId}`)
    await expect(create(owner, organisationId)).rejects.toEqual(code('NOT_FOUND'))
  })
})

describe('what is wanted', () => {
  test('stop and start change it once, with an audit row each', async () => {
    const { owner, organisationId } = await team()
    const { id } = await create(owner, organisationId)
    await service.stop(owner, id)
    await service.stop(owner, id)
    await service.start(owner, id)
    expect(await auditOf(id)).toEqual(['project.create', 'project.stop', 'project.start'])
    expect(woken).toEqual([id, id, id, id])
  })

  test('a deleted project keeps its data for the grace period, can only be restored, and comes back awake', async () => {
    const { owner, organisationId } = await team()
    const { id } = await create(owner, organisationId)
    const deleted = await service.delete(owner, id)
    const purgeAt = new Date(now.getTime() + GRACE_MS).toISOString()
    expect(deleted).toMatchObject({ status: 'deleted', purgeAt })
    now = new Date(now.getTime() + 1000)
    expect(await service.delete(owner, id)).toMatchObject({ purgeAt })
    const refused = [
      () => service.start(owner, id),
      () => service.stop(owner, id),
      () => service.rename(owner, id, 'x'),
    ]
    for (const attempt of refused) await expect(attempt()).rejects.toEqual(code('CONFLICT'))
    expect((await service.list(owner, { organisationId, includeDeleted: false })).items).toEqual([])
    expect((await service.list(owner, { organisationId, includeDeleted: true })).items).toHaveLength(1)
    expect(await service.restore(owner, id)).toMatchObject({ status: 'creating', purgeAt: null })
    expect(await auditOf(id)).toEqual(['project.create', 'project.delete', 'project.restore'])
    await service.delete(owner, id)
    now = new Date(now.getTime() + GRACE_MS)
    await expect(service.restore(owner, id)).rejects.toEqual(code('CONFLICT'))
  })

  test('an organisation’s projects are purged with it, and provisioning is told by a job', async () => {
    const { owner, organisationId } = await team()
    const ids = [(await create(owner, organisationId)).id, (await create(owner, organisationId)).id]
    expect(await service.hasAny(control.db, organisationId)).toBe(true)
    await service.delete(owner, ids[0] ?? randomProject())
    await control.db.transaction((tx) => service.deleteAllOf(tx, organisationId))
    expect(await service.hasAny(control.db, organisationId)).toBe(false)
    for (const id of ids) await expect(service.get(owner, id)).rejects.toEqual(code('NOT_FOUND'))
    const [job] = queued
    expect(new Set(Object.values(job?.payload ?? {})[0])).toEqual(new Set(ids))
    woken = []
    await jobs.get(job?.name ?? '')?.(job?.payload)
    expect(new Set(woken)).toEqual(new Set(ids))
    queued = []
    await control.db.transaction((tx) => service.deleteAllOf(tx, organisationId))
    expect(queued).toEqual([])
  })
})

describe('who may', () => {
  const randomRole: readonly Role[] = ['viewer', 'developer', 'admin', 'owner']
  const attempts = (actor: Actor, id: ProjectId, organisationId: OrganisationId) =>
    ({
      'project.read': () => service.get(actor, id),
      'project.start': () => service.start(actor, id),
      'project.stop': () => service.stop(actor, id),
      'project.rename': () => service.rename(actor, id, `r ${randomUUID()}`),
      'project.create': () => create(actor, organisationId),
      'project.delete': () => service.delete(actor, id),
      'project.restore': () => service.restore(actor, id),
    }) as const

  test('each role may do what the table says and no more', async () => {
    for (const role of randomRole) {
      const { owner, organisationId } = await team()
      const actor = await tenants.person()
      await tenants.join(organisationId, actor, role)
      const { id } = await create(owner, organisationId)
      const may: string[] = []
      for (const [action, attempt] of Object.entries(attempts(actor, id, organisationId))) {
        const outcome = await attempt().then(
          () => 'done',
          (error: unknown) => error,
        )
        if (outcome === 'done') may.push(action)
        else expect(outcome).toEqual(code('FORBIDDEN'))
      }
      const rank = randomRole.indexOf(role)
      const expected = Object.entries(MINIMUM_ROLE).filter(
        ([action, minimum]) => action.startsWith('project.') && randomRole.indexOf(minimum) <= rank,
      )
      expect(new Set(may)).toEqual(new Set(expected.map(([action]) => action)))
    }
  })

  test('a stranger sees nothing and is told that there is nothing', async () => {
    const { owner, organisationId } = await team()
    const stranger = await tenants.person()
    const { id } = await create(owner, organisationId)
    for (const attempt of Object.values(attempts(stranger, id, organisationId)))
      await expect(attempt()).rejects.toEqual(code('NOT_FOUND'))
    await expect(service.list(stranger, { organisationId, includeDeleted: true })).rejects.toEqual(
      code('NOT_FOUND'),
    )
    expect(await service.list(stranger, { includeDeleted: true })).toEqual({
      items: [],
      asOf: now.toISOString(),
      isStale: false,
    })
    await expect(
      service.watch(stranger, id, new AbortController().signal)[Symbol.asyncIterator]().next(),
    ).rejects.toEqual(code('NOT_FOUND'))
  })
})

describe('watching', () => {
  test('follows a real database from its creation until it is awake, and ends when the caller stops listening', async () => {
    const listeners = new Set<unknown>()
    // a database of its own: provisioning looks after every project in it
    await using alone = await createControlDatabase()
    await using fixture = await createProvisioningFixture(alone.db)
    const { provisioning } = fixture
    const { db } = alone
    const real = createProjects({
      db,
      clock: { now: () => new Date() },
      limits: { maxPerOrganisation: 3, deleteGraceMs: GRACE_MS },
      provisioning: {
        ...provisioning,
        onProgress(listener: (projectId: ProjectId, progress: InstanceProgress) => void) {
          const stop = provisioning.onProgress(listener)
          listeners.add(listener)
          return () => {
            listeners.delete(listener)
            stop()
          }
        },
      },
      jobs: { enqueue: async () => undefined, register: () => undefined },
      createCredential,
      randomBytes,
      newProjectId: () => ProjectId.parse(randomUUID()),
    })
    const { person, organisation } = createTenants(db)
    const owner = await person()
    const organisationId = await organisation([[owner, 'owner']])
    const { id } = await real.create(owner, {
      organisationId,
      name: 'Live',
      environment: 'local',
      projectId: undefined,
    })
    const controller = new AbortController()
    const seen: ProjectProgress[] = []
    const ended = (async () => {
      for await (const progress of real.watch(owner, id, controller.signal)) seen.push(progress)
    })()
    await vi.waitFor(() => expect(seen.at(-1)?.project.status).toBe('awake'), { timeout: 20_000 })
    expect(seen[0]?.project.status).not.toBe('awake')
    expect(seen.at(-1)?.steps.every(({ state }) => state === 'done')).toBe(true)
    await real.rename(owner, id, 'Renamed')
    await vi.waitFor(() => expect(seen.at(-1)?.project.name).toBe('Renamed'))
    await real.delete(owner, id)
    await vi.waitFor(() => expect(seen.at(-1)?.project.status).toBe('deleted'))
    expect(listeners.size).toBe(1)
    controller.abort()
    await ended
    expect(listeners.size).toBe(0)

    // a reader that goes away without a word takes its listener with it
    for await (const progress of real.watch(owner, id, new AbortController().signal)) {
      expect(progress.project.id).toBe(id)
      break
    }
    expect(listeners.size).toBe(0)
  })

  test('ends with an error for who is removed from the organisation', async () => {
    const { owner, organisationId } = await team()
    const guest = await tenants.person()
    await tenants.join(organisationId, guest, 'viewer')
    const { id } = await create(owner, organisationId)
    const items = service.watch(guest, id, new AbortController().signal)[Symbol.asyncIterator]()
    expect((await items.next()).value?.project.id).toBe(id)
    await tenants.leave(organisationId, guest)
    const next = items.next()
    await service.rename(owner, id, 'After')
    await expect(next).rejects.toEqual(code('NOT_FOUND'))
  })
})

function randomProject(): ProjectId {
  return ProjectId.parse(randomUUID())
}

describe('billing', () => {
  test('holds projects asleep so that nobody starts them, and lets them be started again', async () => {
    const { owner, organisationId } = await team()
    const project = await create(owner, organisationId)
    const hold = (reason: 'cap' | null) =>
      control.db.transaction((tx) =>
        service.setHolds(tx, organisationId, [{ projectId: project.id, hold: reason }]),
      )
    await hold('cap')
    await hold('cap')
    expect(await service.holds(control.db, organisationId)).toEqual([{ projectId: project.id, hold: 'cap' }])
    await expect(service.start(owner, project.id)).rejects.toEqual(code('PAYMENT_REQUIRED'))
    expect(queued).toEqual([{ name: 'projects.wake', payload: { projectIds: [project.id] } }])
    await hold(null)
    await service.start(owner, project.id)
    expect(await auditOf(project.id)).toEqual([
      'project.create',
      'project.hold',
      'project.hold',
      'project.start',
    ])
  })

  test('deletes with the usual time to restore', async () => {
    const { owner, organisationId } = await team()
    const project = await create(owner, organisationId)
    await control.db.transaction((tx) => service.deleteLiveOf(tx, organisationId))
    expect(Date.parse((await service.get(owner, project.id)).purgeAt ?? '') - now.getTime()).toBe(GRACE_MS)
    expect(await service.restore(owner, project.id)).toMatchObject({ purgeAt: null })
  })
})
