// Stands between a client and Postgres as PgBouncer does: the client gets a key for cancelling that is the pooler's own.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { TempDatabaseTarget } from './temp-database.ts'

/** 'K' and its length: the message BackendKeyData. */
const KEY_MESSAGE = Buffer.from([0x4b, 0, 0, 0, 12])

/** Its port; it ends with the test. */
export async function startPooler({
  host,
  port,
}: Pick<TempDatabaseTarget, 'host' | 'port'>): Promise<number> {
  const server = createServer((client) => {
    const upstream = connect(port, host)
    client.on('error', () => upstream.destroy()).pipe(upstream)
    upstream.on('error', () => client.destroy())
    upstream.on('data', (bytes) => {
      const at = bytes.indexOf(KEY_MESSAGE)
      if (at !== -1) bytes.writeInt32BE(4_711, at + KEY_MESSAGE.length)
      client.write(bytes)
    })
    upstream.on('end', () => client.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('The pooler has no port.')
  return address.port
}
