// Which changes touch what belongs to Postgres or to NebulaDB itself, so that they are refused with a clear message before they run.
import type { SchemaChange } from '#contract/capabilities/database.ts'

const SYSTEM_DATABASES = new Set(['postgres', 'template0', 'template1'])

/** Whether a schema belongs to Postgres itself. */
export function isSystemSchema(name: string): boolean {
  return name.startsWith('pg_') || name === 'information_schema'
}

/** Whether a database belongs to Postgres itself. */
function isSystemDatabase(name: string): boolean {
  return SYSTEM_DATABASES.has(name)
}

/** The system object that a change would alter, as words for a message (`schema pg_catalog`); null when it touches none. */
export function systemObjectOf(change: SchemaChange): string | null {
  switch (change.type) {
    case 'createDatabase':
    case 'dropDatabase':
      return systemDatabase(change.name)
    case 'renameDatabase':
      return systemDatabase(change.name) ?? systemDatabase(change.newName)
    case 'createSchema':
    case 'dropSchema':
      return systemSchema(change.name)
    case 'renameSchema':
      return systemSchema(change.name) ?? systemSchema(change.newName)
    default:
      return systemSchema(change.schema)
  }
}

function systemDatabase(name: string): string | null {
  return isSystemDatabase(name) ? `database ${name}` : null
}

function systemSchema(name: string): string | null {
  return isSystemSchema(name) ? `schema ${name}` : null
}
