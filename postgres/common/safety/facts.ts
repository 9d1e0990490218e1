// What is known of the database that statements are reviewed for, and questions to it.
import type { RelationName, SchemaModel, Table, View } from '#contract/schema/types.ts'
import { indexModel } from '../catalog/find.ts'
import type { SyntaxNode } from '../script/parsed-statement.ts'
import { findFunctions } from './tree.ts'

export interface SafetyFacts {
  /** `server_version_num`. */
  readonly serverVersion: number
  /** Null when the database is away and nothing is cached: then names are taken as they stand, and the careful answer is given. */
  readonly model: SchemaModel | null
  /** Schemas in which unqualified names are looked for; `public` by default. */
  readonly searchPath?: readonly string[]
  /** Of the session that will run the statements; not known by default. */
  readonly timeZone?: string
}

type RelationRef = { readonly schemaname?: string; readonly relname?: string; readonly inh?: boolean }

/** The facts, with what the statements before have made in them. */
export interface ReviewContext {
  readonly serverVersion: number
  readonly model: SchemaModel | null
  readonly isUtc: boolean
  resolve(relation: RelationRef | undefined): RelationName
  resolveNames(names: readonly string[]): RelationName
  table(name: RelationName): Table | undefined
  relation(name: RelationName): Table | View | undefined
  /** Partitions and tables that inherit, at all levels; not itself. */
  descendants(name: RelationName): readonly RelationName[]
  /** Tables whose foreign keys point at it. */
  referencing(name: RelationName): readonly {
    readonly table: RelationName
    readonly columns: readonly string[]
    readonly isValidated: boolean
  }[]
  /** The relation that an index is on. */
  indexedBy(name: RelationName): RelationName | undefined
  /** Whether the expression calls a function whose value differs from row to row. */
  isVolatile(expression: SyntaxNode): boolean
  /** Whether a statement before this one makes the relation: nobody else uses it yet. */
  isMade(name: RelationName): boolean
  noteMade(name: RelationName): void
  /** Relations that a BEGIN before this statement, which has not ended, keeps others from reading or writing. */
  readonly heldUp: Map<string, RelationName>
}

/** Volatile functions of Postgres that may stand in a default, and of the extensions that come with it. A test holds the list to a server. */
export const VOLATILE_FUNCTIONS: readonly string[] = [
  'array_sample',
  'array_shuffle',
  'clock_timestamp',
  'current_query',
  'currval',
  'gen_random_uuid',
  'lastval',
  'nextval',
  'random',
  'random_normal',
  'set_config',
  'setseed',
  'setval',
  'timeofday',
  'txid_status',
  'uuidv4',
  'uuidv7',
  'gen_random_bytes',
  'gen_salt',
  'uuid_generate_v1',
  'uuid_generate_v1mc',
  'uuid_generate_v4',
]

export function reviewContext(facts: SafetyFacts): ReviewContext {
  const { model } = facts
  const index = model === null ? undefined : indexModel(model)
  const searchPath = facts.searchPath ?? ['public']
  const made = new Set<string>()
  const tables = index?.ofKind('table') ?? []
  const children = new Map<string, RelationName[]>()
  const referencing = new Map<
    string,
    { table: RelationName; columns: readonly string[]; isValidated: boolean }[]
  >()
  for (const table of tables) {
    const parents = table.partitionOf === null ? table.inherits : [table.partitionOf.parent]
    for (const parent of parents) push(children, keyOf(parent), { schema: table.schema, name: table.name })
    for (const constraint of table.constraints)
      if (constraint.kind === 'foreign key')
        push(referencing, keyOf(constraint.references), {
          table: { schema: table.schema, name: table.name },
          columns: constraint.references.columns,
          isValidated: constraint.isValidated && constraint.isEnforced,
        })
  }
  const relation = (name: RelationName) => index?.relation(name)
  const resolveNames = (names: readonly string[]): RelationName => {
    const name = names.at(-1) ?? ''
    const schema = names.at(-2)
    if (schema !== undefined) return { schema, name }
    const found = searchPath.find(
      (one) => made.has(keyOf({ schema: one, name })) || relation({ schema: one, name }) !== undefined,
    )
    return { schema: found ?? searchPath[0] ?? 'public', name }
  }
  const descendants = (name: RelationName): RelationName[] =>
    (children.get(keyOf(name)) ?? []).flatMap((child) => [child, ...descendants(child)])
  return {
    serverVersion: facts.serverVersion,
    model,
    isUtc: /^(utc|gmt|etc\/utc|etc\/gmt|uct|zulu)$/i.test(facts.timeZone ?? ''),
    resolve: (from) =>
      resolveNames([...(from?.schemaname === undefined ? [] : [from.schemaname]), from?.relname ?? '']),
    resolveNames,
    table: (name) => index?.byName('table', name.schema, name.name),
    relation,
    descendants,
    referencing: (name) => referencing.get(keyOf(name)) ?? [],
    indexedBy: (name) => {
      const owner = [...tables, ...(index?.ofKind('view') ?? [])].find(
        (one) =>
          one.schema === name.schema &&
          (one.indexes.some((own) => own.name === name.name) ||
            (one.kind === 'table' &&
              one.constraints.some(
                (own) => own.name === name.name && own.kind !== 'check' && own.kind !== 'foreign key',
              ))),
      )
      return owner === undefined ? undefined : { schema: owner.schema, name: owner.name }
    },
    isVolatile: (expression) =>
      findFunctions(expression).some((names) => {
        const name = names.at(-1) ?? ''
        const own = index
          ?.ofKind('routine')
          .filter((routine) => routine.name === name && (names.length < 2 || routine.schema === names.at(-2)))
        if (own !== undefined && own.length > 0)
          return own.some((routine) => !/\b(?:IMMUTABLE|STABLE)\b/.test(headOf(routine.definition)))
        return VOLATILE_FUNCTIONS.includes(name)
      }),
    isMade: (name) => made.has(keyOf(name)),
    noteMade: (name) => void made.add(keyOf(name)),
    heldUp: new Map(),
  }
}

/** One text per relation. */
export function keyOf(name: RelationName): string {
  return `${name.schema}\0${name.name}`
}

/** The definition of a function up to its body. */
function headOf(definition: string): string {
  const body = definition.search(/\n(?:AS |BEGIN ATOMIC|RETURN )/)
  return body < 0 ? definition : definition.slice(0, body)
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
