// Views and materialised views.
import type { CreateTableAsStmt, Node, RangeVar, ViewStmt } from '@pgsql/types'
import { grantedByDefault } from './default-privileges.ts'
import { namesOf, storageOptions } from './nodes.ts'
import { printQuery, tableScope } from './printer.ts'
import type { ScopeColumn } from './scope.ts'
import { NotImported, type ViewDraft } from './state.ts'
import { writtenAfter, type StatementContext } from './statement-text.ts'
import { emptyTable } from './tables.ts'
import { plainColumn } from './columns.ts'

interface QueryText {
  readonly definition: string
  readonly columns: readonly ScopeColumn[]
}

/** The query as Postgres prints it, or as it is written. */
function queryText(context: StatementContext, query: Node | undefined, names: readonly string[]): QueryText {
  const { state } = context
  if (query !== undefined && 'SelectStmt' in query)
    try {
      const printed = printQuery(query.SelectStmt, tableScope(state, null), null, names)
      return { definition: printed.sql, columns: printed.columns }
    } catch (error) {
      if (!(error instanceof NotImported)) throw error
    }
  const text = writtenAfter(context, 'as', query)
    .replace(/\s+with\s+(?:no\s+)?data\s*$/i, '')
    .replace(/\s+with\s+(?:local\s+|cascaded\s+)?check\s+option\s*$/i, '')
  return { definition: text, columns: names.map((name) => ({ name, type: null })) }
}

export function createView(
  context: StatementContext,
  { view, query, aliases, replace, options, withCheckOption }: ViewStmt,
): void {
  const { state } = context
  if (view?.relpersistence === 't') return
  const given = storageOptions(options)
  const check =
    withCheckOption === 'LOCAL_CHECK_OPTION'
      ? ['check_option=local']
      : withCheckOption === 'CASCADED_CHECK_OPTION'
        ? ['check_option=cascaded']
        : []
  const made = makeView(context, { relation: view, names: namesOf(aliases), query })
  const before = state.relation(made.schema, made.name)
  if (before?.kind === 'view' && replace === true) {
    before.definition = made.definition
    before.columns = made.columns
    before.options = [...given, ...check]
    return
  }
  state.put({ ...made, options: [...given, ...check] })
}

/** CREATE MATERIALIZED VIEW and CREATE TABLE AS. */
export function createTableAs(context: StatementContext, statement: CreateTableAsStmt): void {
  const { state } = context
  const { into, query, objtype } = statement
  if (into?.rel?.relpersistence === 't') return
  if (
    statement.if_not_exists === true &&
    state.relation(into?.rel?.schemaname, into?.rel?.relname ?? '') !== undefined
  )
    return
  const view = makeView(context, { relation: into?.rel, names: namesOf(into?.colNames), query })
  if (objtype === 'OBJECT_MATVIEW') {
    state.put({
      ...view,
      isMaterialized: true,
      isPopulated: into?.skipData !== true,
      options: storageOptions(into?.options),
      tablespace: into?.tableSpaceName ?? null,
      accessMethod: into?.accessMethod ?? null,
    })
    return
  }
  const table = emptyTable(state, view)
  table.columns = view.columns.map(({ name, type }) => plainColumn(state, name, type))
  table.options = storageOptions(into?.options)
  table.isUnlogged = into?.rel?.relpersistence === 'u'
  state.put(table)
}

function makeView(
  context: StatementContext,
  {
    relation,
    names,
    query,
  }: {
    readonly relation: RangeVar | undefined
    readonly names: readonly string[]
    readonly query: Node | undefined
  },
): ViewDraft {
  const { state } = context
  const schema = relation?.schemaname ?? state.currentSchema
  const { definition, columns } = queryText(context, query, names)
  return {
    kind: 'view',
    id: state.newId('view'),
    schema,
    name: relation?.relname ?? '',
    owner: state.owner,
    comment: null,
    isMaterialized: false,
    columns: columns.map(({ name, type }) => ({
      id: state.newId('column'),
      name,
      type: type ?? 'text',
      comment: null,
      default: null,
      grants: [],
    })),
    definition,
    options: [],
    isPopulated: true,
    indexes: [],
    triggers: [],
    rules: [],
    grants: grantedByDefault(state, 'tables', schema),
    tablespace: null,
    accessMethod: null,
  }
}
