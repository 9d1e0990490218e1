// The last stage: what came of the transaction becomes status, headers and body. Bodies are not looked into.
import type { ApiRequest, Preferences } from '../parse/api-request.ts'
import { rangeNotSatisfiable } from '../parse/errors.ts'
import type { CallRequestPlan, MutateRequestPlan, ReadRequestPlan } from '../plan/plan.ts'
import {
  key,
  type RestConfig,
  type RestResponse,
  type ResultBody,
  type ResultSet,
  type SchemaCache,
} from '../types.ts'
import type { RestError } from '../errors.ts'
import { errorBody, proxyStatus } from './error-response.ts'
import { nextPageHeaders } from './cursor.ts'
import {
  contentRange,
  contentType,
  legacyNameWarning,
  overrideHeaders,
  preferenceApplied,
  VARY,
  type Header,
} from './headers.ts'
import { locationQuery } from './location.ts'
import { readResponseHeaders, readResponseStatus } from './overrides.ts'

export { respondError } from './error-response.ts'
export { respondInfo } from './info.ts'
export { serverTiming } from './headers.ts'

export interface RespondInput {
  readonly plan: ReadRequestPlan | MutateRequestPlan | CallRequestPlan
  readonly request: ApiRequest
  readonly result: ResultSet
  readonly config: RestConfig
  readonly cache: SchemaCache
}

/** What one kind of request answers, before the database's own wishes. */
interface Draft {
  readonly status: number
  readonly headers: readonly (Header | undefined)[]
  readonly body: ResultBody | null
}

const EMPTY: ResultBody = { kind: 'bytes', bytes: new Uint8Array() }
/** Statuses that have no body by definition. */
const BODILESS = new Set([204, 304])

/** The answer of a request that ran. Throws PGRST111 and PGRST112. */
export function respond(input: RespondInput): RestResponse {
  const { plan, result } = input
  const draft = plan.response.explain === null ? draftOf(input) : explained(input)
  const status = readResponseStatus(result.status) ?? draft.status
  const headers = overrideHeaders(
    [
      ...draft.headers.filter((header) => header !== undefined),
      ...legacyNameWarning(plan.read.legacyNames),
      VARY,
    ],
    readResponseHeaders(result.headers),
  )
  return { status, statusText: null, headers, body: BODILESS.has(status) ? null : draft.body }
}

function draftOf(input: RespondInput): Draft {
  const { plan } = input
  if (plan.kind === 'read') return drafts.read(input, plan)
  if (plan.kind === 'call') return drafts.call(input, plan)
  switch (plan.mutation) {
    case 'create':
      return drafts.create(input, plan)
    case 'update':
      return drafts.update(input, plan)
    case 'upsert-one':
      return drafts.upsertOne(input, plan)
    case 'delete':
      return drafts.remove(input, plan)
  }
}

function explained({ plan, request, result }: RespondInput): Draft {
  return { status: 200, headers: typeHeaders(plan, request), body: result.body }
}

/** Content-Type, and the schema where there was a choice. */
function typeHeaders({ response }: RespondInput['plan'], request: ApiRequest): (Header | undefined)[] {
  return [
    ['Content-Type', contentType(response.mediaType)],
    request.negotiatedByProfile ? ['Content-Profile', request.schema] : undefined,
  ]
}

/** The preferences that every kind of request honours, and `more`. */
function applied(
  { plan, request, config }: RespondInput,
  more: Partial<Preferences> = {},
): Header | undefined {
  const { count, tx, handling, timezone } = request.preferences
  return preferenceApplied({
    count,
    tx: config.txEnd.endsWith('allow-override') ? tx : null,
    handling,
    timezone: plan.transaction.timezone === null ? null : timezone,
    ...more,
  })
}

/** Rows of a page, and 200, 206 or 416 by what there is beside it. */
function page({ request, result }: RespondInput): { readonly status: number; readonly range: Header } {
  const { offset } = request.topRange
  const { total, pageTotal } = result
  const status = total === null ? 200 : offset > total ? 416 : pageTotal < total ? 206 : 200
  return { status, range: contentRange(offset, offset + pageTotal - 1, total) }
}

/** Affected rows for Content-Range, where they were to be counted. */
function affected({ request, result }: RespondInput): number | null {
  const { count } = request.preferences
  return count === 'exact' || count === 'estimated' ? result.pageTotal : null
}

/** The body of rows; for a range behind the last row the error in its place. */
function pageBody({ request, result, config }: RespondInput, status: number): ResultBody {
  if (status !== 416) return result.body
  const error = outOfBounds(request.topRange.offset, result.total ?? 0)
  return { kind: 'bytes', bytes: errorBody(error, config.errorVerbosity) }
}

function outOfBounds(offset: number, total: number): RestError {
  return rangeNotSatisfiable({ kind: 'out-of-bounds', offset, total })
}

const drafts = {
  read(input: RespondInput, plan: ReadRequestPlan): Draft {
    const { request } = input
    const { status, range } = page(input)
    const target = request.action.kind === 'read' ? request.action.target : ''
    const { canonical } = request.parameters
    return {
      status,
      headers: [
        range,
        ['Content-Location', `/${target}${canonical === '' ? '' : `?${canonical}`}`],
        ...typeHeaders(plan, request),
        ...nextPageHeaders(plan.read.cursor, input.result.location, canonical),
        applied(input, { pagination: plan.read.cursor === null ? null : request.preferences.pagination }),
        status === 416 ? proxyStatus(outOfBounds(0, 0)) : undefined,
      ],
      body: plan.headersOnly ? null : pageBody(input, status),
    }
  },

  create(input: RespondInput, plan: MutateRequestPlan): Draft {
    const { request, result, cache } = input
    const { preferences, parameters } = request
    const table = cache.tables.get(key(plan.mutate.table))
    // Without a key there is nothing that could be a duplicate.
    const resolves = parameters.onConflict !== null || (table?.primaryKey.length ?? 0) > 0
    const location = locationQuery(result.location)
    // Without a key there is nothing to merge with: what came back is new.
    const inserted = result.inserted ?? result.pageTotal
    return {
      status: preferences.resolution === 'merge-duplicates' && inserted <= 0 ? 200 : 201,
      headers: [
        location === undefined ? undefined : ['Location', `/${plan.mutate.table.name}${location}`],
        contentRange(1, 0, affected(input)),
        applied(input, {
          resolution: resolves ? preferences.resolution : null,
          missing: preferences.missing,
          return: preferences.return,
        }),
        ...(plan.returned === 'representation' ? typeHeaders(plan, request) : []),
      ],
      body: plan.returned === 'representation' ? result.body : EMPTY,
    }
  },

  update(input: RespondInput, plan: MutateRequestPlan): Draft {
    const { request, result } = input
    const { preferences } = request
    const range = contentRange(0, result.pageTotal - 1, affected(input))
    const preference = applied(input, {
      missing: preferences.missing,
      return: preferences.return,
      maxAffected: preferences.maxAffected,
    })
    return affectedRows(input, plan, { status: 200, headers: [range, preference] })
  },

  upsertOne(input: RespondInput, plan: MutateRequestPlan): Draft {
    const preference = applied(input, { return: input.request.preferences.return })
    const status = (input.result.inserted ?? 0) > 0 ? 201 : 200
    return affectedRows(input, plan, { status, headers: [preference] })
  },

  remove(input: RespondInput, plan: MutateRequestPlan): Draft {
    const { preferences } = input.request
    const preference = applied(input, {
      return: preferences.return,
      maxAffected: preferences.maxAffected,
    })
    const range = contentRange(1, 0, affected(input))
    return affectedRows(input, plan, { status: 200, headers: [range, preference] })
  },

  call(input: RespondInput, plan: CallRequestPlan): Draft {
    const { request } = input
    const { status, range } = page(input)
    const preference = applied(input, { maxAffected: request.preferences.maxAffected })
    if (plan.routine.returns.kind === 'void') return { status: 204, headers: [range, preference], body: null }
    return {
      status,
      headers: [
        range,
        preference,
        ...typeHeaders(plan, request),
        status === 416 ? proxyStatus(outOfBounds(0, 0)) : undefined,
      ],
      body: plan.invocation === 'head' ? null : pageBody(input, status),
    }
  },
}

/** The rows that a write affected, or 204 where they were not asked for. */
function affectedRows(
  { request, result }: RespondInput,
  plan: MutateRequestPlan,
  { status, headers }: { readonly status: number; readonly headers: readonly (Header | undefined)[] },
): Draft {
  return plan.returned === 'representation'
    ? { status, headers: [...headers, ...typeHeaders(plan, request)], body: result.body }
    : { status: 204, headers, body: null }
}
