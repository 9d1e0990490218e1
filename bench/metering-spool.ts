// Part of bench/metering: counting in memory and into the spool, without any load beside it.
import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { createMetering } from '../backend/metering/index.ts'
import { OrganisationId, ProjectId } from '../contract/capabilities/ids.ts'
import { createControlDatabase } from '../testing/control-database.ts'
import type { TestServer } from '../testing/postgres-global-setup.ts'
import { percentile } from './report.ts'

const COUNTED = 1_000_000
const SPOOLED = 100_000
const LONE = 200
/** Beyond the time in which requests are written together. */
const LONE_APART_MS = 12
const MINUTE_MS = 60_000

/** Counts into a spool of its own. */
export async function measureSpool(server: TestServer, directory: string): Promise<Record<string, number>> {
  await using control = await createControlDatabase({ server })
  const metering = createMetering({
    db: control.db,
    directory,
    clock: { now: () => new Date() },
    observe: (one) => console.error(one),
  })
  const organisationId = OrganisationId.parse(randomUUID())
  const projects = Array.from({ length: 50 }, () => ProjectId.parse(randomUUID()))
  const projectAt = (count: number): ProjectId => {
    const project = projects[count % projects.length]
    if (project === undefined) throw new Error('There are no projects.')
    return project
  }

  const counting = performance.now()
  for (let count = 0; count < COUNTED; count += 1)
    metering.apiRequest({ organisationId, projectId: projectAt(count), rows: 20, bytesOut: 4_000 })
  metering.writeCounts()
  const countMs = performance.now() - counting

  const lone: number[] = []
  for (let count = 0; count < LONE; count += 1) {
    await delay(LONE_APART_MS)
    const begin = performance.now()
    metering.apiRequest({ organisationId, projectId: projectAt(0), rows: 20, bytesOut: 4_000 })
    lone.push((performance.now() - begin) * 1_000)
  }

  const minute = Math.floor(Date.now() / MINUTE_MS)
  const spooling = performance.now()
  for (let count = 0; count < SPOOLED; count += 1) {
    const at = minute - Math.floor(count / projects.length)
    metering.record({
      metric: 'egress',
      organisationId,
      projectId: projectAt(count),
      size: null,
      quantity: 4_000n,
      windowStart: new Date(at * MINUTE_MS),
      windowEnd: new Date((at + 1) * MINUTE_MS),
      source: 'bench',
      dedupeKey: `bench:egress:${projectAt(count)}:${at}`,
    })
  }
  const spoolMs = performance.now() - spooling
  await metering.close()
  return {
    countedPerSecond: (COUNTED / countMs) * 1_000,
    countMicroseconds: (countMs / COUNTED) * 1_000,
    loneCountP50Microseconds: percentile(lone, 0.5),
    loneCountP95Microseconds: percentile(lone, 0.95),
    spooledEventsPerSecond: (SPOOLED / spoolMs) * 1_000,
  }
}
