// A call of the API as a snippet in one of the languages.
import { curlSnippet } from './curl.ts'
import { goSnippet } from './go.ts'
import { javascriptSnippet } from './javascript.ts'
import { pythonSnippet } from './python.ts'
import type { SnippetAction, SnippetLanguage, SnippetTarget } from './types.ts'

const WRITERS: Readonly<Record<SnippetLanguage, (target: SnippetTarget, action: SnippetAction) => string>> = {
  curl: curlSnippet,
  javascript: javascriptSnippet,
  python: pythonSnippet,
  go: goSnippet,
}

/** The snippet, ready to be pasted and run. */
export function writeSnippet(
  language: SnippetLanguage,
  target: SnippetTarget,
  action: SnippetAction,
): string {
  return WRITERS[language](target, action).trimEnd()
}
