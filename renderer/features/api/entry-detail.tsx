// One table or function of the documentation: what can be done with it, how, and its columns.
import { FlaskConical, KeyRound } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Badge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { CopyIconButton } from '../../components/copy-button.tsx'
import { Tabs } from '../../components/tabs.tsx'
import type {
  DocumentedColumn,
  DocumentedEntry,
  DocumentedOperation,
  DocumentedParameter,
  Method,
} from './document.ts'
import { actionOf } from './entry-action.ts'
import { MethodBadge } from './method-badge.tsx'
import { SnippetCard } from './snippet-card.tsx'
import type { SnippetLanguage, SnippetTarget } from './snippets/types.ts'

export interface EntryDetailProps {
  readonly entry: DocumentedEntry
  readonly target: SnippetTarget
  readonly language: SnippetLanguage
  readonly onLanguageChange: (language: SnippetLanguage) => void
  /** Makes a collection of requests for it; left out where there is no tester. */
  readonly onGenerate?: (() => void) | undefined
}

/** The entry; its first operation is shown at first. */
export function EntryDetail(props: EntryDetailProps): ReactNode {
  const { entry, target, language, onLanguageChange, onGenerate } = props
  const [method, setMethod] = useState<Method>()
  const operation = entry.operations.find((one) => one.method === method) ?? entry.operations[0]
  const isTable = entry.kind === 'table'
  const address = `${target.restUrl}${entry.path}`
  const columns =
    entry.columns.length === 0 ? null : (
      <Card title={isTable ? 'Columns' : 'Arguments'} isFlat>
        <Columns label={isTable ? 'Columns' : 'Arguments'} columns={entry.columns} />
      </Card>
    )
  return (
    <article aria-label={entry.name} className="flex flex-col gap-16">
      <header>
        <div className="flex items-center gap-8">
          <h2 className="min-w-0 truncate font-mono text-[15px]/22 font-semibold select-text">
            {entry.name}
          </h2>
          <Badge>{isTable ? 'Table' : 'Function'}</Badge>
          {onGenerate === undefined ? null : (
            <>
              <span className="flex-1" />
              <Button icon={FlaskConical} onPress={onGenerate}>
                Generate requests
              </Button>
            </>
          )}
        </div>
        {entry.comment === null ? null : (
          <p className="mt-4 max-w-720 text-body whitespace-pre-line text-2 select-text">{entry.comment}</p>
        )}
        <div className="mt-6 flex items-center gap-6">
          <code className="min-w-0 truncate font-mono text-data text-2 select-text">{address}</code>
          <CopyIconButton text={address} label="Copy the address" />
        </div>
      </header>
      {operation === undefined ? (
        columns
      ) : (
        <Tabs
          label={isTable ? 'What to do with the table' : 'How to call the function'}
          items={entry.operations.map((one) => ({ id: one.method, title: one.title }))}
          value={operation.method}
          onChange={setMethod}
        >
          <div className="mt-10 flex flex-col gap-16">
            <OperationLine
              operation={operation}
              path={entry.path}
              comment={operation.comment === entry.comment ? null : operation.comment}
            />
            <SnippetCard
              language={language}
              onLanguageChange={onLanguageChange}
              target={target}
              action={actionOf(entry, operation.method)}
            />
            {columns}
            {operation.parameters.length === 0 ? null : (
              <Parameters parameters={operation.parameters} columns={entry.columns} />
            )}
          </div>
        </Tabs>
      )}
    </article>
  )
}

function OperationLine(props: {
  readonly operation: DocumentedOperation
  readonly path: string
  readonly comment: string | null
}): ReactNode {
  const { comment } = props
  const { method } = props.operation
  return (
    <div className="flex items-baseline gap-8 text-small">
      <MethodBadge method={method} />
      <code className="font-mono text-data text-1 select-text">{props.path}</code>
      {comment === null ? null : <span className="min-w-0 flex-1 text-2 select-text">{comment}</span>}
    </div>
  )
}

const HEAD = 'h-30 border-b border-line-1 px-14 text-left font-medium whitespace-nowrap text-3'
const CELL = 'border-b border-line-1 px-14 py-7 align-top'

/** Parameters that are no filter on a column: those stand with the columns. */
function Parameters(props: {
  readonly parameters: readonly DocumentedParameter[]
  readonly columns: readonly DocumentedColumn[]
}): ReactNode {
  const names = new Set(props.columns.map(({ name }) => name))
  const own = props.parameters.filter(({ name, place }) => !(place === 'query' && names.has(name)))
  const filters = props.parameters.length - own.length
  if (own.length === 0) return null
  return (
    <Card title="Parameters" isFlat>
      <div className="overflow-x-auto">
        <table aria-label="Parameters" className="w-full border-collapse text-small">
          <thead>
            <tr>
              <th scope="col" className={HEAD}>
                Name
              </th>
              <th scope="col" className={HEAD}>
                In
              </th>
              <th scope="col" className={`${HEAD} w-full`}>
                What it does
              </th>
            </tr>
          </thead>
          <tbody className="[&>tr:last-child>td]:border-b-0">
            {own.map((parameter) => (
              <tr key={`${parameter.place} ${parameter.name}`}>
                <td className={`${CELL} font-mono text-data whitespace-nowrap select-text`}>
                  {parameter.name}
                  {parameter.isRequired ? <span className="text-danger"> *</span> : null}
                </td>
                <td className={`${CELL} text-3`}>{parameter.place}</td>
                <td className={`${CELL} text-2 select-text`}>{parameter.comment}</td>
              </tr>
            ))}
            {filters === 0 ? null : (
              <tr>
                <td className={`${CELL} font-mono text-data whitespace-nowrap`}>any column</td>
                <td className={`${CELL} text-3`}>query</td>
                <td className={`${CELL} text-2`}>
                  A filter: an operator, a dot, a value, as in{' '}
                  <code className="font-mono text-data text-1">eq.1</code>,{' '}
                  <code className="font-mono text-data text-1">gt.10</code>,{' '}
                  <code className="font-mono text-data text-1">in.(1,2)</code>,{' '}
                  <code className="font-mono text-data text-1">is.null</code>.
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

function Columns(props: {
  readonly label: string
  readonly columns: readonly DocumentedColumn[]
}): ReactNode {
  return (
    <div className="overflow-x-auto">
      <table aria-label={props.label} className="w-full border-collapse text-small">
        <thead>
          <tr>
            <th scope="col" className={HEAD}>
              Name
            </th>
            <th scope="col" className={HEAD}>
              Type
            </th>
            <th scope="col" className={`${HEAD} w-full`}>
              What it holds
            </th>
          </tr>
        </thead>
        <tbody className="[&>tr:last-child>td]:border-b-0">
          {props.columns.map((column) => (
            <tr key={column.name}>
              <td className={`${CELL} font-mono text-data whitespace-nowrap select-text`}>
                <span className="inline-flex items-center gap-6">
                  {column.name}
                  {column.isPrimaryKey ? (
                    <KeyRound
                      role="img"
                      aria-label="Primary key"
                      size={12}
                      strokeWidth={1.75}
                      className="text-warning"
                    />
                  ) : null}
                </span>
              </td>
              <td className={`${CELL} font-mono text-data whitespace-nowrap text-syn-type`}>{column.type}</td>
              <td className={`${CELL} text-2`}>
                <ColumnNotes column={column} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function ColumnNotes({ column }: { readonly column: DocumentedColumn }): ReactNode {
  const marks = [
    column.isRequired ? 'required' : undefined,
    column.isReadOnly ? 'made by Postgres' : undefined,
    column.refersTo === null ? undefined : `refers to ${column.refersTo}`,
    column.standard === null ? undefined : `default ${column.standard}`,
    column.values.length === 0 ? undefined : `one of ${column.values.join(', ')}`,
  ].filter((mark) => mark !== undefined)
  return (
    <span className="flex flex-col gap-2 select-text">
      {column.comment === null ? null : <span className="text-1">{column.comment}</span>}
      {marks.length === 0 ? null : <span className="text-3">{marks.join(' · ')}</span>}
    </span>
  )
}
