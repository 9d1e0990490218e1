// A snippet for Go with its standard library.
import { addressOf, toHttpRequest } from './http-request.ts'
import type { SnippetAction, SnippetTarget } from './types.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** A string literal that means exactly `text`. What cannot be seen is escaped: Go refuses a byte order mark in a source, for one. */
export function goString(text: string): string {
  const escaped = text.replace(/[\\"\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return (
      ESCAPES[character] ??
      (code > 0xffff
        ? `\\U${code.toString(16).padStart(8, '0')}`
        : `\\u${code.toString(16).padStart(4, '0')}`)
    )
  })
  return `"${escaped}"`
}

/** Between backticks where that is possible: JSON is full of quotes. */
function goText(text: string): string {
  return /[`\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(text) ? goString(text) : `\`${text}\``
}

/** A whole program. */
export function goSnippet(target: SnippetTarget, action: SnippetAction): string {
  const request = toHttpRequest(target, action)
  const hasBody = request.body !== undefined
  const imports = ['fmt', 'io', 'log', 'net/http', ...(hasBody ? ['strings'] : [])]
  const body = hasBody ? `strings.NewReader(${goText(JSON.stringify(request.body))})` : 'nil'
  return `package main

import (
${imports.map((name) => `\t"${name}"`).join('\n')}
)

func main() {
\trequest, err := http.NewRequest("${request.method}", ${goString(addressOf(request))}, ${body})
\tif err != nil {
\t\tlog.Fatal(err)
\t}
${request.headers.map(([name, value]) => `\trequest.Header.Set(${goString(name)}, ${goString(value)})`).join('\n')}
\tresponse, err := http.DefaultClient.Do(request)
\tif err != nil {
\t\tlog.Fatal(err)
\t}
\tdefer response.Body.Close()
\trows, err := io.ReadAll(response.Body)
\tif err != nil {
\t\tlog.Fatal(err)
\t}
\tfmt.Println(response.Status, string(rows))
}
`
}
