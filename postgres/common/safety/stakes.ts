// What statements would lose, and what in the rows could make them fail: the questions that a database has to answer by counting before a person agrees.
import type { AlterTableCmd, Node, RenameStmt, TypeName } from '@pgsql/types'
import type { RelationName } from '#contract/schema/types.ts'
import type { ParsedStatement, SyntaxNode } from '../script/parsed-statement.ts'
import { identifier, join, keyword, literal, sql, type SqlFragment } from '../sql/sql.ts'
import { keyOf, reviewContext, type ReviewContext, type SafetyFacts } from './facts.ts'
import { madeBy } from './rules/objects.ts'
import { namesOf } from './transaction.ts'
import { strings } from './tree.ts'
import { parsedType } from './type-change.ts'

interface Stake {
  /** Index of the statement. */
  readonly statement: number
  /** As it is called before the first of the statements runs. */
  readonly table: RelationName
}

/** Rows that go for good, or values of one column. */
export interface Loss extends Stake {
  /** Null: whole rows. */
  readonly column: string | null
}

/** Something that the rows may stand against. */
export type Doubt = Stake &
  (
    | { readonly kind: 'nulls'; readonly column: string }
    /** A new column without a value for the rows that are there. */
    | { readonly kind: 'rows'; readonly column: string }
    /** `converted` is the column as the statement converts it. */
    | { readonly kind: 'conversion'; readonly column: string; readonly converted: SqlFragment }
    /** In characters. `isCut`: longer ones are cut, else the statement fails. */
    | { readonly kind: 'length'; readonly column: string; readonly max: number; readonly isCut: boolean }
  )

export interface Stakes {
  readonly losses: readonly Loss[]
  readonly doubts: readonly Doubt[]
}

/** The questions for these statements, in their order. What the statements make themselves is nobody's loss. Pure. */
export function stakesOf(statements: readonly ParsedStatement[], facts: SafetyFacts): Stakes {
  const reader = new StakesReader(reviewContext(facts))
  statements.forEach(({ tree }, index) => reader.read(tree, index))
  return { losses: reader.losses, doubts: reader.doubts }
}

class StakesReader {
  readonly losses: Loss[] = []
  readonly doubts: Doubt[] = []
  private readonly context: ReviewContext
  /** Names that statements before gave, with those that the database knows. */
  private readonly tables = new Map<string, RelationName>()
  private readonly columns = new Map<string, string>()
  private readonly madeColumns = new Set<string>()
  /** Tables whose rows a statement before changes: what they hold then is not known. */
  private readonly changed = new Set<string>()

  constructor(context: ReviewContext) {
    this.context = context
  }

  read(tree: SyntaxNode, statement: number): void {
    if ('RenameStmt' in tree) this.rename(tree.RenameStmt)
    if ('AlterObjectSchemaStmt' in tree && tree.AlterObjectSchemaStmt.objectType === 'OBJECT_TABLE') {
      const before = this.context.resolve(tree.AlterObjectSchemaStmt.relation)
      const after = { schema: tree.AlterObjectSchemaStmt.newschema ?? '', name: before.name }
      this.tables.set(keyOf(after), this.live(before))
    }
    if ('UpdateStmt' in tree)
      this.changed.add(keyOf(this.live(this.context.resolve(tree.UpdateStmt.relation))))
    if ('DropStmt' in tree && tree.DropStmt.removeType === 'OBJECT_TABLE')
      for (const object of tree.DropStmt.objects ?? [])
        this.lose(statement, this.context.resolveNames(namesOf(object)), null)
    if ('TruncateStmt' in tree)
      for (const node of tree.TruncateStmt.relations ?? [])
        if ('RangeVar' in node) this.lose(statement, this.context.resolve(node.RangeVar), null)
    if ('DeleteStmt' in tree && tree.DeleteStmt.whereClause === undefined)
      this.lose(statement, this.context.resolve(tree.DeleteStmt.relation), null)
    if ('AlterTableStmt' in tree && tree.AlterTableStmt.objtype === 'OBJECT_TABLE') {
      const table = this.context.resolve(tree.AlterTableStmt.relation)
      for (const node of tree.AlterTableStmt.cmds ?? [])
        if ('AlterTableCmd' in node) this.command(node.AlterTableCmd, table, statement)
    }
    const made = madeBy(tree, this.context)
    if (made !== undefined) this.context.noteMade(made)
  }

  private rename({ renameType, relation, subname, newname }: RenameStmt): void {
    const table = this.context.resolve(relation)
    if (renameType === 'OBJECT_TABLE') {
      const after = { schema: table.schema, name: newname ?? '' }
      if (this.context.isMade(table)) this.context.noteMade(after)
      else this.tables.set(keyOf(after), this.live(table))
    }
    if (renameType === 'OBJECT_COLUMN') {
      const live = this.live(table)
      const before = columnKey(live, subname ?? '')
      const after = columnKey(live, newname ?? '')
      if (this.madeColumns.has(before)) this.madeColumns.add(after)
      else this.columns.set(after, this.liveColumn(live, subname ?? ''))
    }
  }

  private command(command: AlterTableCmd, name: RelationName, statement: number): void {
    if (this.context.isMade(name)) return
    const table = this.live(name)
    const { subtype, def } = command
    if (subtype === 'AT_DropColumn') this.lose(statement, name, command.name ?? '')
    const added = def !== undefined && 'ColumnDef' in def ? def.ColumnDef : undefined
    if ((subtype ?? 'AT_AddColumn') === 'AT_AddColumn') {
      const column = added?.colname ?? ''
      this.madeColumns.add(columnKey(table, column))
      const kinds = (added?.constraints ?? []).map((node) =>
        'Constraint' in node ? node.Constraint.contype : undefined,
      )
      const isRequired = kinds.includes('CONSTR_NOTNULL') || kinds.includes('CONSTR_PRIMARY')
      const hasValue = ['CONSTR_DEFAULT', 'CONSTR_GENERATED', 'CONSTR_IDENTITY'].some((kind) =>
        kinds.some((one) => one === kind),
      )
      const isSerial = /^(small|big)?serial\d?$/.test(parsedType(added?.typeName).base)
      if (isRequired && !hasValue && !isSerial) this.doubts.push({ statement, table, kind: 'rows', column })
      return
    }
    if (this.changed.has(keyOf(table)) || this.madeColumns.has(columnKey(table, command.name ?? ''))) return
    const column = this.liveColumn(table, command.name ?? '')
    if (subtype === 'AT_SetNotNull') this.doubts.push({ statement, table, kind: 'nulls', column })
    if (subtype === 'AT_AlterColumnType' && added?.typeName !== undefined)
      this.retype({ statement, table, column, to: added.typeName, using: added.raw_default })
  }

  private retype(change: Stake & { column: string; to: TypeName; using: Node | undefined }): void {
    const { statement, table, column, to, using } = change
    const path = using === undefined ? [] : castsOf(using)
    // What else a person writes is theirs to know: it is not run to find out.
    if (path === undefined) return
    const type = parsedType(to)
    const [max] = type.modifiers
    if ((type.base === 'varchar' || type.base === 'bpchar') && max !== undefined && !type.isArray) {
      this.doubts.push({ statement, table, kind: 'length', column, max, isCut: path.length > 0 })
      return
    }
    const converted = [...path, to].reduce<SqlFragment>(
      (value, one) => sql`${value}::${typeText(one)}`,
      identifier(column),
    )
    this.doubts.push({ statement, table, kind: 'conversion', column, converted })
  }

  private lose(statement: number, name: RelationName, column: string | null): void {
    if (this.context.isMade(name)) return
    const table = this.live(name)
    if (column === null) {
      this.losses.push({ statement, table, column })
      return
    }
    if (this.madeColumns.has(columnKey(table, column))) return
    this.losses.push({ statement, table, column: this.liveColumn(table, column) })
  }

  private live(name: RelationName): RelationName {
    return this.tables.get(keyOf(name)) ?? { schema: name.schema, name: name.name }
  }

  private liveColumn(table: RelationName, column: string): string {
    return this.columns.get(columnKey(table, column)) ?? column
  }
}

function columnKey(table: RelationName, column: string): string {
  return `${keyOf(table)}\0${column}`
}

/** `price::text::status` as its types, innermost first; undefined for any other expression. */
function castsOf(expression: Node): readonly TypeName[] | undefined {
  const types: TypeName[] = []
  let node: Node | undefined = expression
  while (node !== undefined && 'TypeCast' in node) {
    const { typeName, arg }: { typeName?: TypeName; arg?: Node } = node.TypeCast
    if (typeName !== undefined) types.unshift(typeName)
    node = arg
  }
  return node !== undefined && 'ColumnRef' in node ? types : undefined
}

function typeText(type: TypeName): SqlFragment {
  const { base, modifiers, isArray } = parsedType(type)
  const isPlain = modifiers.length === 0 || base === 'interval'
  return join(
    [
      identifier(...strings(type.names)),
      ...(isPlain ? [] : [sql`(${join(modifiers.map((one) => literal(one)))})`]),
      ...(isArray ? [keyword('[]', ['[]'])] : []),
    ],
    '',
  )
}
