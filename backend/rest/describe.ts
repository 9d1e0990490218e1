// A description of a schema's API for whoever manages it: by a call of the program, not by a request of a client.
import { sql } from '#postgres/common/sql/sql.ts'
import { execute } from './execute.ts'
import type { ConnectionPool } from './pool.ts'
import { openApi31, readPrivileges, serverUrl, swagger, type JsonObject } from './respond/openapi/index.ts'
import { privilegesSql } from './sql/privileges.ts'
import { toStatement } from './sql/to-statement.ts'
import type { Identity, ResultBody, RestConfig, SchemaCache } from './types.ts'

export interface DescribeQuery {
  readonly format: 'openapi-3.1' | 'swagger-2.0'
  /** The default schema when left out. */
  readonly schema?: string | undefined
  /** Whose privileges count; null shows everything that is exposed. */
  readonly role: string | null
}

/** Describes a schema. Rejects with RestError: PGRST000, 003, and what Postgres refuses (a role that cannot be taken). */
export async function describe(
  {
    pool,
    cache,
    config,
  }: { readonly pool: ConnectionPool; readonly cache: SchemaCache; readonly config: RestConfig },
  query: DescribeQuery,
): Promise<JsonObject> {
  const schema = query.schema ?? config.schemas[0]
  const input = {
    cache,
    schema,
    extraSearchPath: config.extraSearchPath,
    privileges: query.role === null ? null : readPrivileges(await privilegesOf(pool, query.role, schema)),
    serverUrl: serverUrl(config.openApiServerProxyUri, undefined),
    hasSecurity: config.openApiSecurityActive,
  }
  return query.format === 'openapi-3.1' ? openApi31(input) : swagger(input)
}

async function privilegesOf(pool: ConnectionPool, role: string, schema: string): Promise<string> {
  const identity: Identity = { role, claims: JSON.stringify({ role }), isAnonymous: false }
  const settings = sql`select set_config('role', ${role}, true)`
  const { body, ended } = await execute(
    pool,
    {
      isReadOnly: true,
      isolation: 'read committed',
      end: 'commit',
      settings: toStatement(settings),
      preRequest: null,
      main: toStatement(privilegesSql(schema)),
      planned: null,
      require: null,
      isPrepared: true,
      mayChangeSession: false,
    },
    { identity, signal: new AbortController().signal },
  )
  const text = await readAll(body)
  await ended
  return text
}

async function readAll(body: ResultBody): Promise<string> {
  if (body.kind === 'bytes') return Buffer.from(body.bytes).toString('utf8')
  const chunks: Uint8Array[] = []
  for await (const chunk of body.chunks) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
