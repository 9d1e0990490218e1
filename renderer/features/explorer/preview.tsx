// The request that the form means, while it is filled in: its address, and code for it.
import type { ReactNode } from 'react'
import { curlCommand } from '#api-client/common/code/curl.ts'
import { goCode } from '#api-client/common/code/go.ts'
import { requestsCode } from '#api-client/common/code/python.ts'
import { supabaseJsCode } from '#api-client/common/code/supabase.ts'
import type { CodeRequest } from '#api-client/common/code/types.ts'
import { composeUrl } from '#api-client/common/resolve/compose-url.ts'
import { createResolver } from '#api-client/common/resolve/resolve-text.ts'
import { createLookup } from '#api-client/common/resolve/scopes.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { CodeBlock, type CodeLanguage } from '../../components/code-block.tsx'
import { CopyButton, useCopy } from '../../components/copy-button.tsx'
import { MethodLabel } from '../../components/method-label.tsx'
import { Tabs } from '../../components/tabs.tsx'

const TARGETS = ['url', 'curl', 'supabase', 'python', 'go'] as const
type Target = (typeof TARGETS)[number]
const TITLES: Readonly<Record<Target, string>> = {
  url: 'URL',
  curl: 'curl',
  supabase: 'supabase-js',
  python: 'Python',
  go: 'Go',
}
const LANGUAGES: Readonly<Record<Target, CodeLanguage>> = {
  url: 'curl',
  curl: 'curl',
  supabase: 'javascript',
  python: 'python',
  go: 'go',
}

/** Nothing is resolved: {{names}} stay as they are. */
const AS_WRITTEN = createResolver({ lookup: createLookup([]), dynamic: null })

/** The request as code is generated from it. */
function codeRequest(request: HttpRequest): CodeRequest {
  const { body, auth } = request
  return {
    method: request.method,
    url: addressOf(request),
    headers: request.headers.filter(({ isEnabled }) => isEnabled).map(({ name, value }) => ({ name, value })),
    body:
      body.type === 'json'
        ? { type: 'text', text: body.text, contentType: 'application/json' }
        : body.type === 'text'
          ? { type: 'text', text: body.text, contentType: null }
          : { type: 'none' },
    // The token of somebody of a project is signed when the request is sent; elsewhere it is the person's to give.
    auth: auth.type === 'inherit' ? { type: 'none' } : auth.type === 'project' ? PROJECT_KEY : auth,
  }
}

const PROJECT_KEY = {
  type: 'apiKey' as const,
  key: 'apikey',
  value: '{{apikey}}',
  placement: 'header' as const,
}

/** The whole address, encoded as it is sent; {{names}} stay. */
export function addressOf(request: HttpRequest): string {
  try {
    return composeUrl({
      url: request.url,
      parameters: request.parameters,
      resolver: AS_WRITTEN,
      encodes: true,
      isSocket: false,
    }).url
  } catch {
    // A variable stands where the scheme would: nothing is encoded that is not yet.
    const query = request.parameters
      .filter(({ place, isEnabled }) => place === 'query' && isEnabled)
      .map(({ name, value }) => `${name}=${value}`)
      .join('&')
    return query === '' || request.url.includes('?') ? request.url : `${request.url}?${query}`
  }
}

/** The text of a target; null where it cannot say the request. */
export function codeOf(request: HttpRequest, target: Target): string | null {
  const code = codeRequest(request)
  switch (target) {
    case 'url':
      return code.url
    case 'curl':
      return curlCommand(code, {})
    case 'supabase':
      return supabaseJsCode(code, {})
    case 'python':
      return requestsCode(code, {})
    case 'go':
      return goCode(code, {})
  }
}

export interface CodePreviewProps {
  readonly request: HttpRequest
  readonly value: Target | 'response'
  readonly onChange: (value: Target | 'response') => void
  /** What came back, in a tab of its own. */
  readonly response: ReactNode
}

/** The tabs with what came back and the code. */
export function CodePreview({ request, value, onChange, response }: CodePreviewProps): ReactNode {
  return (
    <Tabs
      label="Code"
      isFilling
      items={[{ id: 'response', title: 'Response' }, ...TARGETS.map((id) => ({ id, title: TITLES[id] }))]}
      value={value}
      onChange={onChange}
    >
      {value === 'response' ? (
        <div className="flex h-full min-h-0 flex-col">{response}</div>
      ) : (
        <Code request={request} target={value} />
      )}
    </Tabs>
  )
}

function Code({ request, target }: { readonly request: HttpRequest; readonly target: Target }): ReactNode {
  const text = codeOf(request, target)
  const copying = useCopy()
  return (
    <div className="flex flex-col gap-8 py-10">
      <div className="flex items-center gap-8 px-14">
        <MethodLabel method={request.method} />
        <span className="min-w-0 flex-1 truncate text-small text-3">
          {request.headers.map(({ name, value }) => `${name}: ${value}`).join(' · ')}
        </span>
        {text === null ? null : <CopyButton text={text} label="Copy" copying={copying} />}
      </div>
      {text === null ? (
        <p className="px-14 text-small text-2">
          supabase-js cannot say this request: it has no call for a part of it. Use another language.
        </p>
      ) : (
        <CodeBlock label={`Request as ${TITLES[target]}`} text={text} language={LANGUAGES[target]} />
      )}
      {target === 'url' && request.body.type === 'json' ? (
        <CodeBlock label="Body of the request" text={request.body.text} language="json" />
      ) : null}
    </div>
  )
}
