// Daily usage as text: pure. Quantities are in base units, whole numbers, because anything else would be rounded.
import { METRICS } from '#contract/billing/metrics.ts'
import type { DailyUsage, ProjectName } from './types.ts'

const COLUMNS = ['day', 'project_id', 'project', 'metric', 'quantity', 'unit'] as const

/** One line per day, project and metric. CSV as in RFC 4180, with a header. */
export function exportUsage(
  days: readonly DailyUsage[],
  names: readonly ProjectName[],
  format: 'csv' | 'json',
): string {
  const nameOf = new Map(names.map(({ projectId, name }) => [projectId, name]))
  const rows = days.map(({ day, projectId, metric, quantity }) => ({
    day,
    project_id: projectId,
    project: nameOf.get(projectId) ?? '',
    metric,
    quantity: String(quantity),
    unit: METRICS[metric].baseUnit,
  }))
  if (format === 'json') return `${JSON.stringify(rows, undefined, 2)}\n`
  const lines = [
    COLUMNS.join(','),
    ...rows.map((row) => COLUMNS.map((name) => csvField(row[name])).join(',')),
  ]
  return `${lines.join('\r\n')}\r\n`
}

/** A name that begins like a formula is one to a spreadsheet: an apostrophe keeps it text. */
function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
