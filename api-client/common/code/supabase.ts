// supabase-js, and supabase for Python: for requests to PostgREST.
import { headerValue } from '../exchange/media.ts'
import { javascriptString, javascriptText, javascriptValue } from './javascript.ts'
import { postgrestCall, type PostgrestCall } from './postgrest-call.ts'
import { pythonString, pythonText } from './python.ts'
import type { CodeOptions, CodeRequest } from './types.ts'

/** Operators that are methods of their own and say the value as it is. */
const METHODS = new Set(['eq', 'neq', 'gt', 'gte', 'lt', 'lte'])

/** Null for a request that is not one to PostgREST. */
export function supabaseJsCode(request: CodeRequest, options: CodeOptions): string | null {
  const call = postgrestCall(request, options)
  if (call === null) return null
  const text = (value: string): string => javascriptText(value, call.plain.usesEnvironment)
  const key = call.key
  const authorization = headerValue(call.plain.headers, 'authorization')
  const settings =
    authorization !== null && authorization !== `Bearer ${key}`
      ? `, {\n  global: { headers: { Authorization: ${text(authorization)} } },\n}`
      : ''
  const chain = [
    ...(call.schema === null ? [] : [`.schema(${text(call.schema)})`]),
    call.kind === 'rpc' ? rpcJs(call, text) : `.from(${relation(call, text)})`,
    ...actionJs(call, text),
    ...call.filters.map(({ column, isNot, operator, value }) =>
      isNot
        ? `.not(${text(column)}, ${text(operator)}, ${text(value)})`
        : METHODS.has(operator)
          ? `.${operator}(${text(column)}, ${text(value)})`
          : `.filter(${text(column)}, ${text(operator)}, ${text(value)})`,
    ),
    ...call.either.map(({ value, table }) => `.or(${text(value)}${ofTableJs(table, text)})`),
    ...returnedJs(call, text),
    ...call.orders.map(({ column, isAscending, nullsFirst, table }) => {
      const settingsOf = [
        ...(isAscending ? [] : ['ascending: false']),
        ...(nullsFirst === null ? [] : [`nullsFirst: ${nullsFirst}`]),
        ...(table === null ? [] : [`referencedTable: ${text(table)}`]),
      ]
      return `.order(${text(column)}${settingsOf.length === 0 ? '' : `, { ${settingsOf.join(', ')} }`})`
    }),
    ...call.limits.map(({ limit, offset, table }) =>
      offset === null || limit === 0
        ? `.limit(${limit}${ofTableJs(table, text)})`
        : `.range(${offset}, ${offset + limit - 1}${ofTableJs(table, text)})`,
    ),
    ...(call.accept === 'single' ? ['.single()'] : call.accept === 'csv' ? ['.csv()'] : []),
  ]
  return [
    `import { createClient } from '@supabase/supabase-js'`,
    '',
    `const supabase = createClient(${text(call.baseUrl)}, ${text(key)}${settings})`,
    '',
    'const { data, error } = await supabase',
    ...chain.map((line) => `  ${line}`),
    'console.log(error ?? data)',
    '',
  ].join('\n')
}

type Text = (value: string) => string

function ofTableJs(table: string | null, text: Text): string {
  return table === null ? '' : `, { referencedTable: ${text(table)} }`
}

function countOf({ prefer }: PostgrestCall): string | null {
  return [...prefer].find((one) => one.startsWith('count='))?.slice('count='.length) ?? null
}

/** The client encodes spaces and letters of a name, but takes ? # / and % as they are. */
function relation({ name }: PostgrestCall, text: Text): string {
  const isSafe = name.includes('{{') || !/[?#%/\\\p{Cc}]|^\s|\s$|^\.+$/u.test(name)
  return text(isSafe ? name : encodeURIComponent(name))
}

/** The body as an expression. Numbers that JavaScript would round, and variables, stay in a text that is parsed when it runs. */
function json(call: PostgrestCall, text: Text): string {
  const body = (call.body ?? '').trim() || '{}'
  if (/\{\{|\d{16}|[\d.][eE][+-]?\d/.test(body)) return `JSON.parse(${text(body)})`
  const value: unknown = JSON.parse(body)
  return javascriptValue(value, '  ')
}

function rpcJs(call: PostgrestCall, text: Text): string {
  const args = call.isGet
    ? call.args.length === 0
      ? '{}'
      : `{ ${call.args.map(([name, value]) => `${name === '__proto__' ? `['__proto__']` : javascriptString(name)}: ${text(value)}`).join(', ')} }`
    : json(call, text)
  const count = countOf(call)
  const settings = [
    ...(call.isHead ? ['head: true'] : call.isGet ? ['get: true'] : []),
    ...(count === null ? [] : [`count: ${javascriptString(count)}`]),
  ]
  if (args === '{}' && settings.length === 0) return `.rpc(${relation(call, text)})`
  return `.rpc(${relation(call, text)}, ${args}${settings.length === 0 ? '' : `, { ${settings.join(', ')} }`})`
}

function actionJs(call: PostgrestCall, text: Text): string[] {
  const count = countOf(call)
  const settings = [...(count === null ? [] : [`count: ${javascriptString(count)}`])]
  const withSettings = (first: string[]): string =>
    [...first, ...(settings.length === 0 ? [] : [`{ ${settings.join(', ')} }`])].join(', ')
  const select = call.select === null ? '' : text(call.select)
  switch (call.action) {
    case 'rpc':
      return []
    case 'select':
      if (call.isHead) settings.push('head: true')
      return [`.select(${withSettings(select === '' ? (settings.length === 0 ? [] : [`'*'`]) : [select])})`]
    case 'insert':
      if (call.prefer.has('missing=default')) settings.push('defaultToNull: false')
      return [`.insert(${withSettings([json(call, text)])})`]
    case 'upsert':
      if (call.onConflict !== null) settings.push(`onConflict: ${text(call.onConflict)}`)
      if (call.prefer.has('resolution=ignore-duplicates')) settings.push('ignoreDuplicates: true')
      if (call.prefer.has('missing=default')) settings.push('defaultToNull: false')
      return [`.upsert(${withSettings([json(call, text)])})`]
    case 'update':
      return [`.update(${withSettings([json(call, text)])})`]
    case 'delete':
      return [`.delete(${withSettings([])})`]
  }
}

/** The rows that a write or a function gives are picked after the filters. */
function returnedJs(call: PostgrestCall, text: Text): string[] {
  const isPicked =
    call.action !== 'select' &&
    (call.select !== null || (call.action !== 'rpc' && call.prefer.has('return=representation')))
  return isPicked ? [`.select(${call.select === null ? '' : text(call.select)})`] : []
}

/** Null for a request that is not one to PostgREST. */
export function supabasePythonCode(request: CodeRequest, options: CodeOptions): string | null {
  const call = postgrestCall(request, options)
  if (call === null) return null
  const text = (value: string): string => pythonText(value, call.plain.usesEnvironment)
  const authorization = headerValue(call.plain.headers, 'authorization')
  const table = (name: string | null): string => (name === null ? '' : `, foreign_table=${text(name)}`)
  const chain = [
    ...(call.schema === null ? [] : [`.schema(${text(call.schema)})`]),
    ...(call.kind === 'rpc'
      ? [rpcPython(call, text)]
      : [`.table(${text(call.name)})`, actionPython(call, text)]),
    ...call.filters.map(
      ({ column, isNot, operator, value }) =>
        `${isNot ? '.not_' : ''}.filter(${text(column)}, ${text(operator)}, ${text(value)})`,
    ),
    ...call.either.map(
      (one) => `.or_(${text(one.value)}${one.table === null ? '' : `, reference_table=${text(one.table)}`})`,
    ),
    ...call.orders.map(
      (one) =>
        `.order(${text(one.column)}${one.isAscending ? '' : ', desc=True'}${one.nullsFirst === null ? '' : `, nullsfirst=${one.nullsFirst ? 'True' : 'False'}`}${table(one.table)})`,
    ),
    ...call.limits.map((one) =>
      one.offset === null || one.limit === 0
        ? `.limit(${one.limit}${table(one.table)})`
        : `.range(${one.offset}, ${one.offset + one.limit - 1}${table(one.table)})`,
    ),
    ...(call.accept === 'single' ? ['.single()'] : call.accept === 'csv' ? ['.csv()'] : []),
    '.execute()',
  ]
  const code = [
    `supabase = create_client(${text(call.baseUrl)}, ${text(call.key)})`,
    ...(authorization !== null && authorization !== `Bearer ${call.key}`
      ? [`supabase.postgrest.auth(${text(authorization.replace(/^Bearer /, ''))})`]
      : []),
    '',
    'response = (',
    '    supabase',
    ...chain.map((line) => `    ${line}`),
    ')',
    'print(response.data)',
    '',
  ].join('\n')
  return [
    ...(code.includes('json.loads(') ? ['import json'] : []),
    ...(code.includes('os.environ[') ? ['import os'] : []),
    ...(/json\.loads\(|os\.environ\[/.test(code) ? [''] : []),
    'from supabase import create_client',
    '',
    code,
  ].join('\n')
}

function loaded(call: PostgrestCall, text: Text): string {
  const body = (call.body ?? '').trim() || '{}'
  const isPlain = !/\{\{|\b(true|false|null)\b|\\[u/]/.test(body)
  return isPlain ? body : `json.loads(${text(body)})`
}

function rpcPython(call: PostgrestCall, text: Text): string {
  const args = call.isGet
    ? `{${call.args.map(([name, value]) => `${pythonString(name)}: ${text(value)}`).join(', ')}}`
    : loaded(call, text)
  const count = countOf(call)
  return `.rpc(${text(call.name)}, ${args}${count === null ? '' : `, count=${pythonString(count)}`}${call.isHead ? ', head=True' : call.isGet ? ', get=True' : ''})`
}

function actionPython(call: PostgrestCall, text: Text): string {
  const count = countOf(call)
  const counted = count === null ? '' : `, count=${pythonString(count)}`
  const returned = call.prefer.has('return=minimal') ? ', returning="minimal"' : ''
  const missing = call.prefer.has('missing=default') ? ', default_to_null=False' : ''
  switch (call.action) {
    case 'rpc':
      return ''
    case 'select':
      return `.select(${text(call.select ?? '*')}${counted}${call.isHead ? ', head=True' : ''})`
    case 'insert':
      return `.insert(${loaded(call, text)}${counted}${returned}${missing})`
    case 'upsert':
      return `.upsert(${loaded(call, text)}${counted}${returned}${call.prefer.has('resolution=ignore-duplicates') ? ', ignore_duplicates=True' : ''}${
        call.onConflict === null ? '' : `, on_conflict=${text(call.onConflict)}`
      }${missing})`
    case 'update':
      return `.update(${loaded(call, text)}${counted}${returned})`
    case 'delete':
      return `.delete(${`${counted}${returned}`.replace(/^, /, '')})`
  }
}
