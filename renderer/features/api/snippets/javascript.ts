// A snippet for supabase-js, which works with a project unchanged.
import { columnName, filterKey } from './names.ts'
import type { Json, Match, SnippetAction, SnippetTarget, Values } from './types.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** A string literal that means exactly `text`. What cannot be seen is escaped. */
export function jsString(text: string): string {
  const escaped = text.replace(
    /[\\'\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) =>
      ESCAPES[character] ??
      [...character].map((one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`).join(''),
  )
  return `'${escaped}'`
}

/** A literal of any value; objects over several lines when they have more than one member. */
export function jsValue(value: Json, indent = ''): string {
  if (typeof value === 'string') return jsString(value)
  if (value === null || typeof value !== 'object') return String(value)
  const inner = `${indent}  `
  if (isList(value)) return `[${value.map((item) => jsValue(item, inner)).join(', ')}]`
  const members = Object.entries(value).map(([name, item]) => `${memberName(name)}: ${jsValue(item, inner)}`)
  if (members.length === 0) return '{}'
  if (members.length === 1) return `{ ${members.join('')} }`
  return `{\n${members.map((member) => `${inner}${member},\n`).join('')}${indent}}`
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function memberName(name: string): string {
  // Written plainly it would set the prototype.
  if (name === '__proto__') return "['__proto__']"
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : jsString(name)
}

/** A name as supabase-js puts it into a path: it encodes spaces and letters, but takes ? # / and % as they are. */
function relationName(name: string): string {
  return jsString(/[?#%/\\\p{Cc}]|^\s|\s$|^\.+$/u.test(name) ? encodeURIComponent(name) : name)
}

const eq = ({ column, value }: Match): string => `.eq(${jsString(filterKey(column))}, ${jsValue(value)})`

/** Creates the client and makes the call. */
export function javascriptSnippet(target: SnippetTarget, action: SnippetAction): string {
  const schema = target.schema === null ? [] : [`.schema(${jsString(target.schema)})`]
  const chain = [...schema, ...steps(action)]
  return `import { createClient } from '@supabase/supabase-js'

const supabase = createClient(${jsString(target.url)}, ${jsString(target.key)})

const { data, error } = await supabase
${chain.map((step) => `  ${step}`).join('\n')}
`
}

function steps(action: SnippetAction): readonly string[] {
  switch (action.type) {
    case 'read':
      return [
        `.from(${relationName(action.table)})`,
        `.select(${action.columns.length === 0 ? '' : jsString(action.columns.map(columnName).join(','))})`,
        ...(action.match === null ? [] : [eq(action.match)]),
        ...(action.limit === null ? [] : [`.limit(${action.limit})`]),
      ]
    case 'insert':
    case 'upsert':
      return [
        `.from(${relationName(action.table)})`,
        `.${action.type}(${jsValue(action.values, '  ')})`,
        '.select()',
      ]
    case 'update':
      return [
        `.from(${relationName(action.table)})`,
        `.update(${jsValue(action.values, '  ')})`,
        eq(action.match),
        '.select()',
      ]
    case 'delete':
      return [`.from(${relationName(action.table)})`, '.delete()', eq(action.match), '.select()']
    case 'call':
      return [`.rpc(${[relationName(action.function), ...callArguments(action)].join(', ')})`]
  }
}

function callArguments(action: { readonly arguments: Values; readonly method: 'GET' | 'POST' }): string[] {
  const values = jsValue(action.arguments, '  ')
  if (action.method === 'GET') return [values, '{ get: true }']
  return values === '{}' ? [] : [values]
}
