// How the clusters of projects are set up: settings, roles and what each role may do.
import { SOCKET_ONLY_AUTHENTICATION } from '#postgres/node/server/cluster.ts'
import type { Settings } from '#postgres/node/server/settings.ts'
import { MAIN_DATABASE, OWNER_ROLE } from '../../types.ts'

/** Whom the service itself logs in as. Nobody else ever gets its password, and the proxy refuses its name. */
export const SUPERUSER = 'nebuladb_superuser'

/** Small segments: a new project writes 4 MB of log before it needs the next one, and the template stays small. */
export const WAL_SEGMENT_MB = 4

export const AUTHENTICATION = SOCKET_ONLY_AUTHENTICATION

/** For every project. Everything else is Postgres' default: fsync, full_page_writes and synchronous_commit are on. */
export const SETTINGS: Settings = {
  listen_addresses: '', // TCP goes through the proxy
  unix_socket_permissions: '0700',
  password_encryption: 'scram-sha-256',
  max_connections: 100,
  superuser_reserved_connections: 5,
  shared_buffers: '32MB',
  huge_pages: false,
  io_workers: 2,
  max_wal_senders: 4,
  max_replication_slots: 4,
  min_wal_size: '16MB',
  max_wal_size: '1GB',
  max_slot_wal_keep_size: '1GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_line_prefix: '%m [%p] ',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic', // the text of a statement may hold the person's data: it stays out of the log
  client_connection_check_interval: '10s',
}

/** Run in `template1` of a new cluster. */
export const ROLES_SQL = [
  `alter database postgres rename to ${MAIN_DATABASE}`,
  `comment on database ${MAIN_DATABASE} is null`,
  // The person. Creating roles is safe since Postgres 16: they can never have more than their maker.
  `create role ${OWNER_ROLE} login createdb createrole`,
  // What an API layer will need: it logs in as authenticator and becomes one of the others for each request.
  'create role anon nologin noinherit',
  'create role authenticated nologin noinherit',
  'create role service_role nologin noinherit bypassrls',
  'create role authenticator login noinherit',
  'grant anon, authenticated, service_role to authenticator',
  `grant anon, authenticated, service_role to ${OWNER_ROLE}`,
  // The owner of the database owns its public schema too, through pg_database_owner.
  `alter database ${MAIN_DATABASE} owner to ${OWNER_ROLE}`,
  // New databases are copied from template1: the person makes some, and has no business inside it.
  'revoke connect on database template1 from public',
] as const

/** Run in the main database. Tables are closed to the API's roles until the person grants something: only service_role sees them. */
export const MAIN_SQL = [
  'grant usage on schema public to anon, authenticated, service_role',
  ...['tables', 'sequences', 'functions'].map(
    (kind) =>
      `alter default privileges for role ${OWNER_ROLE} in schema public grant all on ${kind} to service_role`,
  ),
] as const
