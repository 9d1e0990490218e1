// Reads a diagram file. What a line says that cannot be understood is a problem with its number; the rest is read.
import type { Diagram } from '#contract/capabilities/designs.ts'
import type { ImportProblem } from '#contract/capabilities/schema.ts'
import type { Outline, OutlineColumn, OutlineReference } from '../outline.ts'
import { plain, wordsOf } from './tokens.ts'
import { FIRST_LINE, keyOf } from './write-diagram.ts'

export interface ReadDiagram {
  readonly outline: Outline
  /** Ids are the names: `table shop.film`. */
  readonly diagram: Diagram
  readonly problems: readonly ImportProblem[]
}

interface TableDraft {
  schema: string
  name: string
  comment: null
  columns: OutlineColumn[]
  primaryKey: string[]
  uniques: string[][]
  references: OutlineReference[]
  line: number
}

/** Never throws. */
export function readDiagram(text: string): ReadDiagram {
  return new Reader().read(text)
}

class Reader {
  private readonly tables: TableDraft[] = []
  private readonly enums: { schema: string; name: string; labels: string[]; line: number }[] = []
  private readonly views: { schema: string; name: string; columns: { name: string; type: string }[] }[] = []
  private readonly problems: ImportProblem[] = []
  private readonly diagram: Diagram = {
    positions: {},
    names: {},
    groups: [],
    notes: [],
    schemas: null,
    viewport: null,
  }
  private inner: ((words: readonly string[]) => boolean) | null = null
  private line = 1

  read(text: string): ReadDiagram {
    const lines = text.split(/\r\n|\n/)
    if (lines[0]?.trim() !== FIRST_LINE) this.problem(1, `The first line of a diagram is “${FIRST_LINE}”.`)
    else
      for (const [at, line] of lines.entries()) {
        if (at === 0 || line.trim() === '' || line.startsWith('#')) continue
        this.line = at + 1
        const words = wordsOf(line)
        const isInner = /^\s/.test(line)
        const isDone = words !== undefined && (isInner ? this.inner?.(words) === true : this.block(words))
        if (!isDone) this.problem(at + 1, 'This line cannot be understood.')
        if (!isInner && !isDone) this.inner = null
      }
    for (const note of this.diagram.notes) note.text = note.text.replace(/^\n/, '')
    const { tables, enums, views } = this
    return { outline: { tables, enums, views }, diagram: this.diagram, problems: this.problems }
  }

  private problem(line: number, message: string): void {
    this.problems.push({ line, column: 1, message })
  }

  private block(words: readonly string[]): boolean {
    const [kind, ...rest] = words
    if (kind === 'shown') {
      this.diagram.schemas = rest.map(plain)
      return true
    }
    if (kind === 'group') return this.group(rest)
    if (kind === 'note') return this.note(rest)
    if (kind !== 'table' && kind !== 'view' && kind !== 'enum') return false
    const [schema, dot, name, at, x, y] = rest
    if (dot !== '.' || schema === undefined || name === undefined) return false
    const own = { schema: plain(schema), name: plain(name) }
    const key = keyOf(kind, own)
    if (at === 'at') {
      const [left, top] = [Number(x), Number(y)]
      if (!Number.isFinite(left) || !Number.isFinite(top)) return false
      this.diagram.positions[key] = { x: left, y: top }
    }
    this.diagram.names[key] = key
    if (kind === 'enum') {
      const labels: string[] = []
      const made = { ...own, labels, line: this.line }
      this.enums.push(made)
      this.inner = ([label]) => made.labels.push(plain(label)) > 0
    } else if (kind === 'view') {
      const columns: { name: string; type: string }[] = []
      this.views.push({ ...own, columns })
      this.inner = ([column, colon, type]) =>
        colon === ':' && columns.push({ name: plain(column), type: plain(type) }) > 0
    } else {
      const table: TableDraft = {
        ...own,
        comment: null,
        columns: [],
        primaryKey: [],
        uniques: [],
        references: [],
        line: this.line,
      }
      this.tables.push(table)
      this.inner = (line) => tableLine(table, line, this.line)
    }
    return true
  }

  private group([title, word, colour]: readonly string[]): boolean {
    const number = Number(colour)
    if (word !== 'colour' || !Number.isInteger(number) || number < 0 || number > 7) return false
    const members: string[] = []
    this.diagram.groups.push({
      id: `group:${this.diagram.groups.length + 1}`,
      title: plain(title),
      colour: number,
      members,
    })
    this.inner = ([member, kind, name]) =>
      member === 'member' && members.push(`${kind ?? ''} ${plain(name)}`) > 0
    return true
  }

  private note([at, x, y, size, width, height, word, colour]: readonly string[]): boolean {
    const numbers = [x, y, width, height, colour].map(Number)
    if (at !== 'at' || size !== 'size' || word !== 'colour' || !numbers.every(Number.isFinite)) return false
    const [left = 0, top = 0, wide = 0, high = 0, tint = 0] = numbers
    if (!Number.isInteger(tint) || tint < 0 || tint > 7) return false
    const note = {
      id: `note:${this.diagram.notes.length + 1}`,
      x: left,
      y: top,
      width: wide,
      height: high,
      text: '',
      colour: tint,
    }
    this.diagram.notes.push(note)
    this.inner = ([line]) => {
      note.text += `\n${plain(line)}`
      return true
    }
    return true
  }
}

function tableLine(table: TableDraft, words: readonly string[], line: number): boolean {
  const [first, second] = words
  if (first === 'primary' && second === 'key') {
    table.primaryKey = inParentheses(words.slice(2))
    return table.primaryKey.length > 0
  }
  if (first === 'unique' && second === '(') return table.uniques.push(inParentheses(words.slice(1))) > 0
  if (first === 'foreign' && second === 'key') {
    const arrow = words.indexOf('->')
    const reference = arrow === -1 ? null : target(inParentheses(words.slice(2)), words.slice(arrow + 1))
    return reference !== null && table.references.push({ ...reference, line }) > 0
  }
  if (second !== ':' || words[2] === undefined) return false
  const name = plain(first)
  const flags = flagsOf(words.slice(3))
  if (flags === null) return false
  const has = (flag: string): boolean => flags.some((one) => one.length === 1 && one[0] === flag)
  table.columns.push({
    name,
    type: plain(words[2]),
    isNullable: has('null'),
    isIdentity: has('identity'),
    default: null,
    comment: null,
    line,
  })
  if (has('pk')) table.primaryKey = [name]
  if (has('unique')) table.uniques.push([name])
  for (const flag of flags) {
    if (flag[0] !== '->') continue
    const reference = target([name], flag.slice(1))
    if (reference === null) return false
    table.references.push({ ...reference, line })
  }
  return true
}

/** `[pk, -> shop.film]` as the words of each; null where it is none. */
function flagsOf(words: readonly string[]): readonly (readonly string[])[] | null {
  if (words.length === 0) return []
  if (words[0] !== '[' || words.at(-1) !== ']') return null
  const flags: string[][] = [[]]
  for (const word of words.slice(1, -1))
    if (word === ',') flags.push([])
    else flags.at(-1)?.push(word)
  return flags
}

function inParentheses(words: readonly string[]): string[] {
  const end = words.indexOf(')')
  return words[0] === '(' && end !== -1 ? words.slice(1, end).map(plain) : []
}

function target(
  columns: readonly string[],
  [schema, dot, table, ...references]: readonly string[],
): OutlineReference | null {
  if (dot !== '.' || schema === undefined || table === undefined || columns.length === 0) return null
  return {
    columns,
    schema: plain(schema),
    table: plain(table),
    references: references.map(plain),
    onDelete: 'no action',
    onUpdate: 'no action',
    name: null,
  }
}
