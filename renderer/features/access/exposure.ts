// The exposure as the page works with it: what a switch changes, and what the exposure is after it.
import type {
  AccessWarning,
  ApiRole,
  ExposedFunction,
  ExposedTable,
  Exposure,
  ExposureChange,
  TablePrivilege,
} from '#contract/capabilities/access.ts'

export const ROLES = ['anon', 'authenticated'] as const satisfies readonly ApiRole[]
export const PRIVILEGES = [
  'select',
  'insert',
  'update',
  'delete',
] as const satisfies readonly TablePrivilege[]
/** Delete is of whole rows: it has no columns. */
export const COLUMN_PRIVILEGES = ['select', 'insert', 'update'] as const
type ExposedColumn = ExposedTable['columns'][number]
export type ColumnPrivilege = (typeof COLUMN_PRIVILEGES)[number]

/** Whether row-level security means something for it. */
export function hasRowSecurity(table: Pick<ExposedTable, 'kind'>): boolean {
  return table.kind === 'table' || table.kind === 'partitioned table'
}

/** The change that a switch of a table makes. */
export function tableGrantChange(
  table: ExposedTable,
  role: ApiRole,
  privilege: TablePrivilege,
  isOn: boolean,
): ExposureChange {
  return {
    type: 'setTableGrants',
    schema: table.schema,
    table: table.name,
    role,
    privileges: switched(PRIVILEGES, table.grants[role], privilege, isOn),
  }
}

/** The change that a switch of a column makes. */
export function columnGrantChange(
  { schema, name }: ExposedTable,
  column: ExposedColumn,
  role: ApiRole,
  to: { readonly privilege: ColumnPrivilege; readonly isOn: boolean },
): ExposureChange {
  return {
    type: 'setColumnGrants',
    schema,
    table: name,
    column: column.name,
    role,
    privileges: switched(COLUMN_PRIVILEGES, column.grants[role], to.privilege, to.isOn),
  }
}

function switched<Privilege extends string>(
  all: readonly Privilege[],
  before: readonly Privilege[],
  privilege: Privilege,
  isOn: boolean,
): Privilege[] {
  return all.filter((one) => (one === privilege ? isOn : before.includes(one)))
}

/** The exposure after a change, shown until the database's own word is read. */
export function applyChange(exposure: Exposure, change: ExposureChange): Exposure {
  if (change.type === 'setFunctionGrant') {
    return {
      ...exposure,
      functions: exposure.functions.map((one) =>
        one.schema === change.schema && one.name === change.function && one.arguments === change.arguments
          ? {
              ...one,
              execute: ROLES.filter((role) =>
                role === change.role ? change.mayExecute : one.execute.includes(role),
              ),
            }
          : one,
      ),
    }
  }
  return {
    ...exposure,
    tables: exposure.tables.map((table) => {
      if (table.schema !== change.schema || table.name !== change.table) return table
      switch (change.type) {
        case 'setTableGrants':
          return { ...table, grants: { ...table.grants, [change.role]: change.privileges } }
        case 'setColumnGrants':
          return {
            ...table,
            columns: table.columns.map((column) =>
              column.name === change.column
                ? { ...column, grants: { ...column.grants, [change.role]: change.privileges } }
                : column,
            ),
          }
        case 'setRowSecurity':
          return {
            ...table,
            rowSecurity: {
              ...table.rowSecurity,
              isEnabled: change.isEnabled,
              isForced: change.isForced ?? false,
            },
          }
      }
    }),
  }
}

const WITHOUT_ROW_SECURITY: readonly string[] = [
  'table-without-row-security',
  'policies-without-row-security',
]

/** The one change that mends a warning, where there is one. */
export function fixOf(
  warning: Pick<AccessWarning, 'rule' | 'schema' | 'object'>,
  exposure: Exposure,
): { readonly label: string; readonly change: ExposureChange } | undefined {
  if (!WITHOUT_ROW_SECURITY.includes(warning.rule)) return undefined
  const table = exposure.tables.find(
    ({ schema, name }) => schema === warning.schema && name === warning.object,
  )
  if (table === undefined || table.rowSecurity.isEnabled || !hasRowSecurity(table)) return undefined
  return {
    label: 'Enable row security',
    change: {
      type: 'setRowSecurity',
      schema: table.schema,
      table: table.name,
      isEnabled: true,
      isForced: table.rowSecurity.isForced,
    },
  }
}

/** The key of a table among all. */
export function tableKey({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return JSON.stringify([schema, name])
}

/** The key of a function, its overload included. */
export function functionKey({ schema, name, arguments: types }: ExposedFunction): string {
  return JSON.stringify([schema, name, types])
}

/** Whether all words of `filter` are in the text. */
export function matches(filter: string, text: string): boolean {
  const lower = text.toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word))
}

/** Whether the API serves a schema: its settings name it. Elsewhere grants count for direct connections only. */
export function isServed(exposure: Exposure, schema: string): boolean {
  return exposure.schemas.some(({ name, served }) => name === schema && served)
}

/** The same exposure with what the API serves first. */
export function servedFirst(exposure: Exposure): Exposure {
  const order = (one: { readonly schema: string }): number => (isServed(exposure, one.schema) ? 0 : 1)
  return {
    ...exposure,
    tables: exposure.tables.toSorted((a, b) => order(a) - order(b)),
    functions: exposure.functions.toSorted((a, b) => order(a) - order(b)),
  }
}

/** Schemas of these tables or functions that the API does not serve, each once. */
export function unservedAmong(
  exposure: Exposure,
  shown: readonly { readonly schema: string }[],
): readonly string[] {
  return [...new Set(shown.map(({ schema }) => schema))].filter((schema) => !isServed(exposure, schema))
}

/** Served schemas in which a role has grants on tables that it cannot use, because it may not use the schema. */
export function withoutUsage(
  exposure: Exposure,
): readonly { readonly schema: string; readonly role: ApiRole }[] {
  return exposure.schemas.flatMap(({ name, usage, served }) =>
    ROLES.filter(
      (role) =>
        served &&
        !usage.includes(role) &&
        exposure.tables.some(({ schema, grants }) => schema === name && grants[role].length > 0),
    ).map((role) => ({ schema: name, role })),
  )
}
