// Addresses with {{variables}} in them: they are text, not URLs. What is written is kept as it is written: nothing is decoded or encoded.
import type { Parameter } from '#contract/requests/parts.ts'

/** An address without its query. */
export interface SplitUrl {
  readonly url: string
  readonly parameters: Parameter[]
  /** What stood behind `#`: it is never sent. */
  readonly fragment: string
}

/** Splits off query and fragment, leaving `?` and `#` inside {{…}} alone. */
export function splitUrl(text: string): SplitUrl {
  const hash = outside(text, '#')
  const whole = hash < 0 ? text : text.slice(0, hash)
  const mark = outside(whole, '?')
  return {
    url: mark < 0 ? whole : whole.slice(0, mark),
    parameters: mark < 0 ? [] : queryParameters(whole.slice(mark + 1)),
    fragment: hash < 0 ? '' : text.slice(hash + 1),
  }
}

function outside(text: string, sign: string): number {
  let from = 0
  for (;;) {
    const at = text.indexOf(sign, from)
    if (at < 0) return -1
    const open = text.lastIndexOf('{{', at)
    if (open < 0 || text.lastIndexOf('}}', at) > open) return at
    const close = text.indexOf('}}', at)
    if (close < 0) return at
    from = close + 2
  }
}

/** `a=1&b` as parameters; the first `=` divides. */
export function queryParameters(query: string): Parameter[] {
  if (query === '') return []
  return query
    .split('&')
    .filter((one) => one !== '')
    .map((one) => {
      const at = outside(one, '=')
      return queryParameter(at < 0 ? one : one.slice(0, at), at < 0 ? '' : one.slice(at + 1))
    })
}

export function queryParameter(name: string, value: string, fields: Partial<Parameter> = {}): Parameter {
  return { name, value, isEnabled: true, description: '', place: 'query', ...fields }
}

export function pathParameter(name: string, value: string, fields: Partial<Parameter> = {}): Parameter {
  return { name, value, isEnabled: true, description: '', place: 'path', ...fields }
}

/** Names of `:name` segments of the path, in order, each once. */
export function pathNames(url: string): string[] {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/^[^/]*(?=\/)/, '')
  return [...new Set([...path.matchAll(/\/:([^/?#:{}]+)/g)].map((match) => match[1] ?? ''))]
}

/** What would end a part of the query is encoded, so that it is read back as one; the rest stays readable. {{variables}} stay as they are. */
function escapeInQuery(text: string, isName: boolean): string {
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .map((part) => {
      if (part.startsWith('{{')) return part
      const escaped = part.replaceAll('&', '%26').replaceAll('#', '%23')
      return isName ? escaped.replaceAll('=', '%3D') : escaped
    })
    .join('')
}

/** `name=value` as it stands in a query; a name alone where the value is empty. */
export function queryText({ name, value }: { readonly name: string; readonly value: string }): string {
  const written = escapeInQuery(name, true)
  return value === '' ? written : `${written}=${escapeInQuery(value, false)}`
}

/** The address with the switched-on query behind it, as written. */
export function joinUrl(url: string, parameters: readonly Parameter[]): string {
  const query = parameters
    .filter((one) => one.place === 'query' && one.isEnabled)
    .map(queryText)
    .join('&')
  if (query === '') return url
  return `${url}${url.includes('?') ? '&' : '?'}${query}`
}

/** A name that others know without its words: the last segments of an address. */
export function nameOfUrl(method: string, text: string): string {
  const { url } = splitUrl(text)
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').replace(/\/+$/, '')
  return `${method} ${path === '' ? url || '/' : path}`.slice(0, 500)
}
