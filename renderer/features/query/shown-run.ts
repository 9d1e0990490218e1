// What a tab shows of its runs: which run, which of its results, and in words. Pure.
import type { ResultId } from '#contract/capabilities/ids.ts'
import type { CopiedRows } from '../../components/data-grid/types.ts'
import { formatCount, formatDuration } from '../../components/format.ts'
import {
  isRunning,
  statementsWithRows,
  type ResultState,
  type RunState,
  type StatementRun,
} from './run-state.ts'
import type { TabRuns } from './run-controller.ts'

/** The run whose results are shown: the one before stays until the latest has something. */
export function shownRun({ current, previous }: TabRuns): RunState | null {
  return previous ?? current
}

export type ShownPart =
  | { readonly kind: 'messages' }
  | { readonly kind: 'result'; readonly statement: StatementRun & { readonly result: ResultState } }

/** What is in the pane: what the person chose while it is there, else the last result, else the messages. A failure comes first. */
export function shownPart(run: RunState, chosen: ResultId | 'messages' | undefined): ShownPart {
  const results = statementsWithRows(run)
  if (chosen === 'messages') return { kind: 'messages' }
  const statement = results.find(({ result }) => result.id === chosen)
  if (statement !== undefined) return { kind: 'result', statement }
  const hasFailed =
    run.failure !== null || run.statements.some((one) => one.status === 'failed' && one.result === null)
  const last = results.at(-1)
  return last === undefined || hasFailed ? { kind: 'messages' } : { kind: 'result', statement: last }
}

/** `1 000 rows`, `1 row`. */
export function rowsWord(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`
}

/** `Copied 12 rows`; where there are too many for the clipboard, how many were left out. */
export function copiedWords({ rows, selectedRows }: CopiedRows): string {
  return rows < selectedRows
    ? `Copied only the first ${formatCount(rows)} of ${rowsWord(selectedRows)}: a copy takes no more.`
    : `Copied ${rowsWord(rows)}`
}

/** How many rows, for the status bar: `200 rows`, `123 000 rows so far`. */
export function countWords(statement: StatementRun): string {
  const { result } = statement
  if (result === null)
    return statement.rowCount === null ? statement.command : `${rowsWord(statement.rowCount)} affected`
  if (statement.status === 'running') return `${rowsWord(result.rowCount)} so far`
  if (!statement.isComplete) return `first ${rowsWord(result.rowCount)}`
  return rowsWord(result.rowCount)
}

/** `38 ms, first row 4 ms`. */
export function timeWords(statement: StatementRun): string {
  if (statement.status === 'running') return ''
  const first = statement.firstRowMs
  const total = formatDuration(statement.elapsedMs)
  return first === null || first >= statement.elapsedMs * 0.9
    ? total
    : `${total}, first row ${formatDuration(first)}`
}

/** Everything a run says in one sentence, for assistive technology. */
export function announcement(run: RunState): string {
  if (isRunning(run)) return 'Running'
  if (run.failure !== null) return `Failed: ${run.failure.message}`
  const failed = run.statements.find((statement) => statement.status === 'failed')
  if (run.status === 'cancelled') return 'Cancelled'
  if (failed !== undefined) return `Failed: ${failed.error?.message ?? 'no answer'}`
  const last = run.statements.at(-1)
  if (last === undefined) return 'Nothing to run'
  return `${countWords(last)}, ${timeWords(last)}`
}
