// Counts and ingests as fast as it can, as a process of its own that a test kills. Beside the spool it keeps a tally that needs no trust in the spool:
// a byte is added to one file before each count, and to another for each that was written.
import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { createDatabase } from '../backend/db/pool-database.ts'
import { createMetering } from '../backend/metering/index.ts'
import { OrganisationId, ProjectId } from '../contract/capabilities/ids.ts'
import { createPool } from '../postgres/node/pool.ts'

const Argument = z.object({
  directory: z.string(),
  organisationId: OrganisationId,
  projectId: ProjectId,
  target: z.object({
    host: z.string(),
    port: z.number(),
    database: z.string(),
    user: z.string(),
    password: z.string(),
  }),
})
const { directory, organisationId, projectId, target } = Argument.parse(JSON.parse(process.argv[2] ?? ''))
const db = createDatabase(
  createPool({ ...target, applicationName: 'counting' }, { max: 3, onIdleError: () => undefined }),
)
const metering = createMetering({
  db,
  directory,
  clock: { now: () => new Date() },
  observe: () => undefined,
})
const before = openSync(join(directory, 'before'), 'a')
const after = openSync(join(directory, 'after'), 'a')
process.send?.('ready')

void ingest()
count()

function count(): void {
  for (let requests = 0; requests < 20; requests += 1) {
    writeSync(before, '.')
    metering.apiRequest({ organisationId, projectId, rows: 2, bytesOut: 100 })
  }
  metering.writeCounts()
  writeSync(after, '.'.repeat(20))
  setImmediate(count)
}

/** Again and again. What fails, because somebody ends its sessions, is tried again. */
async function ingest(): Promise<never> {
  for (;;) await metering.flush().catch(() => undefined)
}
