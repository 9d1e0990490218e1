// The query of a URL and its table of parameters say the same: what is typed in one is read into the other. The text is kept as written, {{variables}} and all.
import { queryText } from '#api-client/common/exchange/url.ts'
import type { Parameter } from '#contract/requests/parts.ts'

interface UrlParts {
  readonly path: string
  /** Without the question mark; null for none. */
  readonly query: string | null
  /** With its hash sign. */
  readonly fragment: string
}

function split(url: string): UrlParts {
  const hash = outside(url, '#')
  const before = hash === -1 ? url : url.slice(0, hash)
  const mark = outside(before, '?')
  return {
    path: mark === -1 ? before : before.slice(0, mark),
    query: mark === -1 ? null : before.slice(mark + 1),
    fragment: hash === -1 ? '' : url.slice(hash),
  }
}

/** The first place of a sign that is not within {{ }}. */
function outside(text: string, sign: string): number {
  const blanked = text.replace(/\{\{[^{}]*\}\}/g, (variable) => '\u0000'.repeat(variable.length))
  return blanked.indexOf(sign)
}

/** Names of `:name` and `{name}` in the path, in order, each once. */
export function pathNames(url: string): readonly string[] {
  const { path } = split(url.replace(/\{\{[^{}]*\}\}/g, ''))
  const names = [
    ...path
      .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
      .matchAll(/\/:([A-Za-z_][\w-]*)|\{([A-Za-z_][\w-]*)\}/g),
  ]
  return [...new Set(names.map((match) => match[1] ?? match[2] ?? ''))]
}

/** The parameters once the URL reads `url`. Those switched off stay at their places; descriptions stay with their names; values of the path stay. */
export function paramsOfUrl(url: string, before: readonly Parameter[]): Parameter[] {
  const { query } = split(url)
  const enabled = before.filter((one) => one.place === 'query' && one.isEnabled)
  const typed = pairsOf(query).map(({ name, value }, at): Parameter => {
    const known = enabled[at]?.name === name ? enabled[at] : enabled.find((one) => one.name === name)
    return { name, value, isEnabled: true, description: known?.description ?? '', place: 'query' }
  })
  const shown: Parameter[] = []
  for (const one of before) {
    if (one.place !== 'query') continue
    if (!one.isEnabled) shown.push(one)
    else {
      const next = typed.shift()
      if (next !== undefined) shown.push(next)
    }
  }
  const path = pathNames(url).map(
    (name): Parameter =>
      before.find((one) => one.place === 'path' && one.name === name) ?? {
        name,
        value: '',
        isEnabled: true,
        description: '',
        place: 'path',
      },
  )
  return [...shown, ...typed, ...path]
}

/** The URL as it is shown: with its query, also where a request that was generated or imported has that in its parameters alone. */
export function shownUrl(url: string, parameters: readonly Parameter[]): string {
  return split(url).query === null ? urlOfParams(url, parameters) : url
}

/** The URL once its parameters are these: its query is written anew, the rest stays as it is. */
export function urlOfParams(url: string, parameters: readonly Parameter[]): string {
  const { path, fragment } = split(url)
  const query = parameters
    .filter((one) => one.place === 'query' && one.isEnabled && (one.name !== '' || one.value !== ''))
    .map(queryText)
    .join('&')
  return `${path}${query === '' ? '' : `?${query}`}${fragment}`
}

function pairsOf(query: string | null): readonly { readonly name: string; readonly value: string }[] {
  if (query === null || query === '') return []
  return (query.match(PART) ?? []).map((part) => {
    const sign = outside(part, '=')
    return sign === -1
      ? { name: unescape(part), value: '' }
      : { name: unescape(part.slice(0, sign)), value: unescape(part.slice(sign + 1)) }
  })
}

/** What stands between two ampersands; those of a {{variable}} are its own. */
const PART = /(?:\{\{[^{}]*\}\}|[^&])+/g

/** What `queryText` wrote. A `%` that is encoded stays so: without it, what follows might be taken for a code. */
function unescape(text: string): string {
  return text.replaceAll('%26', '&').replaceAll('%23', '#').replace(/%3d/gi, '=')
}
