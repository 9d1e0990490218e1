// The parts of the service that provision, as a process of their own that a test may kill. Its parent talks to it by messages.
import { z } from 'zod'
import { createDatabase } from '../backend/db/pool-database.ts'
import { lockDirectory } from '../backend/provisioning/index.ts'
import { ProjectId } from '../contract/capabilities/ids.ts'
import { createPool } from '../postgres/node/pool.ts'
import { createProvisioningFixture } from './provisioning-fixture.ts'

const Target = z.object({
  host: z.string(),
  port: z.number(),
  database: z.string(),
  user: z.string(),
  password: z.string(),
})
const Message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('wake'), projectId: ProjectId }),
  z.object({ type: z.literal('close') }),
])

const [directory = '', target = ''] = process.argv.slice(2)
const lock = await lockDirectory(directory)
const database = createDatabase(createPool(Target.parse(JSON.parse(target)), { max: 8 }))
const { provisioning } = await createProvisioningFixture(database, {
  directory,
  observe: (observation) => {
    if ('error' in observation) process.send?.({ type: 'problem', observation: String(observation.error) })
  },
})

process.on('message', (input) => {
  const message = Message.parse(input)
  if (message.type === 'wake') provisioning.wake(message.projectId)
  else void close()
})
process.send?.({ type: 'ready', port: provisioning.proxyAddress().port })

async function close(): Promise<void> {
  await provisioning.close()
  await database.close()
  await lock.release()
  process.exit(0)
}
