// From a request back to the form that shows it, so that a saved request opens in the form again.
import type { ApiDescription } from '#contract/requests/api-description.ts'
import type { Pair, Parameter } from '#contract/requests/parts.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { splitUrl } from '../exchange/url.ts'
import { decodeName } from './document.ts'
import {
  embedName,
  emptyForm,
  NO_PREFERENCES,
  type Action,
  type AnswerFormat,
  type Condition,
  type Embed,
  type EndpointForm,
  type OrderTerm,
  type SelectItem,
} from './form.ts'
import { decodeQuery } from './quote.ts'
import { readConditions, readOperation, readOrder, readParameterName, readSelect } from './read-text.ts'
import { readWhole, scanList, scanName } from './scan.ts'

/** Null for a request that is none of this API. What the form cannot show stays in `otherParameters` and `otherHeaders`, in order. */
export function readBack(description: ApiDescription, request: HttpRequest): EndpointForm | null {
  const { url, parameters } = splitUrl(request.url)
  const place = placeOf(description, url)
  if (place === null) return null
  const headers = readHeaders(request.headers)
  const action = actionOf(request.method.toUpperCase(), place.isCall, headers.prefer.resolution !== '')
  if (action === null) return null
  const schema = headers.profile ?? description.schemas[0] ?? 'public'
  const form = { ...emptyForm(action.action, schema, place.name), ...place.fields, method: action.method }
  const isGetCall = place.isCall && action.method !== 'POST'
  const named = description.functions.find((one) => one.name === place.name && one.schema === schema)
  const query = readParameters(
    [...parameters, ...request.parameters.filter((one) => one.place === 'query')],
    {
      isGetCall,
      argumentNames: new Set(named?.parameters.map(({ name }) => name)),
    },
  )
  const body = request.body.type === 'json' || request.body.type === 'text' ? request.body : null
  return {
    ...form,
    ...headers.form,
    ...query,
    ...(headers.range === null ? {} : { ...headers.range, usesRangeHeader: true }),
    body: body?.text ?? '',
    bodyFormat: headers.form.bodyFormat,
  }
}

interface Place {
  readonly isCall: boolean
  readonly name: string
  readonly fields: { readonly base: string }
}

function placeOf({ baseUrl }: ApiDescription, url: string): Place | null {
  const own = url.startsWith(`${baseUrl}/`) ? baseUrl : null
  const base = own ?? /^\{\{[^{}]+\}\}(?:\/rest\/v1)?(?=\/)/.exec(url)?.[0] ?? null
  if (base === null) return null
  const [first = '', second, ...more] = url
    .slice(base.length + 1)
    .replace(/\/$/, '')
    .split('/')
  const isCall = first === 'rpc' && second !== undefined
  if (more.length > 0 || (second !== undefined && !isCall) || first === '') return null
  return { isCall, name: decodeName(isCall ? second : first), fields: { base: own === null ? base : '' } }
}

function actionOf(
  method: string,
  isCall: boolean,
  isUpsert: boolean,
): { readonly action: Action; readonly method: EndpointForm['method'] } | null {
  if (method === 'GET' || method === 'HEAD') return { action: isCall ? 'call' : 'read', method }
  if (method === 'POST') return { action: isCall ? 'call' : isUpsert ? 'upsert' : 'insert', method }
  if (isCall) return null
  if (method === 'PATCH') return { action: 'update', method }
  if (method === 'PUT') return { action: 'replace', method }
  return method === 'DELETE' ? { action: 'delete', method } : null
}

const FORMATS: ReadonlyMap<string, Partial<EndpointForm>> = new Map<string, Partial<EndpointForm>>([
  ...(
    [
      ['text/csv', 'csv'],
      ['application/geo+json', 'geojson'],
      ['application/octet-stream', 'binary'],
      ['text/plain', 'text'],
      ['text/xml', 'xml'],
    ] satisfies [string, AnswerFormat][]
  ).map(([type, format]) => [type, { format }] as const),
  ['application/vnd.pgrst.object+json', { isSingle: true }],
  ['application/vnd.pgrst.object+json;nulls=stripped', { isSingle: true, stripsNulls: true }],
  ['application/vnd.pgrst.array+json;nulls=stripped', { stripsNulls: true }],
])

function readHeaders(headers: readonly Pair[]) {
  const others: Pair[] = []
  let prefer = NO_PREFERENCES
  let profile: string | null = null
  let range: { readonly limit: string; readonly offset: string } | null = null
  let answer: Partial<EndpointForm> = {}
  let bodyFormat: EndpointForm['bodyFormat'] = 'json'
  for (const header of headers) {
    const name = header.isEnabled ? header.name.toLowerCase() : ''
    const { value } = header
    const format = name === 'accept' ? FORMATS.get(value.replaceAll(' ', '')) : undefined
    const preferred = name === 'prefer' ? readPrefer(value, prefer) : null
    const rows = name === 'range' ? /^(\d+)-(\d*)$/.exec(value) : null
    if (format !== undefined) answer = format
    else if (preferred !== null) prefer = preferred
    else if (name === 'accept-profile' || name === 'content-profile') profile = value
    else if (rows !== null) {
      const [, from = '0', to = ''] = rows
      range = {
        offset: from === '0' ? '' : from,
        limit: to === '' ? '' : String(Number(to) - Number(from) + 1),
      }
    } else if (name === 'range-unit' && value === 'items') continue
    else if (name === 'content-type' && (value === 'text/csv' || value === 'text/plain'))
      bodyFormat = value === 'text/csv' ? 'csv' : 'text'
    else others.push(header)
  }
  return { profile, prefer, range, form: { ...answer, prefer, bodyFormat, otherHeaders: others } }
}

const CHOICES: Readonly<
  Record<string, { readonly key: keyof typeof NO_PREFERENCES; readonly values: readonly string[] }>
> = {
  return: { key: 'return', values: ['minimal', 'headers-only', 'representation'] },
  resolution: { key: 'resolution', values: ['merge-duplicates', 'ignore-duplicates'] },
  missing: { key: 'missing', values: ['default', 'null'] },
  count: { key: 'count', values: ['exact', 'planned', 'estimated'] },
  tx: { key: 'tx', values: ['commit', 'rollback'] },
  handling: { key: 'handling', values: ['strict', 'lenient'] },
  timezone: { key: 'timezone', values: [] },
  'max-affected': { key: 'maxAffected', values: [] },
}

/** Null where a word of it has no field: then it stays as it is. */
function readPrefer(text: string, before: typeof NO_PREFERENCES): typeof NO_PREFERENCES | null {
  let prefer = before
  for (const word of text.split(',').map((part) => part.trim())) {
    const [name = '', value = ''] = word.split('=')
    const choice = Object.hasOwn(CHOICES, name) ? CHOICES[name] : undefined
    if (choice === undefined || value === '') return null
    if (choice.values.length > 0 && !choice.values.includes(value)) return null
    prefer = { ...prefer, [choice.key]: value }
  }
  return prefer
}

interface Level {
  readonly where: Condition[]
  order: readonly OrderTerm[]
  limit: string
  offset: string
}

interface QueryOptions {
  readonly isGetCall: boolean
  readonly argumentNames: ReadonlySet<string>
}

function readParameters(parameters: readonly Parameter[], { isGetCall, argumentNames }: QueryOptions) {
  const levels = new Map<string, Level>()
  const others: Parameter[] = []
  const given: { name: string; value: string }[] = []
  const selectParameter = parameters.find((one) => one.isEnabled && decodeQuery(one.name) === 'select')
  const select = selectParameter === undefined ? [] : readSelect(decodeQuery(selectParameter.value))
  const paths = new Set(select === null ? [''] : ['', ...pathsOf(select, '')])
  let columns: readonly string[] = []
  let onConflict: readonly string[] = []
  for (const one of parameters) {
    const [name, value] = [decodeQuery(one.name), decodeQuery(one.value)]
    const names = name === 'columns' || name === 'on_conflict' ? readNames(value) : null
    if (!one.isEnabled) others.push(one)
    else if (one === selectParameter && select !== null) continue
    else if (name === 'columns' && names !== null && columns.length === 0) columns = names
    else if (name === 'on_conflict' && names !== null && onConflict.length === 0) onConflict = names
    else if (isGetCall && argumentNames.has(unquoted(name))) given.push({ name: unquoted(name), value })
    else if (name === 'select' || names !== null || !readLeveled(name, value, { levels, paths }))
      others.push(one)
  }
  const top = levels.get('')
  return {
    select: select === null ? [] : select.map((item) => withLevels(item, '', levels)),
    where: top?.where ?? [],
    order: top?.order ?? [],
    limit: top?.limit ?? '',
    offset: top?.offset ?? '',
    columns,
    onConflict,
    arguments: given,
    otherParameters: others,
  }
}

function unquoted(name: string): string {
  return readParameterName(name)?.names[0] ?? name
}

function readNames(text: string): string[] | null {
  return readWhole(text, (scanner) => scanList(scanner, () => scanName(scanner)))
}

/** Whether it was a filter, order or page of a level that is there. */
function readLeveled(
  name: string,
  value: string,
  { levels, paths }: { readonly levels: Map<string, Level>; readonly paths: ReadonlySet<string> },
): boolean {
  const read = readParameterName(name)
  if (read === null) return false
  // A quoted name is a column, whatever it is called.
  const word = name.slice(name.lastIndexOf('.') + 1)
  const isNegated = (word === 'and' || word === 'or') && read.path.at(-1) === 'not'
  const path = key(isNegated ? read.path.slice(0, -1) : read.path)
  if (!paths.has(path)) return false
  const level = levels.get(path) ?? { where: [], order: [], limit: '', offset: '' }
  if (word === 'order') {
    const order = readOrder(value)
    if (order === null || level.order.length > 0) return false
    level.order = order
  } else if (word === 'limit' || word === 'offset') {
    if (level[word] !== '') return false
    level[word] = value
  } else if (word === 'and' || word === 'or') {
    const conditions = readConditions(value)
    if (conditions === null) return false
    level.where.push({ kind: 'group', connective: word, isNegated, conditions })
  } else {
    const filter = readOperation(read.field, value)
    if (filter === null) return false
    level.where.push(filter)
  }
  levels.set(path, level)
  return true
}

function key(path: readonly string[]): string {
  return path.map((part) => `${part}\u0000`).join('')
}

function pathsOf(select: readonly SelectItem[], above: string): string[] {
  return select.flatMap((item) => {
    if (item.kind === 'column') return []
    const path = `${above}${embedName(item)}\u0000`
    return [path, ...pathsOf(item.select, path)]
  })
}

function withLevels(item: SelectItem, above: string, levels: ReadonlyMap<string, Level>): SelectItem {
  if (item.kind === 'column') return item
  const path = `${above}${embedName(item)}\u0000`
  return {
    ...item,
    ...levels.get(path),
    select: item.select.map((one) => withLevels(one, path, levels)),
  } satisfies Embed
}
