// Files that a request names: relative to its collection's folder, or absolute.
import { realpath } from 'node:fs/promises'
import { isAbsolute, resolve, sep } from 'node:path'
import { SendError } from './failure.ts'

/** Where the files of a request may be. */
export interface FileAccess {
  /** The folder of the request's collection; null for a request of no collection. */
  readonly directory: string | null
  /** On a shared host only files in that folder: the others are not the person's. */
  readonly isHosted: boolean
}

/** The absolute path of a file that a request names. Rejects with FILE when it may not be read. */
export async function resolvePath(path: string, { directory, isHosted }: FileAccess): Promise<string> {
  if (path === '')
    throw new SendError('FILE', 'No file is chosen.', 'Choose the file that the request sends.')
  if (isAbsolute(path) && !isHosted) return path
  if (directory === null) {
    throw new SendError(
      'FILE',
      `The file ${path} has no folder to be in.`,
      'Save the request in a collection, or give the whole path of the file.',
    )
  }
  const absolute = resolve(directory, path)
  if (!isHosted) return absolute
  // Links are followed first: where a file really is counts.
  const [folder, file] = await Promise.all([realpath(directory), realpath(absolute)])
  if (file.startsWith(folder + sep)) return file
  throw new SendError(
    'FILE',
    `The file ${path} is outside of its collection, and this host is shared.`,
    'Put the file into the folder of the collection.',
  )
}

/** The failure for a file that could not be read. `path` is as the request names it. */
export function fileError(path: string, error: unknown): SendError {
  if (error instanceof SendError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const what =
    code === 'ENOENT'
      ? 'is not there'
      : code === 'EACCES' || code === 'EPERM'
        ? 'may not be read'
        : code === 'EISDIR'
          ? 'is a folder'
          : 'could not be read'
  return new SendError('FILE', `The file ${path} ${what}.`, 'Choose the file again in the request.', error)
}
