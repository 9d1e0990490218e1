// What a selection looks like on the clipboard: tab separated for spreadsheets, and the forms people paste into code. Values are the text
// that Postgres printed; nothing is rounded, and nothing that the screen cut is cut here.
import { quoteLiteral } from '#postgres/common/sql/quote.ts'
import { readableName } from '#postgres/common/sql/readable-name.ts'
import { booleanWord } from './cell-display.ts'
import type { ValueKind } from './value-kind.ts'

export const COPY_FORMATS = ['tsv', 'csv', 'json', 'markdown', 'insert', 'in-list'] as const
export type CopyFormat = (typeof COPY_FORMATS)[number]

/** The name of each format in menus. */
export const COPY_FORMAT_LABELS: Readonly<Record<CopyFormat, string>> = {
  tsv: 'Tab separated',
  csv: 'CSV',
  json: 'JSON',
  markdown: 'Markdown table',
  insert: 'INSERT statements',
  'in-list': 'IN list',
}

export interface CopyColumn {
  readonly name: string
  readonly kind: ValueKind
}

export interface CopyOptions {
  readonly format: CopyFormat
  readonly columns: readonly CopyColumn[]
  /** Tab separated and CSV: whether a line of names goes first. */
  readonly withHeader: boolean
  /** Of the INSERT form; `table` where the result does not come from one. */
  readonly tableName?: string
}

/** Writes rows one at a time, so that a large selection is never held twice. */
export interface CopyWriter {
  add(row: readonly (string | null)[]): void
  /** The whole text. */
  finish(): string
}

/** Makes the writer of a format. */
export function createCopyWriter(options: CopyOptions): CopyWriter {
  const lines: string[] = []
  const asText = (value: string, at: number): string =>
    options.columns[at]?.kind === 'boolean' ? booleanWord(value) : value
  const names = options.columns.map((column) => column.name)
  switch (options.format) {
    case 'tsv':
      if (options.withHeader) lines.push(names.map(tsvField).join('\t'))
      return {
        add: (row) =>
          lines.push(row.map((value, at) => tsvField(value === null ? '' : asText(value, at))).join('\t')),
        finish: () => lines.join('\n'),
      }
    case 'csv':
      if (options.withHeader) lines.push(names.map(csvField).join(','))
      return {
        add: (row) =>
          lines.push(row.map((value, at) => (value === null ? '' : csvField(asText(value, at)))).join(',')),
        finish: () => `${lines.join('\r\n')}\r\n`,
      }
    case 'json':
      return {
        add: (row) => lines.push(`  ${jsonObject(row, options.columns)}`),
        finish: () => (lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n]`),
      }
    case 'markdown':
      lines.push(`| ${names.map(markdownField).join(' | ')} |`)
      lines.push(`| ${options.columns.map(markdownRule).join(' | ')} |`)
      return {
        add: (row) =>
          lines.push(
            `| ${row.map((value, at) => (value === null ? 'NULL' : markdownField(asText(value, at)))).join(' | ')} |`,
          ),
        finish: () => lines.join('\n'),
      }
    case 'insert':
      return insertWriter(options, lines)
    case 'in-list':
      return {
        add: (row) => {
          for (const [at, value] of row.entries()) {
            if (value !== null) lines.push(sqlValue(value, options.columns[at]?.kind ?? 'text'))
          }
        },
        finish: () => `(${[...new Set(lines)].join(', ')})`,
      }
  }
}

const INSERT_ROWS_PER_STATEMENT = 500

function insertWriter(options: CopyOptions, statements: string[]): CopyWriter {
  const columns = options.columns.map((column) => readableName(column.name)).join(', ')
  const head = `insert into ${options.tableName ?? 'table_name'} (${columns}) values\n`
  let rows: string[] = []
  const flush = (): void => {
    if (rows.length > 0) statements.push(`${head}${rows.join(',\n')};`)
    rows = []
  }
  return {
    add(row) {
      const values = row.map((value, at) =>
        value === null ? 'null' : sqlValue(value, options.columns[at]?.kind ?? 'text'),
      )
      rows.push(`  (${values.join(', ')})`)
      if (rows.length === INSERT_ROWS_PER_STATEMENT) flush()
    },
    finish() {
      flush()
      return statements.join('\n')
    },
  }
}

/** Spreadsheets take a quoted field; without line breaks and tabs the bare text pastes best everywhere. */
function tsvField(value: string): string {
  return /["\t\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

function csvField(value: string): string {
  // An empty string is quoted so that it stays distinct from NULL, as COPY … CSV writes it.
  return value === '' || /[",\r\n]/.test(value) || /^\s|\s$/.test(value)
    ? `"${value.replaceAll('"', '""')}"`
    : value
}

function markdownField(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\r?\n/g, '<br>')
}

function markdownRule(column: CopyColumn): string {
  return column.kind === 'number' ? '---:' : '---'
}

/** An object per row, written by hand: numbers keep every digit that Postgres printed, equal names do not swallow each other. */
function jsonObject(row: readonly (string | null)[], columns: readonly CopyColumn[]): string {
  const seen = new Map<string, number>()
  const fields = columns.map((column, at) => {
    const count = (seen.get(column.name) ?? 0) + 1
    seen.set(column.name, count)
    const name = count === 1 ? column.name : `${column.name}_${count}`
    return `${JSON.stringify(name)}: ${jsonValue(row[at] ?? null, column.kind)}`
  })
  return `{${fields.join(', ')}}`
}

function jsonValue(value: string | null, kind: ValueKind): string {
  if (value === null) return 'null'
  if (kind === 'boolean') return booleanWord(value)
  if (kind === 'number' && isJsonNumber(value)) return value
  if (kind === 'json') return isJson(value) ? value.replaceAll(/\r?\n\s*/g, ' ') : JSON.stringify(value)
  return JSON.stringify(value)
}

function isJsonNumber(value: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(value)
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value)
    return true
  } catch {
    return false
  }
}

function sqlValue(value: string, kind: ValueKind): string {
  if (kind === 'number' && isJsonNumber(value)) return value
  if (kind === 'boolean') return booleanWord(value)
  return quoteLiteral(value).trim()
}
