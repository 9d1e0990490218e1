// The policies that a request's role and commands meet on the tables it reaches, and what each lets through.
import type { PolicyEffect } from '#contract/capabilities/insight.ts'
import { literal, sql } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { passNote, readReachedTables, type AppliedPolicy, type ReachedTable } from './policy-catalog.ts'
import {
  beginAsRequest,
  copyRows,
  countRows,
  countTable,
  endAsRequest,
  newRows,
  type RowSource,
} from './policy-rows.ts'
import type { RecordedStep, Recording } from './recording.ts'

/** Of all counts together: what is left after it stays uncounted. */
const TOTAL_MS = 15_000

/**
 * What holds the recorded request: for each table it reaches each policy that applies, and one line for all of them together. `timeoutMs` limits each
 * count. Nothing is written; expressions are evaluated as the request's role with its claims.
 */
export async function readPolicyEffects(
  session: Session,
  recording: Recording,
  timeoutMs: number,
): Promise<PolicyEffect[]> {
  const role = recording.identity?.role
  if (role === undefined) return []
  const until = performance.now() + TOTAL_MS
  const effects: PolicyEffect[] = []
  try {
    await beginAsRequest(session, recording)
    await session.query(sql`set local statement_timeout = ${literal(timeoutMs)}`.text)
    for (const step of recording.steps)
      for (const table of await readReachedTables(session, step.names.relations, role)) {
        const known = effects.some(
          (one) => one.schema === table.schema && one.table === table.table && one.command === table.command,
        )
        if (!known)
          effects.push(
            ...(await effectsOf({ session, table, step, isLate: () => performance.now() > until })),
          )
      }
  } finally {
    await endAsRequest(session)
  }
  return effects
}

interface TableWork {
  readonly session: Session
  readonly table: ReachedTable
  readonly step: RecordedStep
  readonly isLate: () => boolean
}

async function effectsOf({ session, table, step, isLate }: TableWork): Promise<PolicyEffect[]> {
  const base = { schema: table.schema, table: table.table, command: table.command }
  const unfiltered = { ...base, policy: null, isPermissive: true, using: null, check: null }
  const note = passNote(table)
  if (note !== null) return [{ ...unfiltered, kept: null, total: null, note }]
  const { source, total } = isLate() ? NOTHING : await rowsOf(session, table, step)
  const count = async (expression: string | null): Promise<number | null> =>
    source === null || expression === null || isLate()
      ? null
      : countRows(session, table, { source, expression })
  if (table.policies.every(({ isPermissive }) => !isPermissive)) {
    const kept = total === null ? null : 0
    return [
      ...(await effectsOfPolicies(base, table.policies, { count, total })),
      { ...unfiltered, kept, total, note: 'no permissive policy applies: no row passes' },
    ]
  }
  const all = await count(together(table))
  return [
    ...(await effectsOfPolicies(base, table.policies, { count, total })),
    { ...unfiltered, kept: all, total, note: 'all policies together' },
  ]
}

async function effectsOfPolicies(
  base: Pick<PolicyEffect, 'schema' | 'table' | 'command'>,
  policies: readonly AppliedPolicy[],
  {
    count,
    total,
  }: { readonly count: (expression: string | null) => Promise<number | null>; readonly total: number | null },
): Promise<PolicyEffect[]> {
  const effects: PolicyEffect[] = []
  for (const policy of policies) {
    const kept = await count(expressionOf(base.command, policy))
    const { name, isPermissive, using, check } = policy
    effects.push({ ...base, policy: name, isPermissive, using, check, kept, total, note: null })
  }
  return effects
}

interface Rows {
  readonly source: RowSource | null
  readonly total: number | null
}

const NOTHING: Rows = { source: null, total: null }

/** What is counted: of an insert the rows that are to be written, otherwise those that are there. */
async function rowsOf(session: Session, table: ReachedTable, step: RecordedStep): Promise<Rows> {
  if (table.command === 'insert') {
    const source = await newRows(session, table, step)
    return source === null
      ? NOTHING
      : { source, total: await countRows(session, table, { source, expression: 'true' }) }
  }
  const total = await countTable(session, table)
  if (total === null) return NOTHING
  const isPlain = table.policies.every((policy) => policy.isPlain)
  if (isPlain) return { source: { kind: 'table' }, total }
  return { source: (await copyRows(session, table)) ? { kind: 'copy' } : null, total }
}

/** What a policy asks of rows for a command: of new ones what it checks, which is what it filters by where it says nothing else. */
export function expressionOf(
  command: PolicyEffect['command'],
  { using, check }: Pick<AppliedPolicy, 'using' | 'check'>,
): string | null {
  return command === 'insert' ? (check ?? using) : using
}

/** One permissive policy must let a row through, and every restrictive one. */
function together({ command, policies }: ReachedTable): string {
  const expressions = (isPermissive: boolean): string[] =>
    policies
      .filter((policy) => policy.isPermissive === isPermissive)
      .map((policy) => `(${expressionOf(command, policy) ?? 'true'})`)
  return [`(${expressions(true).join(' or ')})`, ...expressions(false)].join(' and ')
}
