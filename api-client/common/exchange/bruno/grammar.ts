// The grammar of `.bru` files: blocks of pairs, of lines, and of text.
import type { Report } from '../problems.ts'

export interface BruPair {
  readonly name: string
  readonly value: string
  /** Without `~`. */
  readonly isEnabled: boolean
  /** With `@`: of this request only. */
  readonly isLocal: boolean
  readonly description: string
  /** Of a value that is a list. */
  readonly list: readonly string[] | null
  /** `number`, `boolean`, `object`; empty where it is not said. */
  readonly type: string
}

export interface BruBlock {
  /** `get`, `headers`, `body:json`, `script:pre-request`, … */
  readonly name: string
  /** The lines between the braces, two spaces less indented. */
  readonly text: string
}

/** The blocks of a file in order; what is between them is reported. */
export function bruBlocks(source: string, report: Report): BruBlock[] {
  const lines = source.replace(/^\uFEFF/, '').split(/\r?\n/)
  const blocks: BruBlock[] = []
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (line.trim() === '') continue
    const inline = /^\s*([\w:.-]+)\s*(\{|\[)(.*)(\}|\])\s*$/.exec(line)
    const open = /^\s*([\w:.-]+)\s*(\{|\[)\s*$/.exec(line)
    if (open === null) {
      if (inline === null)
        report(`line ${at + 1}`, `“${line.trim().slice(0, 80)}” stands outside of all blocks.`)
      else blocks.push({ name: inline[1] ?? '', text: inline[3] ?? '' })
      continue
    }
    const close = open[2] === '[' ? ']' : '}'
    const inside: string[] = []
    let isClosed = false
    while (++at < lines.length) {
      const next = lines[at] ?? ''
      // A brace of a body is indented: the one that ends a block is not.
      if (next.startsWith(close) && next.trim() === close) {
        isClosed = true
        break
      }
      inside.push(next)
    }
    if (!isClosed) report(`block ${open[1] ?? ''}`, 'It does not end: the file is cut off.', 'changed')
    blocks.push({ name: open[1] ?? '', text: outdented(inside) })
  }
  return blocks
}

function outdented(lines: readonly string[]): string {
  return lines
    .map((line) => (line.startsWith('  ') ? line.slice(2) : line.startsWith('\t') ? line.slice(1) : line))
    .join('\n')
}

const NOTE = /^@(?:(\w+)\(|(number|boolean|object|string|null)(?![\w:]))/

/** Pairs of a block: `name: value`, `~` switched off, `@` local, `'''` texts of many lines, `[` lists, `@description(…)` before. */
export function bruPairs(text: string, report: Report): BruPair[] {
  const lines = text.split('\n')
  const pairs: BruPair[] = []
  let description = ''
  let type = ''
  for (let at = 0; at < lines.length; at++) {
    let line = (lines[at] ?? '').trim()
    if (line === '') continue
    // Notes on the pair that follows, on this line or the next.
    for (let note = NOTE.exec(line); note !== null; note = NOTE.exec(line)) {
      const [, word = '', kind] = note
      if (kind !== undefined) {
        type = kind
        line = line.slice(note[0].length).trim()
        continue
      }
      const read = annotation(lines, at, line.slice(note[0].length))
      at = read.end
      line = read.rest.trim()
      if (word === 'description') description = read.value
      else report(`@${word}`, 'It is not kept.')
    }
    if (line === '') continue
    const match =
      /^(~?)(@?)(?:"((?:[^"\\]|\\.)*)"|([^:]*)):(?:\s(.*)|)$/.exec(line) ??
      /^(~?)(@?)()(.+?):(.*)$/.exec(line)
    if (match === null) {
      report('line', `“${line.slice(0, 80)}” is no pair, and is left out.`)
      continue
    }
    const [, off, local, quoted, plain, rest = ''] = match
    let value = rest.trim()
    let list: string[] | null = null
    if (value.startsWith("'''")) {
      const read = multiline(lines, at, value.slice(3))
      value = read.value
      at = read.end
    } else if (value === '[') {
      list = []
      while (++at < lines.length && (lines[at] ?? '').trim() !== ']') {
        const item = (lines[at] ?? '').trim().replace(/,$/, '')
        if (item !== '') list.push(item)
      }
      value = list.join(', ')
    }
    pairs.push({
      name: quoted !== undefined && quoted !== '' ? quoted.replace(/\\"/g, '"') : (plain ?? '').trim(),
      value,
      isEnabled: off !== '~',
      isLocal: local === '@',
      description,
      list,
      type,
    })
    description = ''
    type = ''
  }
  return pairs
}

/** From after `'''` to the line that ends it; what stands behind the end belongs to it (`@contentType(…)`). */
function multiline(lines: readonly string[], from: number, first: string): { value: string; end: number } {
  const same = first.indexOf("'''")
  if (same >= 0) return { value: first.slice(0, same) + first.slice(same + 3), end: from }
  const inside: string[] = first === '' ? [] : [first]
  for (let at = from + 1; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const end = line.indexOf("'''")
    if (end < 0) {
      inside.push(line)
      continue
    }
    if (line.slice(0, end).trim() !== '') inside.push(line.slice(0, end))
    const tail = line.slice(end + 3).trim()
    const indent = Math.min(
      ...inside.filter((one) => one.trim() !== '').map((one) => one.length - one.trimStart().length),
      4,
    )
    const value = inside
      .map((one) => one.slice(Math.min(indent, one.length - one.trimStart().length)))
      .join('\n')
    return { value: tail === '' ? value : `${value} ${tail}`, end: at }
  }
  return { value: inside.join('\n'), end: lines.length }
}

/** From after `(` to the `)` that ends it, over lines where it is quoted so; `rest` is what stands behind. */
function annotation(
  lines: readonly string[],
  from: number,
  first: string,
): { value: string; rest: string; end: number } {
  const quote = /^('''|"|'|`)/.exec(first)?.[1] ?? ''
  let text = first.slice(quote.length)
  for (let at = from; ; at++) {
    const end = text.indexOf(`${quote})`)
    if (end >= 0)
      return { value: text.slice(0, end).trim(), rest: text.slice(end + quote.length + 1), end: at }
    if (at + 1 >= lines.length) return { value: text, rest: '', end: at }
    text += `\n${(lines[at + 1] ?? '').trim()}`
  }
}

/** Names of a list block: `vars:secret [ a, ~b ]`. */
export function bruNames(text: string): { name: string; isEnabled: boolean }[] {
  return text
    .split(/[,\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => ({ name: one.replace(/^~?@?/, ''), isEnabled: !one.startsWith('~') }))
}
