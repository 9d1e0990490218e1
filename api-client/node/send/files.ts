// Files that a request names: relative to its collection's folder, or absolute.
import { isAbsolute, resolve } from 'node:path'
import { SendError } from './failure.ts'

/** The absolute path of a file that a request names. */
export function resolvePath(path: string, directory: string | null): string {
  if (path === '')
    throw new SendError('FILE', 'No file is chosen.', 'Choose the file that the request sends.')
  if (isAbsolute(path)) return path
  if (directory === null) {
    throw new SendError(
      'FILE',
      `The file ${path} has no folder to be in.`,
      'Save the request in a collection, or give the whole path of the file.',
    )
  }
  return resolve(directory, path)
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
