// Constraints that rows break: which one, what it asks, and with which values.
import { z } from 'zod'
import type { Explanation } from '#contract/capabilities/insight.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { readAll } from '../../database/index.ts'
import { inWords, sentence, type AskDatabase, type Failure, type Rule } from './rule.ts'

const KINDS: Readonly<
  Record<string, { readonly reason: string; readonly says: string; readonly advice: string }>
> = {
  '23505': {
    reason: 'unique-violation',
    says: 'there is such a row already',
    advice: 'Send other values, or upsert with Prefer: resolution=merge-duplicates.',
  },
  '23503': {
    reason: 'foreign-key-violation',
    says: 'the row that it refers to is not there, or is still referred to',
    advice: 'Write the other row first, or remove what refers to this one.',
  },
  '23514': { reason: 'check-violation', says: 'the row does not fulfil it', advice: 'Send values that do.' },
  '23P01': {
    reason: 'exclusion-violation',
    says: 'the row conflicts with another',
    advice: 'Send values that do not overlap with it.',
  },
}

export const CONSTRAINT_RULES: readonly Rule[] = [
  { codes: Object.keys(KINDS), explain: explainConstraint },
  {
    codes: ['23502'],
    explain: ({ error }) => {
      const { table, column } = error.object ?? {}
      return [
        inWords(
          'not-null-violation',
          typeof column === 'string'
            ? `The column ${column}${typeof table === 'string' ? ` of ${table}` : ''} must have a value, and the row has none. Send one, or give the column a default.`
            : sentence(error.message),
        ),
      ]
    },
  },
]

const Constraint = z.object({ definition: z.string() })

async function explainConstraint(
  { error, details }: Failure,
  ask: AskDatabase,
): Promise<readonly Explanation[]> {
  const kind = KINDS[error.code]
  const { schema = null, table = null, constraint = null } = error.object ?? {}
  if (kind === undefined) return []
  const [found] = await ask((session) =>
    readAll(
      session,
      Constraint,
      sql`
      select pg_catalog.pg_get_constraintdef(k.oid) as definition
        from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where n.nspname = ${schema} and c.relname = ${table} and k.conname = ${constraint}
       union all
      select pg_catalog.pg_get_indexdef(c.oid)
        from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where n.nspname = ${schema} and c.relname = ${constraint} and c.relkind = 'i'
         and not exists (select from pg_catalog.pg_constraint k where k.conindid = c.oid)`,
    ),
  )
  const rule = found === undefined ? '' : ` (${found.definition})`
  const detail = details === '' ? '' : ` ${sentence(details)}`
  const where = table === null ? '' : ` of ${table}`
  return [
    inWords(
      kind.reason,
      `The constraint ${constraint ?? 'of the table'}${where}${rule} refuses the row: ${kind.says}.${detail} ${kind.advice}`,
    ),
  ]
}
