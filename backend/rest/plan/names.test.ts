// The names of a plan: what a request needs rights for.
import { expect, test } from 'vitest'
import type { Plan } from './plan.ts'
import { namesOf } from './names.ts'

test('a plan that needs no database names nothing', () => {
  const plan: Plan = { kind: 'info', of: { kind: 'schema' } }
  expect(namesOf(plan)).toEqual({ relations: [], functions: [] })
})
