// A GraphQL schema that introspection gave, and what of it fits at a place of a query.
import {
  buildClientSchema,
  getNamedType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql'
import type { Suggestion, Suggestions } from '../../../components/code-editor/types.ts'

/** The schema; null when the answer is not one. */
export function readSchema(introspection: Readonly<Record<string, unknown>>): GraphQLSchema | null {
  try {
    const data: unknown = Reflect.get(introspection, 'data') ?? introspection
    return isIntrospection(data) ? buildClientSchema(data) : null
  } catch {
    return null
  }
}

function isIntrospection(value: unknown): value is Parameters<typeof buildClientSchema>[0] {
  return typeof value === 'object' && value !== null && '__schema' in value
}

/** Names of the operations in a query. */
export function operationNames(query: string): readonly string[] {
  return [...query.matchAll(/^\s*(?:query|mutation|subscription)\s+([A-Za-z_]\w*)/gm)].map(
    (match) => match[1] ?? '',
  )
}

/** Fields of the type whose braces the caret is in, arguments within parentheses. */
export function suggestGraphql(schema: GraphQLSchema | null, text: string, offset: number): Suggestions {
  const typed = /[A-Za-z_]\w*$/.exec(text.slice(0, offset))?.[0] ?? ''
  const start = offset - typed.length
  const place = schema === null ? null : placeAt(schema, text.slice(0, start))
  return { items: place === null ? KEYWORDS : suggestionsOf(place), start, end: offset }
}

const KEYWORDS: readonly Suggestion[] = ['query', 'mutation', 'subscription', 'fragment'].map((label) =>
  suggestion('keyword', label, '', ''),
)

interface Place {
  readonly type: GraphQLNamedType
  /** Of a field whose parentheses are open. */
  readonly field: string | null
}

/** Walks the query up to the caret: each brace goes into the type of the field before it. */
function placeAt(schema: GraphQLSchema, before: string): Place | null {
  const stack: GraphQLNamedType[] = []
  let operation = 'query'
  let lastWord = ''
  let fragment: string | null = null
  let openField: string | null = null
  for (const [token] of before
    .replace(/#.*$/gm, '')
    .matchAll(/"(?:[^"\\]|\\.)*"|\.{3}|[A-Za-z_]\w*|[^\s\w]/g)) {
    const top = stack.at(-1)
    if (token === '{' && openField === null) {
      const next: GraphQLNamedType | null | undefined =
        fragment !== null
          ? schema.getType(fragment)
          : top === undefined
            ? rootOf(schema, operation)
            : typeOfField(top, lastWord)
      if (next === null || next === undefined) return null
      stack.push(next)
      fragment = null
    } else if (token === '}' && openField === null) stack.pop()
    else if (token === '(') openField = lastWord
    else if (token === ')') openField = null
    else if (/^[A-Za-z_]/.test(token) && openField === null) {
      if (stack.length === 0 && /^(?:query|mutation|subscription)$/.test(token)) operation = token
      else if (lastWord === 'on') fragment = token
      lastWord = token
    }
  }
  const type = stack.at(-1)
  return type === undefined ? null : { type, field: openField }
}

function rootOf(schema: GraphQLSchema, operation: string): GraphQLNamedType | null | undefined {
  return operation === 'mutation'
    ? schema.getMutationType()
    : operation === 'subscription'
      ? schema.getSubscriptionType()
      : schema.getQueryType()
}

function typeOfField(type: GraphQLNamedType, name: string): GraphQLNamedType | undefined {
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined
  const field = type.getFields()[name]
  return field === undefined ? undefined : getNamedType(field.type)
}

function suggestionsOf({ type, field }: Place): readonly Suggestion[] {
  if (isUnionType(type)) return [suggestion('column', '__typename', 'String', '')]
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  if (field !== null)
    return (type.getFields()[field]?.args ?? []).flatMap((argument) => {
      const named = getNamedType(argument.type)
      return [
        suggestion(
          'condition',
          argument.name,
          String(argument.type),
          argument.description ?? '',
          `${argument.name}: `,
        ),
        ...(isEnumType(named)
          ? named
              .getValues()
              .map((value) => suggestion('label', value.name, named.name, value.description ?? ''))
          : []),
      ]
    })
  return [
    ...Object.values(type.getFields()).map((one) =>
      suggestion('column', one.name, String(one.type), one.description ?? ''),
    ),
    suggestion('column', '__typename', 'String', ''),
  ]
}

function suggestion(
  kind: Suggestion['kind'],
  label: string,
  detail: string,
  ...[documentation = '', insertText = label]: readonly string[]
): Suggestion {
  return { kind, label, insertText, detail, documentation }
}
