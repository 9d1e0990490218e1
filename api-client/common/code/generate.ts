// The door of code generation.
import { curlCommand } from './curl.ts'
import { goCode } from './go.ts'
import { axiosCode, fetchCode } from './javascript.ts'
import { requestsCode } from './python.ts'
import { snippet } from './snippet.ts'
import { supabaseJsCode, supabasePythonCode } from './supabase.ts'
import type { CodeOptions, CodeRequest, CodeTarget } from './types.ts'

interface Generator extends CodeTarget {
  readonly generate: (request: CodeRequest, options: CodeOptions) => string | null
}

function ours(id: string, title: string, language: string, generate: Generator['generate']): Generator {
  return { id, title, language, generate }
}

function theirs(
  family: Parameters<typeof snippet>[1],
  client: string,
  title: string,
  language: string,
): Generator {
  return {
    id: `${family}/${client}`,
    title,
    language,
    generate: (request) => snippet(request, family, client),
  }
}

const GENERATORS: readonly Generator[] = [
  ours('shell/curl', 'cURL', 'shell', curlCommand),
  ours('supabase-js', 'supabase-js', 'javascript', supabaseJsCode),
  ours('python/supabase', 'Python – supabase', 'python', supabasePythonCode),
  ours('javascript/fetch', 'JavaScript – fetch', 'javascript', (request, options) =>
    fetchCode(request, options, true),
  ),
  ours('node/fetch', 'Node – fetch', 'javascript', (request, options) => fetchCode(request, options, false)),
  ours('node/axios', 'Node – axios', 'javascript', axiosCode),
  ours('python/requests', 'Python – requests', 'python', requestsCode),
  ours('go/native', 'Go', 'go', goCode),
  theirs('javascript', 'xhr', 'JavaScript – XMLHttpRequest', 'javascript'),
  theirs('shell', 'httpie', 'HTTPie', 'shell'),
  theirs('shell', 'wget', 'Wget', 'shell'),
  theirs('powershell', 'restmethod', 'PowerShell – Invoke-RestMethod', 'powershell'),
  theirs('powershell', 'webrequest', 'PowerShell – Invoke-WebRequest', 'powershell'),
  theirs('java', 'okhttp', 'Java – OkHttp', 'java'),
  theirs('java', 'nethttp', 'Java – java.net.http', 'java'),
  theirs('java', 'unirest', 'Java – Unirest', 'java'),
  theirs('kotlin', 'okhttp', 'Kotlin – OkHttp', 'kotlin'),
  theirs('csharp', 'httpclient', 'C# – HttpClient', 'csharp'),
  theirs('csharp', 'restsharp', 'C# – RestSharp', 'csharp'),
  theirs('php', 'curl', 'PHP – cURL', 'php'),
  theirs('php', 'guzzle', 'PHP – Guzzle', 'php'),
  theirs('ruby', 'native', 'Ruby – Net::HTTP', 'ruby'),
  theirs('ruby', 'faraday', 'Ruby – Faraday', 'ruby'),
  theirs('rust', 'reqwest', 'Rust – reqwest', 'rust'),
  theirs('swift', 'urlsession', 'Swift – URLSession', 'swift'),
  theirs('objc', 'nsurlsession', 'Objective-C – NSURLSession', 'objective-c'),
  theirs('c', 'libcurl', 'C – libcurl', 'c'),
  theirs('clojure', 'clj_http', 'Clojure – clj-http', 'clojure'),
  theirs('crystal', 'native', 'Crystal', 'crystal'),
  theirs('ocaml', 'cohttp', 'OCaml – cohttp', 'ocaml'),
  theirs('r', 'httr', 'R – httr', 'r'),
]

/** What code can be generated for. */
export function codeTargets(): CodeTarget[] {
  return GENERATORS.map(({ id, title, language }) => ({ id, title, language }))
}

/**
 * The request as code for a target's id. Null where there is no such target, or it cannot say the request: supabase-js speaks only
 * to PostgREST.
 */
export function generateCode(request: CodeRequest, target: string, options: CodeOptions = {}): string | null {
  return GENERATORS.find((one) => one.id === target)?.generate(request, options) ?? null
}
