// Who may do what with a project's data through its API. It is all Postgres': roles, grants and row-level security; this shows and sets them.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { Identifier } from './database.ts'
import { ProjectId } from './ids.ts'

/** The roles that API requests act as, besides service_role, which passes everything. */
export const ApiRole = z.enum(['anon', 'authenticated'])
export type ApiRole = z.infer<typeof ApiRole>
export const TablePrivilege = z.enum(['select', 'insert', 'update', 'delete'])
export type TablePrivilege = z.infer<typeof TablePrivilege>

const Grants = z.record(ApiRole, z.array(TablePrivilege))

export const ExposedColumn = z.object({
  name: z.string(),
  type: z.string(),
  /** Privileges on this column alone, where the table as a whole does not give them. */
  grants: z.record(ApiRole, z.array(z.enum(['select', 'insert', 'update']))),
})
export const ExposedTable = z.object({
  schema: z.string(),
  name: z.string(),
  kind: z.enum(['table', 'partitioned table', 'foreign table', 'view', 'materialized view']),
  comment: z.string().nullable(),
  grants: Grants,
  columns: z.array(ExposedColumn),
  /** For views: whether they check their reader's rights (security_invoker). */
  rowSecurity: z.object({ isEnabled: z.boolean(), isForced: z.boolean(), policyCount: z.number().int() }),
  isSecurityInvoker: z.boolean().nullable(),
})
export type ExposedTable = z.infer<typeof ExposedTable>
export const ExposedFunction = z.object({
  schema: z.string(),
  name: z.string(),
  /** As pg_get_function_identity_arguments prints them: tells overloads apart. */
  arguments: z.string(),
  returns: z.string(),
  isSecurityDefiner: z.boolean(),
  /** Roles that may execute it, PUBLIC counted. */
  execute: z.array(ApiRole),
})
export type ExposedFunction = z.infer<typeof ExposedFunction>
export const Exposure = z.object({
  schemas: z.array(
    z.object({
      name: z.string(),
      usage: z.array(ApiRole),
      /** Whether the API's settings name it: nothing in another schema is reached, whatever is granted. */
      served: z.boolean(),
    }),
  ),
  tables: z.array(ExposedTable),
  functions: z.array(ExposedFunction),
})
export type Exposure = z.infer<typeof Exposure>

const tableOf = { schema: Identifier, table: Identifier }

/** One change of the exposure. */
export const ExposureChange = z.discriminatedUnion('type', [
  /** Sets exactly these privileges of a role on a table, or on some of its columns. */
  z.object({
    type: z.literal('setTableGrants'),
    ...tableOf,
    role: ApiRole,
    privileges: z.array(TablePrivilege),
  }),
  z.object({
    type: z.literal('setColumnGrants'),
    ...tableOf,
    column: Identifier,
    role: ApiRole,
    privileges: z.array(z.enum(['select', 'insert', 'update'])),
  }),
  z.object({
    type: z.literal('setFunctionGrant'),
    schema: Identifier,
    function: Identifier,
    arguments: z.string().max(10_000),
    role: ApiRole,
    mayExecute: z.boolean(),
  }),
  z.object({
    type: z.literal('setRowSecurity'),
    ...tableOf,
    isEnabled: z.boolean(),
    isForced: z.boolean().default(false),
  }),
])
export type ExposureChange = z.infer<typeof ExposureChange>

export const PolicyCommand = z.enum(['all', 'select', 'insert', 'update', 'delete'])
export const Policy = z.object({
  schema: z.string(),
  table: z.string(),
  name: z.string(),
  command: PolicyCommand,
  isPermissive: z.boolean(),
  /** `public` for all. */
  roles: z.array(z.string()),
  /** SQL expressions, as Postgres prints them. */
  using: z.string().nullable(),
  check: z.string().nullable(),
})
export type Policy = z.infer<typeof Policy>
export const PolicyInput = z.object({
  ...tableOf,
  name: Identifier,
  command: PolicyCommand.default('all'),
  isPermissive: z.boolean().default(true),
  roles: z.array(Identifier).min(1).max(50).default(['authenticated']),
  /** Expressions are SQL: whoever may set them may run SQL as owner anyway. */
  using: z.string().max(20_000).nullable().default(null),
  check: z.string().max(20_000).nullable().default(null),
})

export const AccessWarning = z.object({
  /** Stable name of the rule: `table-without-row-security`. */
  rule: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  schema: z.string(),
  object: z.string(),
  message: z.string(),
  /** What to do about it. */
  hint: z.string(),
})
export type AccessWarning = z.infer<typeof AccessWarning>

const project = z.object({ projectId: ProjectId })
const path = '/projects/{projectId}/access'
/** The SQL that was run. */
const Ran = z.object({ sql: z.array(z.string()) })

export const access = capability('access', {
  exposure: call({
    input: project,
    output: Exposure,
    http: { method: 'GET', path, summary: 'What the API exposes to whom' },
  }),
  change: call({
    input: project.extend({ change: ExposureChange }),
    output: Ran,
    http: { method: 'POST', path: `${path}/changes`, summary: 'Grant, revoke, or switch row-level security' },
  }),
  policies: call({
    input: project.extend({ schema: Identifier.optional(), table: Identifier.optional() }),
    output: z.array(Policy),
    http: { method: 'GET', path: `${path}/policies`, summary: 'Row-level security policies' },
  }),
  createPolicy: call({
    input: project.extend({ policy: PolicyInput }),
    output: Ran,
    http: { method: 'POST', path: `${path}/policies`, summary: 'Create a policy' },
  }),
  alterPolicy: call({
    input: project.extend({
      ...tableOf,
      name: Identifier,
      newName: Identifier.optional(),
      roles: z.array(Identifier).min(1).max(50).optional(),
      using: z.string().max(20_000).optional(),
      check: z.string().max(20_000).optional(),
    }),
    output: Ran,
    http: { method: 'PATCH', path: `${path}/policies`, summary: 'Change a policy' },
  }),
  dropPolicy: call({
    input: project.extend({ ...tableOf, name: Identifier }),
    output: Ran,
    http: { method: 'POST', path: `${path}/policies/drop`, summary: 'Drop a policy' },
  }),
  /** Reads a table as a role with claims, in a transaction that is rolled back, optionally with changes of policies tried first. */
  preview: call({
    input: project.extend({
      ...tableOf,
      role: z.enum(['anon', 'authenticated', 'service_role']),
      /** request.jwt.claims; `sub` is the user. */
      claims: z.record(z.string(), z.unknown()).default({}),
      withPolicies: z.array(PolicyInput).max(20).default([]),
      limit: z.number().int().min(1).max(1000).default(100),
    }),
    output: z.object({
      columns: z.array(z.string()),
      rows: z.array(z.array(z.string().nullable())),
      /** All rows that the role sees; of all rows there are. Null where counting took too long. */
      visible: z.number().int().nullable(),
      total: z.number().int().nullable(),
      /** Postgres' words, where the role may not read at all. */
      problem: z.string().nullable(),
    }),
    http: { method: 'POST', path: `${path}/preview`, summary: 'What would this user see?' },
  }),
  lint: call({
    input: project,
    output: z.array(AccessWarning),
    http: {
      method: 'GET',
      path: `${path}/warnings`,
      summary: 'Tables exposed without row-level security, and the like',
    },
  }),
})
