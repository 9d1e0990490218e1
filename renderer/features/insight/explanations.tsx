// Why the request was refused or found nothing, in words, and the statement that would mend it: shown, never run.
import { CircleAlert, Info, SquareTerminal } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Explanation } from '#contract/capabilities/insight.ts'
import { Button } from '../../components/button.tsx'
import { CodeBlock } from '../../components/code-block.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { classNames } from '../../components/class-names.ts'
import { useShell } from '../../shell/shell.tsx'
import { Section } from './section.tsx'
import type { Watched } from './use-insight.ts'

export interface ExplanationsProps {
  readonly explanations: readonly Explanation[]
  readonly hasFailed: boolean
  readonly watched: Watched
}

/** The explanations. */
export function Explanations({ explanations, hasFailed, watched }: ExplanationsProps): ReactNode {
  const shell = useShell()
  const Icon = hasFailed ? CircleAlert : Info
  return (
    <Section title={hasFailed ? 'Why it failed' : 'Worth knowing'}>
      <ul className="flex flex-col gap-12">
        {explanations.map(({ reason, message, remedy }, index) => (
          <li key={`${reason} ${index}`} className="flex gap-8">
            <Icon
              aria-hidden="true"
              size={14}
              strokeWidth={1.75}
              className={classNames('mt-3 flex-none', hasFailed ? 'text-danger' : 'text-info')}
            />
            <div className="flex min-w-0 flex-1 flex-col gap-6">
              <p className="text-body [overflow-wrap:anywhere] select-text">{message}</p>
              {remedy === null ? null : (
                <div className="overflow-hidden rounded-control border border-line-2 bg-s2 light:bg-s1">
                  <CodeBlock
                    label={`SQL that would mend it, ${reason}`}
                    text={remedy.sql}
                    language="sql"
                    className="max-h-200 whitespace-pre-wrap"
                  />
                  <div className="flex flex-col gap-8 border-t border-line-1 px-14 py-8">
                    <p className="text-small text-2">{remedy.effect} Nothing runs it by itself.</p>
                    <div className="flex flex-wrap gap-8">
                      <Button
                        size="compact"
                        icon={SquareTerminal}
                        onPress={() =>
                          shell.openSql({
                            connectionId: watched.connectionId,
                            sql: remedy.sql,
                            title: 'Remedy',
                          })
                        }
                      >
                        Open in editor
                      </Button>
                      <CopyButton label="Copy SQL" text={remedy.sql} size="compact" variant="ghost" />
                    </div>
                  </div>
                </div>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  )
}
