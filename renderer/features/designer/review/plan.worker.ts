// Plans migrations away from the page, for models so large that a plan would cost frames.
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import type { PlanAnswer, PlanRequest } from './plan-messages.ts'
import { planSteps } from './plan-steps.ts'

let head = { serverVersion: 0, database: '' }
let objects: ModelObject[] = []
let dependencies: SchemaModel['dependencies'][number][] = []
/** Made once per base, since what is known of a model is kept by the model itself. */
let base: SchemaModel | undefined

self.onmessage = ({ data }: MessageEvent<PlanRequest>) => {
  switch (data.type) {
    case 'base':
      head = data
      objects = []
      dependencies = []
      base = undefined
      return
    case 'objects':
      for (const object of data.objects) objects.push(object)
      return
    case 'dependencies':
      for (const pair of data.dependencies) dependencies.push(pair)
      return
    case 'plan':
      base ??= { serverVersion: head.serverVersion, database: head.database, objects, dependencies }
      self.postMessage(answer(data.id, base, data.steps))
  }
}

function answer(
  id: number,
  of: SchemaModel,
  steps: Extract<PlanRequest, { type: 'plan' }>['steps'],
): PlanAnswer {
  try {
    return { id, plan: planSteps(of, steps) }
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error) }
  }
}
