// The third stage: a plan becomes the statements of one transaction. The main one gives one row, MAIN_COLUMNS, its body made by Postgres.
import { empty, identifier, join, keyword, literal, sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { ApiRequest } from '../parse/api-request.ts'
import { SOURCE } from '../plan/index.ts'
import type {
  CallRequestPlan,
  ExplainPlan,
  InfoPlan,
  MutateRequestPlan,
  Plan,
  ReadRequestPlan,
} from '../plan/plan.ts'
import type { Identity, QualifiedName, RestConfig, SchemaCache, Transaction } from '../types.ts'
import { bodySql } from './body.ts'
import { callSql } from './call.ts'
import { plannedSql, totalSql } from './count.ts'
import { mutateSql, UPDATED_COUNT } from './mutate.ts'
import { CURSOR_PAGE, PAGE, ROWS } from './names.ts'
import { cursorPageSql, readSql } from './read.ts'
import { privilegesSql } from './privileges.ts'
import { settingsSql } from './settings.ts'
import { toStatement } from './to-statement.ts'

/** A plan that needs the database. */
export type DatabasePlan = Exclude<Plan, InfoPlan>

/** The statements of `plan`. For the root's document the main one gives the role's privileges; where these do not matter there is none. */
export function toTransaction(
  plan: DatabasePlan,
  context: {
    readonly request: ApiRequest
    readonly config: RestConfig
    readonly cache: SchemaCache
    readonly identity: Identity
  },
): Transaction {
  const { transaction } = plan
  const { preRequest, preparedStatements } = context.config
  const planned =
    plan.kind === 'read' && plan.response.explain === null ? plannedSql(plan.read, plan.response.count) : null
  const main = mainSql(plan, context.request.schema, context.config)
  return {
    isReadOnly: transaction.isReadOnly,
    isolation: transaction.isolation,
    end: transaction.end,
    settings: toStatement(settingsSql(transaction, context)),
    preRequest: preRequest === null ? null : toStatement(sql`select ${functionName(preRequest)}()`),
    main: main === null ? null : toStatement(main),
    planned: planned === null ? null : toStatement(planned),
    require: transaction.require,
    isPrepared: preparedStatements,
    mayChangeSession: plan.kind === 'call' || !transaction.isReadOnly || preRequest !== null,
  }
}

/** Without a schema the search path finds it. */
function functionName({ schema, name }: QualifiedName): SqlFragment {
  return schema === '' ? identifier(name) : identifier(schema, name)
}

function mainSql(plan: DatabasePlan, schema: string, config: RestConfig): SqlFragment | null {
  switch (plan.kind) {
    case 'read':
      return readMain(plan, config)
    case 'mutate':
      return mutateMain(plan)
    case 'call':
      return callMain(plan, config)
    case 'inspect':
      return config.openApiMode === 'ignore-privileges' ? null : privilegesSql(schema)
  }
}

function readMain({ read, response }: ReadRequestPlan, config: RestConfig): SqlFragment {
  const cursorPage = cursorPageSql(read, CURSOR_PAGE)
  return statement(response.explain, {
    with: cursorPage === null ? [] : [cursorPage.page],
    location: cursorPage?.next,
    total: totalSql(read, response.count, config),
    body: bodySql(response.handler, null),
    isPaged: response.handler.kind === 'csv',
    rows: cursorPage?.rows ?? readSql(read),
  })
}

function mutateMain({ read, mutate, returned, response }: MutateRequestPlan): SqlFragment {
  const source = identifier(SOURCE)
  const isUpsert = mutate.kind === 'insert' && mutate.conflict?.resolution === 'merge-duplicates'
  return statement(response.explain, {
    with: [sql`${source} as (${mutateSql(mutate)})`],
    total: sql`null::bigint`,
    inserted: isUpsert ? sql`(select count(*) from ${source}) - ${UPDATED_COUNT}` : undefined,
    location:
      mutate.kind === 'insert' && mutate.locationKey.length > 0 ? locationSql(mutate.locationKey) : undefined,
    body: bodySql(response.handler, null),
    isPaged: response.handler.kind === 'csv',
    rows: returned === 'representation' ? readSql(read) : sql`select * from ${source}`,
  })
}

function callMain({ routine, read, call, response }: CallRequestPlan, config: RestConfig): SqlFragment {
  return statement(response.explain, {
    with: [sql`${identifier(SOURCE)} as (${callSql(call)})`],
    // The planner knows nothing of a function's rows, so none are estimated.
    total: totalSql(read, response.count === 'estimated' ? 'exact' : response.count, config),
    body: bodySql(response.handler, routine.returns),
    isPaged: response.handler.kind === 'csv',
    rows: readSql(read),
  })
}

interface MainParts {
  /** CTEs before the rows. */
  readonly with: readonly SqlFragment[]
  readonly total: SqlFragment
  readonly inserted?: SqlFragment | undefined
  readonly location?: SqlFragment | undefined
  readonly body: SqlFragment
  readonly rows: SqlFragment
  /** Whether the body reads the rows a second time. */
  readonly isPaged: boolean
}

const RESPONSE_HEADERS = sql`nullif(current_setting('response.headers', true), '')`
const RESPONSE_STATUS = sql`nullif(current_setting('response.status', true), '')`

function statement(explain: ExplainPlan | null, parts: MainParts): SqlFragment {
  const ctes = parts.isPaged ? [...parts.with, sql`${PAGE} as (${parts.rows})`] : parts.with
  const before = ctes.length === 0 ? empty : sql`with ${join(ctes)} `
  const from = sql`from ${parts.isPaged ? PAGE : sql`(${parts.rows})`} as ${ROWS}`
  if (explain !== null)
    return sql`${explainSql(explain)} ${before}select ${parts.total} as total, count(*) as page_total, ${parts.body} as body, ${RESPONSE_HEADERS} as headers, ${RESPONSE_STATUS} as status ${from}`
  return sql`${before}select ${parts.total} as total, count(*) as page_total, ${parts.inserted ?? sql`null::bigint`} as inserted, ${parts.location ?? sql`null::text`} as location, ${RESPONSE_HEADERS} as headers, ${RESPONSE_STATUS} as status, ${parts.body} as body ${from}`
}

/** The key of the only row, as JSON prints its values. */
function locationSql(columns: readonly string[]): SqlFragment {
  const names = join(columns.map((name) => literal(name)))
  return sql`case when count(*) = 1 then (select json_agg(json_build_array(field.key, coalesce('eq.' || field.value, 'is.null'))) from (select * from ${identifier(SOURCE)} limit 1) as first_row, json_each_text(row_to_json(first_row)) as field where field.key in (${names})) end`
}

function explainSql({ format, options }: ExplainPlan): SqlFragment {
  const words = [
    sql`format ${keyword(format, ['text', 'json'])}`,
    ...options.map((option) => keyword(option, ['analyze', 'verbose', 'settings', 'buffers', 'wal'])),
  ]
  return sql`explain (${join(words)})`
}
