// A recording as members see it.
import { z } from 'zod'
import type { Explanation, RequestTrace } from '#contract/capabilities/insight.ts'
import type { Recording } from './recording.ts'
import { hideInJson } from './secrets.ts'

const Claims = z.record(z.string(), z.unknown())
const Setting = /set_config\(\$(\d+), \$(\d+), true\)/g

/** The trace of a recording. */
export function toTrace(
  recording: Recording,
  { ticket, explanations }: { readonly ticket: string; readonly explanations: readonly Explanation[] },
): RequestTrace {
  const { identity, ms, schema, error } = recording
  return {
    ticket,
    at: recording.at.toISOString(),
    method: recording.method,
    path: recording.path,
    status: recording.status,
    errorCode: error?.code ?? null,
    role: identity?.role ?? null,
    claims: identity === null ? {} : Claims.parse(JSON.parse(hideInJson(identity.claims))),
    statements: recording.steps.flatMap(({ statements }) => statements),
    stages: Object.entries(ms ?? {}).map(([name, durationMs]: [string, number]) => ({ name, durationMs })),
    rowsReturned: recording.rowsReturned,
    rowsWritten: recording.rowsWritten,
    statementTimeoutMs: statementTimeout(recording),
    schemaVersion:
      schema === null ? null : { version: String(schema.version), readAt: schema.loadedAt.toISOString() },
    explanations: [...explanations],
  }
}

/** What was set last before the query ran: a role's own comes after the project's. Null where it is none, or no plain number of milliseconds. */
export function statementTimeout({ steps }: Pick<Recording, 'steps'>): number | null {
  const settings = steps[0]?.statements.find(({ purpose }) => purpose === 'settings')
  if (settings === undefined) return null
  const valueAt = (place: string | undefined): string | null => settings.parameters[Number(place) - 1] ?? null
  const set = [...settings.sql.matchAll(Setting)].findLast(
    ([, name]) => valueAt(name) === 'statement_timeout',
  )
  return set === undefined ? null : toMilliseconds(valueAt(set[2]))
}

const UNITS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1_000, min: 60_000, h: 3_600_000 }

function toMilliseconds(value: string | null): number | null {
  const [, digits, unit = ''] = /^\s*(\d+)\s*(ms|s|min|h)?\s*$/.exec(value ?? '') ?? []
  const factor = UNITS[unit]
  return digits === undefined || factor === undefined ? null : Number(digits) * factor
}
