// The steps of a running transition with their real durations, for the live progress.
import type { ProjectStep } from '#contract/capabilities/projects.ts'
import { reasonOf } from './problem.ts'

type StepName = ProjectStep['name']

export interface Steps {
  /** Runs one step: it is running before, done or failed after. */
  run<T>(name: StepName, work: () => Promise<T>): Promise<T>
  list(): readonly ProjectStep[]
}

/** All steps wait at first. `changed` is called after every change. */
export function createSteps(
  names: readonly StepName[],
  changed: (steps: readonly ProjectStep[]) => void,
): Steps {
  let steps: readonly ProjectStep[] = names.map((name) => ({
    name,
    state: 'waiting',
    durationMs: null,
    reason: null,
  }))

  function set(name: StepName, change: Partial<ProjectStep>): void {
    steps = steps.map((step) => (step.name === name ? { ...step, ...change } : step))
    changed(steps)
  }

  return {
    async run(name, work) {
      const startedAt = performance.now()
      const durationMs = (): number => Math.round((performance.now() - startedAt) * 10) / 10
      set(name, { state: 'running' })
      try {
        const result = await work()
        set(name, { state: 'done', durationMs: durationMs() })
        return result
      } catch (error) {
        set(name, { state: 'failed', durationMs: durationMs(), reason: reasonOf(error) })
        throw error
      }
    },
    list: () => steps,
  }
}
