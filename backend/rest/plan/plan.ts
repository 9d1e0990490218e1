// What will be done: names resolved, relationships chosen, the media type decided. A plan that says `info` needs no database.
import type { Mutation, MediaType } from '../parse/api-request.ts'
import type { CustomHandler, Isolation, Requirement, Routine, Table } from '../types.ts'
import type { CallPlan } from './call-plan.ts'
import type { MutatePlan } from './mutate-plan.ts'
import type { ReadPlan } from './read-plan.ts'

export type Plan =
  | ReadRequestPlan
  | MutateRequestPlan
  | CallRequestPlan
  | {
      readonly kind: 'inspect'
      readonly headersOnly: boolean
      readonly mediaType: MediaType
      readonly transaction: TransactionPlan
    }
  | InfoPlan

export interface TransactionPlan {
  readonly isReadOnly: boolean
  readonly isolation: Isolation
  readonly end: 'commit' | 'rollback'
  /** `Prefer: timezone=`, where it is looked at. */
  readonly timezone: string | null
  /** Settings of the function that is called, hoisted: name and value. */
  readonly settings: readonly (readonly [name: string, value: string])[]
  readonly require: Requirement | null
}

export interface ReadRequestPlan {
  readonly kind: 'read'
  readonly read: ReadPlan
  readonly response: ResponsePlan
  readonly headersOnly: boolean
  readonly transaction: TransactionPlan
}

export interface MutateRequestPlan {
  readonly kind: 'mutate'
  /** `return=`, minimal unless asked otherwise. */
  readonly returned: 'representation' | 'headers-only' | 'minimal'
  readonly mutation: Mutation
  /** What is given back of the affected rows. */
  readonly read: ReadPlan
  readonly mutate: MutatePlan
  readonly response: ResponsePlan
  readonly transaction: TransactionPlan
}

export interface CallRequestPlan {
  readonly kind: 'call'
  readonly routine: Routine
  readonly invocation: 'get' | 'head' | 'post'
  readonly read: ReadPlan
  readonly call: CallPlan
  readonly response: ResponsePlan
  readonly transaction: TransactionPlan
}

/** OPTIONS: what may be done with a relation, a routine or the root. */
export interface InfoPlan {
  readonly kind: 'info'
  readonly of:
    | { readonly kind: 'relation'; readonly table: Table }
    | { readonly kind: 'routine'; readonly routine: Routine }
    | { readonly kind: 'schema' }
}

/** How rows become a body. */
export interface ResponsePlan {
  /** What Content-Type will say, before response.headers may change it. */
  readonly mediaType: MediaType
  /** Whether one object was asked for: anything but one row is an error, whatever is given back. */
  readonly isSingular: boolean
  readonly handler: Handler
  readonly count: 'exact' | 'planned' | 'estimated' | null
  /** EXPLAIN instead of the result, with the options of the plan media type. */
  readonly explain: ExplainPlan | null
}

/** How the rows that were read become a body. */
export type Handler =
  | { readonly kind: 'json-array'; readonly stripNulls: boolean }
  | { readonly kind: 'json-object'; readonly stripNulls: boolean }
  | { readonly kind: 'csv' }
  | { readonly kind: 'geojson' }
  /** No body: HEAD, writes without representation, functions that return void. */
  | { readonly kind: 'none' }
  | { readonly kind: 'custom'; readonly handler: CustomHandler }

export interface ExplainPlan {
  readonly format: 'text' | 'json'
  readonly options: readonly ('analyze' | 'verbose' | 'settings' | 'buffers' | 'wal')[]
}
