// The object or part that COMMENT, RENAME, DROP and their kin name.
import type { Node, ObjectType } from '@pgsql/types'
import { indexOf } from './indexes.ts'
import { itemsOf, namesOf, qualifiedOf } from './nodes.ts'
import { castName, transformName } from './others.ts'
import { routineOf } from './routines.ts'
import {
  NotImported,
  type ImportState,
  type ObjectDraft,
  type OtherDraft,
  type RelationDraft,
  type TableDraft,
} from './state.ts'

/** Anything that can have a comment. */
export interface Commented {
  comment: string | null
}

function relationOf(state: ImportState, names: readonly string[]): RelationDraft {
  const found = state.relation(names.at(-2), names.at(-1) ?? '')
  if (found === undefined) throw new NotImported(`There is no relation ${names.join('.')}.`)
  return found
}

/** Names of an object, however the parser gives them. */
export function namesOfObject(object: Node | undefined): readonly string[] {
  if (object === undefined) return []
  if ('TypeName' in object) return namesOf(object.TypeName.names)
  if ('ObjectWithArgs' in object) return namesOf(object.ObjectWithArgs.objname)
  return namesOf(itemsOf(object))
}

/** For a message: `such cast` where an object has no name of its own. */
export function shownName(names: readonly string[], objtype: ObjectType | undefined): string {
  if (objtype === 'OBJECT_CAST') return 'such cast'
  return objtype === 'OBJECT_TRANSFORM' ? 'such transform' : names.join('.')
}

const OTHERS: Readonly<Record<string, string>> = {
  OBJECT_COLLATION: 'collation',
  OBJECT_CONVERSION: 'conversion',
  OBJECT_OPERATOR: 'operator',
  OBJECT_OPCLASS: 'operator class',
  OBJECT_OPFAMILY: 'operator family',
  OBJECT_FDW: 'foreign data wrapper',
  OBJECT_FOREIGN_SERVER: 'server',
  OBJECT_LANGUAGE: 'language',
  OBJECT_ACCESS_METHOD: 'access method',
  OBJECT_STATISTIC_EXT: 'statistics',
  OBJECT_TSCONFIGURATION: 'text search configuration',
  OBJECT_TSDICTIONARY: 'text search dictionary',
  OBJECT_TSPARSER: 'text search parser',
  OBJECT_TSTEMPLATE: 'text search template',
}

/** An object by its kind and name; undefined when there is none. Throws NotImported for kinds that no model has. */
export function findObject(
  state: ImportState,
  objtype: ObjectType | undefined,
  object: Node | undefined,
): ObjectDraft | undefined {
  const names = namesOfObject(object)
  const name = names.at(-1) ?? ''
  const schema = names.at(-2)
  switch (objtype) {
    case 'OBJECT_TABLE':
    case 'OBJECT_FOREIGN_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
    case 'OBJECT_SEQUENCE':
      return state.relation(schema, name)
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      return state.type(schema, name)
    case 'OBJECT_SCHEMA':
      return state.schema(name)
    case 'OBJECT_EXTENSION':
      return state.extension(name)
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
    case 'OBJECT_AGGREGATE':
      if (object === undefined || !('ObjectWithArgs' in object)) return undefined
      return state.routines(schema, name).length === 0 ? undefined : routineOf(state, object.ObjectWithArgs)
    case 'OBJECT_EVENT_TRIGGER':
      return state.ofKind('eventTrigger').find((one) => one.name === name)
    case 'OBJECT_PUBLICATION':
      return state.ofKind('publication').find((one) => one.name === name)
    case 'OBJECT_CAST':
    case 'OBJECT_TRANSFORM':
      return ofTypes(state, objtype === 'OBJECT_CAST' ? 'cast' : 'transform', object)
    default: {
      const what = OTHERS[objtype ?? '']
      if (what === undefined) throw new NotImported(`${objtype ?? 'This kind of object'} is not imported.`)
      return otherOf(state, what, names)
    }
  }
}

/** Casts go by two types, transforms by a type and a language: neither has a name of its own. */
function ofTypes(
  state: ImportState,
  what: 'cast' | 'transform',
  object: Node | undefined,
): OtherDraft | undefined {
  const [first, second] = itemsOf(object)
  if (first === undefined || !('TypeName' in first) || second === undefined) return undefined
  const name =
    'TypeName' in second
      ? castName(state, first.TypeName, second.TypeName)
      : transformName(state, first.TypeName, namesOf([second])[0])
  return state.others(what).find((one) => one.name === name)
}

function otherOf(state: ImportState, what: string, names: readonly string[]): OtherDraft | undefined {
  // Operator classes and families come with their method in front.
  const own = what === 'operator class' || what === 'operator family' ? names.slice(1) : names
  const schema = own.at(-2)
  return state
    .others(what)
    .find((one) => one.name === (own.at(-1) ?? '') && (schema === undefined || one.schema === schema))
}

/** What COMMENT is on. Throws NotImported when there is none. */
export function commentedOf(
  state: ImportState,
  objtype: ObjectType | undefined,
  object: Node | undefined,
): Commented {
  const names = namesOfObject(object)
  const name = names.at(-1) ?? ''
  const missing = (): never => {
    throw new NotImported(`There is no ${shownName(names, objtype)}.`)
  }
  const part = <Part extends Commented & { name: string }>(parts: readonly Part[]): Part =>
    parts.find((one) => one.name === name) ?? missing()
  switch (objtype) {
    case 'OBJECT_COLUMN': {
      const type = state.type(names.at(-3), names.at(-2) ?? '')
      if (type?.kind === 'composite') return part(type.attributes)
      const relation = relationOf(state, names.slice(0, -1))
      return relation.kind === 'sequence' ? missing() : part(relation.columns)
    }
    case 'OBJECT_ATTRIBUTE': {
      const type = state.type(names.at(-3), names.at(-2) ?? '')
      return type?.kind === 'composite' ? part(type.attributes) : missing()
    }
    case 'OBJECT_TABCONSTRAINT':
      return part(tableNamed(state, names.slice(0, -1)).constraints)
    case 'OBJECT_POLICY':
      return part(tableNamed(state, names.slice(0, -1)).policies)
    case 'OBJECT_TRIGGER': {
      const relation = relationOf(state, names.slice(0, -1))
      return relation.kind === 'sequence' ? missing() : part(relation.triggers)
    }
    case 'OBJECT_RULE': {
      const relation = relationOf(state, names.slice(0, -1))
      return relation.kind === 'sequence' ? missing() : part(relation.rules)
    }
    case 'OBJECT_INDEX': {
      const { index, constraint } = indexOf(state, names.at(-2), name)
      return index ?? constraint ?? missing()
    }
    case 'OBJECT_DOMCONSTRAINT': {
      const [type, constraint] = itemsOf(object)
      const { schema, name: own } = qualifiedOf(
        type !== undefined && 'TypeName' in type ? type.TypeName.names : undefined,
      )
      const domain = state.type(schema, own)
      const wanted = namesOf(constraint === undefined ? [] : [constraint])[0]
      const found =
        domain?.kind === 'domain' ? domain.constraints.find((one) => one.name === wanted) : undefined
      return found ?? missing()
    }
    default:
      return findObject(state, objtype, object) ?? missing()
  }
}

/** A table by its names. Throws NotImported. */
export function tableNamed(state: ImportState, names: readonly string[]): TableDraft {
  const found = relationOf(state, names)
  if (found.kind !== 'table') throw new NotImported(`There is no table ${names.join('.')}.`)
  return found
}
