// The shape of a value with binary bodies beside it.
import type { WithBodies } from './definition.ts'

/** Whether `value` has the shape { value, bodies } with byte arrays as bodies. */
export function isWithBodies(value: unknown): value is WithBodies<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'value' in value &&
    'bodies' in value &&
    Array.isArray(value.bodies) &&
    value.bodies.every((body) => body instanceof Uint8Array)
  )
}
