// What the import thread is given and answers.
import { importFiles, importText } from '#api-client/common/exchange/import.ts'
import { ImportError, type ImportedCollection, type ImportedFile } from '#api-client/common/exchange/types.ts'
import { AppError, type WireError } from '#contract/errors.ts'

export type ImportJob =
  | { readonly type: 'text'; readonly text: string; readonly name: string }
  | { readonly type: 'files'; readonly files: readonly ImportedFile[]; readonly name: string }

export type ImportAnswer =
  | { readonly type: 'read'; readonly imported: ImportedCollection }
  | { readonly type: 'failed'; readonly error: WireError }

/** Reads it. Throws INVALID_INPUT, with the reason, for what is in none of the formats. */
export function readJob(job: ImportJob): ImportedCollection {
  try {
    return job.type === 'text'
      ? importText(job.text, { name: job.name })
      : importFiles(job.files, { name: job.name })
  } catch (error) {
    if (error instanceof ImportError) throw new AppError('INVALID_INPUT', error.message)
    throw error
  }
}
