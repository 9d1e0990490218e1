// The files of a shared collection on disk: which there are, and replacing one only if it still is what was seen. Only files of the format are looked at.
import { readFileSync, renameSync, unlinkSync, linkSync } from 'node:fs'
import { lstat, mkdir, open, readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { asAppError, decode, hasCode, locate } from '#api-client/node/collection/disk.ts'
import { TEAM_MOST_FILE_BYTES } from '#contract/capabilities/team-collections.ts'
import { AppError } from '#contract/errors.ts'
import {
  foldTeamPath,
  isTeamFile,
  pathAndFolders,
  TEAM_ROOT_FILES,
  teamPathProblem,
} from '#contract/requests/team-path.ts'

const DEEPEST = 60

export interface LocalFiles {
  /** Texts by path. */
  readonly texts: ReadonlyMap<string, string>
  /** Files and folders that are there and cannot be read, with the reason. What is below them is not known to be gone. */
  readonly blocked: ReadonlyMap<string, string>
}

/** What was read before, by path, so that unchanged files are not read again. */
export type ReadCache = Map<string, { readonly stamp: string; readonly text: string }>

/** Reads all files of the format. Throws when the folder, or the collection's own file in it, is not there: that is no deletion of everything. */
export async function readLocalFiles(directory: string, cache: ReadCache = new Map()): Promise<LocalFiles> {
  const texts = new Map<string, string>()
  const blocked = new Map<string, string>()
  const seen = new Set<string>()

  async function readOne(path: string): Promise<void> {
    seen.add(path)
    const file = join(directory, path)
    try {
      const found = await lstat(file, { bigint: true })
      if (found.size > BigInt(TEAM_MOST_FILE_BYTES))
        return void blocked.set(path, 'It is larger than 5 MB, which is the most for one file.')
      const stamp = `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`
      const known = cache.get(path)
      if (known?.stamp === stamp) return void texts.set(path, known.text)
      const text = decode(await readFile(file))
      if (text === null) return void blocked.set(path, 'It is no UTF-8 text.')
      texts.set(path, text)
      // A file that was changed a moment ago may change again within what its times can tell.
      const isSettled = Number(found.ctimeNs / 1_000_000n) + 2_000 < Date.now()
      if (isSettled) cache.set(path, { stamp, text })
      else cache.delete(path)
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR')) blocked.set(path, asAppError(error).message)
    }
  }

  async function readFolder(path: string): Promise<void> {
    const entries = await readdir(join(directory, path), { withFileTypes: true }).catch((error: unknown) => {
      if (path === '') throw asAppError(error)
      if (!hasCode(error, 'ENOENT', 'ENOTDIR')) blocked.set(path, asAppError(error).message)
      return []
    })
    for (const entry of entries) {
      const at = path === '' ? entry.name : `${path}/${entry.name}`
      const isFormat = isTeamFile(entry.isDirectory() ? `${at}/x.yml` : at)
      if (entry.isSymbolicLink()) {
        // A link to a folder may bear any name.
        if (isTeamFile(`${at}/x.yml`))
          blocked.set(at, 'It is a symbolic link, which collections do not follow.')
      } else if (entry.isDirectory() && isFormat && at.split('/').length < DEEPEST) await readFolder(at)
      else if (entry.isFile() && isFormat) await readOne(at)
    }
  }

  await readFolder('')
  for (const path of cache.keys()) if (!seen.has(path)) cache.delete(path)
  if (!TEAM_ROOT_FILES.some((name) => texts.has(name)))
    throw new AppError('NOT_FOUND', `There is no readable ${TEAM_ROOT_FILES[0]} in ${directory}.`, {
      hint: 'Nothing is sent while it is missing.',
    })
  return { texts, blocked }
}

/** Whether a path, or a folder above it, is blocked. */
export function blockedBy({ blocked }: LocalFiles, path: string): string | undefined {
  for (const one of pathAndFolders(path)) {
    const reason = blocked.get(one)
    if (reason !== undefined) return reason
  }
  return undefined
}

/** The text of one file; null for none. Throws INVALID_INPUT for what is no text, or is reached through a symbolic link. */
export async function readLocalFile(directory: string, path: string): Promise<string | null> {
  const file = await locate(directory, path)
  return readExact(file)
}

function readExact(file: string): string | null {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null
    if (hasCode(error, 'EISDIR')) throw new AppError('INVALID_INPUT', 'There is a folder of that name.')
    throw asAppError(error)
  }
  const text = decode(bytes)
  if (text === null) throw new AppError('INVALID_INPUT', 'The file here is no UTF-8 text.')
  return text
}

/**
 * Makes a file `text` (null: removes it) if it still is `expected` (null: not there). False when it is not. A crash leaves the old or the new text.
 * Throws INVALID_INPUT for a path that this machine must not write: outside of the folder, or one that differs from another in case only.
 */
export async function replaceLocalFile(
  directory: string,
  path: string,
  { expected, text }: { readonly expected: string | null; readonly text: string | null },
): Promise<boolean> {
  const problem = teamPathProblem(path)
  if (problem !== null) throw new AppError('INVALID_INPUT', problem)
  const file = await locate(directory, path)
  if (text === null) {
    if (readExact(file) !== expected) return false
    if (expected !== null) unlinkSync(file)
    await removeEmptyFolders(directory, path)
    return true
  }
  await assertOneSpelling(directory, path)
  await mkdir(dirname(file), { recursive: true })
  const temporary = join(dirname(file), `.${randomUUID()}.tmp`)
  try {
    const mode = (await lstat(file).catch(() => undefined))?.mode
    const handle = await open(temporary, 'wx', 0o666)
    try {
      if (mode !== undefined) await handle.chmod(mode & 0o777)
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    // From here on nothing else of this process runs: an editor has microseconds to come between.
    if (readExact(file) !== expected) return false
    if (expected === null) return linkNew(temporary, file)
    renameSync(temporary, file)
    return true
  } catch (error) {
    throw asAppError(error)
  } finally {
    await rm(temporary, { force: true })
  }
}

function linkNew(temporary: string, file: string): boolean {
  try {
    linkSync(temporary, file)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    // Some file systems have no hard links.
    renameSync(temporary, file)
  }
  return true
}

/** Throws where a folder has another spelling of a name on the way: some disks, or some teammates' disks, take the two for one. */
async function assertOneSpelling(directory: string, path: string): Promise<void> {
  let at = directory
  for (const name of path.split('/')) {
    const names = await readdir(at).catch(() => [])
    const other = names.find((one) => one !== name && foldTeamPath(one) === foldTeamPath(name))
    if (other !== undefined)
      throw new AppError(
        'INVALID_INPUT',
        `Here is “${other}”, which differs from “${name}” in case only. Rename one.`,
      )
    at = join(at, name)
  }
}

async function removeEmptyFolders(directory: string, path: string): Promise<void> {
  for (const folder of pathAndFolders(path).slice(0, -1).reverse()) {
    const isGone = await rmdir(join(directory, folder)).then(
      () => true,
      () => false,
    )
    if (!isGone) return
  }
}
