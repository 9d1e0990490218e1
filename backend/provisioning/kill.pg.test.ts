// Kills the service at random points of creating, starting, stopping and deleting projects, and asks each time that it recovers.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { findPostmasters } from '#postgres/node/server/process-table.ts'
import { stopServer } from '#postgres/node/server/server.ts'
import { openSession } from '#postgres/node/session.ts'
import { createControlDatabase } from '#testing/control-database.ts'
import { addTestProject, testOwnerPassword, wantTestProject } from '#testing/provisioning-fixture.ts'
import type { TestProject } from '#testing/provisioning-fixture.ts'

const SEED = 20_261_122
const KILLS = 30
const MAX_PROJECTS = 5

/** Mulberry32: the same numbers in every run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const Ready = z.object({ type: z.literal('ready'), port: z.number() })
const Row = z.object({
  number: z.number().nullable(),
  status: z.string().nullable(),
  desired_state: z.string(),
  has_own_passwords: z.boolean().nullable(),
})

test(
  `after ${String(KILLS)} kills every project is as wanted, with its data, and nothing is left over`,
  { timeout: 300_000 },
  async () => {
    await using control = await createControlDatabase()
    const directory = join(await mkdtemp(join(tmpdir(), 'nebuladb kill-')), 'service')
    const random = createRandom(SEED)
    const projects: TestProject[] = []
    /** Projects whose marker row was committed: it must survive whatever comes. */
    const marked = new Set<ProjectId>()
    let service: Service | undefined

    try {
      for (let kill = 0; kill < KILLS; kill += 1) {
        service = startService(directory, control.temp.target)
        // One time in four it is killed while it recovers from the kill before.
        if (random() < 0.25) await delay(random() * 400)
        else {
          const port = await service.ready
          // Now and then everything gets its wish first, so that there is data to lose.
          if (random() < 0.5) await reachWanted()
          await markAwake(port)
          for (const projectId of await changeSomething()) service.child.send({ type: 'wake', projectId })
          await delay(random() * 250)
        }
        await service.kill()
      }

      service = startService(directory, control.temp.target)
      const port = await service.ready
      await reachWanted()
      const expected: Record<'instances' | 'awake' | 'sockets', string[]> = {
        instances: [],
        awake: [],
        sockets: [],
      }
      for (const project of projects) {
        const row = await read(project.id)
        if (row === undefined) continue
        // One that was put to sleep before it was made has no storage yet.
        if (row.has_own_passwords === true) expected.instances.push(project.id)
        if (row.desired_state !== 'awake') continue
        expected.awake.push(project.id)
        expected.sockets.push(String(row.number))
        expect(await readMarker(port, project)).toBe(marked.has(project.id) ? 'here' : 'absent')
      }
      const postmasters = await findPostmasters(directory)
      expect([...postmasters.values()].map((path) => basename(dirname(path))).sort()).toEqual(
        expected.awake.sort(),
      )
      const folders = readdirSync(join(directory, 'postgres', 'instances'))
      expect(folders.filter((name) => expected.instances.includes(name)).sort()).toEqual(
        expected.instances.sort(),
      )
      const kept = await control.db.query<{ project_id: string }>(sql`select project_id from instance`)
      const rows = new Set(kept.map((row) => row.project_id))
      expect(folders.filter((name) => !rows.has(name))).toEqual([])
      expect(readdirSync(join(directory, 'postgres', 'sockets')).sort()).toEqual(expected.sockets.sort())
      const numbers = await control.db.query(
        sql`select number from instance group by number having count(*) > 1`,
      )
      expect(numbers).toEqual([])

      await service.close()
      expect([...(await findPostmasters(directory)).values()]).toEqual([])
      expect(await answers(port)).toBe(false)
      expect(readdirSync(directory)).not.toContain('service.lock')
      // The test is worth something only if it went through everything.
      expect(projects.length).toBeGreaterThan(MAX_PROJECTS)
      expect(marked.size).toBeGreaterThan(2)
    } finally {
      service?.child.kill('SIGKILL')
      for (const dataDirectory of (await findPostmasters(directory)).values())
        await stopServer(dataDirectory, 0)
      rmSync(dirname(directory), { recursive: true, force: true })
    }

    async function reachWanted(): Promise<void> {
      await vi.waitFor(
        async () => {
          for (const project of projects) {
            const row = await read(project.id)
            expect(row?.status ?? 'purged').toBe(row?.desired_state ?? 'purged')
          }
        },
        { timeout: 60_000, interval: 30 },
      )
    }

    async function read(projectId: ProjectId) {
      const [row] = await control.db.query(sql`
        select i.number, i.status, i.has_own_passwords, p.desired_state from project p left join instance i on i.project_id = p.id
        where p.id = ${projectId}`)
      return row === undefined ? undefined : Row.parse(row)
    }

    /** One to three changes; gives the projects that provisioning is told of. Some it must notice by itself. */
    async function changeSomething(): Promise<ProjectId[]> {
      const told: ProjectId[] = []
      const count = 1 + Math.floor(random() * 3)
      for (let change = 0; change < count; change += 1) {
        const present: { project: TestProject; desired: string }[] = []
        for (const project of projects) {
          const row = await read(project.id)
          if (row !== undefined && row.desired_state !== 'purged')
            present.push({ project, desired: row.desired_state })
        }
        const chosen = present[Math.floor(random() * present.length)]
        if (chosen === undefined || (present.length < MAX_PROJECTS && random() < 0.5)) {
          const project = await addTestProject(control.db)
          projects.push(project)
          told.push(project.id)
          continue
        }
        const next = {
          awake: 'asleep',
          asleep: random() < 0.5 ? 'awake' : 'deleted',
          deleted: 'purged',
        } as const
        const desired =
          chosen.desired === 'awake' ? next.awake : chosen.desired === 'asleep' ? next.asleep : next.deleted
        await wantTestProject(control.db, chosen.project.id, desired)
        if (random() < 0.8) told.push(chosen.project.id)
      }
      return told
    }

    /** Writes a row into projects that are awake and have none yet. */
    async function markAwake(port: number): Promise<void> {
      for (const project of projects) {
        const row = await read(project.id)
        if (marked.has(project.id) || row?.status !== 'awake' || row.desired_state !== 'awake') continue
        const session = await openSession(targetOf(port, project))
        await session.query('create table marker as select 1')
        await session.close()
        marked.add(project.id)
      }
    }

    async function readMarker(port: number, project: TestProject): Promise<'here' | 'absent'> {
      const session = await openSession(targetOf(port, project))
      const { rows } = await session.query("select to_regclass('public.marker') is not null")
      await session.close()
      return rows[0]?.[0] === 't' ? 'here' : 'absent'
    }
  },
)

interface Service {
  readonly child: ChildProcess
  /** Resolves with the port of the proxy. */
  readonly ready: Promise<number>
  kill(): Promise<void>
  close(): Promise<void>
}

function startService(directory: string, target: object): Service {
  const script = join(import.meta.dirname, '..', '..', 'testing', 'provisioning-process.ts')
  const child = fork(script, [directory, JSON.stringify(target)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()))
  const ready = new Promise<number>((resolve, reject) => {
    child.on('message', (message) => {
      const parsed = Ready.safeParse(message)
      if (parsed.success) resolve(parsed.data.port)
    })
    void exited.then(() => reject(new Error(`The service ended before it was ready. ${words}`)))
  })
  ready.catch(() => undefined) // killed on purpose before it was ready
  return {
    child,
    ready,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async close() {
      child.send({ type: 'close' })
      await exited
    },
  }
}

function targetOf(port: number, project: TestProject) {
  const password = testOwnerPassword(project.id)
  return { host: '127.0.0.1', port, database: 'main', user: `owner.${project.ref}`, password }
}

async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
