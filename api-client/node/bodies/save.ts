// Saves a body to a file that a person chose: whole or not at all, and never over another one unasked.
import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '#contract/errors.ts'

/** Copies so many bytes. ALREADY_EXISTS unless the file may be replaced; INVALID_INPUT where it cannot be written. */
export async function saveFile(
  from: string,
  to: string,
  { replaces, bytes }: { readonly replaces: boolean; readonly bytes: number },
): Promise<{ readonly bytes: number }> {
  const part = join(dirname(to), `.${basename(to).slice(0, 100)}.${randomUUID()}.part`)
  let isReserved = false
  try {
    if (!replaces) {
      // The name is taken first, so that two who save do not replace each other.
      await (await open(to, 'wx')).close()
      isReserved = true
    }
    if (bytes === 0) await (await open(part, 'wx')).close()
    else
      await pipeline(
        createReadStream(from, { start: 0, end: bytes - 1 }),
        createWriteStream(part, { flags: 'wx' }),
      )
    await rename(part, to)
    return { bytes }
  } catch (error) {
    await rm(part, { force: true })
    if (isReserved) await rm(to, { force: true })
    throw inWords(error, to)
  }
}

function inWords(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  const name = basename(file)
  switch (error.code) {
    case 'EEXIST':
      return new AppError('ALREADY_EXISTS', `${name} exists already.`)
    case 'ENOENT':
      return new AppError('INVALID_INPUT', `The folder of ${name} does not exist.`)
    case 'EISDIR':
    case 'ENOTDIR':
      return new AppError('INVALID_INPUT', `${name} is a folder.`)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new AppError('INVALID_INPUT', `${name} may not be written here.`)
    case 'ENOSPC':
      return new AppError('LIMIT_REACHED', `The disk is full, so ${name} was not saved.`)
    default:
      return error
  }
}
