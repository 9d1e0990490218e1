// Runs the rules over a database.
import { z } from 'zod'
import type { AccessWarning } from '#contract/capabilities/access.ts'
import type { Session } from '#postgres/node/session.ts'
import { readAll } from '../database/index.ts'
import { RULES } from './lint-rules.ts'

const Found = z.object({ schema: z.string(), object: z.string(), who: z.string(), detail: z.string() })

const WORST_FIRST: readonly AccessWarning['severity'][] = ['error', 'warning', 'info']

/** What is dangerous or useless in who may do what, the worst first. */
export async function lint(session: Session): Promise<AccessWarning[]> {
  const warnings: AccessWarning[] = []
  for (const { rule, severity, query, message, hint } of RULES) {
    for (const finding of await readAll(session, Found, query)) {
      const { schema, object } = finding
      warnings.push({ rule, severity, schema, object, message: message(finding), hint: hint(finding) })
    }
  }
  return warnings.sort(
    (left, right) => WORST_FIRST.indexOf(left.severity) - WORST_FIRST.indexOf(right.severity),
  )
}
