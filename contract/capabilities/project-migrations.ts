// Migrations of a project's databases over the service: what they have had, and applying one from a script. The desktop applies to Postgres itself; what it
// applied is found in the database's own history.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { Identifier } from './database.ts'
import { ProjectId, Timestamp } from './ids.ts'
import { MigrationName, MigrationText, MigrationVersion } from './migrations.ts'

export const ProjectMigration = z.object({
  version: MigrationVersion,
  name: z.string(),
  /** SHA-256 of the file's text, hexadecimal. */
  checksum: z.string(),
  /** `failed`: stopped between two of its steps. */
  state: z.enum(['applied', 'failed']),
  appliedAt: Timestamp,
  /** The role of Postgres. */
  role: z.string(),
  /** Who sat there, as they said; null when not known. */
  person: z.string().nullable(),
  durationMs: z.number(),
})
export type ProjectMigration = z.infer<typeof ProjectMigration>

const Text = z.string().max(1_000_000)
const inDatabase = z.object({ projectId: ProjectId, database: Identifier.default('main') })
const one = inDatabase.extend({ version: MigrationVersion })
const migrations = '/projects/{projectId}/migrations'

export const projectMigrations = capability('projectMigrations', {
  /** Oldest first. From the database's own history; of a database that sleeps, as it was last read. */
  list: call({
    input: inDatabase,
    output: z.object({ items: z.array(ProjectMigration), asOf: Timestamp.nullable(), isStale: z.boolean() }),
    http: { method: 'GET', path: migrations, summary: 'Migrations that a database has had' },
  }),
  read: call({
    input: one,
    output: MigrationText.extend({ fileName: z.string() }),
    http: {
      method: 'GET',
      path: `${migrations}/{version}`,
      summary: 'The SQL of a migration as it was applied',
    },
  }),
  /** Applies one migration as owner. Nothing runs when the database has had it already, with the same text. */
  apply: call({
    input: inDatabase.extend({
      /** Now, when left out. */
      version: MigrationVersion.optional(),
      name: MigrationName,
      up: Text.min(1),
      down: Text.default(''),
      lockTimeoutMs: z.number().int().min(100).max(60_000).default(2_000),
      statementTimeoutMs: z.number().int().min(1).max(300_000).default(300_000),
    }),
    output: ProjectMigration,
    http: { method: 'POST', path: migrations, summary: 'Apply a migration' },
  }),
  /** Undoes the latest migration, which must be this one. */
  rollBack: call({
    input: one,
    output: z.object({}),
    http: { method: 'POST', path: `${migrations}/{version}/rollback`, summary: 'Undo the latest migration' },
  }),
})
