// Splits what a person pasted into commands and words, as bash, cmd.exe or PowerShell would.
import type { Report } from '../problems.ts'

/** One command: its words, and the text that is fed to it. */
export interface Command {
  readonly words: string[]
  /** Of a here-document; null for none. */
  stdin: string | null
}

export type Shell = 'posix' | 'cmd' | 'powershell'

/** Which shell a text was written for. */
function shellOf(text: string): Shell {
  // Signs of Windows' shells inside of single quotes are a value: Markdown, SQL.
  const bare = withoutSingleQuoted(text)
  if (/\^["'\s]/.test(bare) && (/\^\r?\n/.test(bare) || /\^"/.test(bare))) return 'cmd'
  if (/\\[ \t]*\r?\n/.test(bare)) return 'posix'
  if (/`\r?\n/.test(bare) || /`"/.test(bare) || /^\s*(PS [^>]*>\s*)?(&\s*)?curl\.exe\b/i.test(text))
    return 'powershell'
  // Quotes doubled inside quotes are of Windows: a POSIX shell would lose them.
  if (!text.includes("'") && /"[^"]*[{[,:]\s*""\w/.test(text)) return 'cmd'
  return 'posix'
}

/** The text with nothing inside of its single quotes; those inside of double ones are signs like others. In one walk: what is never closed ends it. */
function withoutSingleQuoted(text: string): string {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (sign !== '"' && sign !== "'") continue
    const isAnsi = sign === "'" && text[at - 1] === '$'
    let end = at + 1
    while (end < text.length && text[end] !== sign)
      end += (sign === '"' && /[\\`^]/.test(text[end] ?? '')) || (isAnsi && text[end] === '\\') ? 2 : 1
    if (end >= text.length) break
    if (sign === "'") {
      parts.push(text.slice(from, at + 1))
      from = end
    }
    at = end
  }
  parts.push(text.slice(from))
  return parts.join('')
}

/** Commands in order. What a shell would compute (`$(…)`) is kept as it is written and reported. */
export function commandsOf(text: string, report: Report): Command[] {
  const shell = shellOf(text)
  if (shell === 'cmd') return cmdCommands(text)
  if (shell === 'powershell') return powershellCommands(text)
  return posixCommands(text, report)
}

/** Collects words while a text is walked. */
function collector() {
  const commands: Command[] = []
  let words: string[] = []
  let word: string | null = null
  return {
    commands,
    add: (text: string): void => {
      word = (word ?? '') + text
    },
    isInWord: () => word !== null,
    endWord: (): void => {
      if (word !== null) words.push(word)
      word = null
    },
    endCommand(): Command | null {
      this.endWord()
      if (words.length === 0) return null
      const command: Command = { words, stdin: null }
      commands.push(command)
      words = []
      return command
    },
  }
}

const VARIABLE = /^\$(?:\{([A-Za-z_]\w*)(?::?-[^}]*)?\}|([A-Za-z_]\w*))/

function posixCommands(text: string, report: Report): Command[] {
  const out = collector()
  const documents: { end: string; isIndented: boolean; command: Command | null }[] = []
  const unclosed = new Set<string>()
  let at = 0
  /** At `$`: a variable becomes ours. */
  const dollar = (): void => {
    const match = VARIABLE.exec(text.slice(at, at + 300))
    if (match !== null) {
      out.add(`{{${match[1] ?? match[2] ?? ''}}}`)
      at += match[0].length
      return
    }
    if (text.startsWith('$(', at)) substitution()
    else {
      out.add('$')
      at++
    }
  }
  /** At `$(` or a backtick: kept with all that is inside, blanks too. */
  const substitution = (): void => {
    const sign = text[at] ?? ''
    const end = unclosed.has(sign) ? -1 : sign === '`' ? text.indexOf('`', at + 1) : closing(text, at + 1)
    if (end < 0) {
      // What is not closed here is not closed further on: it is looked for once.
      unclosed.add(sign)
      out.add(sign)
      at++
      return
    }
    report('command substitution', 'A shell would run a command here; it is kept as text.', 'changed')
    out.add(text.slice(at, end + 1))
    at = end + 1
  }
  const doubleQuoted = (): void => {
    at++
    out.add('')
    while (at < text.length && text[at] !== '"') {
      const next = text[at + 1] ?? ''
      if (text[at] === '\\' && '$`"\\'.includes(next) && next !== '') {
        out.add(next)
        at += 2
      } else if (text[at] === '\\' && (next === '\n' || text.startsWith('\r\n', at + 1)))
        at += next === '\n' ? 2 : 3
      else if (text[at] === '$') dollar()
      else if (text[at] === '`') substitution()
      else out.add(text[at++] ?? '')
    }
    at++
  }
  while (at < text.length) {
    const sign = text[at] ?? ''
    if (sign === "'") {
      const end = text.indexOf("'", at + 1)
      out.add(text.slice(at + 1, end < 0 ? undefined : end))
      at = end < 0 ? text.length : end + 1
    } else if (sign === '"') doubleQuoted()
    else if (text.startsWith("$'", at)) {
      const { value, end } = ansiQuoted(text, at + 2)
      out.add(value)
      at = end
    } else if (text.startsWith('$"', at)) at++
    else if (sign === '$') dollar()
    else if (sign === '`') substitution()
    else if (sign === '\\') {
      // Blanks behind the backslash come from copying: a shell would end the command there, and nobody means it.
      const goesOn = /^\\[ \t]*\r?\n/.exec(text.slice(at, at + 200))
      if (goesOn === null) out.add(text[at + 1] ?? '')
      at += goesOn?.[0].length ?? 2
    } else if (sign === '\n') {
      const command = out.endCommand()
      at++
      for (const one of documents.splice(0)) {
        const { value, end } = hereDocument(text, at, one)
        const target = one.command ?? command
        if (target !== null) target.stdin = value
        at = end
      }
    } else if (text.startsWith('<<', at) && !text.startsWith('<<<', at)) {
      const match = /^<<(-?)\s*(?:'([^']*)'|"([^"]*)"|\\?([^\s;|&<>]+))/.exec(text.slice(at, at + 300))
      out.endWord()
      if (match !== null)
        documents.push({
          end: match[2] ?? match[3] ?? match[4] ?? '',
          isIndented: match[1] === '-',
          command: null,
        })
      at += match?.[0].length ?? 2
    } else if (sign === ';' || sign === '|' || sign === '&') {
      const command = out.endCommand()
      for (const one of documents) one.command ??= command
      at++
    } else if (sign === '#' && !out.isInWord()) {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
    } else if (/\s/.test(sign)) {
      out.endWord()
      at++
    } else if ((sign === '>' || sign === '<') && !out.isInWord()) {
      // A redirection and its file are nobody's argument.
      const match = /^[<>]+&?\s*('[^']*'|"[^"]*"|[^\s;|&]*)/.exec(text.slice(at, at + 4_096))
      at += match?.[0].length ?? 1
    } else {
      out.add(sign)
      at++
    }
  }
  out.endCommand()
  return out.commands
}

/** Where the parenthesis at `from` ends; -1 where it does not. */
function closing(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++)
    if (text[at] === '(') depth++
    else if (text[at] === ')' && --depth === 0) return at
  return -1
}

function hereDocument(
  text: string,
  from: number,
  { end, isIndented }: { end: string; isIndented: boolean },
): { value: string; end: number } {
  const lines: string[] = []
  let at = from
  while (at < text.length) {
    const stop = text.indexOf('\n', at)
    const line = text.slice(at, stop < 0 ? undefined : stop).replace(/\r$/, '')
    at = stop < 0 ? text.length : stop + 1
    const plain = isIndented ? line.replace(/^\t+/, '') : line
    if (plain === end) break
    lines.push(plain)
  }
  return { value: lines.map((line) => `${line}\n`).join(''), end: at }
}

const ANSI = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['a', '\x07'],
  ['b', '\b'],
  ['e', '\x1b'],
  ['E', '\x1b'],
  ['f', '\f'],
  ['v', '\v'],
])

/** Inside `$'…'`, from after the quote. */
function ansiQuoted(text: string, from: number): { value: string; end: number } {
  let value = ''
  let at = from
  while (at < text.length && text[at] !== "'") {
    if (text[at] !== '\\') {
      value += text[at++]
      continue
    }
    const rest = text.slice(at + 1, at + 12)
    const code =
      /^x([0-9a-f]{1,2})/i.exec(rest) ?? /^u([0-9a-f]{1,4})/i.exec(rest) ?? /^U([0-9a-f]{1,8})/i.exec(rest)
    const octal = /^([0-7]{1,3})/.exec(rest)
    if (code !== null || octal !== null) {
      const point =
        code === null ? Number.parseInt(octal?.[1] ?? '0', 8) : Number.parseInt(code[1] ?? '0', 16)
      value += String.fromCodePoint(Math.min(point, 0x10ffff))
      at += 1 + ((code ?? octal)?.[0].length ?? 0)
    } else {
      const next = rest[0] ?? ''
      value += ANSI.get(next) ?? (`'"?\\`.includes(next) ? next : `\\${next}`)
      at += 2
    }
  }
  return { value, end: at + 1 }
}

/** Carets first, as cmd.exe does, then quotes, as the C runtime of Windows does. */
function cmdCommands(text: string): Command[] {
  const out = collector()
  const source = text.replaceAll('\r\n', '\n')
  const characters: { sign: string; isEscaped: boolean }[] = []
  let isQuoted = false
  for (let at = 0; at < source.length; at++) {
    const sign = source[at] ?? ''
    if (sign === '^' && !isQuoted) {
      at++
      const next = source[at]
      if (next === undefined) continue
      if (next === '\n') {
        // The line goes on; a second newline is one of the value.
        if (source[at + 1] === '\n') {
          characters.push({ sign: '\n', isEscaped: true })
          at++
        }
        continue
      }
      characters.push({ sign: next, isEscaped: true })
      continue
    }
    if (sign === '"') isQuoted = !isQuoted
    characters.push({ sign, isEscaped: isQuoted })
  }
  let isInside = false
  for (let at = 0; at < characters.length; at++) {
    const { sign, isEscaped } = characters[at] ?? { sign: '', isEscaped: false }
    const next = characters[at + 1]?.sign
    if (sign === '\\' && (next === '"' || (next === '\\' && followedByQuote(characters, at)))) {
      out.add(next)
      at++
    } else if (sign === '"' && isInside && next === '"') {
      out.add('"')
      at++
    } else if (sign === '"') {
      isInside = !isInside
      out.add('')
    } else if (isInside) out.add(sign)
    else if (sign === '\n' || ((sign === '&' || sign === '|') && !isEscaped)) out.endCommand()
    else if (/\s/.test(sign)) out.endWord()
    else out.add(sign)
  }
  out.endCommand()
  return out.commands
}

/** Backslashes count as escapes only before a quote. */
function followedByQuote(characters: readonly { sign: string }[], from: number): boolean {
  let at = from
  while (characters[at]?.sign === '\\') at++
  return characters[at]?.sign === '"'
}

const BACKTICK = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['0', '\0'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
])

function powershellCommands(text: string): Command[] {
  const out = collector()
  const source = text.replaceAll('\r\n', '\n')
  let at = 0
  let quote: string | null = null
  while (at < source.length) {
    const sign = source[at] ?? ''
    const next = source[at + 1] ?? ''
    if (sign === '`' && quote !== "'") {
      if (next !== '\n' || quote !== null) out.add(quote === null ? next : (BACKTICK.get(next) ?? next))
      else out.endWord()
      at += 2
    } else if (quote !== null && sign === quote) {
      if (next === quote) out.add(quote)
      else quote = null
      at += next === sign && quote !== null ? 2 : 1
    } else if (quote !== null) {
      // PowerShell before 7.3 hands quotes on only where a backslash stands before them.
      if (sign === '\\' && next === '"') {
        out.add('"')
        at += 2
      } else if (sign === '\\' && next === '`' && source[at + 2] === '"') {
        out.add('"')
        at += 3
      } else if (quote === '"' && sign === '$' && VARIABLE.test(source.slice(at, at + 300))) {
        const match = /^\$(?:env:)?\{?(\w+)\}?/.exec(source.slice(at, at + 300))
        out.add(`{{${match?.[1] ?? ''}}}`)
        at += match?.[0].length ?? 1
      } else {
        out.add(sign)
        at++
      }
    } else if (sign === '"' || sign === "'") {
      quote = sign
      out.add('')
      at++
    } else if (sign === '\n' || sign === ';' || sign === '|') {
      out.endCommand()
      at++
    } else if (/\s/.test(sign)) {
      out.endWord()
      at++
    } else {
      out.add(sign)
      at++
    }
  }
  out.endCommand()
  return out.commands
}
