// `import` and `export`: a collection from a file of another tool, and back.
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { requestsOf } from '#api-client/common/collection-tree.ts'
import { exportTree } from '#api-client/common/exchange/export.ts'
import { importText } from '#api-client/common/exchange/import.ts'
import { ImportError, type ImportedCollection } from '#api-client/common/exchange/types.ts'
import { AppError } from '#contract/errors.ts'
import { openCollectionFolder } from '../collection/folder.ts'
import { writeTree } from '../collection/tree.ts'
import type { ExportCommand, ImportCommand } from './arguments.ts'
import type { CommandLine } from './command-line.ts'
import { clean } from './output.ts'

const MOST_BYTES = 50_000_000

/** Makes the collection, and tells what could not be kept. Throws AppErrors. */
export async function importCollection(command: ImportCommand, line: CommandLine): Promise<void> {
  const folder = resolve(line.directory, command.folder)
  const { format, tree, secrets, problems } = await read(resolve(line.directory, command.file))
  await requireEmpty(folder)
  await writeTree(folder, tree).catch((cause: unknown) => {
    throw new AppError('FORBIDDEN', `The collection cannot be written into “${command.folder}”.`, { cause })
  })
  const requests = [...requestsOf(tree.items)].length
  line.out(
    `${clean(tree.collection.name)}: ${String(requests)} ${requests === 1 ? 'request' : 'requests'} of ${format} in ${command.folder}\n`,
  )
  tell(problems, line)
  // Their values are for a keychain; a folder is made to be shared.
  if (secrets.length > 0)
    line.error(
      `Secrets have no values in files: ${[...new Set(secrets.map(({ name }) => clean(name)))].join(', ')}. Give them with --secret.\n`,
    )
}

async function read(file: string): Promise<ImportedCollection> {
  const text = await textOf(file)
  try {
    return importText(text, { name: basename(file) })
  } catch (cause) {
    if (cause instanceof ImportError) throw new AppError('INVALID_INPUT', cause.message, { cause })
    throw cause
  }
}

async function textOf(file: string): Promise<string> {
  try {
    const found = await stat(file)
    if (!found.isFile())
      throw new AppError('INVALID_INPUT', `“${file}” is no file.`, {
        hint: 'Folders of Bruno are imported in the app.',
      })
    if (found.size > MOST_BYTES)
      throw new AppError('TOO_LARGE', `“${file}” is larger than ${String(MOST_BYTES / 1_000_000)} MB.`)
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '')
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('NOT_FOUND', `“${file}” cannot be read.`, { cause })
  }
}

async function requireEmpty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new AppError('FORBIDDEN', `The folder “${folder}” cannot be made.`, { cause })
  })
  if ((await readdir(folder)).length > 0)
    throw new AppError('ALREADY_EXISTS', `“${folder}” is not empty. It was left as it is.`)
}

/** Writes the collection, and tells what the format cannot hold. Throws AppErrors. */
export async function exportCollection(
  command: ExportCommand,
  line: CommandLine,
  temporary: string,
): Promise<void> {
  const folder = await openCollectionFolder({
    directory: resolve(line.directory, command.folder),
    trash: join(temporary, 'trash'),
    isWatched: false,
  })
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => folder.close())
  const { text, problems } = exportTree(await folder.readTree(), command.format)
  if (command.file === null) line.out(text.endsWith('\n') ? text : `${text}\n`)
  else await writeText(resolve(line.directory, command.file), text, command.replaces)
  for (const { path, problem } of folder.items())
    if (problem !== null) line.error(`${clean(path)} was left out: ${clean(problem)}\n`)
  tell(problems, line)
}

async function writeText(file: string, text: string, replaces: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: replaces ? 'w' : 'wx' })
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw new AppError('ALREADY_EXISTS', `“${file}” is there already.`, {
        hint: 'Use --replace to write over it.',
        cause,
      })
    throw new AppError('FORBIDDEN', `“${file}” cannot be written.`, { cause })
  }
}

function tell(problems: ImportedCollection['problems'], { error }: CommandLine): void {
  for (const { item, part, message } of problems)
    error(
      `${[item, part]
        .filter((one) => one !== '')
        .map(clean)
        .join(', ')}: ${clean(message)}\n`,
    )
}
