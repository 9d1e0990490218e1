// Valid inputs made from a zod schema, for tests that must cover every route without anyone listing them. Ids come from the caller, by the name of
// their field; an id that nobody knows, or a schema that no value fits, is an error: the test must be taught, it never skips.
import { z } from 'zod'

/** Where an id is asked for: the path of its field, `mutations.0.record.record.id`. */
export type IdOf = (path: readonly string[]) => string

/** Values that may fit a leaf: the first that the schema takes is used. */
const CANDIDATES: readonly unknown[] = [
  'sample',
  'sample@example.com',
  '2026-11-22T10:00:00.000Z',
  'a sample password',
  'https://sample.example',
  'true',
  '20261122100000',
  '0',
  'DE',
  1,
  1_000,
  true,
  null,
  {},
]

/**
 * Inputs that together use every option of every union in the schema, each with all optional fields set. Throws when a field cannot be filled.
 */
export function sampleInputs(schema: z.ZodType, idOf: IdOf): unknown[] {
  return samples(schema, [], idOf).map((sample) => {
    const checked = schema.safeParse(sample)
    if (!checked.success)
      throw new Error(
        `The sample ${JSON.stringify(sample)} does not fit its schema: ${checked.error.message}`,
      )
    return sample
  })
}

function samples(schema: z.ZodType, path: readonly string[], idOf: IdOf): unknown[] {
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape).map(
      ([name, field]) => [name, samples(asType(field), [...path, name], idOf)] as const,
    )
    const count = Math.max(1, ...fields.map(([, values]) => values.length))
    return Array.from({ length: count }, (_, index) =>
      Object.fromEntries(fields.map(([name, values]) => [name, values[index % values.length]])),
    )
  }
  if (schema instanceof z.ZodArray) {
    const elements = samples(asType(schema.element), [...path, '0'], idOf)
    // All variants in one array where it may be that long, else one array each.
    return schema.safeParse(elements).success ? [elements] : elements.map((element) => [element])
  }
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option) => samples(asType(option), path, idOf))
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return samples(asType(schema.unwrap()), path, idOf)
  if (schema instanceof z.ZodUUID) return [idOf(path)]
  const found = schema instanceof z.ZodLiteral ? [...schema.values] : CANDIDATES
  const fitting = found.find((value) => schema.safeParse(value).success)
  const option = schema instanceof z.ZodEnum ? schema.options[0] : fitting
  if (option === undefined) throw new Error(`No sample value fits ${path.join('.')}.`)
  return [option]
}

/** The paths of all ids in a schema. */
export function idPaths(schema: z.ZodType): string[] {
  const paths = new Set<string>()
  samples(schema, [], (path) => {
    paths.add(path.join('.'))
    return ANY_ID
  })
  return [...paths]
}

const ANY_ID = '6b1f6d0e-6d8b-4b3e-9a54-0d9d7d1c2a11'

function asType(schema: unknown): z.ZodType {
  if (schema instanceof z.ZodType) return schema
  throw new TypeError('A part of a schema is no schema.')
}
