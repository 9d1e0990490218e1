// What a migration loses, to be ticked one by one before it may be applied.
import type { ReactNode } from 'react'
import { formatCount } from '../../components/format.ts'
import { Checkbox } from '../../components/toggles.tsx'
import { rowsAtStake } from './lock-words.ts'
import type { ShownStatement } from './script.ts'

/** The statements that a person has to agree to: they lose something, and rows are there (or it is not known whether). */
export function statementsAtStake(statements: readonly ShownStatement[]): readonly ShownStatement[] {
  return statements.filter(
    ({ isDestructive, review }) => isDestructive && (review === null || rowsAtStake(review) !== 0),
  )
}

/** One tick for each. */
export function Stakes(props: {
  readonly statements: readonly ShownStatement[]
  /** SQL of the statements that are ticked. */
  readonly ticked: ReadonlySet<string>
  readonly onTick: (sql: string, isTicked: boolean) => void
}): ReactNode {
  if (props.statements.length === 0) return null
  return (
    <fieldset className="flex flex-col gap-8 rounded-card border border-line-2 px-12 py-10">
      <legend className="px-4 text-small font-semibold text-danger">This loses data</legend>
      {props.statements.map((statement) => (
        <Checkbox
          key={`${statement.start}`}
          isSelected={props.ticked.has(statement.sql)}
          onChange={(isTicked) => props.onTick(statement.sql, isTicked)}
          label={
            <span className="min-w-0 text-small [overflow-wrap:anywhere]">
              {statement.summary ?? <code className="font-mono text-data">{oneLine(statement.sql)}</code>}{' '}
              <span className="text-2">({rowWords(statement)})</span>
            </span>
          }
        />
      ))}
    </fieldset>
  )
}

function rowWords({ review }: ShownStatement): string {
  const rows = review === null ? null : rowsAtStake(review)
  if (rows === null) return 'how many rows is not known'
  return rows === 1 ? 'about 1 row' : `about ${formatCount(rows)} rows`
}

function oneLine(sql: string): string {
  const line = sql.replaceAll(/\s+/g, ' ').trim()
  return line.length > 100 ? `${line.slice(0, 100)}…` : line
}
