// PostgREST's configuration file: `key = value` lines with quoted strings, numbers, booleans, lists, groups, comments, imports, and `$(NAME)` in strings.
// Pure: what files and the environment hold is asked of the caller.

export type FileValue = string | number | boolean | readonly FileValue[]

/** What a file may refer to. */
export interface FileSurroundings {
  /** Text of an imported file; throws when it cannot be read. */
  readonly readImport: (path: string) => string
  /** Variable of the environment for `$(NAME)`. */
  readonly variable: (name: string) => string | undefined
}

/** A mistake in the file, with its place. */
export class ConfigFileError extends Error {
  constructor(message: string, place: { readonly line: number; readonly column: number }) {
    super(`line ${place.line}, column ${place.column}: ${message}`)
    this.name = 'ConfigFileError'
  }
}

const IDENTIFIER = /[A-Za-z][\w-]*(?:\.[A-Za-z0-9][\w-]*)*/y
const NUMBER = /[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const SPACE = /(?:\s+|#[^\n]*)*/y
const WORDS: Readonly<Record<string, boolean>> = { true: true, on: true, false: false, off: false }
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', '"': '"', '\\': '\\' }
const MAX_IMPORTS = 20

/** Reads a file's text into its settings by name; a group's come as `group.name`, the last of a repeated one wins. Throws ConfigFileError. */
export function parseConfigFile(
  text: string,
  surroundings: FileSurroundings,
): ReadonlyMap<string, FileValue> {
  const values = new Map<string, FileValue>()
  let imports = 0

  function readText(source: string): void {
    let at = 0

    const fail = (message: string, where = at): never => {
      const before = source.slice(0, where).split('\n')
      throw new ConfigFileError(message, {
        line: before.length,
        column: (before.at(-1)?.length ?? 0) + 1,
      })
    }
    const match = (pattern: RegExp): string | undefined => {
      pattern.lastIndex = at
      const found = pattern.exec(source)?.[0]
      if (found !== undefined) at += found.length
      return found
    }
    const skipSpace = (): void => void match(SPACE)
    const expect = (sign: string): void => {
      if (source[at] !== sign) fail(`"${sign}" was expected.`)
      at += 1
    }

    function readString(): string {
      const start = at
      expect('"')
      let content = ''
      for (;;) {
        const char = source[at]
        if (char === undefined) return fail('This string does not end.', start)
        at += 1
        if (char === '"') return content
        content += char === '\\' ? readEscape() : char === '$' ? readInterpolation() : char
      }
    }

    function readEscape(): string {
      const char = source[at] ?? ''
      if (char === 'u') {
        const digits = source.slice(at + 1, at + 5)
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) fail('Four hexadecimal digits were expected after \\u.')
        at += 5
        return String.fromCharCode(Number.parseInt(digits, 16))
      }
      const escaped = ESCAPES[char]
      if (escaped === undefined) return fail('This escape is unknown; a backslash is written as \\\\.')
      at += 1
      return escaped
    }

    function readInterpolation(): string {
      if (source[at] === '$') {
        at += 1
        return '$'
      }
      const start = at
      const end = source[at] === '(' ? source.indexOf(')', at) : -1
      if (end === -1) return fail('A "$" by itself is written as "$$"; a variable as "$(NAME)".')
      const name = source.slice(at + 1, end)
      at = end + 1
      const value = values.get(name) ?? surroundings.variable(name)
      if (value === undefined) return fail(`There is no variable named ${name}.`, start)
      return printValue(value)
    }

    function readValue(): FileValue {
      if (source[at] === '"') return readString()
      if (source[at] === '[') return readList()
      const number = match(NUMBER)
      if (number !== undefined) return Number(number)
      const start = at
      const boolean = WORDS[match(IDENTIFIER) ?? '']
      return boolean ?? fail('A value was expected: "text" in quotes, a number, true or false.', start)
    }

    function readList(): readonly FileValue[] {
      const items: FileValue[] = []
      expect('[')
      skipSpace()
      while (source[at] !== ']') {
        items.push(readValue())
        skipSpace()
        if (source[at] !== ']') expect(',')
        skipSpace()
      }
      at += 1
      return items
    }

    function readDirectives(prefix: string, isEnd: () => boolean): void {
      for (skipSpace(); !isEnd(); skipSpace()) {
        const name = match(IDENTIFIER) ?? fail('The name of a setting was expected.')
        skipSpace()
        if (name === 'import' && source[at] === '"') {
          imports += 1
          if (imports > MAX_IMPORTS) fail('Files import each other without end.')
          readText(surroundings.readImport(readString()))
        } else if (source[at] === '{') {
          at += 1
          readDirectives(`${prefix}${name}.`, () => source[at] === '}' || at >= source.length)
          expect('}')
        } else {
          expect('=')
          skipSpace()
          values.set(prefix + name, readValue())
        }
      }
    }

    readDirectives('', () => at >= source.length)
  }

  readText(text)
  return values
}

/** A value as the text that a setting of text takes. */
export function printValue(value: FileValue): string {
  return typeof value === 'object' ? value.map(printValue).join(',') : String(value)
}
