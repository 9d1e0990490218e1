// A snippet for a POSIX shell.
import { addressOf, toHttpRequest } from './http-request.ts'
import type { SnippetAction, SnippetTarget } from './types.ts'

/** A word of the shell that means exactly `text`. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** One curl command. Braces and brackets are encoded in its address, so curl expands nothing. */
export function curlSnippet(target: SnippetTarget, action: SnippetAction): string {
  const request = toHttpRequest(target, action)
  const method = request.method === 'GET' ? '' : `-X ${request.method} `
  return [
    `curl ${method}${shellWord(addressOf(request))}`,
    ...request.headers.map(([name, value]) => `-H ${shellWord(`${name}: ${value}`)}`),
    ...(request.body === undefined ? [] : [`-d ${shellWord(JSON.stringify(request.body))}`]),
  ].join(' \\\n  ')
}
