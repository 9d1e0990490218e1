// From a form to the request that it means.
import type { ApiDescription } from '#contract/requests/api-description.ts'
import type { Pair, Parameter } from '#contract/requests/parts.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { newHttpRequest } from '../new-request.ts'
import {
  embedName,
  type Condition,
  type Embed,
  type EndpointForm,
  type Filter,
  type OrderTerm,
  type PickedColumn,
  type SelectItem,
} from './form.ts'
import {
  conditionValue,
  encodeQuery,
  encodeQueryName,
  fieldText,
  listElement,
  quoteName,
  quoteParameterName,
} from './quote.ts'

/**
 * The request. Parameters stand in `parameters` as a query has them: what would be read as something else is percent-encoded.
 * `request` is what it was read back from: name, auth, scripts and all else that no form shows stay as they are there.
 */
export function compose(description: ApiDescription, form: EndpointForm, request?: HttpRequest): HttpRequest {
  const base = request ?? newHttpRequest(titleOf(form))
  return {
    ...base,
    method: form.method,
    url: addressOf(description, form),
    parameters: [...base.parameters.filter(({ place }) => place === 'path'), ...parametersOf(form)],
    headers: headersOf(description, form),
    body: bodyOf(form, base.body),
  }
}

/** `Read film`, as a request without a name of its own is called. */
export function titleOf({ action, name }: Pick<EndpointForm, 'action' | 'name'>): string {
  const verb = action === 'replace' ? 'Put one of' : `${action.slice(0, 1).toUpperCase()}${action.slice(1)}`
  return `${verb} ${name}`
}

function addressOf({ baseUrl }: ApiDescription, { base, action, name }: EndpointForm): string {
  return `${base === '' ? baseUrl : base}/${action === 'call' ? 'rpc/' : ''}${encodeURIComponent(name)}`
}

function parametersOf(form: EndpointForm): Parameter[] {
  const pairs: (readonly [name: string, value: string])[] = []
  if (form.action === 'call' && form.method !== 'POST')
    pairs.push(...form.arguments.map(({ name, value }) => [quoteParameterName(name), value] as const))
  if (form.select.length > 0) pairs.push(['select', selectText(form.select)])
  if (form.columns.length > 0) pairs.push(['columns', form.columns.map(quoteName).join(',')])
  if (form.onConflict.length > 0) pairs.push(['on_conflict', form.onConflict.map(quoteName).join(',')])
  pairs.push(...wherePairs(form.where, '', form.action === 'replace' ? keyName : quoteParameterName))
  if (form.order.length > 0) pairs.push(['order', orderText(form.order)])
  if (!form.usesRangeHeader) pairs.push(...pagePairs(form, ''))
  for (const item of form.select) if (item.kind === 'embed') pairs.push(...embedPairs(item, ''))
  return [
    ...pairs.map(([name, value]) => ({
      name: encodeQueryName(name),
      value: encodeQuery(value),
      isEnabled: true,
      description: '',
      place: 'query' as const,
    })),
    ...form.otherParameters,
  ]
}

function embedPairs(embed: Embed, above: string): (readonly [name: string, value: string])[] {
  const prefix = `${above}${quoteParameterName(embedName(embed))}.`
  return [
    ...wherePairs(embed.where, prefix),
    ...(embed.order.length > 0 ? [[`${prefix}order`, orderText(embed.order)] as const] : []),
    ...pagePairs(embed, prefix),
    ...embed.select.flatMap((item) => (item.kind === 'embed' ? embedPairs(item, prefix) : [])),
  ]
}

function pagePairs(
  { limit, offset }: Pick<Embed, 'limit' | 'offset'>,
  prefix: string,
): (readonly [name: string, value: string])[] {
  return [
    ...(limit === '' ? [] : [[`${prefix}limit`, limit] as const]),
    ...(offset === '' ? [] : [[`${prefix}offset`, offset] as const]),
  ]
}

/** A PUT compares the names of its parameters with those of the key as they stand: quotes only where there is no other way. */
function keyName(name: string): string {
  return /^[\p{L}0-9_$]+(?:[ -][\p{L}0-9_$]+)*$/u.test(name) ? name : quoteName(name)
}

function wherePairs(
  where: readonly Condition[],
  prefix: string,
  quote = quoteParameterName,
): (readonly [name: string, value: string])[] {
  return where.map((condition) =>
    condition.kind === 'filter'
      ? [prefix + fieldText(condition.field, quote), operationText(condition, (value) => value)]
      : [
          `${prefix}${condition.isNegated ? 'not.' : ''}${condition.connective}`,
          `(${condition.conditions.map(conditionText).join(',')})`,
        ],
  )
}

/** A condition within `and` or `or`. */
function conditionText(condition: Condition): string {
  if (condition.kind === 'filter')
    return `${fieldText(condition.field)}.${operationText(condition, conditionValue)}`
  const { isNegated, connective, conditions } = condition
  return `${isNegated ? 'not.' : ''}${connective}(${conditions.map(conditionText).join(',')})`
}

function operationText(filter: Filter, quote: (value: string) => string): string {
  const { isNegated, operator, quantifier, language, value, values } = filter
  const suffix = quantifier !== '' ? `(${quantifier})` : language !== '' ? `(${language})` : ''
  const text =
    operator === 'in' ? `(${values.map(listElement).join(',')})` : operator === 'is' ? value : quote(value)
  return `${isNegated ? 'not.' : ''}${operator}${suffix}.${text}`
}

/** The value of `select`. */
function selectText(select: readonly SelectItem[]): string {
  return select.map((item) => (item.kind === 'column' ? columnText(item) : embedText(item))).join(',')
}

function columnText({ field, alias, cast, aggregate, aggregateCast }: PickedColumn): string {
  const named = alias === '' ? '' : `${quoteName(alias)}:`
  const typed = (type: string) => (type === '' ? '' : `::${type}`)
  if (field.name === '*') return '*'
  // `count()` of rows.
  if (field.name === '') return `${named}count()${typed(aggregateCast)}`
  return `${named}${fieldText(field)}${typed(cast)}${aggregate === '' ? '' : `.${aggregate}()`}${typed(aggregateCast)}`
}

function embedText({ target, hint, join, alias, isSpread, select }: Embed): string {
  const named = isSpread ? '...' : alias === '' ? '' : `${quoteName(alias)}:`
  const told = `${hint === '' ? '' : `!${quoteHint(hint)}`}${join === '' ? '' : `!${join}`}`
  return `${named}${quoteName(target)}${told}(${selectText(select)})`
}

/** A hint that begins as a join type would be read as one. */
function quoteHint(hint: string): string {
  return /^(?:left|inner)/.test(hint) ? `"${hint}"` : quoteName(hint)
}

function orderText(order: readonly OrderTerm[]): string {
  return order
    .map(({ field, relation, direction, nulls }) => {
      const name = relation === '' ? fieldText(field) : `${quoteName(relation)}(${fieldText(field)})`
      return [name, direction, nulls].filter((part) => part !== '').join('.')
    })
    .join(',')
}

const ACCEPT = {
  json: '',
  csv: 'text/csv',
  geojson: 'application/geo+json',
  binary: 'application/octet-stream',
  text: 'text/plain',
  xml: 'text/xml',
} as const

function headersOf(description: ApiDescription, form: EndpointForm): Pair[] {
  const isReading = form.method === 'GET' || form.method === 'HEAD'
  const pairs: (readonly [name: string, value: string])[] = []
  const accept = acceptOf(form)
  if (accept !== '') pairs.push(['Accept', accept])
  if (form.schema !== description.schemas[0])
    pairs.push([isReading ? 'Accept-Profile' : 'Content-Profile', form.schema])
  const prefer = preferText(form)
  if (prefer !== '') pairs.push(['Prefer', prefer])
  if (form.usesRangeHeader && (form.limit !== '' || form.offset !== '')) {
    const from = Number(form.offset === '' ? 0 : form.offset)
    pairs.push(
      ['Range-Unit', 'items'],
      ['Range', `${String(from)}-${form.limit === '' ? '' : String(from + Number(form.limit) - 1)}`],
    )
  }
  if (hasBody(form) && form.bodyFormat !== 'json')
    pairs.push(['Content-Type', form.bodyFormat === 'csv' ? 'text/csv' : 'text/plain'])
  return [
    ...pairs.map(([name, value]) => ({ name, value, isEnabled: true, description: '' })),
    ...form.otherHeaders,
  ]
}

function acceptOf({ isSingle, stripsNulls, format }: EndpointForm): string {
  if (format !== 'json') return ACCEPT[format]
  if (isSingle) return `application/vnd.pgrst.object+json${stripsNulls ? ';nulls=stripped' : ''}`
  return stripsNulls ? 'application/vnd.pgrst.array+json;nulls=stripped' : ''
}

function preferText({ prefer }: EndpointForm): string {
  const words: (readonly [name: string, value: string])[] = [
    ['handling', prefer.handling],
    ['resolution', prefer.resolution],
    ['missing', prefer.missing],
    ['return', prefer.return],
    ['count', prefer.count],
    ['tx', prefer.tx],
    ['timezone', prefer.timezone],
    ['max-affected', prefer.maxAffected],
  ]
  return words
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
}

function hasBody({ action, method }: EndpointForm): boolean {
  return action === 'call' ? method === 'POST' : action !== 'read' && action !== 'delete'
}

/** A form, a file or the like, which no field shows, stays while nothing else is written in its place. */
function bodyOf(form: EndpointForm, before: HttpRequest['body']): HttpRequest['body'] {
  if (!hasBody(form)) return { type: 'none' }
  if (form.body !== '') return { type: form.bodyFormat === 'json' ? 'json' : 'text', text: form.body }
  return before.type === 'json' || before.type === 'text' ? { type: 'none' } : before
}

/** What a person should know before it is sent; empty for nothing. */
export function warningOf({ action, where, otherParameters }: EndpointForm): string {
  if ((action !== 'update' && action !== 'delete') || where.length > 0 || otherParameters.length > 0)
    return ''
  return `Without a filter this ${action === 'update' ? 'updates' : 'deletes'} every row that the role may reach. Add a filter, or limit it by max-affected.`
}
