// CSV bodies (RFC 4180) as JSON rows: every value a string, NULL a null. Bytes become bytes, in steps: bodies may be long.
import { bodyInvalid, textInvalid } from './errors.ts'
import { createByteSink, STEP_BYTES, type ByteSink, type Steps } from './steps.ts'

export interface CsvRows {
  readonly keys: readonly string[]
  /** JSON text of an array of objects, as UTF-8. */
  readonly json: Uint8Array
  readonly isEmpty: boolean
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
/** A control character takes six bytes as an escape. */
const MOST_BYTES_OF_ONE = 6
/** Longer fields are written in parts. */
const PART_BYTES = 16 * 1024
/** Fields of a record that are looked at: more than a relation can have. */
const MOST_FIELDS = 16_384

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const text = (value: string): Uint8Array => encoder.encode(value)
const NULL = text('null')
const END_OF_ROW = text('}')
const SEPARATOR = text(',')
const ONE_QUOTE = text('"')
const ESCAPES = Array.from({ length: 0x20 }, (_, byte) =>
  text(JSON.stringify(String.fromCharCode(byte)).slice(1, -1)),
)

/** The columns that are written: which field of a row, and what stands before it. */
interface Column {
  readonly name: string
  readonly index: number
  readonly prefix: Uint8Array
}

/** Fields of one record: where they start and end, between their quotes. */
interface Fields {
  readonly starts: number[]
  readonly ends: number[]
}

/**
 * Reads a header line and rows of bytes that are UTF-8. Fields beyond the header are left out, and so are columns at the end that no row has; rows of
 * which only some are too short are refused. Lines without a single character are left out.
 * @throws RestError PGRST102: also a quote that does not end, or one within a field. 22021: a zero byte.
 */
export function* parseCsv(bytes: Uint8Array): Steps<CsvRows> {
  const sink = createByteSink()
  sink.write(text('['))
  let header: readonly string[] | null = null
  let columns: readonly Column[] = []
  let width = -1
  const fields: Fields = { starts: [], ends: [] }
  let at = 0
  let pauseAt = STEP_BYTES
  while (at < bytes.length || fields.starts.length > 0) {
    const isQuoted = bytes[at] === QUOTE
    const start = isQuoted ? at + 1 : at
    let end = start
    for (; end < bytes.length; end += 1) {
      if (end >= pauseAt) {
        pauseAt = end + STEP_BYTES
        yield
      }
      const byte = bytes[end]
      if (byte === 0) throw textInvalid('0x00')
      if (isQuoted) {
        if (byte !== QUOTE) continue
        if (bytes[end + 1] !== QUOTE) break
        end += 1
      } else if (byte === COMMA || byte === QUOTE || byte === LINE_FEED || byte === CARRIAGE_RETURN) break
    }
    const after = isQuoted ? end + 1 : end
    const separator = bytes[after]
    const isBroken =
      (isQuoted && end >= bytes.length) ||
      (separator !== undefined &&
        separator !== COMMA &&
        separator !== LINE_FEED &&
        separator !== CARRIAGE_RETURN)
    if (isBroken) throw bodyInvalid(`parse error (Failed reading: conversion error) at offset ${String(at)}`)
    if (fields.starts.length < MOST_FIELDS) {
      fields.starts.push(start)
      fields.ends.push(end)
    }
    at = after + (separator === CARRIAGE_RETURN && bytes[after + 1] === LINE_FEED ? 2 : 1)
    if (separator === COMMA) continue
    const isBlank = fields.starts.length === 1 && fields.starts[0] === fields.ends[0]
    if (!isBlank && header === null) header = namesOf(bytes, fields)
    else if (!isBlank && header !== null) {
      const found = Math.min(header.length, fields.starts.length)
      if (width < 0) {
        width = found
        columns = columnsOf(header.slice(0, width))
      } else {
        if (found !== width) throw bodyInvalid('All lines must have same number of fields')
        sink.write(SEPARATOR)
      }
      for (const column of columns) {
        sink.write(column.prefix)
        const from = fields.starts[column.index] ?? 0
        const to = fields.ends[column.index] ?? 0
        if (to - from > PART_BYTES) yield* writeLong(sink, bytes, from, to)
        else writeShort(sink, bytes.subarray(from, to))
      }
      sink.write(END_OF_ROW)
    }
    fields.starts.length = 0
    fields.ends.length = 0
    if (separator === undefined) break
  }
  if (header === null) throw bodyInvalid('parse error (not enough input) at ""')
  sink.write(text(']'))
  return { keys: columns.map(({ name }) => name), json: yield* sink.end(), isEmpty: width < 0 }
}

function namesOf(bytes: Uint8Array, { starts, ends }: Fields): readonly string[] {
  return starts.map((start, index) =>
    decoder.decode(bytes.subarray(start, ends[index])).replaceAll('""', '"'),
  )
}

/** Of a name that comes twice the last one counts, as in an object. */
function columnsOf(names: readonly string[]): readonly Column[] {
  return [...new Map(names.map((name, index) => [name, index]))].map(([name, index], place) => ({
    name,
    index,
    prefix: text(`${place === 0 ? '{' : ','}${JSON.stringify(name)}:`),
  }))
}

/** A field as a JSON string. */
function* writeLong(sink: ByteSink, bytes: Uint8Array, start: number, end: number): Steps<void> {
  sink.write(ONE_QUOTE)
  let isSecond = false
  for (let from = start; from < end; from += PART_BYTES) {
    isSecond = writePart(sink, bytes.subarray(from, Math.min(end, from + PART_BYTES)), isSecond)
    yield
  }
  sink.write(ONE_QUOTE)
}

function writeShort(sink: ByteSink, field: Uint8Array): void {
  if (isNull(field)) return sink.write(NULL)
  sink.write(ONE_QUOTE)
  writePart(sink, field, false)
  sink.write(ONE_QUOTE)
}

/** A part of a field. In a field quotes come in pairs, of which one is written; `isSecond`: the part before has ended within a pair. Gives that of this part. */
function writePart(sink: ByteSink, part: Uint8Array, isSecond: boolean): boolean {
  const { bytes, at } = sink.room(part.length * MOST_BYTES_OF_ONE)
  let isWithinPair = isSecond
  let written = at
  for (const byte of part) {
    if (byte === QUOTE) {
      if (!isWithinPair) {
        bytes[written++] = BACKSLASH
        bytes[written++] = QUOTE
      }
      isWithinPair = !isWithinPair
    } else if (byte === BACKSLASH) {
      bytes[written++] = BACKSLASH
      bytes[written++] = BACKSLASH
    } else if (byte < ESCAPES.length) {
      const escape = ESCAPES[byte] ?? NULL
      bytes.set(escape, written)
      written += escape.length
    } else bytes[written++] = byte
  }
  sink.took(written - at)
  return isWithinPair
}

/** `NULL`, in quotes or without. */
function isNull(field: Uint8Array): boolean {
  return (
    field.length === 4 && field[0] === 0x4e && field[1] === 0x55 && field[2] === 0x4c && field[3] === 0x4c
  )
}
