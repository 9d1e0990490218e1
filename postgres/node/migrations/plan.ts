// What is to be applied or undone, from files and history. Pure.
import type { Migration } from '#contract/capabilities/migrations.ts'
import { AppError } from '#contract/errors.ts'
import { hasSql, parseMigration, type MigrationFile } from './file.ts'
import type { HistoryRow } from './history.ts'

/** Files and history side by side, by version. `isRunning`: somebody applies or rolls back just now. */
export function toMigrations(
  files: readonly MigrationFile[],
  rows: readonly HistoryRow[],
  isRunning = false,
): Migration[] {
  const fileOf = new Map(files.map((file) => [file.version, file]))
  const rowOf = new Map(rows.map((row) => [row.version, row]))
  const versions = [...new Set([...fileOf.keys(), ...rowOf.keys()])].sort()
  return versions.map((version) => {
    const migration = toMigration(version, fileOf.get(version), rowOf.get(version))
    return isRunning && migration.state === 'failed'
      ? { ...migration, state: 'running', canRollBack: false }
      : migration
  })
}

function toMigration(
  version: string,
  file: MigrationFile | undefined,
  row: HistoryRow | undefined,
): Migration {
  return {
    version,
    name: file?.name ?? row?.name ?? '',
    state: stateOf(file, row),
    appliedAt: row?.appliedAt ?? null,
    appliedBy:
      row === undefined ? null : row.person === null ? row.appliedBy : `${row.person} (${row.appliedBy})`,
    durationMs: row?.durationMs ?? null,
    checksum: file?.checksum ?? row?.checksum ?? null,
    canRollBack: row !== undefined && row.state !== 'applying' && hasDown(row),
    stepsDone: row === undefined || row.state === 'applied' ? null : row.stepsDone,
  }
}

function stateOf(file: MigrationFile | undefined, row: HistoryRow | undefined): Migration['state'] {
  if (row === undefined) return 'pending'
  if (row.state !== 'applied') return 'failed'
  if (file === undefined) return 'missing'
  return file.checksum === row.checksum ? 'applied' : 'edited'
}

function hasDown(row: HistoryRow): boolean {
  return hasSql(parseMigration(`${row.version}_${row.name}.sql`, row.text).down)
}

/** Throws CONFLICT when what was applied is not what the files say, or a roll back stopped halfway. */
export function assertInOrder(files: readonly MigrationFile[], rows: readonly HistoryRow[]): void {
  const rowOf = new Map(rows.map((row) => [row.version, row]))
  const stopped = rows.find((row) => row.state === 'rolling back')
  if (stopped !== undefined)
    throw new AppError(
      'CONFLICT',
      `The roll back of ${stopped.version}_${stopped.name} stopped after step ${String(stopped.stepsDone)} of ${String(stopped.steps)}.`,
      {
        hint: 'Roll back again to finish it.',
      },
    )
  const edited = files.filter((file) => stateOf(file, rowOf.get(file.version)) === 'edited')
  if (edited.length > 0)
    throw new AppError(
      'CONFLICT',
      `${edited.map((file) => file.fileName).join(', ')} changed after being applied.`,
      {
        hint: 'Put the file back as it was and write a new migration; or repair, if the database already is as the file says.',
      },
    )
}

/** What has not been had, or not wholly, up to `to`. Throws NOT_FOUND for a `to` that is no migration. */
export function pendingUpTo(
  files: readonly MigrationFile[],
  rows: readonly HistoryRow[],
  to: string | undefined,
): { readonly file: MigrationFile; readonly row: HistoryRow | undefined }[] {
  if (to !== undefined && !files.some((file) => file.version === to))
    throw new AppError('NOT_FOUND', `There is no file of migration ${to}.`)
  const rowOf = new Map(rows.map((row) => [row.version, row]))
  const lost = rows.find(
    (row) => row.state === 'applying' && !files.some((file) => file.version === row.version),
  )
  if (lost !== undefined)
    throw new AppError('CONFLICT', `${lost.version}_${lost.name} stopped halfway, and its file is gone.`, {
      hint: 'Put the file back to go on with it; or mark it as pending once what it did is undone.',
    })
  return files
    .filter((file) => to === undefined || file.version <= to)
    .map((file) => ({ file, row: rowOf.get(file.version) }))
    .filter(({ row }) => row?.state !== 'applied')
}

/** Rows to undo, latest first: all behind `to`, or the latest one. Throws NOT_FOUND and CONFLICT. */
export function rollBackDownTo(rows: readonly HistoryRow[], to: string | undefined): HistoryRow[] {
  if (to !== undefined && !rows.some((row) => row.version === to))
    throw new AppError('NOT_FOUND', `The database has not had migration ${to}.`)
  const latestFirst = rows.toReversed()
  const chosen = to === undefined ? latestFirst.slice(0, 1) : latestFirst.filter((row) => row.version > to)
  const halfway = chosen.find((row) => row.state === 'applying')
  if (halfway !== undefined)
    throw new AppError(
      'CONFLICT',
      `${halfway.version}_${halfway.name} stopped after step ${String(halfway.stepsDone)} of ${String(halfway.steps)}: its way back is for the whole of it.`,
      {
        hint: 'Apply to finish it and roll back then; or undo by hand what was done, and mark it as pending.',
      },
    )
  return chosen
}
