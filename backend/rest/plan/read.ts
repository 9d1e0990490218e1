// Plans what is read: resolves select, embeds, filters, order and ranges of a request against the schema.
import type { ApiRequest } from '../parse/api-request.ts'
import type { QualifiedName, RestConfig, SchemaCache } from '../types.ts'
import type { ReadPlan } from './read-plan.ts'

/** What the top level of the request reads. */
export type ReadTarget =
  /** A table or view. */
  | { readonly kind: 'relation'; readonly name: QualifiedName }
  /**
   * Rows that a CTE called `source` holds: what a write gave back, or a function. `name` is the relation whose rows they are, and what
   * is embedded is looked up from; for functions that return no relation it is the function's own name.
   */
  | { readonly kind: 'rows'; readonly name: QualifiedName; readonly source: string }

/**
 * Plans the reading of `target`. Filters and logic of the top level of a write are not in it (planFilters gives them), nor are ranges of
 * writes. Throws PGRST1xx and PGRST2xx.
 */
export declare function planRead(input: {
  readonly request: ApiRequest
  readonly cache: SchemaCache
  readonly config: RestConfig
  readonly target: ReadTarget
}): ReadPlan

/**
 * Columns that the rows of a write or a function must have for `plan`: those selected, those that embeds join by, and `also`. `['*']` is
 * all of them. In a stable order, each once.
 */
export declare function returningColumns(plan: ReadPlan, also: readonly string[]): readonly string[]
