// Rows of data for the iterations of a run, from CSV or JSON.
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CsvError, parse } from 'csv-parse/sync'
import { parseExact, textOfValue } from '#api-client/common/assert/exact-json.ts'
import { AppError } from '#contract/errors.ts'
import type { Variable } from '#contract/requests/parts.ts'
import type { RunOptions } from '#contract/requests/run.ts'

export type DataRow = readonly Variable[]

/** Rows as they were read; the variables of one are made when they are asked for, because those of all take forty times the file. */
export interface DataRows {
  readonly count: number
  /** Counted from 0; without variables where there is no such row. */
  row(index: number): DataRow
}

const MOST_BYTES = 50_000_000
/** As many as a run has iterations. */
const MOST_ROWS = 100_000

/** The rows of a run; null when it has none. A relative path counts from `directory`. INVALID_INPUT, with the line, for data that is none. */
export async function readDataRows(
  data: RunOptions['data'],
  directory: string | null,
): Promise<DataRows | null> {
  if (data === null) return null
  const text = data.text ?? (await readText(data.path, directory))
  const rows = data.format === 'csv' ? csvRows(text) : jsonRows(text)
  if (rows.count === 0) throw wrong('The data has no rows: there is nothing to run with.')
  if (rows.count > MOST_ROWS)
    throw wrong(`The data has more than ${MOST_ROWS.toLocaleString('en')} rows: divide it into several.`)
  return rows
}

async function readText(path: string | undefined, directory: string | null): Promise<string> {
  if (path === undefined) throw wrong('The data has neither a text nor a file.')
  const file = resolve(directory ?? '.', path)
  try {
    if ((await stat(file)).size > MOST_BYTES)
      throw wrong(`The data file “${path}” is larger than ${String(MOST_BYTES / 1_000_000)} MB.`)
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('NOT_FOUND', `The data file “${path}” cannot be read.`, { cause: error })
  }
}

/** Rows of CSV (RFC 4180) whose first line names the columns. Values are text. Reads no further than one row too many. */
export function csvRows(text: string): DataRows {
  const [head, ...records] = csvRecords(text)
  if (head === undefined) throw wrong('The data is empty: the first line of CSV names its columns.')
  const names = head.map((name) => name.trim())
  const known = new Set<string>()
  names.forEach((name, index) => {
    if (name === '') throw wrong(`Line 1 of the data: column ${String(index + 1)} has no name.`)
    if (known.has(name)) throw wrong(`Line 1 of the data: two columns are named “${name}”.`)
    known.add(name)
  })
  return {
    count: records.length,
    row: (index) => {
      const record = records[index]
      return record === undefined
        ? []
        : names.map((name, column) => variable(name, record[column] ?? '', 'string'))
    },
  }
}

function csvRecords(text: string): string[][] {
  try {
    // The line of names, and one row more than may be: who counts sees that there are too many.
    return parse(text, { bom: true, skip_empty_lines: true, to: MOST_ROWS + 2 })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line: unknown = error['lines']
    const place = typeof line === 'number' ? `Line ${String(line)} of the data` : 'The data'
    throw wrong(`${place} is no CSV: ${wordsOf(error.code)}`, error)
  }
}

function wordsOf(code: string): string {
  if (code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH' || code === 'CSV_RECORD_INCONSISTENT_COLUMNS')
    return 'it has another number of fields than the first line has columns.'
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened there and never closed.'
  if (code === 'INVALID_OPENING_QUOTE') return 'a quote stands within a field that does not begin with one.'
  if (code === 'CSV_INVALID_CLOSING_QUOTE')
    return 'after a closing quote something else than a comma follows.'
  return `it cannot be read (${code}).`
}

/** Rows of JSON: an array of objects. Numbers keep their digits; objects and arrays are their JSON. */
export function jsonRows(text: string): DataRows {
  const value = parseJson(text.replace(/^\uFEFF/, ''))
  if (!Array.isArray(value)) throw wrong('The data is no array of objects: `[{ "name": "value" }]`.')
  const rows = value.map((row: unknown, index) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw wrong(`Row ${String(index + 1)} of the data is no object: \`{ "name": "value" }\`.`)
    return row
  })
  return {
    count: rows.length,
    row: (index) => Object.entries(rows[index] ?? {}).map(([name, one]) => fromJson(name, one)),
  }
}

function parseJson(text: string): unknown {
  const problem = jsonProblem(text)
  if (problem === null) return parseExact(text)
  throw wrong(`Line ${String(lineOf(text))} of the data is no JSON.`, problem)
}

function jsonProblem(text: string): Error | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** The line where JSON breaks, from 1: V8 does not always tell, but the beginning of a text up to the line before lacks nothing but its end. */
function lineOf(text: string): number {
  const lines = text.split('\n')
  let [good, bad] = [0, lines.length]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    const begin = lines.slice(0, middle).join('\n')
    const message = jsonProblem(begin)?.message ?? ''
    const lacksItsEnd =
      message.startsWith('Unexpected end') || message.includes(`at position ${String(begin.length)}`)
    if (lacksItsEnd) good = middle
    else bad = middle
  }
  return bad
}

function fromJson(name: string, value: unknown): Variable {
  if (value === null) return variable(name, 'null', 'null')
  if (typeof value === 'string') return variable(name, value, 'string')
  if (typeof value === 'boolean') return variable(name, String(value), 'boolean')
  if (typeof value === 'number' || typeof value === 'bigint') return variable(name, String(value), 'number')
  return variable(name, textOfValue(value), 'object')
}

function variable(name: string, value: string, type: Variable['type']): Variable {
  return { name, value, type, isSecret: false, isEnabled: true, description: '' }
}

function wrong(message: string, cause?: unknown): AppError {
  return new AppError('INVALID_INPUT', message, cause === undefined ? {} : { cause })
}
