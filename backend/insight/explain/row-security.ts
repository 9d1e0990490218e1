// Row-level security: rows that may not be written, and rows that nobody is shown.
import { z } from 'zod'
import type { Explanation } from '#contract/capabilities/insight.ts'
import { identifier, name, sql } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { readAll } from '../../database/index.ts'
import { expressionOf } from '../policies.ts'
import {
  passNote,
  readReachedTables,
  type AppliedPolicy,
  type Command,
  type ReachedTable,
} from '../policy-catalog.ts'
import { beginAsRequest, countRows, endAsRequest, newRows, type RowSource } from '../policy-rows.ts'
import type { RecordedStep, Recording } from '../recording.ts'
import { splitConjuncts } from './conjuncts.ts'
import { inWords, withRemedy, type Failure, type Rule } from './rule.ts'

const REFUSED =
  /^new row violates row-level security policy(?: "(.+)")?(?: \(USING expression\))? for table "(.+)"$/

export const ROW_SECURITY_RULES: readonly Rule[] = [
  {
    codes: ['42501'],
    applies: ({ error, role }) => role !== null && REFUSED.test(error.message),
    explain: (failure, ask) => ask((session) => explainRefusedRow(session, failure)),
  },
  {
    codes: ['42P17'],
    explain: ({ error }) => [
      inWords(
        'policy-recursion',
        `${error.message}: a policy of the table reads the table itself, or another whose policy reads it again. Move that read into a function with security definer.`,
      ),
    ],
  },
]

/** Runs work over the tables that a request reaches where policies hold it, in a transaction that is rolled back. */
export async function overHeldTables<T>(
  session: Session,
  recording: Recording,
  work: (table: ReachedTable, step: RecordedStep) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = []
  try {
    await beginAsRequest(session, recording)
    for (const step of recording.steps) {
      const tables = await readReachedTables(session, step.names.relations, recording.identity?.role ?? '')
      for (const table of tables) if (passNote(table) === null) found.push(...(await work(table, step)))
    }
    return found
  } finally {
    await endAsRequest(session)
  }
}

async function explainRefusedRow(
  session: Session,
  { recording, error }: Failure,
): Promise<readonly Explanation[]> {
  const [, named, refusedAt] = REFUSED.exec(error.message) ?? []
  return overHeldTables(session, recording, async (table, step) => {
    if (table.table !== refusedAt || table.command === 'delete') return []
    if (!hasPermissive(table)) return [await noPolicy(session, table)]
    const source = await newRows(session, table, step)
    return explainChecks(session, table, { source, named: named ?? null })
  })
}

/** Which policies were tried on the new rows, and which parts of them do not hold. */
async function explainChecks(
  session: Session,
  table: ReachedTable,
  { source, named }: { readonly source: RowSource | null; readonly named: string | null },
): Promise<readonly Explanation[]> {
  // What is read back must pass the policies for reading too.
  const tried = table.policies.map((policy) => ({
    policy,
    expression: checkOf(table.command, policy) ?? 'true',
  }))
  const outcomes: { policy: AppliedPolicy; failed: readonly string[]; isRefused: boolean | null }[] = []
  for (const { policy, expression } of tried)
    outcomes.push({ policy, ...(await tryCheck(session, table, { source, expression })) })
  const restrictive = outcomes.filter(
    ({ policy, isRefused }) => !policy.isPermissive && (isRefused === true || policy.name === named),
  )
  const permissive = outcomes.filter(({ policy }) => policy.isPermissive)
  const isPermitted = permissive.some(({ isRefused }) => isRefused === false)
  if (restrictive.length === 0 && isPermitted) return []
  const refused = restrictive.length > 0 ? restrictive : permissive
  // Where nothing can be told of the rows, only what the error names is sure.
  if (table.command === 'select' && refused.every(({ isRefused }) => isRefused === null)) return []
  const list = refused
    .map(
      ({ policy, failed }) =>
        `“${policy.name}”${failed.length === 0 ? '' : ` (not true: ${failed.join('; ')})`}`,
    )
    .join(', ')
  const where = nameOf(table)
  const doing =
    table.command === 'select' ? `read the new row of ${where} back` : `${table.command} this row of ${where}`
  const message =
    restrictive.length > 0
      ? `${table.user} may not ${doing}: the restrictive ${list} must hold as well, and does not.`
      : `${table.user} may not ${doing}: none of the policies for ${table.command.toUpperCase()} lets it through: ${list}.`
  const reason = table.command === 'select' ? 'new-row-not-visible' : 'policy-check-failed'
  const advice =
    table.command === 'select' ? ' Ask for return=minimal, or let the role read the rows that it writes.' : ''
  if (restrictive.length > 0) return [inWords(reason, message + advice)]
  return [withRemedy(reason, message + advice, await policyFor(session, table))]
}

async function tryCheck(
  session: Session,
  table: ReachedTable,
  { source, expression }: { readonly source: RowSource | null; readonly expression: string },
): Promise<{ readonly failed: readonly string[]; readonly isRefused: boolean | null }> {
  if (source === null) return { failed: [], isRefused: null }
  const passes = async (one: string): Promise<boolean | null> => {
    const total = await countRows(session, table, { source, expression: 'true' })
    const kept = await countRows(session, table, { source, expression: one })
    return total === null || kept === null ? null : kept === total
  }
  const failed: string[] = []
  for (const conjunct of splitConjuncts(expression))
    if ((await passes(conjunct)) === false) failed.push(conjunct)
  const whole = await passes(expression)
  return { failed, isRefused: whole === null ? (failed.length > 0 ? true : null) : !whole }
}

/** New rows are checked by WITH CHECK, or by USING where a policy has no other; what is read back, by USING. */
function checkOf(command: Command, policy: AppliedPolicy): string | null {
  return command === 'update' ? (policy.check ?? policy.using) : expressionOf(command, policy)
}

/** Whether anything can let rows through at all. */
export function hasPermissive({ policies }: Pick<ReachedTable, 'policies'>): boolean {
  return policies.some(({ isPermissive }) => isPermissive)
}

/** Row-level security is on, and nothing lets rows through. */
export async function noPolicy(session: Session, table: ReachedTable): Promise<Explanation> {
  const command = table.command.toUpperCase()
  return withRemedy(
    'no-policy',
    `Row-level security is on for ${nameOf(table)}, and no permissive policy for ${command} applies to ${table.user}: ${EFFECTS[table.command]}.`,
    await policyFor(session, table),
  )
}

const EFFECTS: Readonly<Record<Command, string>> = {
  select: 'it sees no row',
  insert: 'it may add no row',
  update: 'it may change no row',
  delete: 'it may delete no row',
}

const PolicyName = z.object({ name: z.string() })

/** A policy that lets everything through, for a person to narrow. */
async function policyFor(session: Session, table: ReachedTable): Promise<Parameters<typeof withRemedy>[2]> {
  const { command, user, oid } = table
  const taken = await readAll(
    session,
    PolicyName,
    sql`select polname as name from pg_catalog.pg_policy where polrelid = ${oid}::oid`,
  )
  const base = `${user} may ${command}`
  let policy = base
  for (let count = 2; taken.some((one) => one.name === policy); count += 1) policy = `${base} ${count}`
  const condition = {
    select: sql`using (true)`,
    delete: sql`using (true)`,
    insert: sql`with check (true)`,
    update: sql`using (true) with check (true)`,
  }[command]
  const verb = { select: sql`select`, insert: sql`insert`, update: sql`update`, delete: sql`delete` }[command]
  return {
    sql: sql`create policy ${identifier(policy)} on ${name(table.schema, table.table)} for ${verb} to ${name(user)} ${condition}`,
    effect: `Lets ${user} ${command} every row of ${nameOf(table)}. Put the condition that you mean in place of true.`,
  }
}

/** For people: `public.films`. */
export function nameOf({ schema, table }: Pick<ReachedTable, 'schema' | 'table'>): string {
  return name(schema, table).text
}
