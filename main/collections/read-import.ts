// Reads what is imported: pasted text, a file, or a folder, within limits, and off the host's thread where it is large.
import { lstat, open, opendir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { ImportedCollection, ImportedFile } from '#api-client/common/exchange/types.ts'
import type { ImportSource } from '#contract/capabilities/collections.ts'
import { AppError, fromWireError } from '#contract/errors.ts'
import { readJob, type ImportAnswer, type ImportJob } from './import-job.ts'

/** Of a file, and of all files of a folder. */
const MOST_BYTES = 50_000_000
const MOST_FILES = 50_000
const MOST_DEPTH = 50
/** Shorter ones are read at once: a thread takes longer to start. */
const INLINE_LENGTH = 100_000
const TIMEOUT_MS = 120_000
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './import-thread.ts' : './import-thread.js',
  import.meta.url,
)
const READ_IN_FOLDERS = /\.(bru|json|ya?ml|har)$/i
const LEFT_OUT = new Set(['node_modules', '.git'])

/** Reads a source. Throws INVALID_INPUT for what is in no known format, NOT_FOUND, TOO_LARGE, FORBIDDEN for files that may not be read. */
export async function readImport(source: ImportSource, signal: AbortSignal): Promise<ImportedCollection> {
  const job = await jobOf(source)
  const length = job.type === 'text' ? job.text.length : Infinity
  const read = length <= INLINE_LENGTH ? readJob(job) : await readInThread(job, signal)
  return 'path' in source ? withSource(read, source.path) : read
}

/** A collection made of an OpenAPI document knows where that is, so that the two can be compared later. */
function withSource(read: ImportedCollection, location: string): ImportedCollection {
  if (!/^(?:openapi|swagger)-/.test(read.format)) return read
  const { tree } = read
  return {
    ...read,
    tree: { ...tree, collection: { ...tree.collection, source: { type: 'openapi', location } } },
  }
}

async function jobOf(source: ImportSource): Promise<ImportJob> {
  if ('text' in source) return { type: 'text', text: source.text, name: source.name }
  if ('files' in source) return filesJob(source.files, source.name)
  const name = basename(source.path)
  try {
    const found = await stat(source.path)
    if (found.isDirectory()) return { type: 'files', files: await readFolder(source.path), name }
    if (!found.isFile()) throw new AppError('INVALID_INPUT', `${source.path} is neither a file nor a folder.`)
    return { type: 'text', text: await readText(source.path, MOST_BYTES), name }
  } catch (error) {
    throw asReadError(error, source.path)
  }
}

function filesJob(files: readonly ImportedFile[], name: string): ImportJob {
  if (files.reduce((sum, { text }) => sum + text.length, 0) > MOST_BYTES) throw tooLarge(name)
  return { type: 'files', files, name }
}

/** The text of a file that is not larger than `most` bytes. The size is checked on the open file, so that it is the one that is read. */
async function readText(path: string, most: number): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (size > most) throw tooLarge(path)
    const text = await file.readFile('utf8')
    return text.startsWith('\uFEFF') ? text.slice(1) : text
  } finally {
    await file.close()
  }
}

async function readFolder(folder: string): Promise<ImportedFile[]> {
  const files: ImportedFile[] = []
  let bytes = 0
  const walk = async (directory: string, relative: string, depth: number): Promise<void> => {
    if (depth > MOST_DEPTH) return
    const entries = []
    for await (const entry of await opendir(directory)) entries.push(entry)
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`
      // Links are not followed: they may lead out of the folder, or in circles.
      if (entry.isDirectory() && !LEFT_OUT.has(entry.name))
        await walk(join(directory, entry.name), path, depth + 1)
      if (!entry.isFile() || !READ_IN_FOLDERS.test(entry.name)) continue
      bytes += (await lstat(join(directory, entry.name))).size
      if (bytes > MOST_BYTES || files.length >= MOST_FILES) throw tooLarge(folder)
      files.push({ path, text: await readFile(join(directory, entry.name), 'utf8') })
    }
  }
  await walk(folder, '', 0)
  return files
}

function tooLarge(path: string): AppError {
  return new AppError('TOO_LARGE', `${path} is larger than can be imported at once (50 MB).`, {
    hint: 'Export it in parts, or import a single folder of it.',
  })
}

/** What the file system said, in words. */
export function asReadError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (error instanceof AppError) return error
  if (code === 'ENOENT') return new AppError('NOT_FOUND', `There is nothing at ${path}.`, { cause: error })
  if (code === 'EACCES' || code === 'EPERM')
    return new AppError('FORBIDDEN', `This user may not read or write ${path}.`, { cause: error })
  return error
}

function readInThread(job: ImportJob, signal: AbortSignal): Promise<ImportedCollection> {
  const { promise, resolve, reject } = Promise.withResolvers<ImportedCollection>()
  const worker = new Worker(THREAD, { resourceLimits: { maxOldGenerationSizeMb: 3_000 } })
  const cancel = (): void => reject(new AppError('CANCELLED', 'The import was cancelled.'))
  const timer = setTimeout(
    () => reject(new AppError('TIMEOUT', 'Reading what is imported took more than two minutes.')),
    TIMEOUT_MS,
  )
  worker.once('message', (answer: ImportAnswer) => {
    if (answer.type === 'read') resolve(answer.imported)
    else reject(fromWireError(answer.error))
  })
  worker.once('error', (cause) =>
    reject(new AppError('TOO_LARGE', 'It needs more memory than there is for an import.', { cause })),
  )
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  worker.postMessage(job)
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', cancel)
    void worker.terminate()
  })
}
