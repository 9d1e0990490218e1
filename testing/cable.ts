// A cable between a client and a server, which a test can cut and mend.
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { TempDatabaseTarget } from './temp-database.ts'

export interface Cable {
  /** Where Postgres answers, through the cable. */
  readonly target: TempDatabaseTarget
  /** Breaks all connections; new ones are refused. */
  cut(): Promise<void>
  mend(): Promise<void>
}

/** Puts a cable between us and a server. */
export async function layCable(target: TempDatabaseTarget): Promise<Cable> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(target.port, target.host)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  const port = await listen(server)
  return {
    target: { ...target, host: '127.0.0.1', port },
    async cut() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
    mend: () => new Promise((resolve) => void server.listen(port, '127.0.0.1', resolve)),
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server does not listen.')
  return address.port
}
