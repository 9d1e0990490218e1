// Writes a report where a person wants it: whole or not at all, and never over another file unasked.
import { randomUUID } from 'node:crypto'
import { link, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { AppError } from '#contract/errors.ts'

/** ALREADY_EXISTS unless the file may be replaced; INVALID_INPUT where it cannot be written. */
export async function writeReportFile(
  file: string,
  text: string,
  { replaces }: { readonly replaces: boolean },
): Promise<void> {
  if (!isAbsolute(file))
    throw new AppError('INVALID_INPUT', 'Give the whole path of the file, from its root on.')
  const part = join(dirname(file), `.${basename(file).slice(0, 100)}.${randomUUID()}.part`)
  try {
    await writeFile(part, text, { flag: 'wx' })
    // A link fails where a file is, a rename does not.
    if (replaces) await rename(part, file)
    else await link(part, file)
  } catch (error) {
    throw inWords(error, file)
  } finally {
    await rm(part, { force: true })
  }
}

function inWords(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  if (error.code === 'EEXIST') return new AppError('ALREADY_EXISTS', `${file} is there already.`)
  if (error.code === 'ENOSPC')
    return new AppError('LIMIT_REACHED', 'The disk is full, so the report was not saved.')
  return new AppError('INVALID_INPUT', `The report cannot be written to ${file}.`, {
    hint: 'Choose a folder that is there and that you may write to.',
    cause: error,
  })
}
