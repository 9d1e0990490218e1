// The SQL that the switches and dialogs of the page have run, newest first: nothing is changed behind anybody's back.
import { ChevronDown, ChevronUp } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { CodeBlock } from '../../components/code-block.tsx'
import { CopyIconButton } from '../../components/copy-button.tsx'

const KEPT = 50

/** The log with its newest entry first. */
export function addRan(before: readonly string[], sql: readonly string[]): readonly string[] {
  return [...sql.toReversed(), ...before].slice(0, KEPT)
}

/** A bar at the foot of the page; takes no room before anything was run. */
export function RanSql({ statements }: { readonly statements: readonly string[] }): ReactNode {
  const [isOpen, setIsOpen] = useState(false)
  const newest = statements[0]
  return (
    <section aria-label="SQL that was run" className="flex-none bg-s0">
      <div aria-live="polite" className="empty:hidden">
        {newest === undefined ? null : (
          <div className="flex h-34 items-center gap-10 border-t border-line-1 px-28 text-small">
            <span className="flex-none text-3">SQL that was run</span>
            <code className="min-w-0 flex-1 truncate font-mono text-data text-1 select-text" title={newest}>
              {newest.replace(/\s+/g, ' ')}
            </code>
            <CopyIconButton
              label={statements.length === 1 ? 'Copy the statement' : `Copy ${statements.length} statements`}
              text={`${statements.toReversed().map(terminated).join('\n')}\n`}
            />
            {statements.length === 1 ? null : (
              <Button
                size="compact"
                variant="ghost"
                icon={isOpen ? ChevronDown : ChevronUp}
                onPress={() => setIsOpen(!isOpen)}
              >
                {isOpen ? 'Show the last' : `Show all ${statements.length}`}
              </Button>
            )}
          </div>
        )}
      </div>
      {isOpen && statements.length > 1 ? (
        <CodeBlock
          label="All statements, newest first"
          language="sql"
          text={statements.map(terminated).join('\n')}
          className="max-h-200 border-t border-line-1 px-28"
        />
      ) : null}
    </section>
  )
}

function terminated(sql: string): string {
  return sql.trimEnd().endsWith(';') ? sql.trimEnd() : `${sql.trimEnd()};`
}
