// Copies a stopped cluster: by sharing blocks where the file system can, else byte by byte, several files at a time.
import { constants } from 'node:fs'
import { chown, copyFile, lchown, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { OsUser } from './os-user.ts'

/** The names below a directory, relative to it; parents before children. */
export interface Tree {
  readonly directories: readonly string[]
  readonly files: readonly string[]
}

const PARALLEL = 8

/** Lists a directory. Throws for anything but files and directories: a cluster of ours has no links (no tablespaces). */
export async function listTree(directory: string): Promise<Tree> {
  const directories: string[] = []
  const files: string[] = []
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(directory, below), { withFileTypes: true })) {
      const path = join(below, entry.name)
      if (entry.isFile()) files.push(path)
      else if (entry.isDirectory()) {
        directories.push(path)
        await visit(path)
      } else throw new Error(`${path} is neither a file nor a directory.`)
    }
  }
  await visit('')
  return { directories, files }
}

/** Copies the files of `tree` from one directory to a new one, which only `user` can enter. */
export async function copyTree(options: {
  readonly tree: Tree
  readonly from: string
  readonly to: string
  readonly user?: OsUser | undefined
}): Promise<void> {
  const { tree, from, to, user } = options
  for (const directory of ['', ...tree.directories]) {
    await mkdir(join(to, directory), { mode: 0o700 })
    if (user !== undefined) await chown(join(to, directory), user.uid, user.gid)
  }
  await forEachParallel(tree.files, async (file) => {
    await copyFile(join(from, file), join(to, file), constants.COPYFILE_FICLONE)
    if (user !== undefined) await chown(join(to, file), user.uid, user.gid)
  })
}

/** Gives a directory and everything below it to `user`. */
export async function chownTree(directory: string, user: OsUser): Promise<void> {
  const tree = await listTree(directory)
  await forEachParallel(['', ...tree.directories, ...tree.files], async (path) => {
    await lchown(join(directory, path), user.uid, user.gid)
  })
}

/** Whether files in this directory can share their blocks until written. */
export async function canShareBlocks(directory: string): Promise<boolean> {
  const from = join(directory, `.probe-${String(process.pid)}`)
  const to = `${from}-copy`
  try {
    const handle = await open(from, 'w')
    await handle.writeFile(Buffer.alloc(8192))
    await handle.close()
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch {
    return false
  } finally {
    await rm(from, { force: true })
    await rm(to, { force: true })
  }
}

async function forEachParallel(
  items: readonly string[],
  work: (item: string) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
}
