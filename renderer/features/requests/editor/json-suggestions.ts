// Completion in a JSON body: {{variables}}, and the columns of the table or the arguments of the function that the URL names, when its project's API is known.
import type { ApiDescription } from '#contract/requests/api-description.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import type { Suggestion, Suggestions } from '../../../components/code-editor/types.ts'
import { useCall } from '../../../host/host-provider.tsx'
import type { RequestTab } from '../tabs/open-tab.ts'
import { useVariables } from './variables.tsx'

/** A key that a body may have: a column, an argument. */
export interface KnownName {
  readonly name: string
  readonly type: string
  readonly docs: string
  readonly values: readonly string[]
}

/** What to offer at a place of the body. */
export function useJsonSuggestions(
  tab: RequestTab,
  request: ApiRequest,
): (text: string, offset: number) => Suggestions {
  const lookup = useVariables()
  const projectId = projectOf(tab, request)
  const { data } = useCall(
    ['explorer', 'describe', projectId],
    (host, options) =>
      host.explorer.describe({ source: { type: 'project', projectId: projectId ?? '' } }, options),
    { enabled: projectId !== null, staleTime: 60_000 },
  )
  const known = data === undefined ? [] : knownNames(data, request.url)
  return (text, offset) =>
    suggestJson({ text, offset, known, variables: lookup.all().map((one) => one.variable.name) })
}

/** The project that a request asks as somebody of: its own authentication's, or the nearest folder's. */
export function projectOf(tab: RequestTab, request: ApiRequest): string | null {
  const auths = [request.auth, ...tab.inherited.map(({ defaults }) => defaults.auth).reverse()]
  const decided = auths.find((auth) => auth.type !== 'inherit')
  return decided?.type === 'project' ? decided.projectId : null
}

/** Columns of the table, or parameters of the function, that a URL ends in. */
function knownNames(api: ApiDescription, url: string): readonly KnownName[] {
  const segments = (url.split(/[?#]/)[0] ?? '').split('/').filter((part) => part !== '')
  const last = decodeURIComponent(segments.at(-1) ?? '')
  if (segments.at(-2) === 'rpc')
    return (
      api.functions
        .find((one) => one.name === last)
        ?.parameters.map(({ name, type, docs }) => ({ name, type, docs, values: [] })) ?? []
    )
  return (
    api.tables
      .find((one) => one.name === last)
      ?.columns.filter((column) => !column.isGenerated)
      .map(({ name, type, docs, values }) => ({ name, type, docs, values })) ?? []
  )
}

/** Names where a key stands, values of an enum after its key, variables after `{{`. */
export function suggestJson(input: {
  readonly text: string
  readonly offset: number
  readonly known: readonly KnownName[]
  readonly variables: readonly string[]
}): Suggestions {
  const { text, offset, known, variables } = input
  const before = text.slice(0, offset)
  const variable = /\{\{([\w$.-]*)$/.exec(before)?.[1]
  if (variable !== undefined) {
    const isClosed = text.slice(offset).startsWith('}}')
    return {
      start: offset - variable.length,
      end: offset,
      items: variables.map((name) => item(name, isClosed ? name : `${name}}}`, 'variable', '')),
    }
  }
  const value = /"((?:[^"\\]|\\.)*)"\s*:\s*"?([\w -]*)$/.exec(before)
  if (value !== null) {
    const column = known.find((one) => one.name === value[1])
    const isQuoted = /"[\w -]*$/.test(before) && /:\s*"[\w -]*$/.test(before)
    return {
      start: offset - (value[2]?.length ?? 0),
      end: offset,
      items: (column?.values ?? []).map((word) =>
        item(word, isQuoted ? word : JSON.stringify(word), column?.type ?? '', ''),
      ),
    }
  }
  const key = /[{,]\s*("?)([\w$]*)$/.exec(before)
  if (key === null) return { items: [], start: offset, end: offset }
  const isQuoted = key[1] === '"'
  const typed = key[2]?.length ?? 0
  const closes = text[offset] === '"'
  return {
    start: offset - typed,
    end: offset,
    items: known.map((one) =>
      item(
        one.name,
        isQuoted ? (closes ? one.name : `${one.name}": `) : `${JSON.stringify(one.name)}: `,
        one.type,
        one.docs,
      ),
    ),
  }
}

function item(label: string, insertText: string, detail: string, documentation: string): Suggestion {
  return { kind: 'column', label, insertText, detail, documentation }
}
