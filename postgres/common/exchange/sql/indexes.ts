// CREATE INDEX and what ALTER says of indexes.
import type { IndexStmt } from '@pgsql/types'
import { elementsName, indexElement } from './index-elements.ts'
import { inheritIndex, partitionsOf } from './inherit.ts'
import { storageOptions } from './nodes.ts'
import { columnsPart, relationName } from './object-names.ts'
import { printExpression, tableScope } from './printer.ts'
import { NotImported, type ImportState, type IndexDraft } from './state.ts'

/** CREATE INDEX. */
export function createIndex(state: ImportState, statement: IndexStmt): void {
  const relation = state.relation(statement.relation?.schemaname, statement.relation?.relname ?? '')
  if (relation === undefined || relation.kind === 'sequence')
    throw new NotImported(
      `There is no table ${statement.relation?.relname ?? ''}.`,
      statement.relation?.location ?? null,
    )
  if (statement.if_not_exists === true && relation.indexes.some(({ name }) => name === statement.idxname))
    return
  const nodes = (items: IndexStmt['indexParams']) =>
    (items ?? []).flatMap((one) => ('IndexElem' in one ? [one.IndexElem] : []))
  const elements = nodes(statement.indexParams)
  const included = nodes(statement.indexIncludingParams)
  const method = statement.accessMethod ?? 'btree'
  const index: IndexDraft = {
    id: state.newId('index'),
    name:
      statement.idxname ??
      relationName(state, relation, columnsPart(elementsName([...elements, ...included])), 'idx'),
    method,
    elements: elements.map((one) => indexElement(state, relation, one, method)),
    include: included.flatMap(({ name }) => name ?? []),
    isUnique: statement.unique === true,
    isNullsNotDistinct: statement.nulls_not_distinct === true,
    where:
      statement.whereClause === undefined
        ? null
        : printExpression(statement.whereClause, tableScope(state, relation)).sql,
    options: storageOptions(statement.options),
    tablespace: statement.tableSpace ?? null,
    isValid: true,
    isClustered: false,
    parent: null,
    comment: null,
  }
  relation.indexes.push(index)
  state.addIndexName(relation, index.name)
  if (relation.kind === 'table' && statement.relation?.inh === true)
    for (const child of partitionsOf(state, relation)) inheritIndex(state, child, relation, index)
}

/** The index of this name and what it belongs to. Throws NotImported when there is none. */
export function indexOf(state: ImportState, schema: string | undefined, name: string) {
  const owner = state.indexOwner(schema, name)
  const index = owner?.indexes.find((one) => one.name === name)
  const constraint = owner?.kind === 'table' ? owner.constraints.find((one) => one.name === name) : undefined
  if (owner === undefined || (index === undefined && constraint === undefined))
    throw new NotImported(`There is no index ${name}.`)
  return { owner, index, constraint }
}
