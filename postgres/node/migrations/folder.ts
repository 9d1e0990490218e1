// Migration files in a folder on this machine.
import { constants } from 'node:fs'
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import {
  isMisnamed,
  migrationFileName,
  parseFileName,
  parseMigration,
  writeMigration,
  type MigrationFile,
  type WritableMigration,
} from './file.ts'

// Windows has neither.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants

/** Where migrations are kept: a folder, or texts at hand. */
export interface MigrationFiles {
  /** All, by version. Rejects with INVALID_INPUT for a file that cannot be read as a migration, and when two have one version. */
  list(): Promise<readonly MigrationFile[]>
  /** Writes a file, over the one that is there. */
  write(file: { readonly version: string; readonly name: string } & WritableMigration): Promise<MigrationFile>
  remove(file: MigrationFile): Promise<void>
}

/** The files of a folder. A folder that is not there is empty; it is made when the first file is written. */
export function migrationFolder(path: string): MigrationFiles {
  return {
    async list() {
      const names = await readdir(path).catch((error: unknown) => {
        if (isMissing(error)) return []
        throw unreadable(path, error)
      })
      const misnamed = names.find(isMisnamed)
      if (misnamed !== undefined) parseMigration(misnamed, '')
      const files: MigrationFile[] = []
      for (const fileName of names)
        if (parseFileName(fileName) !== undefined)
          files.push(parseMigration(fileName, await readText(path, fileName)))
      return inOrder(files)
    },
    async write({ version, name, ...parts }) {
      const fileName = migrationFileName(version, name)
      const file = parseMigration(fileName, writeMigration(parts))
      try {
        await mkdir(path, { recursive: true })
        // Whoever reads meanwhile sees the old text or the new one.
        const unfinished = join(path, `.${fileName}.unfinished`)
        // What is there already was left behind, or leads somewhere else.
        await rm(unfinished, { force: true })
        await writeFile(unfinished, file.text, { flag: 'wx' })
        await rename(unfinished, join(path, fileName))
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new AppError('INVALID_INPUT', `${fileName} cannot be written to ${path}: ${reason}.`, {
          hint: 'Make the folder writable, or choose another one in the list of migrations.',
          cause: error,
        })
      }
      return file
    },
    async remove(file) {
      await rm(join(path, file.fileName), { force: true })
    },
  }
}

const MAX_NAMED = 3

/** What a person should know of a folder before they wonder: it is not there, or has SQL that is named as other tools name it. Undefined for nothing. */
export async function folderNote(path: string): Promise<string | undefined> {
  const names = await readdir(path).catch((error: unknown) => (isMissing(error) ? undefined : []))
  if (names === undefined)
    return 'This folder is not there. It is made when the first migration is written; if it was moved, change the folder.'
  const others = names.filter(
    (name) => /\.sql$/i.test(name) && !name.startsWith('.') && parseFileName(name) === undefined,
  )
  if (others.length === 0) return undefined
  const named = others.sort().slice(0, MAX_NAMED).join(', ')
  const rest = others.length > MAX_NAMED ? ` and ${String(others.length - MAX_NAMED)} more` : ''
  return `Left out, because a migration is named YYYYMMDDHHMMSS_what_it_does.sql: ${named}${rest}.`
}

/** Larger than anything that a person writes, and small enough for a host to hold some. */
const MAX_FILE_BYTES = 16 * 1024 * 1024

/**
 * The text of a file. Folders come from repositories of other people: a link could lead to a device that never ends, or out of the folder. Rejects with
 * INVALID_INPUT for what is no file, is too large, or is not UTF-8, where reading it all the same would change what stands in it.
 */
async function readText(path: string, fileName: string): Promise<string> {
  const refused = (reason: string, hint: string, cause?: unknown): AppError =>
    new AppError('INVALID_INPUT', `${fileName} ${reason}.`, { hint, cause })
  try {
    // Not through a link, and not waiting for whoever writes into a pipe.
    const file = await open(join(path, fileName), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const found = await file.stat()
      if (!found.isFile()) throw refused('is not a file', 'Migrations are plain files. Rename or remove it.')
      if (found.size > MAX_FILE_BYTES)
        throw refused(
          'is larger than 16 MB',
          'Load rows by other means, such as COPY, and keep the schema in the migration.',
        )
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.readFile())
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    if (error instanceof TypeError) throw refused('is not UTF-8', 'Save it as UTF-8.', error)
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ELOOP' || code === 'EMLINK')
      throw refused('is a link', 'Put the file itself into the folder.', error)
    throw refused(`cannot be read (${String(code)})`, 'Look at who may read it.', error)
  }
}

/** Files that are only in memory: what a service was given. */
export function migrationTexts(
  files: readonly { readonly fileName: string; readonly text: string }[],
): MigrationFiles {
  const held = new Map(files.map(({ fileName, text }) => [fileName, parseMigration(fileName, text)]))
  return {
    list: async () => inOrder([...held.values()]),
    async write({ version, name, ...parts }) {
      const file = parseMigration(migrationFileName(version, name), writeMigration(parts))
      held.set(file.fileName, file)
      return file
    },
    async remove(file) {
      held.delete(file.fileName)
    },
  }
}

function inOrder(files: readonly MigrationFile[]): MigrationFile[] {
  const sorted = files.toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1))
  sorted.forEach((file, index) => {
    const next = sorted[index + 1]
    if (next?.version === file.version)
      throw new AppError('INVALID_INPUT', `${file.fileName} and ${next.fileName} have the same version.`, {
        hint: 'Give one of them a later time in its name.',
      })
  })
  return sorted
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function unreadable(path: string, error: unknown): AppError {
  const reason = error instanceof Error ? error.message : String(error)
  return new AppError('INVALID_INPUT', `The folder of migrations ${path} cannot be read: ${reason}.`, {
    cause: error,
  })
}
