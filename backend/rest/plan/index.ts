// The second stage: what a request asks for becomes what will be done, by the schema cache alone.
import type { ApiRequest, Mutation } from '../parse/api-request.ts'
import { maxAffectedNeedsRows, preferencesInvalid } from '../parse/errors.ts'
import {
  key,
  type Identity,
  type QualifiedName,
  type Requirement,
  type RestConfig,
  type Routine,
  type SchemaCache,
  type Table,
} from '../types.ts'
import { suggestTable } from './call-suggest.ts'
import { chooseRoutine, offerOf, planCall } from './call.ts'
import { tableNotFound } from './errors.ts'
import { planMutation } from './mutate.ts'
import { negotiate, negotiateOpenApi, type Negotiated } from './negotiate.ts'
import type {
  CallRequestPlan,
  Handler,
  InfoPlan,
  MutateRequestPlan,
  Plan,
  ReadRequestPlan,
  ResponsePlan,
} from './plan.ts'
import { planRead, type ReadTarget } from './read.ts'
import { planTransaction } from './transaction.ts'

/** What a request is planned with. */
export interface PlanContext {
  readonly cache: SchemaCache
  readonly config: RestConfig
  readonly identity: Identity
}

/** What the statement calls the rows that a write or a function gave back. */
export const SOURCE = 'nebuladb_source'

/** Plans `request`. Throws RestError: the codes of this folder's errors.ts and call-errors.ts, and those of requests that need a plan. */
export function plan(request: ApiRequest, context: PlanContext): Plan {
  const { action } = request
  switch (action.kind) {
    case 'read':
      return planReadRequest(request, context, action)
    case 'mutate':
      return planMutateRequest(request, context, action)
    case 'call':
      return planCallRequest(request, context, {
        name: { schema: request.schema, name: action.target },
        invocation: action.invocation,
      })
    case 'inspect':
      return planInspectRequest(request, context, action.headersOnly)
    case 'info':
      return planInfo(request, context, action)
  }
}

function planReadRequest(
  request: ApiRequest,
  context: PlanContext,
  { target, headersOnly }: { readonly target: string; readonly headersOnly: boolean },
): ReadRequestPlan {
  const { schema, name } = findTable({ schema: request.schema, name: target }, context.cache)
  const read = planRead({ request, ...context, target: { kind: 'relation', name: { schema, name } } })
  const negotiated = negotiate(
    request.accept,
    { name: { schema, name }, isDefaultSelect: read.isDefaultSelect },
    context,
  )
  checkPreferences(request)
  return {
    kind: 'read',
    read,
    headersOnly,
    response: responseOf(request, negotiated, headersOnly ? NO_BODY : negotiated.handler),
    transaction: planTransaction(
      { request, ...context },
      { isReadOnly: true, routine: null, require: requirementOf(negotiated) },
    ),
  }
}

function planMutateRequest(
  request: ApiRequest,
  context: PlanContext,
  { target, mutation }: { readonly target: string; readonly mutation: Mutation },
): MutateRequestPlan {
  const table = findTable({ schema: request.schema, name: target }, context.cache)
  const name = { schema: table.schema, name: table.name }
  const read = planRead({ request, ...context, target: { kind: 'rows', name, source: SOURCE } })
  const mutate = planMutation({ request, mutation, table, read, ...context })
  checkPreferences(request)
  const negotiated = negotiate(request.accept, { name, isDefaultSelect: read.isDefaultSelect }, context)
  const returned = request.preferences.return ?? 'minimal'
  return {
    kind: 'mutate',
    mutation,
    returned,
    read,
    mutate,
    response: responseOf(request, negotiated, returned === 'representation' ? negotiated.handler : NO_BODY),
    transaction: planTransaction(
      { request, ...context },
      {
        isReadOnly: false,
        routine: null,
        require:
          mutation === 'upsert-one' && negotiated.explain === null
            ? { kind: 'put-one-row' }
            : requirementOf(negotiated, maxAffected(request, mutation)),
      },
    ),
  }
}

function planCallRequest(
  request: ApiRequest,
  context: PlanContext,
  { name, invocation }: { readonly name: QualifiedName; readonly invocation: CallRequestPlan['invocation'] },
): CallRequestPlan {
  const isPost = invocation === 'post'
  const routine = chooseRoutine(name, offerOf(request, isPost), context.cache)
  const target: ReadTarget = { kind: 'rows', name: rowsOf(routine), source: SOURCE }
  const read = planRead({ request, ...context, target })
  const negotiated = negotiate(
    request.accept,
    { name: target.name, isDefaultSelect: read.isDefaultSelect },
    context,
  )
  checkPreferences(request)
  const limit = strictLimit(request)
  if (limit !== null && !routine.returns.isSetOf) throw maxAffectedNeedsRows()
  const hasNoBody = invocation === 'head' || routine.returns.kind === 'void'
  return {
    kind: 'call',
    routine,
    invocation,
    read,
    call: planCall(routine, { request, read, isPost }),
    response: responseOf(request, negotiated, hasNoBody ? NO_BODY : negotiated.handler),
    transaction: planTransaction(
      { request, ...context },
      {
        isReadOnly: !isPost || routine.volatility !== 'volatile',
        routine,
        require: requirementOf(negotiated, limit),
      },
    ),
  }
}

function planInspectRequest(request: ApiRequest, context: PlanContext, headersOnly: boolean): Plan {
  return {
    kind: 'inspect',
    headersOnly,
    mediaType: negotiateOpenApi(request.accept),
    transaction: planTransaction({ request, ...context }, { isReadOnly: true, routine: null, require: null }),
  }
}

function planInfo(
  request: ApiRequest,
  { cache }: PlanContext,
  action: { readonly of: 'relation' | 'routine' | 'schema'; readonly target: string },
): InfoPlan {
  const name = { schema: request.schema, name: action.target }
  switch (action.of) {
    case 'relation':
      return { kind: 'info', of: { kind: 'relation', table: findTable(name, cache) } }
    case 'routine':
      return {
        kind: 'info',
        of: { kind: 'routine', routine: chooseRoutine(name, offerOf(request, false), cache) },
      }
    case 'schema':
      return { kind: 'info', of: { kind: 'schema' } }
  }
}

const NO_BODY: Handler = { kind: 'none' }

function responseOf(request: ApiRequest, negotiated: Negotiated, handler: Handler): ResponsePlan {
  const { mediaType, isSingular, explain } = negotiated
  return { mediaType, isSingular, explain, handler, count: request.preferences.count }
}

/** One object wants one row; else no more rows than allowed. */
function requirementOf(
  { isSingular, explain }: Negotiated,
  maxRows: number | null = null,
): Requirement | null {
  if (explain !== null) return null
  if (isSingular) return { kind: 'single-row', maxAffected: maxRows }
  return maxRows === null ? null : { kind: 'max-affected', rows: maxRows }
}

function maxAffected(request: ApiRequest, mutation: Mutation): number | null {
  return mutation === 'update' || mutation === 'delete' ? strictLimit(request) : null
}

/** What nobody knows is refused where preferences must be honoured, but not before names that do not exist. Throws PGRST122. */
function checkPreferences({ preferences: { handling, invalid } }: ApiRequest): void {
  if (handling === 'strict' && invalid.length > 0) throw preferencesInvalid(invalid)
}

/** max-affected counts only where preferences must be honoured. */
function strictLimit({ preferences: { handling, maxAffected } }: ApiRequest): number | null {
  return handling === 'strict' ? maxAffected : null
}

function findTable(name: QualifiedName, cache: SchemaCache): Table {
  const table = cache.tables.get(key(name))
  if (table === undefined) throw tableNotFound(name.schema, name.name, suggestTable(name, cache))
  return table
}

/** The relation whose rows a function returns; functions that return none go by their own name. */
function rowsOf({ schema, name, returns }: Routine): QualifiedName {
  return returns.kind !== 'composite' || isRecord(returns.type) ? { schema, name } : returns.type
}

function isRecord({ schema, name }: QualifiedName): boolean {
  return schema === 'pg_catalog' && name === 'record'
}
