// The report for programs: everything, with a version.
import { z } from 'zod'
import { RequestResult, RunSummary } from '#contract/requests/run.ts'
import type { ReportInput } from './types.ts'

/** A file of a JSON report. A field that is added keeps the version; one that changes its meaning does not. */
export const RunReport = z.object({
  format: z.literal('nebuladb-run'),
  version: z.literal(1),
  summary: RunSummary,
  results: z.array(RequestResult),
})
export type RunReport = z.infer<typeof RunReport>

/** JSON in lines, as `RunReport` describes it. */
export function jsonReport({ summary, results }: ReportInput): string {
  const report: RunReport = { format: 'nebuladb-run', version: 1, summary, results: [...results] }
  return `${JSON.stringify(report, null, 2)}\n`
}
