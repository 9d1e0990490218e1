// supabase-js, and supabase for Python: for requests to PostgREST.
import { headerValue } from '../exchange/media.ts'
import { javascriptString, javascriptText } from './javascript.ts'
import { postgrestCall, type PostgrestCall } from './postgrest-call.ts'
import { pythonString, pythonText } from './python.ts'
import type { CodeOptions, CodeRequest } from './types.ts'

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
    call.kind === 'rpc' ? rpcJs(call, text) : `.from(${text(call.name)})`,
    ...actionJs(call, text),
    ...call.filters.map(({ column, isNot, operator, value }) =>
      isNot
        ? `.not(${text(column)}, ${text(operator)}, ${text(value)})`
        : `.filter(${text(column)}, ${text(operator)}, ${text(value)})`,
    ),
    ...call.either.map(({ value, table }) => `.or(${text(value)}${ofTableJs(table, text)})`),
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

/** The value of JSON as an expression: JavaScript and JSON say the same, but for numbers that are too long. */
function json(call: PostgrestCall, text: Text): string {
  const body = (call.body ?? '').trim() || '{}'
  const isExact = !/\{\{|\d{16}|__proto__/.test(body)
  return isExact
    ? body.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
    : `JSON.parse(${text(body)})`
}

function rpcJs(call: PostgrestCall, text: Text): string {
  const args = call.isGet
    ? `{ ${call.args.map(([name, value]) => `${javascriptString(name)}: ${text(value)}`).join(', ')} }`
    : json(call, text)
  const count = countOf(call)
  const settings = [
    ...(call.isHead ? ['head: true'] : call.isGet ? ['get: true'] : []),
    ...(count === null ? [] : [`count: ${javascriptString(count)}`]),
  ]
  return `.rpc(${text(call.name)}, ${args}${settings.length === 0 ? '' : `, { ${settings.join(', ')} }`})`
}

function actionJs(call: PostgrestCall, text: Text): string[] {
  const count = countOf(call)
  const settings = [...(count === null ? [] : [`count: ${javascriptString(count)}`])]
  const withSettings = (first: string[]): string =>
    [...first, ...(settings.length === 0 ? [] : [`{ ${settings.join(', ')} }`])].join(', ')
  const select = call.select === null ? '' : text(call.select)
  const returned =
    call.prefer.has('return=representation') || (call.action !== 'rpc' && call.select !== null)
      ? [`.select(${select})`]
      : []
  switch (call.action) {
    case 'rpc':
      return call.select === null ? [] : [`.select(${select})`]
    case 'select':
      if (call.isHead) settings.push('head: true')
      return [`.select(${withSettings(select === '' ? (settings.length === 0 ? [] : [`'*'`]) : [select])})`]
    case 'insert':
      if (call.prefer.has('missing=default')) settings.push('defaultToNull: false')
      return [`.insert(${withSettings([json(call, text)])})`, ...returned]
    case 'upsert':
      if (call.onConflict !== null) settings.push(`onConflict: ${text(call.onConflict)}`)
      if (call.prefer.has('resolution=ignore-duplicates')) settings.push('ignoreDuplicates: true')
      if (call.prefer.has('missing=default')) settings.push('defaultToNull: false')
      return [`.upsert(${withSettings([json(call, text)])})`, ...returned]
    case 'update':
      return [`.update(${withSettings([json(call, text)])})`, ...returned]
    case 'delete':
      return [`.delete(${withSettings([])})`, ...returned]
  }
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
