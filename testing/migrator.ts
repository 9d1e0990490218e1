// A migrator of a temporary database with files in memory, whose pauses take no time.
import { setTimeout as wait } from 'node:timers/promises'
import type { MigrationProgress } from '#contract/capabilities/migrations.ts'
import { migrationTexts, type MigrationFiles } from '#postgres/node/migrations/folder.ts'
import {
  createMigrator,
  type ApplyOptions,
  type Migrator,
  type OpenSession,
} from '#postgres/node/migrations/migrator.ts'
import { openSession, type SessionTarget } from '#postgres/node/session.ts'

export const TIMEOUTS = { lockTimeoutMs: 1_000, statementTimeoutMs: 0, lockAttempts: 3 }

/** Opens sessions as `target`; of another database where one is named. */
export function sessionOpener(target: SessionTarget): OpenSession {
  return ({ database, signal } = {}) =>
    openSession({ ...target, ...(database === undefined ? {} : { database }) }, { signal })
}

/** Resolves after so long, or at once when the signal aborts. */
export async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined)
}

/** Files by their names; `up` alone stands for a whole text without a way back. */
export function filesOf(texts: Readonly<Record<string, string>>): MigrationFiles {
  return migrationTexts(
    Object.entries(texts).map(([fileName, text]) => ({
      fileName,
      text: text.includes('-- migrate:up') ? text : `-- migrate:up\n${text}`,
    })),
  )
}

export interface TestMigratorOptions {
  readonly person?: string | null
  readonly openSession?: OpenSession
}

export function testMigrator(
  target: SessionTarget,
  files: MigrationFiles | Readonly<Record<string, string>>,
  { person = null, openSession: open = sessionOpener(target) }: TestMigratorOptions = {},
): Migrator {
  return createMigrator({
    openSession: open,
    files: isFiles(files) ? files : filesOf(files),
    person,
    now: () => performance.now(),
    sleep: (ms, signal) => sleep(Math.min(ms, 20), signal),
    random: () => 0.5,
  })
}

function isFiles(files: MigrationFiles | Readonly<Record<string, string>>): files is MigrationFiles {
  return typeof files['list'] === 'function'
}

/** All items of an apply or a roll back. */
export async function collect(items: AsyncIterable<MigrationProgress>): Promise<MigrationProgress[]> {
  const all: MigrationProgress[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Applies, and gives the versions that were. */
export async function applyAll(
  migrator: Migrator,
  options: Partial<ApplyOptions> = {},
): Promise<readonly string[]> {
  const last = (await collect(migrator.apply({ ...TIMEOUTS, ...options }))).at(-1)
  return last?.type === 'done' ? last.applied : []
}

/** Rolls back, and gives the versions that were. */
export async function rollBackAll(
  migrator: Migrator,
  options: Partial<ApplyOptions> = {},
): Promise<readonly string[]> {
  const last = (await collect(migrator.rollBack({ ...TIMEOUTS, ...options }))).at(-1)
  return last?.type === 'done' ? last.applied : []
}
