// A call of the API as a snippet in one of the languages; the code itself is written by the tester's generators.
import { curlCommand } from '#api-client/common/code/curl.ts'
import { goCode } from '#api-client/common/code/go.ts'
import { requestsCode } from '#api-client/common/code/python.ts'
import { supabaseJsCode } from '#api-client/common/code/supabase.ts'
import type { CodeOptions, CodeRequest } from '#api-client/common/code/types.ts'
import { addressOf, toHttpRequest } from './http-request.ts'
import type { SnippetAction, SnippetLanguage, SnippetTarget } from './types.ts'

const WRITERS: Readonly<
  Record<SnippetLanguage, (request: CodeRequest, options: CodeOptions) => string | null>
> = {
  curl: curlCommand,
  javascript: supabaseJsCode,
  python: requestsCode,
  go: goCode,
}

/** The snippet, ready to be pasted and run. */
export function writeSnippet(
  language: SnippetLanguage,
  target: SnippetTarget,
  action: SnippetAction,
): string {
  const request = toHttpRequest(target, action)
  const code = WRITERS[language](
    {
      method: request.method,
      url: addressOf(request),
      headers: request.headers.map(([name, value]) => ({ name, value })),
      body:
        request.body === undefined
          ? { type: 'none' }
          : { type: 'text', text: JSON.stringify(request.body), contentType: 'application/json' },
      auth: { type: 'none' },
    },
    {},
  )
  // Only requests that are none of a data API cannot be said, and these all are.
  return (code ?? '').trimEnd()
}
