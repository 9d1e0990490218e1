// The statements that ran, with their values: the query first, what was set and asked around it below.
import { SquareTerminal } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { RequestTrace } from '#contract/capabilities/insight.ts'
import { Button } from '../../components/button.tsx'
import { colourCode } from '../../components/code-block.tsx'
import { CopyIconButton } from '../../components/copy-button.tsx'
import { Switch } from '../../components/toggles.tsx'
import { useShell } from '../../shell/shell.tsx'
import { inlineValues, isCut, scriptOf } from './inline-values.ts'
import { Section } from './section.tsx'
import type { ShownStatement } from './use-formatted.ts'
import type { Watched } from './use-insight.ts'

const PURPOSES: Readonly<Record<ShownStatement['purpose'], string>> = {
  settings: 'Settings, role and claims',
  'pre-request': 'Function before requests',
  count: 'Count',
  query: 'Query',
}

export interface SqlPartProps {
  readonly trace: RequestTrace
  readonly statements: readonly ShownStatement[]
  readonly watched: Watched
}

/** The part. */
export function SqlPart({ trace, statements, watched }: SqlPartProps): ReactNode {
  const [isInline, setIsInline] = useState(false)
  const shell = useShell()
  const queries = statements.filter(({ purpose }) => purpose === 'query')
  const others = statements.filter(({ purpose }) => purpose !== 'query')
  const hasValues = statements.some(({ parameters }) => parameters.length > 0)
  const hasCut = queries.some(({ parameters }) => parameters.some(isCut))
  return (
    <Section
      title="SQL"
      end={
        queries.length === 0 ? undefined : (
          <Button
            variant="ghost"
            size="compact"
            icon={SquareTerminal}
            isDisabled={hasCut}
            disabledReason={hasCut ? 'Its values were too long to be kept whole.' : undefined}
            onPress={() =>
              shell.openSql({
                connectionId: watched.connectionId,
                sql: queries.map((query) => scriptOf(trace, query)).join('\n'),
                title: `${trace.method} ${trace.path.split('?')[0] ?? ''}`,
              })
            }
          >
            Open in editor
          </Button>
        )
      }
    >
      {statements.length === 0 ? (
        <p className="text-small text-2">Nothing ran: it was refused before the database was asked.</p>
      ) : (
        <div className="flex flex-col gap-10">
          {hasValues ? <Switch label="Values in place" isSelected={isInline} onChange={setIsInline} /> : null}
          {queries.map((query, index) => (
            <StatementText
              key={index}
              label={queries.length === 1 ? 'Query' : `Query ${index + 1}`}
              statement={query}
              isInline={isInline}
            />
          ))}
          {others.length === 0 ? null : (
            <details className="text-small text-2">
              <summary className="rounded-badge">
                {others.length === 1 ? '1 other statement' : `${others.length} other statements`}
              </summary>
              <div className="mt-8 flex flex-col gap-10">
                {others.map((statement, index) => (
                  <div key={index}>
                    <p className="mb-4">{PURPOSES[statement.purpose]}</p>
                    <StatementText
                      label={`${PURPOSES[statement.purpose]} ${index + 1}`}
                      statement={statement}
                      isInline={isInline}
                    />
                  </div>
                ))}
              </div>
            </details>
          )}
        </div>
      )}
    </Section>
  )
}

function StatementText(props: {
  readonly label: string
  readonly statement: ShownStatement
  readonly isInline: boolean
}): ReactNode {
  const { label, statement, isInline } = props
  const { formatted, parameters } = statement
  const text = isInline ? inlineValues(formatted, parameters) : formatted
  return (
    <div className="group/sql relative">
      <pre
        role="region"
        aria-label={label}
        tabIndex={0}
        className="max-h-320 overflow-auto font-mono text-data select-text focus-visible:outline-offset-[-2px]"
      >
        {linesOf(text).map((pieces, at) => (
          <span key={at} className="flex">
            <span aria-hidden="true" className="w-22 flex-none pr-6 text-right text-3 select-none">
              {at + 1}
            </span>
            <span className="whitespace-pre">
              {pieces.map((piece, index) => (
                <span key={index} className={piece.className}>
                  {piece.text}
                </span>
              ))}
              {'\n'}
            </span>
          </span>
        ))}
      </pre>
      <span className="absolute top-0 right-0 rounded-control bg-s0 opacity-0 group-focus-within/sql:opacity-100 group-hover/sql:opacity-100">
        <CopyIconButton text={text} label={`Copy ${label.toLowerCase()}`} />
      </span>
      {isInline || parameters.length === 0 ? null : (
        <ol
          aria-label={`Values of ${label.toLowerCase()}`}
          className="mt-6 flex flex-col gap-2 font-mono text-data"
        >
          {parameters.map((value, index) => (
            <li key={index} className="flex gap-8">
              <span className="w-28 flex-none text-right text-syn-param">${index + 1}</span>
              <span
                title={value ?? undefined}
                className={
                  value === null ? 'text-3 italic' : 'min-w-0 flex-1 truncate text-syn-string select-text'
                }
              >
                {value ?? 'NULL'}
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}

type Piece = ReturnType<typeof colourCode>[number]

/** Coloured pieces, line by line: a text over several lines keeps its colour on each. */
function linesOf(text: string): readonly (readonly Piece[])[] {
  const lines: Piece[][] = [[]]
  for (const { text: piece, className } of colourCode(text, 'sql'))
    piece.split('\n').forEach((part, index) => {
      if (index > 0) lines.push([])
      if (part !== '') lines.at(-1)?.push({ text: part, className })
    })
  return lines
}
