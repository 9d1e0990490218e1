// Reading a document whose shape is not known: pieces by their references, each parsed leniently, so that a wrong field costs only itself.
import { z } from 'zod'

const Reference = z.object({ $ref: z.string() })
const DEEPEST = 16

/** What a local reference points to; anything else stays as it is. */
export function resolveReference(document: unknown, value: unknown): unknown {
  let current = value
  for (let steps = 0; steps < DEEPEST; steps += 1) {
    const reference = Reference.safeParse(current)
    if (!reference.success || !reference.data.$ref.startsWith('#/')) return current
    current = reference.data.$ref
      .slice(2)
      .split('/')
      .map((part) => decodeName(part).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>(
        (at, part) =>
          typeof at === 'object' && at !== null && Object.hasOwn(at, part)
            ? Reflect.get(at, part)
            : undefined,
        document,
      )
  }
  return undefined
}

export function decodeName(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A column or argument, as both versions describe them. */
export const Property = z.object({
  type: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
  format: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  items: z.unknown().optional(),
  enum: z.array(z.unknown()).optional().catch(undefined),
  default: z.unknown().optional(),
  maxLength: z.number().int().optional().catch(undefined),
  readOnly: z.boolean().optional().catch(undefined),
  'x-postgres-type': z.string().optional().catch(undefined),
  'x-nullable': z.boolean().optional().catch(undefined),
  'x-has-default': z.boolean().optional().catch(undefined),
  'x-variadic': z.boolean().optional().catch(undefined),
  'x-references': z.object({ table: z.string(), column: z.string() }).optional().catch(undefined),
})
export type Property = z.infer<typeof Property>

export const ObjectSchema = z.object({
  description: z.string().optional().catch(undefined),
  required: z.array(z.string()).optional().catch(undefined),
  properties: z.record(z.string(), z.unknown()).optional().catch(undefined),
  'x-kind': z.enum(['table', 'view']).optional().catch(undefined),
  'x-primary-key': z.array(z.string()).optional().catch(undefined),
  'x-relations': z.array(z.unknown()).optional().catch(undefined),
})

export const Operation = z.object({
  summary: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  parameters: z.array(z.unknown()).optional().catch(undefined),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()).optional().catch(undefined),
  'x-volatility': z.string().optional().catch(undefined),
  'x-returns': z.object({ type: z.string(), isSet: z.boolean() }).optional().catch(undefined),
})
export type Operation = z.infer<typeof Operation>

export const DocumentHead = z.object({
  info: z
    .object({
      title: z.string().optional().catch(undefined),
      description: z.string().optional().catch(undefined),
      version: z.string().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  paths: z.record(z.string(), z.unknown()).optional().catch(undefined),
  'x-postgres-schema': z.string().optional().catch(undefined),
})

/** The name of a property's type: Postgres', where it is known. */
export function typeName(property: Property): string {
  if (property['x-postgres-type'] !== undefined) return property['x-postgres-type']
  const types = [property.type ?? []].flat().filter((one) => one !== 'null')
  if (types[0] === 'array') {
    const items = Property.safeParse(property.items)
    return `${items.success ? typeName(items.data) : 'text'}[]`
  }
  return property.format ?? types[0] ?? 'json'
}

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']

export interface PathOperations {
  readonly kind: 'table' | 'function'
  readonly name: string
  readonly operations: ReadonlyMap<string, Operation>
}

/** The paths `/name` and `/rpc/name` with their operations by method. Others are of no table or function. */
export function readPaths(document: unknown, paths: Readonly<Record<string, unknown>>): PathOperations[] {
  return Object.entries(paths).flatMap(([path, item]) => {
    const match = /^\/(rpc\/)?([\s\S]+)$/.exec(path)
    if (match === null) return []
    const resolved = z.record(z.string(), z.unknown()).safeParse(resolveReference(document, item))
    if (!resolved.success) return []
    const operations = new Map(
      METHODS.flatMap((method) => {
        const value = resolved.data[method.toLowerCase()]
        const operation = value === undefined ? undefined : Operation.safeParse(value).data
        return operation === undefined ? [] : [[method, operation] as const]
      }),
    )
    const name = match[2] ?? ''
    return operations.size === 0
      ? []
      : [{ kind: match[1] === undefined ? 'table' : 'function', name, operations } satisfies PathOperations]
  })
}
