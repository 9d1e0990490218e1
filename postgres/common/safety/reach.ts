// Which statements reach beyond the database that they run in. What is only tried there must not run them: dropping a copy does not take them back, nor does
// rolling back what another program was told. A DO block or a function can do the same unseen.
import type { SyntaxNode } from '../script/parsed-statement.ts'
import { findFunctions } from './tree.ts'

/** `server`: what all databases share. `elsewhere`: files, programs, other servers, other sessions: no transaction takes it back. */
export type Reach = 'server' | 'elsewhere'

/** How far the statement reaches; null for what stays in its database. */
export function reachOf(tree: SyntaxNode): Reach | null {
  if ('CopyStmt' in tree) {
    const { filename, is_program: isProgram, is_from: isFrom } = tree.CopyStmt
    // Reading a file changes nothing.
    if (isProgram === true || (filename !== undefined && isFrom !== true)) return 'elsewhere'
  }
  if (findFunctions(tree).some((names) => REACHING_FUNCTIONS.has(names.at(-1) ?? ''))) return 'elsewhere'
  const [kind = '', body] = Object.entries(tree)[0] ?? []
  if (SERVER_STATEMENTS.has(kind)) return 'server'
  const objectType = typeOf(kind, body)
  return objectType !== null && SERVER_OBJECTS.has(objectType) ? 'server' : null
}

/** https://www.postgresql.org/docs/18/sql-commands.html: of roles, databases, tablespaces, settings of the server; subscriptions, which make slots on another. */
const SERVER_STATEMENTS = new Set([
  'CreateRoleStmt',
  'AlterRoleStmt',
  'AlterRoleSetStmt',
  'DropRoleStmt',
  'GrantRoleStmt',
  // Databases and tablespaces of the role, and its rights on them, are among what is owned.
  'DropOwnedStmt',
  'ReassignOwnedStmt',
  'CreatedbStmt',
  'DropdbStmt',
  'AlterDatabaseStmt',
  'AlterDatabaseSetStmt',
  'AlterDatabaseRefreshCollStmt',
  'CreateTableSpaceStmt',
  'DropTableSpaceStmt',
  'AlterTableSpaceOptionsStmt',
  'AlterSystemStmt',
  'CreateSubscriptionStmt',
  'AlterSubscriptionStmt',
  'DropSubscriptionStmt',
])

const SERVER_OBJECTS = new Set([
  'OBJECT_ROLE',
  'OBJECT_DATABASE',
  'OBJECT_TABLESPACE',
  'OBJECT_PARAMETER_ACL',
  'OBJECT_SUBSCRIPTION',
])

/** What ALTER … RENAME, ALTER … OWNER, COMMENT, SECURITY LABEL, GRANT and REVOKE are about. */
function typeOf(kind: string, body: unknown): string | null {
  const key = TYPE_KEYS[kind]
  if (key === undefined || typeof body !== 'object' || body === null) return null
  const found = new Map<string, unknown>(Object.entries(body)).get(key)
  return typeof found === 'string' ? found : null
}

const TYPE_KEYS: Readonly<Record<string, string>> = {
  RenameStmt: 'renameType',
  AlterOwnerStmt: 'objectType',
  CommentStmt: 'objtype',
  SecLabelStmt: 'objtype',
  GrantStmt: 'objtype',
}

/** https://www.postgresql.org/docs/18/functions-admin.html, lo-funcs.html, dblink.html, adminpack of Postgres 16 and older. */
const REACHING_FUNCTIONS = new Set([
  'dblink',
  'dblink_connect',
  'dblink_connect_u',
  'dblink_exec',
  'dblink_send_query',
  'http',
  'http_get',
  'http_post',
  'lo_export',
  'pg_file_rename',
  'pg_file_unlink',
  'pg_file_write',
  'pg_cancel_backend',
  'pg_create_logical_replication_slot',
  'pg_create_physical_replication_slot',
  'pg_drop_replication_slot',
  'pg_promote',
  'pg_reload_conf',
  'pg_rotate_logfile',
  'pg_switch_wal',
  'pg_terminate_backend',
  'pg_wal_replay_pause',
])
