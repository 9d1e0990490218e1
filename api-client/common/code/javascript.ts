// JavaScript: fetch in Node and in a page, and axios.
import { expressionOf, formText, plainRequest, type PlainRequest } from './plain.ts'
import type { CodeOptions, CodeRequest } from './types.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** A string literal that means exactly `text`. What cannot be seen is escaped. */
export function javascriptString(text: string): string {
  const escaped = text.replace(
    /[\\'\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) =>
      ESCAPES[character] ??
      [...character].map((one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`).join(''),
  )
  return `'${escaped}'`
}

/** A literal of a value of JSON; objects over several lines when they have more than one member, `indent` before the closing brace. */
export function javascriptValue(value: unknown, indent = ''): string {
  if (typeof value === 'string') return javascriptString(value)
  if (value === null || typeof value !== 'object') return String(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) return `[${value.map((item) => javascriptValue(item, inner)).join(', ')}]`
  const members = Object.entries(value).map(
    ([name, item]) => `${memberName(name)}: ${javascriptValue(item, inner)}`,
  )
  if (members.length === 0) return '{}'
  if (members.length === 1) return `{ ${members.join('')} }`
  return `{\n${members.map((member) => `${inner}${member},\n`).join('')}${indent}}`
}

function memberName(name: string): string {
  // Written plainly it would set the prototype.
  if (name === '__proto__') return "['__proto__']"
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : javascriptString(name)
}

/** For `…expressionOf`. */
export function javascriptText(text: string, usesEnvironment: boolean): string {
  return expressionOf(text, usesEnvironment, {
    literal: javascriptString,
    variable: (name) => `process.env.${name}`,
    plus: ' + ',
  })
}

function headersOf({ headers, auth, usesEnvironment, body }: PlainRequest): string[] {
  const text = (value: string): string => javascriptText(value, usesEnvironment)
  const lines = headers
    // A boundary that we made up would be wrong.
    .filter((one) => !(body.type === 'multipart' && one.name.toLowerCase() === 'content-type'))
    .map((one) => `    [${text(one.name)}, ${text(one.value)}],`)
  if (auth.type === 'basic')
    lines.push(`    ['Authorization', 'Basic ' + btoa(${text(`${auth.username}:${auth.password}`)})],`)
  return lines
}

/** Auth that fetch cannot do by itself is said. */
function remarks({ auth }: PlainRequest): string[] {
  if (auth.type === 'digest') return ['// The server asks for digest authentication, which is not done here.']
  if (auth.type === 'awsV4')
    return ['// The request must be signed (AWS signature version 4), which is not done here.']
  return []
}

/** With top-level await. `inPage`: files are chosen by a person; else they are read by their paths. */
export function fetchCode(request: CodeRequest, options: CodeOptions, inPage: boolean): string {
  const plain = plainRequest(request, inPage ? {} : options)
  const text = (value: string): string => javascriptText(value, plain.usesEnvironment)
  const { before, imports, body } = bodyCode(plain, inPage)
  const headers = headersOf(plain)
  const { settings = {} } = plain.request
  return [
    ...imports,
    ...(imports.length === 0 ? [] : ['']),
    ...remarks(plain),
    ...before,
    `const response = await fetch(${text(plain.url)}, {`,
    `  method: ${text(plain.method)},`,
    ...(headers.length === 0 ? [] : ['  headers: [', ...headers, '  ],']),
    ...(body === null ? [] : [`  body: ${body},`]),
    ...(settings.followsRedirects === false ? [`  redirect: 'manual',`] : []),
    ...(settings.timeoutMs !== undefined && settings.timeoutMs > 0
      ? [`  signal: AbortSignal.timeout(${settings.timeoutMs}),`]
      : []),
    '})',
    'console.log(response.status, await response.text())',
    '',
  ].join('\n')
}

function bodyCode(
  plain: PlainRequest,
  inPage: boolean,
): { before: string[]; imports: string[]; body: string | null } {
  const text = (value: string): string => javascriptText(value, plain.usesEnvironment)
  const { body } = plain
  const openFile = (path: string, type: string | null): string =>
    inPage
      ? `document.querySelector('input[type=file]').files[0] /* ${path.replaceAll('*/', '* /')} */`
      : `await openAsBlob(${text(path)}${type === null ? '' : `, { type: ${text(type)} }`})`
  const imports = (hasFile: boolean): string[] =>
    hasFile && !inPage ? [`import { openAsBlob } from 'node:fs'`] : []
  switch (body.type) {
    case 'none':
      return { before: [], imports: [], body: null }
    case 'text':
      return { before: [], imports: [], body: text(body.text) }
    case 'form':
      return {
        before: [],
        imports: [],
        body: `new URLSearchParams([\n${body.fields.map((one) => `    [${text(one.name)}, ${text(one.value)}],\n`).join('')}  ])`,
      }
    case 'file':
      return { before: [], imports: imports(true), body: openFile(body.path, null) }
    case 'multipart':
      return {
        imports: imports(body.parts.some((part) => part.type === 'file')),
        before: [
          'const form = new FormData()',
          ...body.parts.map((part) => {
            if (part.type === 'file')
              return `form.append(${text(part.name)}, ${openFile(part.path, part.contentType)}, ${text(part.path.split(/[/\\]/).at(-1) ?? '')})`
            const value =
              part.contentType === null
                ? text(part.value)
                : `new Blob([${text(part.value)}], { type: ${text(part.contentType)} })`
            return `form.append(${text(part.name)}, ${value})`
          }),
        ],
        body: 'form',
      }
  }
}

/** For Node. */
export function axiosCode(request: CodeRequest, options: CodeOptions): string {
  const plain = plainRequest(request, options)
  const text = (value: string): string => javascriptText(value, plain.usesEnvironment)
  const { before, imports, body } =
    plain.body.type === 'form'
      ? { before: [], imports: [], body: text(formText(plain.body.fields)) }
      : bodyCode(plain, false)
  const { auth } = plain
  const names = new Map<string, { name: string; values: string[] }>()
  for (const one of plain.headers) {
    if (plain.body.type === 'multipart' && one.name.toLowerCase() === 'content-type') continue
    const known = names.get(one.name.toLowerCase())
    if (known === undefined) names.set(one.name.toLowerCase(), { name: one.name, values: [text(one.value)] })
    else known.values.push(text(one.value))
  }
  const headers = [...names.values()].map(
    ({ name, values }) => `    ${text(name)}: ${values.length === 1 ? values[0] : `[${values.join(', ')}]`},`,
  )
  return [
    `import axios from 'axios'`,
    ...imports,
    '',
    ...remarks(plain),
    ...before,
    'const response = await axios.request({',
    `  method: ${text(plain.method)},`,
    `  url: ${text(plain.url)},`,
    ...(headers.length === 0 ? [] : ['  headers: {', ...headers, '  },']),
    ...(auth.type === 'basic'
      ? [`  auth: { username: ${text(auth.username)}, password: ${text(auth.password)} },`]
      : []),
    ...(body === null ? [] : [`  data: ${body},`]),
    `  transformRequest: (data) => data,`,
    '})',
    'console.log(response.status, response.data)',
    '',
  ].join('\n')
}
