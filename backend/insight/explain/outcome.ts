// What a request that went well may leave open: rows that are not shown, and answers that are cut.
import type { Explanation } from '#contract/capabilities/insight.ts'
import { literal, sql } from '#postgres/common/sql/sql.ts'
import type { Session } from '#postgres/node/session.ts'
import { countTable } from '../policy-rows.ts'
import { readPolicyEffects } from '../policies.ts'
import type { Recording } from '../recording.ts'
import { hasPermissive, nameOf, noPolicy, overHeldTables } from './row-security.ts'
import { inWords, type AskDatabase } from './rule.ts'

const COUNT_TIMEOUT_MS = 1_000

/** Explains a success: fewer rows than there are. */
export async function explainSuccess(recording: Recording, ask: AskDatabase): Promise<Explanation[]> {
  const cut = explainMaxRows(recording)
  const kinds = recording.steps.map(({ kind }) => kind)
  const isAboutRows = kinds.some((kind) => kind === 'read' || kind === 'mutate')
  if (!isAboutRows || recording.method === 'OPTIONS') return cut
  return [...cut, ...(await ask((session) => explainHiddenRows(session, recording)))]
}

function explainMaxRows({ config, rowsReturned, steps }: Recording): Explanation[] {
  const maxRows = config?.maxRows ?? null
  if (maxRows === null || rowsReturned < maxRows || steps.length !== 1) return []
  return [
    inWords(
      'max-rows',
      `The answer has ${maxRows} rows, which is all that the API’s setting for the most rows allows; there may be more. Ask for pages with limit and offset, or by cursor.`,
    ),
  ]
}

/** Tables whose rows row-level security hides, all of them. */
export async function explainHiddenRows(session: Session, recording: Recording): Promise<Explanation[]> {
  const closed = await overHeldTables(session, recording, async (table) => {
    if (table.command === 'insert' || hasPermissive(table)) return []
    await session.query(sql`set local statement_timeout = ${literal(COUNT_TIMEOUT_MS)}`.text)
    return (await countTable(session, table)) === 0 ? [] : [await noPolicy(session, table)]
  })
  if (closed.length > 0 || recording.rowsReturned > 0 || (recording.rowsWritten ?? 0) > 0) return closed
  const effects = await readPolicyEffects(session, recording, COUNT_TIMEOUT_MS)
  return effects
    .filter(
      ({ note, kept, total, command }) =>
        note === 'all policies together' && kept === 0 && total !== 0 && command !== 'insert',
    )
    .map(({ schema, table, command, total }) =>
      inWords(
        'policies-hide-all',
        `${nameOf({ schema, table })} has ${total === 1 ? 'one row' : `${total ?? 'some'} rows`}, but its policies for ${command.toUpperCase()} let none through for ${recording.identity?.role ?? 'the role'} with these claims.`,
      ),
    )
}
