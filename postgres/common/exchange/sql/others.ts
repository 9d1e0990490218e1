// What the model keeps as a whole: extensions, publications, and objects that are brought along in the words of the person.
import type {
  AlterPublicationStmt,
  CreateExtensionStmt,
  CreatePublicationStmt,
  CreateSchemaStmt,
  Node,
  PublicationObjSpec,
} from '@pgsql/types'
import { printedName } from '../../catalog/edit/qualified.ts'
import { readableName } from '../../sql/readable-name.ts'
import { isOn, namesOf, optionsOf, qualifiedOf, valueOf, type Nodes } from './nodes.ts'
import { printValue, tableScope } from './printer.ts'
import { roleName } from './roles.ts'
import type { ImportState, PublicationDraft } from './state.ts'
import { written, type StatementContext } from './statement-text.ts'
import { printType } from './types.ts'

export function createSchema(state: ImportState, { schemaname, authrole }: CreateSchemaStmt): void {
  const owner = roleName(authrole) ?? state.owner
  const name = schemaname ?? owner
  if (state.schema(name) !== undefined) return
  state.put({ kind: 'schema', id: state.newId('schema'), name, owner, comment: null, grants: [] })
}

/** Every database has plpgsql. Which version there will be, the server says. */
export function createExtension(state: ImportState, { extname = '', options }: CreateExtensionStmt): void {
  if (extname === 'plpgsql' || state.extension(extname) !== undefined) return
  const given = new Map(optionsOf(options).map((one) => [one.defname, valueOf(one.arg)]))
  state.put({
    kind: 'extension',
    id: state.newId('extension'),
    name: extname,
    owner: state.owner,
    comment: null,
    schema: given.get('schema') ?? state.currentSchema,
    version: given.get('new_version') ?? '',
  })
}

const OPERATIONS = ['insert', 'update', 'delete', 'truncate']

export function createPublication(state: ImportState, statement: CreatePublicationStmt): void {
  const publication: PublicationDraft = {
    kind: 'publication',
    id: state.newId('publication'),
    name: statement.pubname ?? '',
    owner: state.owner,
    comment: null,
    isForAllTables: statement.for_all_tables === true,
    schemas: [],
    tables: [],
    operations: OPERATIONS,
    isViaRoot: false,
    generatedColumns: 'none',
  }
  setPublicationOptions(publication, statement.options)
  Object.assign(publication, publishedIn(state, statement.pubobjects))
  state.put(publication)
}

function setPublicationOptions(publication: PublicationDraft, nodes: Nodes): void {
  for (const { defname, arg } of optionsOf(nodes)) {
    const value = valueOf(arg) ?? 'true'
    if (defname === 'publish')
      publication.operations = OPERATIONS.filter((one) =>
        value.split(',').some((each) => each.trim() === one),
      )
    if (defname === 'publish_via_partition_root') publication.isViaRoot = isOn(arg)
    if (defname === 'publish_generated_columns')
      publication.generatedColumns = value === 'stored' || value === 'true' ? 'stored' : 'none'
  }
}

function publishedIn(state: ImportState, nodes: Nodes): Pick<PublicationDraft, 'schemas' | 'tables'> {
  const schemas: string[] = []
  const tables: PublicationDraft['tables'] = []
  let last: PublicationObjSpec['pubobjtype']
  for (const node of nodes ?? []) {
    if (!('PublicationObjSpec' in node)) continue
    const { pubobjtype, name, pubtable } = node.PublicationObjSpec
    last = pubobjtype === 'PUBLICATIONOBJ_CONTINUATION' ? last : pubobjtype
    if (pubtable !== undefined) {
      const { relation, columns, whereClause } = pubtable
      const found = state.relation(relation?.schemaname, relation?.relname ?? '')
      tables.push({
        schema: found?.schema ?? relation?.schemaname ?? state.currentSchema,
        name: relation?.relname ?? '',
        columns: namesOf(columns),
        where:
          whereClause === undefined
            ? null
            : printValue(whereClause, tableScope(state, found?.kind === 'table' ? found : null), 'boolean'),
      })
    } else if (name !== undefined) schemas.push(name)
    else schemas.push(state.currentSchema)
  }
  return { schemas, tables }
}

/** ALTER PUBLICATION. */
export function alterPublication(state: ImportState, statement: AlterPublicationStmt): void {
  const found = state.ofKind('publication').find((one) => one.name === statement.pubname)
  if (found === undefined) return
  setPublicationOptions(found, statement.options)
  const { schemas, tables } = publishedIn(state, statement.pubobjects)
  const same = (a: { schema: string; name: string }) => (b: { schema: string; name: string }) =>
    a.schema === b.schema && a.name === b.name
  if (statement.action === 'AP_DropObjects') {
    found.schemas = found.schemas.filter((one) => !schemas.includes(one))
    found.tables = found.tables.filter((one) => !tables.some(same(one)))
  } else if (statement.action === 'AP_SetObjects' && statement.pubobjects !== undefined)
    Object.assign(found, { schemas, tables })
  else {
    found.schemas.push(...schemas)
    found.tables.push(...tables)
  }
}

interface OtherInput {
  readonly what: string
  /** Schema and name; the schema may be missing. */
  readonly names: Nodes
  /** In no schema. */
  readonly isGlobal?: boolean
  /** Behind the name in DROP: ` using btree`. */
  readonly suffix?: string
  readonly identity?: string
}

/** Keeps the statement as it is written, with its names qualified. */
export function keepOther(
  context: StatementContext,
  tree: Node,
  { what, names, isGlobal, suffix = '', identity }: OtherInput,
): void {
  const { state, text } = context
  const { schema: given, name } = qualifiedOf(names)
  const schema = isGlobal === true ? null : (given ?? state.currentSchema)
  const shown = what === 'operator' ? name : readableName(name)
  const own =
    schema === null
      ? shown
      : what === 'operator'
        ? `${readableName(schema)}.${name}`
        : printedName(schema, name)
  state.put({
    kind: 'other',
    id: state.newId('other'),
    name,
    owner: state.owner,
    comment: null,
    what,
    schema,
    identity: identity ?? own + suffix,
    definition: qualifiedName(written(context, { start: 0, end: text.length }, tree), {
      given,
      name: shown,
      own,
      isGlobal: isGlobal === true,
    }),
  })
}

/** The statement with its own name qualified: the first time that it stands in it. */
function qualifiedName(
  text: string,
  {
    given,
    name,
    own,
    isGlobal,
  }: {
    readonly given: string | null
    readonly name: string
    readonly own: string
    readonly isGlobal: boolean
  },
): string {
  if (given !== null || isGlobal || name === '') return text
  const at = text.toLowerCase().indexOf(` ${name.toLowerCase()}`)
  return at === -1 ? text : `${text.slice(0, at + 1)}${own}${text.slice(at + 1 + name.length)}`
}

/** `(cx.complex as double precision)` */
export function castName(
  state: ImportState,
  source: Parameters<typeof printType>[1],
  target: Parameters<typeof printType>[1],
): string {
  return `(${printType(state, source).type} as ${printType(state, target).type})`
}

/** `hstore plperl`, as models name it. */
export function transformName(
  state: ImportState,
  type: Parameters<typeof printType>[1],
  language: string | undefined,
): string {
  return `${printType(state, type).type} ${language ?? ''}`
}
