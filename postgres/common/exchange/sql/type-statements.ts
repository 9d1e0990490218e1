// Types: enums, domains, composite and range types.
import type {
  AlterDomainStmt,
  AlterEnumStmt,
  CompositeTypeStmt,
  Constraint,
  CreateDomainStmt,
  CreateEnumStmt,
  CreateRangeStmt,
} from '@pgsql/types'
import { printedName } from '../../catalog/edit/qualified.ts'
import { orTell } from './columns.ts'
import { grantedByDefault } from './default-privileges.ts'
import { collationName } from './expression.ts'
import { itemsOf, namesOf, optionsOf, qualifiedOf, textOf, type Nodes } from './nodes.ts'
import { printValue, tableScope } from './printer.ts'
import type { Scope } from './scope.ts'
import { NotImported, type DomainDraft, type ImportState } from './state.ts'
import { baseType, printType } from './types.ts'

/** What every new type has. */
function head(state: ImportState, kind: string, nodes: Nodes) {
  const { schema, name } = qualifiedOf(nodes)
  const own = schema ?? state.currentSchema
  return {
    id: state.newId(kind),
    schema: own,
    name,
    owner: state.owner,
    comment: null,
    grants: grantedByDefault(state, 'types', own),
  }
}

export function createEnum(state: ImportState, statement: CreateEnumStmt): void {
  const labels = (statement.vals ?? []).map((one) => ({
    id: state.newId('enumLabel'),
    label: textOf(one) ?? '',
  }))
  state.put({ ...head(state, 'enum', statement.typeName), kind: 'enum', labels })
}

/** ALTER TYPE … ADD VALUE and RENAME VALUE. */
export function alterEnum(state: ImportState, statement: AlterEnumStmt): void {
  const { schema, name } = qualifiedOf(statement.typeName)
  const type = state.type(schema, name)
  if (type?.kind !== 'enum') throw new NotImported(`There is no enum ${name}.`)
  const { oldVal, newVal = '', newValNeighbor, newValIsAfter } = statement
  if (oldVal !== undefined) {
    for (const one of type.labels) if (one.label === oldVal) one.label = newVal
    return
  }
  if (type.labels.some(({ label }) => label === newVal)) return
  const at = type.labels.findIndex(({ label }) => label === newValNeighbor)
  const where = at === -1 ? type.labels.length : newValIsAfter === true ? at + 1 : at
  type.labels.splice(where, 0, { id: state.newId('enumLabel'), label: newVal })
}

export function createComposite(state: ImportState, { typevar, coldeflist }: CompositeTypeStmt): void {
  const nodes = [typevar?.schemaname, typevar?.relname].flatMap((one) =>
    one === undefined ? [] : [{ String: { sval: one } }],
  )
  state.put({
    ...head(state, 'composite', nodes),
    kind: 'composite',
    attributes: (coldeflist ?? []).flatMap((one) => {
      if (!('ColumnDef' in one)) return []
      const { colname = '', typeName, collClause } = one.ColumnDef
      return [
        {
          id: state.newId('attribute'),
          name: colname,
          ...printType(state, typeName),
          collation: collClause === undefined ? null : collationName({ state }, namesOf(collClause.collname)),
          comment: null,
        },
      ]
    }),
  })
}

export function createRange(state: ImportState, { typeName, params }: CreateRangeStmt): void {
  const base = head(state, 'range', typeName)
  const options = new Map(optionsOf(params).map((one) => [one.defname, one.arg]))
  const names = (option: string): string[] => {
    const arg = options.get(option)
    if (arg === undefined) return []
    return 'TypeName' in arg ? namesOf(arg.TypeName.names) : namesOf(itemsOf(arg))
  }
  const subtype = options.get('subtype')
  const type =
    subtype !== undefined && 'TypeName' in subtype
      ? printType(state, subtype.TypeName)
      : { type: '', typeId: null }
  const routine = (option: string): string | null => {
    const given = names(option)
    const found = state.routines(given.at(-2), given.at(-1) ?? '')[0]
    if (given.length === 0) return null
    const schema = given.at(-2) ?? found?.schema ?? 'pg_catalog'
    return printedName(schema, given.at(-1) ?? '')
  }
  const multirange = names('multirange_type_name')
  const operatorClass = names('subtype_opclass')
  const collation = names('collation')
  state.put({
    ...base,
    kind: 'range',
    subtype: type.type,
    subtypeId: type.typeId,
    operatorClass:
      operatorClass.length === 0
        ? null
        : printedName(operatorClass.at(-2) ?? 'pg_catalog', operatorClass.at(-1) ?? ''),
    collation: collation.length === 0 ? null : collationName({ state }, collation),
    canonical: routine('canonical'),
    subtypeDiff: routine('subtype_diff'),
    multirange: {
      schema: multirange.at(-2) ?? base.schema,
      name:
        multirange.at(-1) ??
        (base.name.includes('range') ? base.name.replace('range', 'multirange') : `${base.name}_multirange`),
    },
  })
}

export function createDomain(state: ImportState, statement: CreateDomainStmt): void {
  const base = head(state, 'domain', statement.domainname)
  const { type, typeId } = printType(state, statement.typeName)
  const domain: DomainDraft = {
    ...base,
    kind: 'domain',
    type,
    typeId,
    collation:
      statement.collClause === undefined
        ? null
        : collationName({ state }, namesOf(statement.collClause.collname)),
    isNullable: true,
    default: null,
    constraints: [],
  }
  state.put(domain)
  for (const node of statement.constraints ?? [])
    if ('Constraint' in node) addDomainConstraint(state, domain, node.Constraint)
}

function domainScope(state: ImportState, domain: DomainDraft): Scope {
  return { ...tableScope(state, null), valueType: baseType(state, domain.type) }
}

function addDomainConstraint(state: ImportState, domain: DomainDraft, constraint: Constraint): void {
  switch (constraint.contype) {
    case 'CONSTR_NOTNULL':
      domain.isNullable = false
      return
    case 'CONSTR_NULL':
      domain.isNullable = true
      return
    case 'CONSTR_DEFAULT':
      orTell(state, constraint.location, () => {
        domain.default = printValue(
          constraint.raw_expr,
          domainScope(state, domain),
          baseType(state, domain.type),
        )
      })
      return
    case 'CONSTR_CHECK':
      orTell(state, constraint.location, () => {
        const usual = `${domain.name}_check`
        let name = constraint.conname ?? usual
        for (
          let number = 1;
          constraint.conname === undefined && domain.constraints.some((one) => one.name === name);
          number += 1
        )
          name = `${usual}${number}`
        domain.constraints.push({
          id: state.newId('constraint'),
          name,
          expression: printValue(constraint.raw_expr, domainScope(state, domain), 'boolean'),
          isValidated: constraint.skip_validation !== true,
          comment: null,
        })
      })
      return
    default:
      return
  }
}

export function alterDomain(state: ImportState, statement: AlterDomainStmt): void {
  const { schema, name } = qualifiedOf(statement.typeName)
  const domain = state.type(schema, name)
  if (domain?.kind !== 'domain') throw new NotImported(`There is no domain ${name}.`)
  const { subtype, def } = statement
  switch (subtype) {
    case 'T':
      if (def === undefined) domain.default = null
      else domain.default = printValue(def, domainScope(state, domain), domain.type)
      return
    case 'N':
    case 'O':
      domain.isNullable = subtype === 'N'
      return
    case 'C':
      if (def !== undefined && 'Constraint' in def) addDomainConstraint(state, domain, def.Constraint)
      return
    case 'X':
      domain.constraints = domain.constraints.filter((one) => one.name !== statement.name)
      return
    case 'V':
      for (const one of domain.constraints) if (one.name === statement.name) one.isValidated = true
      return
    default:
      return
  }
}
