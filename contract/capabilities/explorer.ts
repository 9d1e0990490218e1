// The API explorer: what an API offers, described from its live schema.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { ApiDescription, ApiSource } from '../requests/api-description.ts'
import { Auth } from '../requests/auth.ts'
import { CollectionId, ItemPath } from '../requests/collection.ts'
import { Timestamp } from './ids.ts'

/** How a saved request and the API differ since the request was made. */
export const Drift = z.object({
  path: ItemPath.nullable(),
  /** `missing-table`, `missing-column`, `changed-type`, `new-endpoint`, `missing-operation`, … */
  kind: z.string(),
  message: z.string(),
})
export type Drift = z.infer<typeof Drift>

/** What of a collection does not fit its source any more. */
export const DriftAlarm = z.object({
  /** Requests that ask for something that is gone or another. */
  requests: z.number().int(),
  /** Endpoints that no request calls. */
  newEndpoints: z.number().int(),
})
export type DriftAlarm = z.infer<typeof DriftAlarm>

export const explorer = capability('explorer', {
  describe: call({
    input: z.object({ source: ApiSource }),
    /** `cachedAt`: the API could not be asked, and this is what it said then; null for what it says now. */
    output: ApiDescription.extend({ cachedAt: Timestamp.nullable() }),
  }),
  /** Makes a collection with a request per operation, assertions from the constraints included. */
  generate: call({
    input: z.object({
      source: ApiSource,
      name: z.string().min(1).max(500),
      /** The folder that is made; null keeps it on this machine only. */
      parent: z.string().max(4_096).nullable(),
      /** Null for all; functions have `rpc/` before their names. */
      tables: z.array(z.string()).nullable(),
      /** Who asks. Null: a signed-in user of the project; of an address whoever its token is, which is kept in the keychain. */
      auth: Auth.nullable().default(null),
    }),
    output: z.object({ collectionId: CollectionId, requests: z.number().int() }),
  }),
  /** Holds a collection against its source: the schema of the project, or an OpenAPI document. */
  drift: call({ input: z.object({ collectionId: CollectionId }), output: z.array(Drift) }),
  /** How much of that there is, cheap to ask every few seconds. Null for a collection without a source, or whose source was never in reach. */
  alarm: call({ input: z.object({ collectionId: CollectionId }), output: DriftAlarm.nullable() }),
})
