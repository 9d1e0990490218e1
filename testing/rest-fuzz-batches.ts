// Atomic batches for the fuzz of the REST engine.
import type { Draw } from './rest-fuzz-queries.ts'

/** A batch of steps, some of which refer to others. */
export function batchBody(
  { shape, value }: Pick<Draw, 'shape' | 'value'>,
  stepOf: () => { readonly method: string; readonly path: string; readonly body: string },
): string {
  const steps = Array.from({ length: 1 + shape.int(3) }, (_, index) => {
    const { method, path, body } = stepOf()
    const content = readOr(body)
    return {
      ...(shape.chance(70) ? { name: `s${String(index)}` } : {}),
      method,
      path,
      ...(shape.chance(50)
        ? {
            prefer: shape.pick([
              'return=representation',
              'return=representation,resolution=merge-duplicates',
              'count=exact',
              'tx=commit',
            ]),
          }
        : {}),
      ...(shape.chance(15)
        ? { accept: shape.pick(['application/json', 'application/vnd.pgrst.object+json', 'text/csv']) }
        : {}),
      ...(shape.chance(25)
        ? {
            match: {
              id: shape.pick([1, null, [1, 2], { $ref: 's0/0/id' }, { $ref: 's0' }]),
              ...(shape.chance(20) ? { 'no"column': 'x' } : {}),
            },
          }
        : {}),
      ...(content === undefined
        ? {}
        : {
            body: shape.chance(15)
              ? { title: { $ref: value.pick(['s0/0/title', 's0', 's1/x', 's9', '/']) }, year: { $value: 1 } }
              : content,
          }),
    }
  })
  return JSON.stringify({
    ...(shape.chance(20)
      ? { isolation: shape.pick(['serializable', 'repeatable read', 'read committed', 'x']) }
      : {}),
    steps,
  })
}

function readOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text === '' ? undefined : text
  }
}
