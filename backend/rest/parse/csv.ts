// CSV bodies (RFC 4180) as JSON rows: every value a string, NULL a null.
import { bodyInvalid } from './errors.ts'

/** A field: quoted with `""` for a quote, or up to a comma, quote or line's end; then what ends it. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y

/**
 * The records, lines without a single character left out.
 * @throws RestError PGRST102: a quote that does not end, or one within a field.
 */
function parseRecords(text: string): readonly (readonly string[])[] {
  const records: string[][] = []
  let record: string[] = []
  let at = 0
  while (at < text.length || record.length > 0) {
    FIELD.lastIndex = at
    const match = FIELD.exec(text)
    if (match === null)
      throw bodyInvalid(`parse error (Failed reading: conversion error) at offset ${String(at)}`)
    record.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    at += match[0].length
    if (match[3] === ',') continue
    if (record.length > 1 || record[0] !== '') records.push(record)
    record = []
    if (match[3] === '') break
  }
  return records
}

export interface CsvRows {
  readonly keys: readonly string[]
  /** JSON text of an array of objects. */
  readonly json: string
  readonly isEmpty: boolean
}

/**
 * Reads a header line and rows. Fields beyond the header are left out, and so are columns at the end that no row has; rows of which only some
 * are too short are refused.
 * @throws RestError PGRST102.
 */
export function parseCsv(text: string): CsvRows {
  const [header, ...rows] = parseRecords(text)
  if (header === undefined) throw bodyInvalid('parse error (not enough input) at ""')
  const width = Math.min(header.length, rows[0]?.length ?? 0)
  // Of a name that comes twice the last one counts, as in an object.
  const columns = [...new Map(header.slice(0, width).map((name, index) => [name, index]))]
  const prefixes = columns.map(([name], place) => `${place === 0 ? '{' : ','}${JSON.stringify(name)}:`)
  const objects = rows.map((row) => {
    if (Math.min(header.length, row.length) !== width)
      throw bodyInvalid('All lines must have same number of fields')
    const members = columns.map(([, index], place) => {
      const value = row[index] ?? ''
      return `${prefixes[place] ?? ''}${value === 'NULL' ? 'null' : JSON.stringify(value)}`
    })
    return `${members.join('')}}`
  })
  const keys = objects.length === 0 ? [] : columns.map(([name]) => name)
  return { keys, json: `[${objects.join(',')}]`, isEmpty: objects.length === 0 }
}
