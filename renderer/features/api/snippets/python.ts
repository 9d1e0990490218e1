// A snippet for Python with requests, which everybody has.
import { toHttpRequest } from './http-request.ts'
import type { Json, SnippetAction, SnippetTarget } from './types.ts'

/** A string literal that means exactly `text`: Python reads JSON's escapes as JSON does. What cannot be seen is escaped. */
export function pythonString(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff
      ? `\\U${code.toString(16).padStart(8, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** A literal of any value; dictionaries over several lines when they have more than one member. */
export function pythonValue(value: Json, indent = ''): string {
  if (typeof value === 'string') return pythonString(value)
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return String(value)
  const inner = `${indent}    `
  if (isList(value)) return `[${value.map((item) => pythonValue(item, inner)).join(', ')}]`
  return dictionary(
    Object.entries(value).map(([name, item]) => [name, pythonValue(item, inner)]),
    indent,
  )
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function dictionary(members: readonly (readonly [name: string, literal: string])[], indent: string): string {
  const written = members.map(([name, literal]) => `${pythonString(name)}: ${literal}`)
  if (written.length < 2) return `{${written.join('')}}`
  return `{\n${written.map((member) => `${indent}    ${member},\n`).join('')}${indent}}`
}

/** Makes the call and prints the rows. */
export function pythonSnippet(target: SnippetTarget, action: SnippetAction): string {
  const request = toHttpRequest(target, action)
  const inner = '    '
  const texts = (pairs: readonly (readonly [string, string])[]): string =>
    dictionary(
      pairs.map(([name, value]) => [name, pythonString(value)]),
      inner,
    )
  // Left as text, a header goes out in Latin-1; the API reads UTF-8.
  const header = (value: string): string =>
    /^[\x20-\x7e]*$/.test(value) ? pythonString(value) : `${pythonString(value)}.encode()`
  const headers = request.headers
    // requests sets the content type of what it is given as json.
    .filter(([name]) => name !== 'Content-Type')
    .map(([name, value]) => [name, header(value)] as const)
  const lines = [
    `${inner}${pythonString(request.address)},`,
    ...(request.query.length === 0 ? [] : [`${inner}params=${texts(request.query)},`]),
    `${inner}headers=${dictionary(headers, inner)},`,
    ...(request.body === undefined ? [] : [`${inner}json=${pythonValue(request.body, inner)},`]),
    `${inner}timeout=30,`,
  ]
  return `import requests

response = requests.${request.method.toLowerCase()}(
${lines.join('\n')}
)
response.raise_for_status()
print(response.json())
`
}
