// Picks the port for a part of NebulaDB: the usual one, or a free one when another program has it.
import { createServer } from 'node:net'

export interface PortWish {
  readonly wanted: number
  /** The person asked for this very port: then another one will not do. */
  readonly isChosen: boolean
  readonly purpose: string
  readonly say: (line: string) => void
}

/** The port to use; for 0 a free one, which stays the same while a part is started again. Throws when a port that the person chose is taken. */
export async function choosePort({ wanted, isChosen, purpose, say }: PortWish): Promise<number> {
  if (wanted === 0) return freePort()
  if (await isFree(wanted)) return wanted
  if (isChosen)
    throw new Error(
      `Port ${wanted} for ${purpose} is taken by another program. Stop that program, or choose another port.`,
    )
  const port = await freePort()
  say(`  Port ${wanted} is taken by another program, ${purpose} uses ${port} this time.`)
  return port
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/**
 * A free port below the range that systems hand out for outgoing connections, so that it stays free until it is used, and between the ends and starts of
 * a part.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    if (await isFree(port)) return port
  }
}
