// Where the local driver keeps what, below the service's directory.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makePassable, prepareSocketRoot, socketRoot } from '#postgres/node/server/socket-directory.ts'
import type { InstanceKey } from '../../driver.ts'

export interface Layout {
  /** Everything of Postgres. */
  readonly root: string
  readonly binaries: string
  readonly templates: string
  /** One folder per project, named by its id, with `data` and `log`. */
  readonly instances: string
  /** One folder per instance, named by its number; others are named by letters. */
  readonly sockets: string
  /** The service's own records, when no other database is configured. */
  readonly control: string
}

/** The number in a socket's name; each socket has a folder of its own. */
export const SOCKET_PORT = 5432

/** The folders below the service's directory. Nothing is made. */
export function layoutOf(serviceDirectory: string): Layout {
  const root = join(serviceDirectory, 'postgres')
  return {
    root,
    binaries: join(root, 'binaries'),
    templates: join(root, 'templates'),
    instances: join(root, 'instances'),
    sockets: socketRoot(root),
    control: join(root, 'control'),
  }
}

/** Makes the folders. Throws PROVISIONING_FAILED when one cannot be made or belongs to somebody else. */
export async function prepareLayout(serviceDirectory: string): Promise<Layout> {
  const layout = layoutOf(serviceDirectory)
  for (const directory of [
    serviceDirectory,
    layout.root,
    layout.binaries,
    layout.templates,
    layout.instances,
    layout.control,
  ]) {
    await makePassable(directory)
  }
  await prepareSocketRoot(layout.root)
  return layout
}

/** The folder of one instance. */
export function instanceDirectory(layout: Layout, projectId: string): string {
  return join(layout.instances, projectId)
}

/** The folder of an instance's socket. */
export function socketDirectory(layout: Layout, key: Pick<InstanceKey, 'number'>): string {
  return join(layout.sockets, String(key.number))
}

/** The names in a directory; none when it is not there. */
export async function namesIn(directory: string): Promise<string[]> {
  return await readdir(directory).catch(() => [])
}
