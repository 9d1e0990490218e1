// Tables × roles × privileges, with switches. A row opens to its columns.
import { ChevronDown, ChevronRight, TriangleAlert } from 'lucide-react'
import { Fragment, useState, type ReactNode } from 'react'
import type {
  AccessWarning,
  ApiRole,
  ExposedTable,
  Exposure,
  ExposureChange,
} from '#contract/capabilities/access.ts'
import { Badge } from '../../components/badge.tsx'
import { Button, IconButton, TextButton } from '../../components/button.tsx'
import { classNames } from '../../components/class-names.ts'
import { Switch } from '../../components/toggles.tsx'
import {
  COLUMN_PRIVILEGES,
  columnGrantChange,
  hasRowSecurity,
  isServed,
  PRIVILEGES,
  ROLES,
  tableGrantChange,
  tableKey,
} from './exposure.ts'
import { NotServed } from './not-served.tsx'
import { moveInTable } from './move-in-table.ts'

const ROLE_WORDS: Readonly<Record<ApiRole, string>> = { anon: 'Anonymous', authenticated: 'Signed in' }
const PAGE = 100

export interface TablesTableProps {
  readonly exposure: Exposure
  /** Those of `exposure` that the filter lets through. */
  readonly tables: readonly ExposedTable[]
  readonly warnings: readonly AccessWarning[]
  readonly isDisabled: boolean
  readonly onChange: (change: ExposureChange) => void
  readonly onShowPolicies: (table: ExposedTable) => void
}

/** The table. */
export function TablesTable(props: TablesTableProps): ReactNode {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [count, setCount] = useState(PAGE)
  const shown = props.tables.slice(0, count)
  const hasSchemas = new Set(props.exposure.tables.map(({ schema }) => schema)).size > 1
  const toggle = (key: string): void =>
    setOpen((before) => {
      const after = new Set(before)
      if (!after.delete(key)) after.add(key)
      return after
    })
  return (
    <>
      <div className="overflow-x-auto">
        <table aria-label="Exposed tables" className="w-full border-collapse text-small">
          <thead>
            <tr className="text-3">
              <th scope="col" rowSpan={2} className={classNames(HEAD, 'w-full min-w-140 text-left')}>
                Table
              </th>
              <th scope="col" rowSpan={2} className={classNames(HEAD, 'text-left')}>
                Row security
              </th>
              <th scope="col" rowSpan={2} className={classNames(HEAD, 'text-left')}>
                Policies
              </th>
              {ROLES.map((role) => (
                <th
                  key={role}
                  scope="colgroup"
                  colSpan={PRIVILEGES.length}
                  className="h-26 border-l border-line-1 px-8 max-wide:px-4 text-left font-medium whitespace-nowrap text-2"
                >
                  {ROLE_WORDS[role]} <span className="font-mono text-micro text-3">{role}</span>
                </th>
              ))}
            </tr>
            <tr className="text-3">
              {ROLES.flatMap((role) =>
                PRIVILEGES.map((privilege) => (
                  <th
                    key={`${role} ${privilege}`}
                    scope="col"
                    className={classNames(
                      'h-24 border-b border-line-1 px-8 max-wide:px-4 text-left text-micro font-normal',
                      privilege === 'select' && 'border-l',
                    )}
                  >
                    {capital(privilege)}
                  </th>
                )),
              )}
            </tr>
          </thead>
          <tbody onKeyDown={moveInTable}>
            {shown.map((table) => {
              const key = tableKey(table)
              const isOpen = open.has(key)
              return (
                <Fragment key={key}>
                  <TableRow
                    {...props}
                    table={table}
                    name={hasSchemas ? `${table.schema}.${table.name}` : table.name}
                    isOpen={isOpen}
                    onToggle={() => toggle(key)}
                  />
                  {isOpen ? <ColumnRows {...props} table={table} /> : null}
                </Fragment>
              )
            })}
          </tbody>
        </table>
      </div>
      {props.tables.length > count ? (
        <div className="flex items-center gap-12 border-t border-line-1 px-14 py-8 text-small text-2">
          {count} of {props.tables.length} tables.
          <Button size="compact" onPress={() => setCount(count + PAGE)}>
            Show {Math.min(PAGE, props.tables.length - count)} more
          </Button>
        </div>
      ) : null}
    </>
  )
}

const HEAD = 'border-b border-line-1 px-14 max-wide:px-8 align-bottom pb-5 font-medium whitespace-nowrap'
const CELL = 'h-32 px-8 max-wide:px-4'

interface TableRowProps extends TablesTableProps {
  readonly table: ExposedTable
  readonly name: string
  readonly isOpen: boolean
  readonly onToggle: () => void
}

function TableRow({ table, name, isOpen, onToggle, ...props }: TableRowProps): ReactNode {
  const served = isServed(props.exposure, table.schema)
  const warnings = props.warnings.filter(
    (warning) => warning.schema === table.schema && warning.object === table.name,
  )
  return (
    <tr className="border-b border-line-1 hover:bg-hover">
      <td data-column="table" className="h-32 max-w-0 px-8">
        <span className="flex items-center gap-6">
          <IconButton
            icon={isOpen ? ChevronDown : ChevronRight}
            size="small"
            label={isOpen ? `Hide the columns of ${name}` : `Show the columns of ${name}`}
            onPress={onToggle}
          />
          <span
            className={classNames(
              'min-w-0 truncate font-mono text-data select-text',
              served ? 'text-1' : 'text-2',
            )}
            title={`${name}, ${table.kind}`}
          >
            {name}
          </span>
          {table.kind === 'table' ? null : (
            <span className="max-wide:sr-only">
              <Badge>{capital(table.kind)}</Badge>
            </span>
          )}
          {served ? null : <NotServed />}
          {warnings.length === 0 ? null : (
            <span title={warnings.map(({ message }) => message).join('\n')}>
              <TriangleAlert
                role="img"
                aria-label={warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`}
                size={14}
                strokeWidth={1.75}
                className={
                  warnings.some(({ severity }) => severity === 'error') ? 'text-danger' : 'text-warning'
                }
              />
            </span>
          )}
        </span>
      </td>
      <td data-column="row security" className="h-32 px-14 max-wide:px-8 whitespace-nowrap">
        {hasRowSecurity(table) ? (
          <Switch
            label={
              <>
                <span className="sr-only">Row security of {name}</span>
                <span aria-hidden="true" className="w-24 text-small text-2 max-wide:hidden">
                  {table.rowSecurity.isEnabled ? 'On' : 'Off'}
                </span>
              </>
            }
            isSelected={table.rowSecurity.isEnabled}
            isDisabled={props.isDisabled}
            onChange={(isEnabled) =>
              props.onChange({
                type: 'setRowSecurity',
                schema: table.schema,
                table: table.name,
                isEnabled,
                isForced: table.rowSecurity.isForced,
              })
            }
          />
        ) : (
          <span className="text-3">
            {table.isSecurityInvoker === null
              ? 'None'
              : table.isSecurityInvoker
                ? 'The reader’s rights'
                : 'Its owner’s rights'}
          </span>
        )}
      </td>
      <td data-column="policies" className="h-32 px-14 max-wide:px-8 whitespace-nowrap">
        {hasRowSecurity(table) ? (
          <TextButton onPress={() => props.onShowPolicies(table)}>
            {table.rowSecurity.policyCount}
            <span className="sr-only"> policies of {name}</span>
          </TextButton>
        ) : null}
      </td>
      {ROLES.flatMap((role) =>
        PRIVILEGES.map((privilege) => (
          <td
            key={`${role} ${privilege}`}
            data-column={`${role} ${privilege}`}
            className={classNames(CELL, privilege === 'select' && 'border-l border-line-1')}
          >
            <Switch
              label={
                <span className="sr-only">
                  {role} may {privilege} {name}
                </span>
              }
              isSelected={table.grants[role].includes(privilege)}
              isDisabled={props.isDisabled}
              onChange={(isOn) => props.onChange(tableGrantChange(table, role, privilege, isOn))}
            />
          </td>
        )),
      )}
    </tr>
  )
}

function ColumnRows({
  table,
  isDisabled,
  onChange,
}: Pick<TableRowProps, 'table' | 'isDisabled' | 'onChange'>): ReactNode {
  return table.columns.map((column) => (
    <tr key={column.name} className="border-b border-line-1 bg-s2 hover:bg-hover light:bg-s2">
      <td colSpan={3} className="h-28 pr-14 pl-40">
        <span className="mr-8 font-mono text-data text-2 select-text">{column.name}</span>
        <span className="font-mono text-micro text-3">{column.type}</span>
      </td>
      {ROLES.flatMap((role) =>
        PRIVILEGES.map((privilege) => {
          const ofColumn = COLUMN_PRIVILEGES.find((one) => one === privilege)
          const isOfTable = table.grants[role].includes(privilege)
          return (
            <td
              key={`${role} ${privilege}`}
              data-column={`${role} ${privilege}`}
              className={classNames(
                'h-28 px-8 max-wide:px-4',
                privilege === 'select' && 'border-l border-line-1',
              )}
            >
              {ofColumn === undefined ? null : isOfTable ? (
                <span className="text-micro text-3" title={`The whole table may be ${PAST[privilege]}`}>
                  table
                </span>
              ) : (
                <Switch
                  label={
                    <span className="sr-only">
                      {role} may {privilege} {table.name}.{column.name}
                    </span>
                  }
                  isSelected={column.grants[role].includes(ofColumn)}
                  isDisabled={isDisabled}
                  onChange={(isOn) =>
                    onChange(columnGrantChange(table, column, role, { privilege: ofColumn, isOn }))
                  }
                />
              )}
            </td>
          )
        }),
      )}
    </tr>
  ))
}

const PAST = { select: 'read', insert: 'inserted into', update: 'updated', delete: 'deleted from' } as const

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
