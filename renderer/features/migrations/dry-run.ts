// A dry run as it is seen: how long each statement took, where it failed, what it came to.
import type { DryRunItem } from '#contract/capabilities/schema.ts'
import type { RolePower } from '#contract/capabilities/migrations.ts'
import { isAppError } from '#contract/errors.ts'
import { describeError } from '../../host/error-text.ts'
import { createStore, type Store } from '../../host/store.ts'
import { askedOf } from './runs-as.tsx'

type StatementItem = Extract<DryRunItem, { type: 'statement' }>

export interface DryRun {
  readonly on: 'database' | 'copy'
  /** The script that was run: its figures belong to no other. */
  readonly sql: string
  readonly status: 'running' | 'passed' | 'failed' | 'cancelled'
  /** What it does now: "Copying the schema". */
  readonly phase: string | null
  readonly statements: ReadonlyMap<number, StatementItem>
  readonly durationMs: number | null
  readonly problem: string | null
  /** Nothing was run: whether it may run as this role is to be asked first. */
  readonly asked: RolePower | null
}

export interface DryRunControl {
  readonly state: Store<DryRun | null>
  start(
    run: Pick<DryRun, 'on' | 'sql'>,
    open: (signal: AbortSignal) => AsyncIterable<DryRunItem>,
  ): Promise<void>
  cancel(): void
}

/** One dry run at a time; a new one ends the one before. */
export function createDryRunControl(): DryRunControl {
  const state = createStore<DryRun | null>(null)
  let abort: AbortController | null = null
  return {
    state,
    async start({ on, sql }, open) {
      abort?.abort()
      const own = new AbortController()
      abort = own
      let run: DryRun = {
        on,
        sql,
        status: 'running',
        phase: null,
        statements: new Map(),
        durationMs: null,
        problem: null,
        asked: null,
      }
      const show = (next: DryRun): void => {
        run = next
        if (abort === own) state.set(next)
      }
      show(run)
      try {
        for await (const item of open(own.signal)) show(addItem(run, item))
        if (run.status === 'running') show({ ...run, status: 'failed', problem: 'The dry run ended early.' })
      } catch (error) {
        const isCancelled =
          own.signal.aborted || isAppError(error, 'CANCELLED') || isAppError(error, 'QUERY_CANCELLED')
        const words = describeError(error)
        show({
          ...run,
          status: isCancelled ? 'cancelled' : 'failed',
          asked: askedOf(error) ?? null,
          problem: isCancelled ? null : [words?.message, words?.hint].filter(Boolean).join(' '),
        })
      }
    },
    cancel: () => abort?.abort(),
  }
}

function addItem(run: DryRun, item: DryRunItem): DryRun {
  switch (item.type) {
    case 'phase':
      return { ...run, phase: item.message }
    case 'statement':
      return { ...run, statements: new Map([...run.statements, [item.index, item]]) }
    case 'done': {
      const failed = [...run.statements.values()].find(({ problem }) => problem !== null)
      return {
        ...run,
        status: item.isPassed ? 'passed' : 'failed',
        durationMs: item.durationMs,
        problem: item.isPassed
          ? null
          : failed === undefined
            ? 'The dry run failed.'
            : `Statement ${failed.index + 1}: ${failed.problem?.message ?? 'failed'}`,
      }
    }
  }
}
