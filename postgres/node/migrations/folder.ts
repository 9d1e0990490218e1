// Migration files in a folder on this machine.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
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
      const files = await Promise.all(
        names
          .filter((fileName) => parseFileName(fileName) !== undefined)
          .map(async (fileName) => parseMigration(fileName, await readFile(join(path, fileName), 'utf8'))),
      )
      return inOrder(files)
    },
    async write({ version, name, ...parts }) {
      const fileName = migrationFileName(version, name)
      const file = parseMigration(fileName, writeMigration(parts))
      await mkdir(path, { recursive: true })
      // Whoever reads meanwhile sees the old text or the new one.
      const unfinished = join(path, `.${fileName}.unfinished`)
      await writeFile(unfinished, file.text)
      await rename(unfinished, join(path, fileName))
      return file
    },
    async remove(file) {
      await rm(join(path, file.fileName), { force: true })
    },
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
