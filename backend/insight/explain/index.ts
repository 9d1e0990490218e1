// Why a request went as it did, in words: the first rule of the table that applies. What the rules know is in docs/specs/insight.md.
import type { Explanation } from '#contract/capabilities/insight.ts'
import type { Recording } from '../recording.ts'
import { CONSTRAINT_RULES } from './constraints.ts'
import { explainSuccess } from './outcome.ts'
import { NAME_RULES } from './names.ts'
import { PRIVILEGE_RULES } from './privileges.ts'
import { REQUEST_RULES } from './request-rules.ts'
import { ROW_SECURITY_RULES } from './row-security.ts'
import { inWords, sentence, type AskDatabase, type Failure, type Rule } from './rule.ts'

export type { AskDatabase } from './rule.ts'

const RULES: readonly Rule[] = [
  ...ROW_SECURITY_RULES,
  ...PRIVILEGE_RULES,
  ...NAME_RULES,
  ...CONSTRAINT_RULES,
  ...REQUEST_RULES,
]

/** Explains what came of a request; nothing to explain gives none. Rejects with what the database cannot be asked for. */
export async function explainOutcome(recording: Recording, ask: AskDatabase): Promise<Explanation[]> {
  const { error } = recording
  if (error === null) return explainSuccess(recording, ask)
  const failure: Failure = {
    recording,
    error,
    details: typeof error.details === 'string' ? error.details : '',
    role: recording.identity?.role ?? null,
  }
  for (const rule of RULES) {
    if (rule.codes?.includes(error.code) === false || rule.applies?.(failure) === false) continue
    const found = await rule.explain(failure, ask)
    if (found.length > 0) return [...found]
  }
  return [inWords('other', sentence(error.message))]
}
