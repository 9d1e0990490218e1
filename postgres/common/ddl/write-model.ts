// A whole model as one script, for an empty database.
import type { SchemaModel } from '#contract/schema/types.ts'
import { sql } from '../sql/sql.ts'
import { compileContext, statement, type CompileOptions } from './create/context.ts'
import { dropStep } from './order/drop-step.ts'
import { orderedSteps } from './order.ts'
import type { Statement } from './statement.ts'

/** Languages whose bodies Postgres checks when a routine is made. */
const CHECKED = new Set(['sql', 'plpgsql'])

/** The statements that make everything in the model, in the order in which they run. They load into an empty database, as one transaction or one by one. */
export function writeModel(model: SchemaModel, options: CompileOptions = {}): Statement[] {
  const context = compileContext(model, options)
  const statements = orderedSteps(model, context).flatMap((step) => step.statements(context))
  const routine = model.objects.find((object) => object.kind === 'routine' && CHECKED.has(object.language))
  if (routine === undefined) return statements
  // Bodies may name what comes later, or what is not there at all.
  const about = { objectId: routine.id, summary: 'Take bodies of functions as they are' }
  return [
    statement(sql`set check_function_bodies = off`, about),
    ...statements,
    statement(sql`reset check_function_bodies`, { ...about, summary: 'Check bodies of functions again' }),
  ]
}

/** The statements that take `writeModel` back: all objects of the model dropped, without CASCADE, so that what others made with them makes it fail. */
export function dropModel(model: SchemaModel, options: CompileOptions = {}): Statement[] {
  const steps = orderedSteps(model, compileContext(model, options))
  const ids = new Set(steps.map(({ id }) => id))
  return steps.toReversed().flatMap((step) => dropStep(step, ids.has(`${step.id}#placeholder`)))
}
