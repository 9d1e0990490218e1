// The SQL that stands in an object of the model, mapped: what Postgres printed, or what a person wrote.
import type { ModelObject } from '#contract/schema/types.ts'

type Rewrite = (text: string) => string

export interface TextRewrites {
  /** Expressions, queries and definitions. */
  readonly expression: Rewrite
  /** Names of types, collations, operator classes and functions of ranges. */
  readonly type?: Rewrite
  /** Functions. A body in quotes is the person's own text: Postgres does not rewrite it either. */
  readonly body?: Rewrite
}

const same: Rewrite = (text) => text

function optional(text: string | null, rewrite: Rewrite): string | null {
  return text === null ? null : rewrite(text)
}

/** The object with its texts mapped; what is not given stays. */
export function mapTexts(
  object: ModelObject,
  { expression, type = same, body = same }: TextRewrites,
): ModelObject {
  switch (object.kind) {
    case 'table':
      return {
        ...object,
        columns: object.columns.map((column) => ({
          ...column,
          type: type(column.type),
          collation: optional(column.collation, type),
          default: optional(column.default, expression),
          generated:
            column.generated === null
              ? null
              : { ...column.generated, expression: expression(column.generated.expression) },
        })),
        constraints: object.constraints.map((one) =>
          one.kind === 'check'
            ? { ...one, expression: expression(one.expression) }
            : one.kind === 'exclusion'
              ? { ...one, definition: expression(one.definition) }
              : one,
        ),
        indexes: object.indexes.map((index) => ({
          ...index,
          where: optional(index.where, expression),
          elements: index.elements.map((element) => ({
            ...element,
            expression: optional(element.expression, expression),
            collation: optional(element.collation, type),
            operatorClass: optional(element.operatorClass, type),
          })),
        })),
        rules: object.rules.map((rule) => ({ ...rule, definition: expression(rule.definition) })),
        triggers: object.triggers.map((trigger) => ({
          ...trigger,
          definition: expression(trigger.definition),
        })),
        policies: object.policies.map((policy) => ({
          ...policy,
          using: optional(policy.using, expression),
          check: optional(policy.check, expression),
        })),
      }
    case 'view':
      return {
        ...object,
        definition: expression(object.definition),
        columns: object.columns.map((column) => ({ ...column, type: type(column.type) })),
        rules: object.rules.map((rule) => ({ ...rule, definition: expression(rule.definition) })),
        triggers: object.triggers.map((trigger) => ({
          ...trigger,
          definition: expression(trigger.definition),
        })),
      }
    case 'domain':
      return {
        ...object,
        type: type(object.type),
        collation: optional(object.collation, type),
        default: optional(object.default, expression),
        constraints: object.constraints.map((one) => ({ ...one, expression: expression(one.expression) })),
      }
    case 'composite':
      return {
        ...object,
        attributes: object.attributes.map((attribute) => ({
          ...attribute,
          type: type(attribute.type),
          collation: optional(attribute.collation, type),
        })),
      }
    case 'range':
      return {
        ...object,
        subtype: type(object.subtype),
        operatorClass: optional(object.operatorClass, type),
        collation: optional(object.collation, type),
        canonical: optional(object.canonical, type),
        subtypeDiff: optional(object.subtypeDiff, type),
      }
    case 'publication':
      return {
        ...object,
        tables: object.tables.map((table) => ({ ...table, where: optional(table.where, expression) })),
      }
    case 'routine':
      return { ...object, definition: body(object.definition) }
    default:
      return object
  }
}
