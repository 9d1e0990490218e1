// What an API of PostgREST's kind offers, read from its OpenAPI: our own 3.1, or the Swagger 2 of PostgREST.
import type { ApiDescription } from '#contract/requests/api-description.ts'
import { z } from 'zod'
import { describeOpenApi31 } from './describe-openapi31.ts'
import { describeSwagger } from './describe-swagger.ts'

export interface DescribeOptions {
  /** Where the API's root is: `https://host/REF/rest/v1`. A slash at its end is left out. */
  readonly baseUrl: string
  /** The schema that the document is of, where it does not say so itself. `public` where not given. */
  readonly schema?: string
}

const Version = z.object({ swagger: z.string().optional(), openapi: z.string().optional() })

/**
 * Reads a document. Parts that it does not know are left out, so that a document in a slightly other shape still describes what it can.
 * Throws an Error for what is neither Swagger 2 nor OpenAPI 3.
 */
export function describeApi(
  document: unknown,
  { baseUrl, schema = 'public' }: DescribeOptions,
): ApiDescription {
  const version = Version.safeParse(document)
  const options = { baseUrl: baseUrl.replace(/\/+$/, ''), schema }
  if (version.data?.openapi?.startsWith('3') === true) return describeOpenApi31(document, options)
  if (version.data?.swagger?.startsWith('2') === true) return describeSwagger(document, options)
  throw new Error(
    'This is no description of an API: it says neither swagger 2.0 nor openapi 3. Check that the address is the root of a data API.',
  )
}

/** One description of several schemas of the same API; the first is the default one. */
export function mergeDescriptions(first: ApiDescription, others: readonly ApiDescription[]): ApiDescription {
  const all = [first, ...others]
  return {
    ...first,
    schemas: [...new Set(all.flatMap(({ schemas }) => schemas))],
    tables: all.flatMap(({ tables }) => tables),
    functions: all.flatMap(({ functions }) => functions),
  }
}
