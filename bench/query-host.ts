// The query capability of a desktop host without the rest of it, for benchmarks, and how their parts run in processes of their own.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { z } from 'zod'
import { ConnectionId, RunId } from '#contract/capabilities/ids.ts'
import { QueryEvent } from '#contract/capabilities/query.ts'
import { startTestServer, type TestServer } from '../testing/postgres-global-setup.ts'
import { createConnectionStore, createResultSnapshotStore, openCache } from '../main/cache/index.ts'
import { createConnectionsCapability } from '../main/connections/index.ts'
import { createQueryCapability, type QueryCapability } from '../main/query/index.ts'
import { openKeyFile } from '../main/secrets/index.ts'

/** Ten columns of the types that tables have, about 150 bytes of text per row. */
const TABLE_SQL = `create table big as
  select n::bigint as id, (n % 1000)::integer as customer, 'order ' || n as title, md5(n::text) as reference,
         (n * 1.17)::numeric(12,2) as amount, timestamptz '2026-01-01' + n * interval '1 second' as placed_at,
         n % 7 = 0 as is_paid, gen_random_uuid() as token, n / 3.0::double precision as score,
         case when n % 5 = 0 then null else jsonb_build_object('n', n % 100) end as extra
  from generate_series(1, $rows) n`

export interface BenchHost {
  readonly query: QueryCapability
  /** Runs a statement in a tab of its own; resolves at its end. `onEvent` hears every event. */
  run(sql: string, options?: { runId?: string; onEvent?: (event: QueryEvent) => void }): Promise<QueryEvent[]>
  close(): Promise<void>
}

/** A host with one connection to the server. */
export async function openBenchHost(server: TestServer): Promise<BenchHost> {
  const directory = mkdtempSync(join(tmpdir(), 'nebuladb-bench-'))
  const cache = openCache(join(directory, 'cache.db'))
  const clock = { now: () => new Date() }
  const newId = (): string => crypto.randomUUID()
  const connections = createConnectionsCapability({
    store: createConnectionStore(cache, { append: () => undefined, pendingIds: () => new Set() }),
    secretStore: openKeyFile(join(directory, 'key')),
    projects: { projects: () => [], credentials: () => Promise.reject(new Error('There are no projects.')) },
    clipboard: { write: async () => false },
    offerOnce: () => '',
    clock,
    defaultUser: 'postgres',
    newId,
  })
  const saved = await connections.service.save({
    name: 'bench',
    host: server.host,
    port: server.port,
    database: 'postgres',
    user: server.user,
    password: server.password,
    sslMode: 'disable',
    environment: 'development',
    isReadOnly: false,
  })
  const query = createQueryCapability({
    connections: connections.service,
    snapshotStore: createResultSnapshotStore(cache),
    addHistory: () => undefined,
    onSchemaChange: () => undefined,
    resultsDirectory: join(directory, 'results'),
    clock,
    newId,
  })
  return {
    query,
    async run(sql, { runId = newId(), onEvent } = {}) {
      const events: QueryEvent[] = []
      const stream = query.handlers.run(
        {
          runId: RunId.parse(runId),
          connectionId: ConnectionId.parse(saved.id),
          tabId: newId(),
          sql,
          scope: { kind: 'all' },
          allowSnapshot: false,
        },
        { signal: new AbortController().signal, metadata: {} },
      )
      for await (const item of stream) {
        const value = QueryEvent.parse(item.value)
        if (value.type !== 'progress') events.push(value)
        onEvent?.(value)
      }
      return events
    },
    async close() {
      await query.close()
      cache.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Starts a server with the table `big` of so many rows. */
export async function startBenchServer(
  rows: number,
): Promise<{ server: TestServer; close(): Promise<void> }> {
  const started = await startTestServer()
  const client = new pg.Client({ ...started.server, database: 'postgres' })
  await client.connect()
  await client.query(TABLE_SQL.replace('$rows', String(rows)))
  await client.query('vacuum analyze big')
  await client.end()
  return started
}

const PartResult = z.record(z.string(), z.number())
export type PartResult = z.infer<typeof PartResult>

/** Runs this benchmark's file again as a child with the part's name, and gives what it measured, with its peak memory. */
export async function runPart(file: string, part: string, server: TestServer): Promise<PartResult> {
  const child = fork(file, [part, JSON.stringify(server)], { execArgv: ['--expose-gc'] })
  return await new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(PartResult.parse(message)))
    child.once('exit', (code) => reject(new Error(`The part ${part} ended with ${String(code)}.`)))
  })
}

/** In the child: tells what was measured, adds the peak of its memory, and ends. */
export function reportPart(result: PartResult): void {
  const peakRssMb = process.resourceUsage().maxRSS / 1024
  process.send?.({ ...result, peakRssMb }, () => process.exit(0))
}

/** What the child was told: its part and the server. */
export function readPart(): { readonly part: string; readonly server: TestServer } | undefined {
  const [part, server] = process.argv.slice(2)
  if (part === undefined || server === undefined) return undefined
  const Server = z.object({
    host: z.literal('127.0.0.1'),
    port: z.number(),
    socketDirectory: z.string(),
    user: z.string(),
    password: z.string(),
    version: z.number(),
  })
  return { part, server: Server.parse(JSON.parse(server)) }
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
