// The request as it is written: its line, then one part at a time.
import type { ReactNode } from 'react'
import type { ApiRequest } from '#contract/requests/request.ts'
import type { Pair } from '#contract/requests/parts.ts'
import { InPageTabs, type PageTab } from '../in-page-tabs.tsx'
import { useRequestWorkbench, useShownPart } from '../request-workbench.tsx'
import type { RequestTab } from '../tabs/open-tab.ts'
import type { RequestActions } from '../use-request-actions.ts'
import { AssertionsEditor } from './assertions-editor.tsx'
import { AuthEditor } from './auth-editor.tsx'
import { AUTH_WORDS } from './auth-fields.ts'
import { AuthorizeNow } from './authorize-now.tsx'
import { BodyEditor } from './body-editor.tsx'
import { DocsEditor } from './docs-editor.tsx'
import { ExamplesList } from './examples-list.tsx'
import { GraphqlEditor } from './graphql-editor.tsx'
import { headerNames, headerValues } from './header-names.ts'
import { MessagesEditor } from './messages-editor.tsx'
import { PairTable } from './pair-table.tsx'
import { ScriptsEditor } from './scripts-editor.tsx'
import { SettingsEditor } from './settings-editor.tsx'
import { UrlBar } from './url-bar.tsx'
import { urlOfParams } from './url-params.ts'
import { VariablesTable } from './variables-table.tsx'

type Part =
  | 'params'
  | 'headers'
  | 'auth'
  | 'body'
  | 'tests'
  | 'scripts'
  | 'variables'
  | 'settings'
  | 'docs'
  | 'examples'

export interface RequestEditorProps {
  readonly tab: RequestTab
  readonly request: ApiRequest
  readonly actions: RequestActions
}

/** The editor. */
export function RequestEditor({ tab, request, actions }: RequestEditorProps): ReactNode {
  const { tabs, parts } = useRequestWorkbench()
  const items = partsOf(request)
  const [chosen, setPart] = useShownPart(`request ${tab.id}`, items)
  const part = chosen ?? (request.kind === 'http' ? 'params' : 'body')
  const change = (next: ApiRequest): void => tabs.change(tab.id, next)
  return (
    <section aria-label="Request" className="flex min-h-0 flex-1 flex-col">
      <UrlBar tab={tab} request={request} actions={actions} />
      <InPageTabs
        label="Parts of the request"
        items={items}
        value={part}
        onChange={setPart}
        end={
          parts.EnvironmentPicker === undefined ? null : (
            <parts.EnvironmentPicker collectionId={tab.collectionId} />
          )
        }
      >
        <PartEditor tab={tab} request={request} part={part} onChange={change} />
      </InPageTabs>
    </section>
  )
}

function partsOf(request: ApiRequest): readonly PageTab<Part>[] {
  const scripts = Object.values(request.scripts).filter((script) => script !== '').length
  const bodyTitle = request.kind === 'graphql' ? 'Query' : request.kind === 'websocket' ? 'Messages' : 'Body'
  return [
    { id: 'params', title: 'Params', hint: countOf(request.parameters) },
    { id: 'headers', title: 'Headers', hint: countOf(request.headers) },
    { id: 'auth', title: 'Auth', hint: AUTH_WORDS[request.auth.type] },
    {
      id: 'body',
      title: bodyTitle,
      hint:
        request.kind === 'http' && request.body.type !== 'none' ? (BODY_WORDS[request.body.type] ?? '') : '',
    },
    ...(request.kind === 'websocket'
      ? []
      : [{ id: 'tests' as const, title: 'Tests', hint: count(request.assertions.length) }]),
    { id: 'scripts', title: 'Scripts', hint: count(scripts) },
    { id: 'variables', title: 'Variables', hint: count(request.variables.length) },
    { id: 'settings', title: 'Settings', hint: '' },
    { id: 'docs', title: 'Docs', hint: '' },
    ...(request.kind === 'http'
      ? [{ id: 'examples' as const, title: 'Examples', hint: count(request.examples.length) }]
      : []),
  ]
}

/** In few words, for the tab. */
const BODY_WORDS: Readonly<Record<string, string>> = {
  json: 'JSON',
  text: 'text',
  xml: 'XML',
  form: 'form',
  multipart: 'multipart',
  file: 'file',
}

const count = (number: number): string => (number === 0 ? '' : String(number))
const countOf = (pairs: readonly Pair[]): string => count(pairs.filter((pair) => pair.isEnabled).length)

interface PartEditorProps {
  readonly tab: RequestTab
  readonly request: ApiRequest
  readonly part: Part
  readonly onChange: (request: ApiRequest) => void
}

function PartEditor({ tab, request, part, onChange }: PartEditorProps): ReactNode {
  switch (part) {
    case 'params': {
      const query = request.parameters.filter((one) => one.place === 'query')
      const path = request.parameters.filter((one) => one.place === 'path')
      const set = (parameters: typeof request.parameters): void =>
        onChange({ ...request, parameters, url: urlOfParams(request.url, parameters) })
      return (
        <>
          <PairTable
            label="Query"
            noun="parameter"
            pairs={query}
            make={(pair) => ({ ...pair, place: 'query' as const })}
            onChange={(next) => set([...next, ...path])}
          />
          {path.length === 0 ? null : (
            <>
              <p className="flex h-26 items-center border-b border-line-1 px-12 text-small text-3">Path</p>
              <PairTable
                label="Path"
                noun="parameter"
                isFixed
                pairs={path}
                make={(pair) => ({ ...pair, place: 'path' as const })}
                onChange={(next) => onChange({ ...request, parameters: [...query, ...next] })}
              />
            </>
          )}
        </>
      )
    }
    case 'headers':
      return (
        <PairTable
          label="Headers"
          noun="header"
          pairs={request.headers}
          make={(pair) => pair}
          suggestNames={headerNames}
          suggestValues={headerValues}
          onChange={(headers) => onChange({ ...request, headers: [...headers] })}
        />
      )
    case 'auth':
      return (
        <AuthEditor
          auth={request.auth}
          inherited={tab.inherited}
          onChange={(auth) => onChange({ ...request, auth })}
        >
          {request.auth.type === 'oauth2' ? <AuthorizeNow tab={tab} request={request} /> : null}
        </AuthEditor>
      )
    case 'body':
      if (request.kind === 'graphql')
        return <GraphqlEditor key={tab.id} tab={tab} request={request} onChange={onChange} />
      if (request.kind === 'websocket') return <MessagesEditor request={request} onChange={onChange} />
      return <BodyEditor key={tab.id} tab={tab} request={request} onChange={onChange} />
    case 'tests':
      return request.kind === 'websocket' ? null : (
        <AssertionsEditor
          tabId={tab.id}
          assertions={request.assertions}
          onChange={(assertions) => onChange({ ...request, assertions: [...assertions] })}
        />
      )
    case 'scripts':
      return (
        <ScriptsEditor scripts={request.scripts} onChange={(scripts) => onChange({ ...request, scripts })} />
      )
    case 'variables':
      return (
        <VariablesTable
          tab={tab}
          variables={request.variables}
          onChange={(variables) => onChange({ ...request, variables: [...variables] })}
        />
      )
    case 'settings':
      return (
        <SettingsEditor
          settings={request.settings}
          onChange={(settings) => onChange({ ...request, settings })}
        />
      )
    case 'docs':
      return <DocsEditor docs={request.docs} onChange={(docs) => onChange({ ...request, docs })} />
    case 'examples':
      return request.kind === 'http' ? <ExamplesList request={request} onChange={onChange} /> : null
  }
}
