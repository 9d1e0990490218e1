// Text in a draft that still says the old names: a view's query over a column that the draft renames. Postgres follows renames by itself, so such text
// means the same as before; where it must be run again it is written with the new names.
import type { ModelObject } from '#contract/schema/types.ts'
import { rewriteQualifiedNames, type Rewrites } from './sql-text.ts'
import { partListsOf, type Part } from './parts.ts'

/** The newer object with what it took over word for word from the older one in the new names. */
export function refreshTexts(
  before: ModelObject | null,
  after: ModelObject | null,
  rewrites: Rewrites | null,
): ModelObject | null {
  if (before === null || after === null || rewrites === null) return after
  const known = new Set<string>()
  for (const text of textsOf(before)) known.add(text)
  const fresh = (text: string): string => (known.has(text) ? rewriteQualifiedNames(text, rewrites) : text)
  return mapTexts(after, fresh)
}

function textsOf(object: ModelObject): readonly string[] {
  const texts: string[] = []
  mapTexts(object, (text) => {
    texts.push(text)
    return text
  })
  return texts
}

type Rewrite = (text: string) => string

const optional = (text: string | null, rewrite: Rewrite): string | null =>
  text === null ? null : rewrite(text)

function mapTexts(object: ModelObject, rewrite: Rewrite): ModelObject {
  switch (object.kind) {
    case 'table':
      return {
        ...object,
        columns: object.columns.map((column) => ({
          ...column,
          type: rewrite(column.type),
          collation: optional(column.collation, rewrite),
          default: optional(column.default, rewrite),
          generated:
            column.generated === null
              ? null
              : { ...column.generated, expression: rewrite(column.generated.expression) },
        })),
        constraints: object.constraints.map((one) =>
          one.kind === 'check'
            ? { ...one, expression: rewrite(one.expression) }
            : one.kind === 'exclusion'
              ? { ...one, definition: rewrite(one.definition) }
              : one,
        ),
        indexes: object.indexes.map((index) => ({
          ...index,
          where: optional(index.where, rewrite),
          elements: index.elements.map((element) => ({
            ...element,
            expression: optional(element.expression, rewrite),
            collation: optional(element.collation, rewrite),
            operatorClass: optional(element.operatorClass, rewrite),
          })),
        })),
        rules: object.rules.map((rule) => ({ ...rule, definition: rewrite(rule.definition) })),
        triggers: object.triggers.map((trigger) => ({ ...trigger, definition: rewrite(trigger.definition) })),
        policies: object.policies.map((policy) => ({
          ...policy,
          using: optional(policy.using, rewrite),
          check: optional(policy.check, rewrite),
        })),
      }
    case 'view':
      return {
        ...object,
        definition: rewrite(object.definition),
        columns: object.columns.map((column) => ({ ...column, type: rewrite(column.type) })),
        rules: object.rules.map((rule) => ({ ...rule, definition: rewrite(rule.definition) })),
        triggers: object.triggers.map((trigger) => ({ ...trigger, definition: rewrite(trigger.definition) })),
      }
    case 'domain':
      return {
        ...object,
        type: rewrite(object.type),
        collation: optional(object.collation, rewrite),
        default: optional(object.default, rewrite),
        constraints: object.constraints.map((one) => ({ ...one, expression: rewrite(one.expression) })),
      }
    case 'composite':
      return {
        ...object,
        attributes: object.attributes.map((attribute) => ({
          ...attribute,
          type: rewrite(attribute.type),
          collation: optional(attribute.collation, rewrite),
        })),
      }
    case 'range':
      return {
        ...object,
        subtype: rewrite(object.subtype),
        operatorClass: optional(object.operatorClass, rewrite),
        collation: optional(object.collation, rewrite),
        canonical: optional(object.canonical, rewrite),
        subtypeDiff: optional(object.subtypeDiff, rewrite),
      }
    case 'publication':
      return {
        ...object,
        tables: object.tables.map((table) => ({ ...table, where: optional(table.where, rewrite) })),
      }
    // The body of a function in quotes is the person's own text; Postgres does not rewrite it either.
    default:
      return object
  }
}

/** All parts of an object, of whatever kind. */
export function allPartsOf(object: ModelObject): readonly Part[] {
  return partListsOf(object, null).flatMap(({ older }) => older)
}
