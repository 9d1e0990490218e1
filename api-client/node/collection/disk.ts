// Files of a collection on disk: paths that stay in it, texts with their hashes, writing that never leaves half a file.
import { hash, randomUUID } from 'node:crypto'
import { link, lstat, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { AppError } from '#contract/errors.ts'

const MOST_BYTES = 80_000_000

export interface FileText {
  readonly text: string
  readonly revision: string
}

/** The hash of a file's text; of an empty one where there is no file. */
export function revisionOf(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** Whether an error of the file system has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code)
}

/** The names of a path. Throws INVALID_INPUT for one that leaves the folder, or that no collection has. */
export function namesOf(path: string): string[] {
  if (path === '') return []
  const names = path.split('/')
  const isBad = names.some(
    (name) =>
      name === '' ||
      name.startsWith('.') ||
      /[\\\0]/.test(name) ||
      (sep === '\\' && name.includes(':')) ||
      Buffer.byteLength(name) > 255,
  )
  if (isBad) throw new AppError('INVALID_INPUT', `This is no path in the collection: ${path.slice(0, 200)}.`)
  return names
}

/** The absolute path of an item. Throws where a name on the way is a symbolic link: it could lead out of the folder. */
export async function locate(directory: string, path: string): Promise<string> {
  let at = directory
  for (const name of namesOf(path)) {
    at = join(at, name)
    const found = await lstat(at).catch(() => undefined)
    if (found?.isSymbolicLink() === true)
      throw new AppError('INVALID_INPUT', `${path} is a symbolic link, which collections do not follow.`)
  }
  return at
}

/** The text of a file; null where there is none. Throws INVALID_INPUT for one that is no text. */
export async function readText(file: string): Promise<FileText | null> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null
    throw asAppError(error)
  })
  if (bytes === null) return null
  const text = decode(bytes)
  if (text === null) throw new AppError('INVALID_INPUT', 'The file is no UTF-8 text, or far too large.')
  return { text, revision: revisionOf(text) }
}

/** UTF-8; null for what is not: written back it would be another file. */
export function decode(bytes: Buffer): string | null {
  if (bytes.length > MOST_BYTES) return null
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') && !Buffer.from(text).equals(bytes) ? null : text
}

/** Writes over a file in one step, with the rights it had. Whoever reads sees the old or the new text. */
export async function writeOver(file: string, text: string): Promise<void> {
  await viaTemporary(file, text, (temporary) => rename(temporary, file))
}

/** Writes a file that is not there. Throws ALREADY_EXISTS. */
export async function writeNew(file: string, text: string): Promise<void> {
  await viaTemporary(file, text, async (temporary) => {
    try {
      await link(temporary, file)
      await rm(temporary)
    } catch (error) {
      if (hasCode(error, 'EEXIST') || (await exists(file)))
        throw new AppError('ALREADY_EXISTS', 'A file of that name is there already.')
      // Some file systems have no hard links.
      await rename(temporary, file)
    }
  })
}

export async function exists(file: string): Promise<boolean> {
  return (await lstat(file).catch(() => undefined)) !== undefined
}

async function viaTemporary(
  file: string,
  text: string,
  place: (temporary: string) => Promise<void>,
): Promise<void> {
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
    await place(temporary)
  } catch (error) {
    await rm(temporary, { force: true })
    throw asAppError(error)
  }
}

/** Words for what the file system said. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (hasCode(error, 'ENOENT', 'ENOTDIR'))
    return new AppError('NOT_FOUND', 'It is not in the collection any more.', { cause: error })
  if (hasCode(error, 'EACCES', 'EPERM', 'EROFS'))
    return new AppError('FORBIDDEN', 'The file system does not allow it.', {
      hint: 'Check the rights of the collection’s folder.',
      cause: error,
    })
  if (hasCode(error, 'ENOSPC', 'EDQUOT'))
    return new AppError('LIMIT_REACHED', 'The disk is full. Nothing was changed.', { cause: error })
  if (hasCode(error, 'EEXIST', 'ENOTEMPTY'))
    return new AppError('ALREADY_EXISTS', 'Something of that name is there already.', { cause: error })
  return new AppError('INTERNAL', `The file system said: ${codeOf(error)}.`, { cause: error })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
