// A pasted text as commands of curl: lines that lost their backslash are put together, and values that a script sets are variables.
import type { Problems } from '../problems.ts'
import { commandsOf, type Command } from './words.ts'

const CURL = /(^|[/\\])curl(\.exe)?$/i
const ASSIGNMENT = /^([A-Za-z_]\w*)=([\s\S]*)$/

export interface CurlLines {
  /** What stands behind `curl` in each command. */
  readonly commands: readonly Command[]
  /** What the script sets by `NAME=value`, by name: commands ask for it as {{NAME}}. */
  readonly variables: ReadonlyMap<string, string>
}

const CURL_LINE =
  /^[ \t]*(?:[\w.:;&|$=-]+[ \t]+)*"?(?:[\w .:-]*[/\\])*curl(?:\.exe)?"?[ \t]+(?:["'$-]|\S*[./:]).*$/i

/** Whether a line of a text, a script perhaps, has a command of curl. */
export function hasCurlLine(text: string): boolean {
  return text.split('\n', 2_000).some((line) => CURL_LINE.test(line.slice(0, 500)))
}

/** Commands that are not of curl are told as notes. */
export function curlLines(text: string, problems: Problems): CurlLines {
  const commands: Command[] = []
  const variables = new Map<string, string>()
  for (const { words, stdin } of commandsOf(text, problems.of(''))) {
    const start = words.findIndex((word) => CURL.test(word))
    const last = commands.at(-1)
    if (start >= 0) commands.push({ words: words.slice(start + 1), stdin })
    else if (words[0]?.startsWith('-') === true && last !== undefined)
      commands.splice(-1, 1, { words: [...last.words, ...words], stdin: stdin ?? last.stdin })
    else if (!assigned(words, variables))
      problems.add('', 'command', `${(words[0] ?? '').slice(0, 60)}: only commands of curl are read.`, 'note')
  }
  return { commands, variables }
}

/** Whether a command only sets variables; they are put into `variables`. */
function assigned(words: readonly string[], variables: Map<string, string>): boolean {
  const own = /^(export|declare|local|readonly|set)$/.test(words[0] ?? '') ? words.slice(1) : words
  const found = own.map((word) => ASSIGNMENT.exec(word))
  if (own.length === 0 || found.includes(null)) return false
  for (const match of found) variables.set(match?.[1] ?? '', match?.[2] ?? '')
  return true
}
