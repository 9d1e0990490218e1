// A database of a given schema `api`, that reads of the REST engine run on.
import type { ApiRequest } from '../backend/rest/parse/api-request.ts'
import { plan } from '../backend/rest/plan/index.ts'
import type { ReadPlan } from '../backend/rest/plan/read-plan.ts'
import { planRead, type ReadTarget } from '../backend/rest/plan/read.ts'
import { loadSchemaCache } from '../backend/rest/schema-cache/index.ts'
import { toTransaction } from '../backend/rest/sql/index.ts'
import { matchingRowsSql, readSql } from '../backend/rest/sql/read.ts'
import type { SchemaCache } from '../backend/rest/types.ts'
import { openSession } from '../postgres/node/session.ts'
import { sampleConfig, sampleIdentity, sampleRequest } from './rest-sample.ts'
import { createTempDatabase } from './temp-database.ts'

/** The row of a main statement, in the order of MAIN_COLUMNS, as Postgres prints it. */
export interface MainRow {
  readonly request: ApiRequest
  readonly read: ReadPlan
  readonly cells: readonly (string | null)[]
}

export interface RestReads {
  readonly cache: SchemaCache
  /** Rows of the SELECT that a URL is planned as. Rows of a CTE are taken from `source`. */
  rows(url: string, from?: { readonly target: ReadTarget; readonly source: string }): Promise<unknown>
  /** How many rows its filters let through. */
  count(url: string): Promise<unknown>
  /** What its whole statement gives. */
  main(url: string, headers: Readonly<Record<string, string>>): Promise<MainRow>
  /** Runs any SQL. */
  run(text: string): Promise<readonly (readonly (string | null)[])[]>
  close(): Promise<void>
}

/** Makes the database by `schema` and loads what it is. */
export async function createRestReads(schema: string): Promise<RestReads> {
  const database = await createTempDatabase()
  const session = await openSession(database.target)
  await session.query(schema)
  const cache = await loadSchemaCache(session, {
    schemas: ['api'],
    extraSearchPath: [],
    hoistedTxSettings: [],
  })
  // As the engine sets it: computed columns are found by it.
  await session.query('set search_path to api')
  const config = sampleConfig({ maxRows: 100 })

  const planOf = (url: string, target?: ReadTarget): ReadPlan => {
    const name = { schema: 'api', name: url.slice(1).split('?')[0] ?? '' }
    const request = sampleRequest('GET', url, { config })
    return planRead({ request, cache, config, target: target ?? { kind: 'relation', name } })
  }
  const query = async (text: string, values: readonly unknown[]) => {
    const texts = values.map((value) => (typeof value === 'string' ? value : null))
    return (await session.query(text, texts)).rows
  }
  const json = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    const rows = await query(text, values)
    return JSON.parse(rows[0]?.[0] ?? 'null')
  }

  return {
    cache,
    rows: async (url, from) => {
      const { text, values } = readSql(planOf(url, from?.target))
      return await json(
        `${from?.source ?? ''} select coalesce(json_agg(r.*), '[]') from (${text}) as r`,
        values,
      )
    },
    count: async (url) => {
      const { text, values } = matchingRowsSql(planOf(url))
      return await json(`select count(*) from (${text}) as matching`, values)
    },
    main: async (url, headers) => {
      const request = sampleRequest('GET', url, { headers, config })
      const planned = plan(request, { cache, config, identity: sampleIdentity })
      if (planned.kind !== 'read') throw new TypeError('It is no read.')
      const { main } = toTransaction(planned, { request, cache, config, identity: sampleIdentity })
      const rows = await query(main?.text ?? '', main?.values ?? [])
      return { request, read: planned.read, cells: rows[0] ?? [] }
    },
    run: async (text) => (await session.query(text)).rows,
    close: async () => {
      await session.close()
      await database.drop()
    },
  }
}
