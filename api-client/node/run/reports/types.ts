// What a report is made of.
import type { RequestResult, RunSummary } from '#contract/requests/run.ts'

export interface ReportInput {
  readonly summary: RunSummary
  /** In the order in which they ended. */
  readonly results: readonly RequestResult[]
}
