// Variables from a text that was pasted: lines of a `.env` file, a JSON object, or what other tools write of an environment.
import type { VariableType } from '#contract/requests/parts.ts'

export interface PastedVariable {
  readonly name: string
  readonly value: string
  readonly type: VariableType
  readonly isEnabled: boolean
  /** Said by the text itself. */
  readonly isSecret: boolean
}

export interface LeftOut {
  /** From 1; 0 where it is not about a line. */
  readonly line: number
  readonly text: string
  readonly reason: string
}

export interface Pasted {
  readonly format: 'env' | 'json'
  readonly variables: readonly PastedVariable[]
  readonly leftOut: readonly LeftOut[]
}

/** Whether a text that is pasted into a name is meant as variables. */
export function looksLikeVariables(text: string): boolean {
  const trimmed = text.trim()
  if (/^[{[]/.test(trimmed)) return readPasted(text).variables.length > 0
  return /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=/m.test(trimmed)
}

const SECRET_WORDS = new Set(
  'secret secrets token password passphrase passwd pass pwd credential credentials apikey'.split(' '),
)
const KEY_WORDS = new Set('api private secret access service signing encryption'.split(' '))

/** Names whose values are better not written into a file. */
export function looksSecret(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[_.\s-]+/)
  return words.some(
    (word, at) => SECRET_WORDS.has(word) || (word === 'key' && KEY_WORDS.has(words[at - 1] ?? '')),
  )
}

/** Reads it. Of two of one name the last counts. */
export function readPasted(text: string): Pasted {
  const read = /^\s*[{[]/.test(text) ? readJson(text) : readEnv(text)
  const byName = new Map(read.variables.map((variable) => [variable.name, variable]))
  const twice = read.variables.length - byName.size
  return {
    ...read,
    variables: [...byName.values()],
    leftOut:
      twice === 0
        ? read.leftOut
        : [...read.leftOut, { line: 0, text: '', reason: `${twice} stood before another of the same name` }],
  }
}

function readJson(text: string): Pasted {
  let value: unknown
  try {
    value = JSON.parse(text, exactNumber)
  } catch (error) {
    const reason = `no JSON: ${error instanceof Error ? error.message : String(error)}`
    return { format: 'json', variables: [], leftOut: [{ line: 0, text: '', reason }] }
  }
  // What Postman writes of an environment: { "values": [{ "key", "value", "enabled", "type": "secret" }] }.
  const list = Array.isArray(value) ? value : listIn(value)
  const leftOut: LeftOut[] = []
  if (list !== null) {
    const variables = list.flatMap((one): readonly PastedVariable[] => {
      const name = textOf(one, 'key') || textOf(one, 'name')
      if (name !== '')
        return [
          {
            ...typed(name, fieldOf(one, 'value')),
            isEnabled: fieldOf(one, 'enabled') !== false && fieldOf(one, 'disabled') !== true,
            isSecret: fieldOf(one, 'secret') === true || fieldOf(one, 'type') === 'secret',
          },
        ]
      leftOut.push({ line: 0, text: JSON.stringify(one).slice(0, 100), reason: 'it has no name' })
      return []
    })
    return { format: 'json', variables, leftOut }
  }
  const variables = Object.entries(typeof value === 'object' && value !== null ? value : {})
    .filter(([name]) => name.trim() !== '')
    .map(([name, one]) => typed(name.trim(), one))
  return { format: 'json', variables, leftOut }
}

/** A number with more digits than a number of JavaScript holds is kept as text. */
function exactNumber(_name: string, value: unknown, ...rest: readonly unknown[]): unknown {
  const source = typeof value === 'number' ? fieldOf(rest[0], 'source') : undefined
  return typeof source === 'string' && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? source
    : value
}

function listIn(value: unknown): readonly unknown[] | null {
  for (const name of ['values', 'variables']) {
    const list = fieldOf(value, name)
    if (Array.isArray(list) && list.every((one) => textOf(one, 'key') !== '' || textOf(one, 'name') !== ''))
      return list
  }
  return null
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function textOf(value: unknown, name: string): string {
  const field = fieldOf(value, name)
  return typeof field === 'string' ? field.trim() : ''
}

function typed(name: string, value: unknown): PastedVariable {
  const of = (type: VariableType, text: string): PastedVariable => ({
    name,
    value: text,
    type,
    isEnabled: true,
    isSecret: false,
  })
  if (value === null || value === undefined) return of('null', '')
  if (typeof value === 'number') return of('number', String(value))
  if (typeof value === 'boolean') return of('boolean', String(value))
  return typeof value === 'string' ? of('string', value) : of('object', JSON.stringify(value, null, 2))
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=[ \t]*(.*)$/

function readEnv(text: string): Pasted {
  const lines = text.split(/\r?\n/)
  const variables: PastedVariable[] = []
  const leftOut: LeftOut[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (/^\s*(?:#.*)?$/.test(line)) continue
    const found = LINE.exec(line)
    if (found === null) {
      leftOut.push({ line: at + 1, text: line.trim().slice(0, 100), reason: 'it is no NAME=value' })
      continue
    }
    const [, name = '', rest = ''] = found
    const quote = /^["'`]/.exec(rest)?.[0]
    const quoted = quote === undefined ? null : readQuoted(lines, at, rest, quote)
    if (quoted !== null) at = quoted.last
    // Without quotes a `#` after a space begins a comment.
    const value = quoted?.value ?? rest.replace(/(?:^|\s)#.*$/, '').trim()
    variables.push({ name, value, type: 'string', isEnabled: true, isSecret: false })
  }
  return { format: 'env', variables, leftOut }
}

/** A value in quotes, which may go on over lines; null where they are not closed, and then they are part of the value. */
function readQuoted(
  lines: readonly string[],
  first: number,
  rest: string,
  quote: string,
): { readonly value: string; readonly last: number } | null {
  let value = ''
  let line = rest.slice(1)
  for (let at = first; at < lines.length; at++, line = lines[at] ?? '') {
    if (at > first) value += '\n'
    for (let index = 0; index < line.length; index++) {
      const letter = line[index] ?? ''
      if (letter === quote) return { value, last: at }
      if (letter === '\\' && quote === '"') {
        const next = line[index + 1] ?? ''
        value += next === 'n' ? '\n' : next === 'r' ? '\r' : next === 't' ? '\t' : next
        index++
      } else value += letter
    }
  }
  return null
}
