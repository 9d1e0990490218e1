// What is known of an endpoint: columns or arguments with types, keys and notes, and what it is related to.
import { KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ApiColumn, ApiFunction, ApiRelation, ApiTable } from '#contract/requests/api-description.ts'

const HEAD = 'h-30 border-b border-line-1 px-14 text-left font-medium whitespace-nowrap text-3'
const CELL = 'border-b border-line-1 px-14 py-7 align-top select-text'
const MONO = `${CELL} font-mono text-data whitespace-nowrap`

/** Its tables. */
export function Documentation({ endpoint }: { readonly endpoint: ApiTable | ApiFunction }): ReactNode {
  if (endpoint.kind !== 'function')
    return (
      <div className="flex flex-col gap-16 py-8">
        <Columns label="Columns" columns={endpoint.columns} />
        <Relations relations={endpoint.relations} />
      </div>
    )
  const { type, isSet, columns } = endpoint.returns
  return (
    <div className="flex flex-col gap-16 py-8">
      {endpoint.parameters.length === 0 ? (
        <p className="px-14 text-body text-2">It takes no arguments.</p>
      ) : (
        <Table label="Arguments" heads={['Name', 'Type', 'What it takes']}>
          {endpoint.parameters.map((one) => (
            <tr key={one.name}>
              <td className={MONO}>{one.name === '' ? 'the whole body' : one.name}</td>
              <td className={`${MONO} text-syn-type`}>{one.type}</td>
              <td className={`${CELL} text-2`}>
                {[one.isRequired ? 'required' : '', one.isVariadic ? 'any number of values' : '', one.docs]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {type === '' ? null : (
        <p className="px-14 text-body text-2">
          Returns {isSet ? 'rows of ' : ''}
          <code className="font-mono text-data text-syn-type">{type}</code>.
        </p>
      )}
      {columns.length === 0 ? null : <Columns label="Columns of the result" columns={columns} />}
    </div>
  )
}

function Table(props: {
  readonly label: string
  readonly heads: readonly string[]
  readonly children: ReactNode
}): ReactNode {
  return (
    <div className="overflow-x-auto">
      <table aria-label={props.label} className="w-full border-collapse text-small">
        <thead>
          <tr>
            {props.heads.map((head) => (
              <th key={head} scope="col" className={`${HEAD} last:w-full`}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  )
}

function Columns(props: { readonly label: string; readonly columns: readonly ApiColumn[] }): ReactNode {
  return (
    <Table label={props.label} heads={['Name', 'Type', 'What it holds']}>
      {props.columns.map((column) => (
        <tr key={column.name}>
          <td className={MONO}>
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
          <td className={`${MONO} text-syn-type`}>{column.type}</td>
          <td className={`${CELL} text-2`}>
            <span className="flex flex-col gap-2">
              {column.docs === '' ? null : <span className="text-1">{column.docs}</span>}
              <span className="text-3">{notesOf(column)}</span>
            </span>
          </td>
        </tr>
      ))}
    </Table>
  )
}

function notesOf({ isNullable, hasDefault, isGenerated, maxLength, values, references }: ApiColumn): string {
  return [
    isGenerated ? 'made by Postgres' : isNullable ? 'may be null' : hasDefault ? 'has a default' : 'required',
    maxLength === null ? '' : `at most ${String(maxLength)} characters`,
    references === null ? '' : `refers to ${references.table}.${references.column}`,
    values.length === 0 ? '' : `one of ${values.join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

function Relations({ relations }: { readonly relations: readonly ApiRelation[] }): ReactNode {
  if (relations.length === 0) return null
  return (
    <Table label="Relations" heads={['Embed as', 'Rows', 'By']}>
      {relations.map(({ name, target, cardinality, columns, targetColumns }) => (
        <tr key={name}>
          <td className={MONO}>{name}</td>
          <td className={`${CELL} whitespace-nowrap`}>{cardinality === 'one' ? 'one' : 'many'}</td>
          <td className={`${MONO} text-2`}>
            {columns.length === 0
              ? 'a function'
              : `${columns.join(', ')} → ${target}.${targetColumns.join(', ')}`}
          </td>
        </tr>
      ))}
    </Table>
  )
}
