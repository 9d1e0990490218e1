// How a resource declares its calls: method, path, the parameters that it knows (others are refused, as at Stripe) and what it answers.
import { z } from 'zod'
import { invalid } from './errors.ts'

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly pattern: RegExp
  readonly handle: (params: unknown, path: readonly string[]) => unknown
}

/** A whole number of the form encoding. */
export const int = z
  .string()
  .regex(/^-?\d+$/, 'Invalid integer')
  .transform(Number)
export const bool = z.enum(['true', 'false']).transform((value) => value === 'true')
/** Empty clears it. */
export const text = z.string().max(5000)
export const metadata = z.record(z.string(), z.string())
export const range = z.union([
  int,
  z.strictObject({ gt: int.optional(), gte: int.optional(), lt: int.optional(), lte: int.optional() }),
])
export type Range = z.infer<typeof range>

export const inRange = (value: number, wanted: Range | undefined): boolean =>
  wanted === undefined ||
  (typeof wanted === 'number'
    ? value === wanted
    : value > (wanted.gt ?? -Infinity) &&
      value >= (wanted.gte ?? -Infinity) &&
      value < (wanted.lt ?? Infinity) &&
      value <= (wanted.lte ?? Infinity))

export const paging = {
  limit: int.optional(),
  starting_after: z.string().optional(),
  ending_before: z.string().optional(),
}
export interface Paging {
  readonly limit?: number | undefined
  readonly starting_after?: string | undefined
  readonly ending_before?: string | undefined
}

/** A page of a list that is ordered as Stripe orders it: the newest first. */
export function page<T extends { readonly id: string }>(url: string, all: readonly T[], paging: Paging) {
  const limit = paging.limit ?? 10
  if (limit < 1 || limit > 100) throw invalid('Invalid integer: limit is from 1 to 100', { param: 'limit' })
  const position = (id: string): number => {
    const index = all.findIndex((item) => item.id === id)
    if (index < 0)
      throw invalid(`No such object: '${id}'`, { code: 'resource_missing', param: 'starting_after' })
    return index
  }
  if (paging.ending_before !== undefined) {
    const end = position(paging.ending_before)
    const start = Math.max(0, end - limit)
    return { object: 'list' as const, url, has_more: start > 0, data: all.slice(start, end) }
  }
  const start = paging.starting_after === undefined ? 0 : position(paging.starting_after) + 1
  return {
    object: 'list' as const,
    url,
    has_more: start + limit < all.length,
    data: all.slice(start, start + limit),
  }
}

function check<S extends z.ZodType>(schema: S, params: unknown): z.output<S> {
  const parsed = schema.safeParse(params)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const at = (issue?.path ?? [])
    .map((part, index) => (index === 0 ? String(part) : `[${String(part)}]`))
    .join('')
  if (issue?.code === 'unrecognized_keys')
    throw invalid(`Received unknown parameter: ${at}${at === '' ? '' : ' '}${issue.keys.join(', ')}`, {
      code: 'parameter_unknown',
      param: issue.keys[0] ?? at,
    })
  throw invalid(`${issue?.message ?? 'Invalid'}: ${at}`, { code: 'parameter_invalid', param: at })
}

/** @param path `/v1/customers/:id`; the handler gets the parts that begin with a colon in order */
export function route<S extends z.ZodRawShape>(
  call: `${Route['method']} ${string}`,
  shape: S,
  handle: (params: z.output<z.ZodObject<S, z.core.$strict>>, ...path: string[]) => unknown,
): Route {
  const [method, path] = call.split(' ')
  const schema = z.strictObject(shape)
  return {
    method: method === 'GET' || method === 'DELETE' ? method : 'POST',
    pattern: new RegExp(`^${(path ?? '').replaceAll(/:[a-z]+/g, '([^/]+)')}$`),
    handle: (params, parts) => handle(check(schema, params), ...parts),
  }
}
