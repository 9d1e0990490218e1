// Which endpoint a tab of the tester shows, as the text that the tab keeps.
import { z } from 'zod'
import type { ApiDescription, ApiFunction, ApiTable } from '#contract/requests/api-description.ts'
import { readSource } from './source.ts'

const Params = z.object({
  source: z.string(),
  kind: z.enum(['table', 'function']),
  schema: z.string(),
  name: z.string(),
  /** The tab of the request that the form shows; without it the form is of nothing in particular. */
  request: z.string().optional(),
})
export type EndpointParams = z.infer<typeof Params>

/** The kind of the view, as the tester opens it. */
export const ENDPOINT_VIEW = 'endpoint'

export function writeParams(params: EndpointParams): string {
  return JSON.stringify(params)
}

/** Null for text that names no endpoint. */
export function readParams(text: string): EndpointParams | null {
  try {
    const params = Params.safeParse(JSON.parse(text)).data
    return params === undefined || readSource(params.source) === null ? null : params
  } catch {
    return null
  }
}

/** Undefined when it is not there (any more). */
export function findEndpoint(
  { tables, functions }: ApiDescription,
  { kind, schema, name }: EndpointParams,
): ApiTable | ApiFunction | undefined {
  const all: readonly (ApiTable | ApiFunction)[] = kind === 'table' ? tables : functions
  return all.find((one) => one.schema === schema && one.name === name)
}
