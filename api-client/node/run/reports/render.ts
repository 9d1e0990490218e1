// A report of a run as text.
import type { ReportFormat } from '#contract/requests/run.ts'
import { htmlReport } from './html.ts'
import { jsonReport } from './json.ts'
import { junitReport } from './junit.ts'
import type { ReportInput } from './types.ts'

/** The report in a format. Results come masked, so nothing secret is in it. */
export function renderReport(format: ReportFormat, input: ReportInput): string {
  if (format === 'junit') return junitReport(input)
  return format === 'html' ? htmlReport(input) : jsonReport(input)
}
