// What a script loses, counted in the database, and what has to be typed before it may run.
import { useState } from 'react'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { Stakes } from '#contract/capabilities/schema.ts'
import { formatCount } from '../../components/format.ts'
import { useCall } from '../../host/host-provider.tsx'
import { useConnections } from '../connections/index.ts'
import { rowsAtStake } from './lock-words.ts'
import type { ShownStatement } from './script.ts'
import { PAUSE_MS, useSettled } from './use-safety.ts'

/** A statement that loses something. */
export interface LostLine {
  readonly statement: ShownStatement
  /** From 1. */
  readonly number: number
  /** `50 values of member.full_name`. */
  readonly words: string
}

export interface StakesState {
  readonly lines: readonly LostLine[]
  readonly obstacles: readonly { readonly number: number; readonly message: string }[]
  /** To be typed as it stands: the table that loses rows, or the database where there are several; null when nothing is lost. */
  readonly phrase: string | null
  readonly typed: string
  type(text: string): void
  /** Why the script may not run yet. */
  readonly reason: string | undefined
}

const NOTHING: Stakes = { losses: [], obstacles: [] }

/** Counts for this script. Where counting fails, what is estimated stands in its place. */
export function useStakes(
  connectionId: ConnectionId,
  sql: string,
  statements: readonly ShownStatement[],
): StakesState {
  const [typed, type] = useState('')
  const connections = useConnections()
  const settled = useSettled(sql, PAUSE_MS)
  // Rows come and go: each time it is asked anew.
  const counting = useCall(
    ['schema', 'stakes', connectionId, settled],
    (host, options) => host.schema.stakes({ connectionId, sql: settled }, options),
    { enabled: statements.length > 0, staleTime: 0 },
  )
  const isCounting = statements.length > 0 && (counting.isPending || settled !== sql)
  const counted = counting.data ?? NOTHING
  const found = lostLines(statements, counted)
  const lines = isCounting ? [] : found
  const database = connections.data?.find((one) => one.id === connectionId)?.database
  const phrase = lines.length === 0 ? null : phraseOf(lines, counted, database)
  return {
    lines,
    obstacles: counted.obstacles.map(({ statement, message }) => ({ number: statement + 1, message })),
    phrase,
    typed,
    type,
    reason:
      isCounting && found.length > 0
        ? 'Counting what would be lost…'
        : phrase !== null && typed !== phrase
          ? `Type ${phrase} to confirm what is lost.`
          : undefined,
  }
}

/** The statements that lose something, with how much. */
export function lostLines(statements: readonly ShownStatement[], { losses }: Stakes): readonly LostLine[] {
  return statements.flatMap((statement, index) => {
    const { isDestructive, review } = statement
    if (!isDestructive) return []
    const own = losses.filter((loss) => loss.statement === index)
    const estimate = review === null ? null : rowsAtStake(review)
    const isNothing = own.length > 0 ? own.every(({ count }) => count === 0) : estimate === 0
    if (isNothing) return []
    const words =
      own.length === 0
        ? estimateWords(estimate)
        : own
            .filter(({ count }) => count !== 0)
            .map(({ schema, name, column, count }) => {
              const table = schema === 'public' ? name : `${schema}.${name}`
              if (count === null) return `${estimateWords(estimate)} in ${table}`
              const what = column === null ? 'row' : 'value'
              return `${formatCount(count)} ${count === 1 ? what : `${what}s`} of ${table}${column === null ? '' : `.${column}`}`
            })
            .join(', ')
    return [{ statement, number: index + 1, words }]
  })
}

function estimateWords(rows: number | null): string {
  if (rows === null) return 'how many rows is not known'
  return rows === 1 ? 'about 1 row' : `about ${formatCount(rows)} rows`
}

function phraseOf(lines: readonly LostLine[], { losses }: Stakes, database: string | undefined): string {
  const tables = new Set(
    lines.flatMap(({ statement, number }) => {
      const own = losses.filter((loss) => loss.statement === number - 1 && loss.count !== 0)
      return own.length > 0
        ? own.map(({ name }) => name)
        : (statement.review?.locks ?? []).slice(0, 1).map(({ name }) => name)
    }),
  )
  const [first, second] = tables
  return first !== undefined && (second === undefined || database === undefined)
    ? first
    : (database ?? 'lose data')
}
