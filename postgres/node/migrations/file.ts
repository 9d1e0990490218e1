// The text of a migration file: plain SQL in two parts, marked as dbmate marks them, so that psql can run them by hand.
import { createHash } from 'node:crypto'
import { AppError } from '#contract/errors.ts'
import { createLexer } from '#postgres/common/script/lexer.ts'

/** One part of a file. */
export interface MigrationScript {
  /** Without its marker, without blank lines at both ends. */
  readonly text: string
  /** The line of the file, from 1, on which `text` begins. */
  readonly line: number
  /** False after `transaction:false`: every statement is a step of its own, outside a transaction. */
  readonly inTransaction: boolean
}

export interface MigrationFile {
  /** UTC `YYYYMMDDHHMMSS`. */
  readonly version: string
  readonly name: string
  readonly fileName: string
  /** The whole text, with \n at the ends of lines. */
  readonly text: string
  /** SHA-256 of `text`, hexadecimal. */
  readonly checksum: string
  readonly up: MigrationScript
  /** Its text is empty when there is no way back. */
  readonly down: MigrationScript
}

const FILE_NAME = /^(\d{14})_([a-z0-9_]+)\.sql$/
const MARKER = /^--[ \t]*migrate:(\w+)(.*)$/
const OPTION = /^transaction:(true|false)$/

/** `20261123031448_add_due_date.sql`. */
export function migrationFileName(version: string, name: string): string {
  return `${version}_${name}.sql`
}

/** Version and name of a file; undefined for a file that is no migration. */
export function parseFileName(
  fileName: string,
): { readonly version: string; readonly name: string } | undefined {
  const [, version, name] = FILE_NAME.exec(fileName) ?? []
  return version === undefined || name === undefined ? undefined : { version, name }
}

/** Whether it looks like a migration that its author misnamed: `.sql` with digits in front. */
export function isMisnamed(fileName: string): boolean {
  return /^\d+.*\.sql$/i.test(fileName) && !FILE_NAME.test(fileName)
}

/** SHA-256 in hexadecimal, the same whatever a checkout does to the ends of lines. */
export function checksumOf(text: string): string {
  return createHash('sha256').update(normalise(text)).digest('hex')
}

/** Reads a file. Throws INVALID_INPUT with file name and line when the markers are not as they must be. The SQL is not looked at. */
export function parseMigration(fileName: string, content: string): MigrationFile {
  const named = parseFileName(fileName)
  if (named === undefined)
    throw new AppError('INVALID_INPUT', `${fileName} is not named as a migration is.`, {
      hint: 'Name it YYYYMMDDHHMMSS_what_it_does.sql: a UTC time, lower case letters, digits and underscores.',
    })
  const text = normalise(content)
  const markers = findMarkers(text)
  const failed = (offset: number, message: string, hint?: string): AppError =>
    lineError({ fileName, text }, offset, message, hint)
  const parts = new Map<string, MigrationScript>()
  markers.forEach((marker, index) => {
    if (marker.part !== 'up' && marker.part !== 'down')
      throw failed(
        marker.start,
        `migrate:${marker.part} is not known. There are migrate:up and migrate:down.`,
      )
    if (parts.has(marker.part))
      throw failed(marker.start, `migrate:${marker.part} stands here a second time.`)
    if (marker.part === 'up' && parts.has('down'))
      throw failed(marker.start, 'migrate:up must stand before migrate:down.')
    let inTransaction = true
    for (const option of marker.options) {
      const value = OPTION.exec(option)?.[1]
      if (value === undefined)
        throw failed(marker.start, `The option "${option}" is not known. There is transaction:false.`)
      inTransaction = value === 'true'
    }
    parts.set(
      marker.part,
      scriptOf(text, { from: marker.end, to: markers[index + 1]?.start ?? text.length, inTransaction }),
    )
  })
  const up = parts.get('up')
  if (up === undefined)
    throw failed(
      0,
      'There is no line "-- migrate:up".',
      'Put it above the SQL, and "-- migrate:down" above the SQL that undoes it.',
    )
  const before = firstToken(text, 0, markers[0]?.start ?? 0)
  if (before !== undefined) throw failed(before, 'SQL stands above "-- migrate:up": it would never run.')
  const nothing = { text: '', line: lineAt(text, text.length), inTransaction: true }
  return { ...named, fileName, text, checksum: checksumOf(text), up, down: parts.get('down') ?? nothing }
}

/** Whether there is anything in it but comments. */
export function hasSql(script: MigrationScript): boolean {
  return firstToken(script.text, 0, script.text.length) !== undefined
}

export interface WritableMigration {
  readonly up: string
  readonly down: string
  readonly upInTransaction?: boolean
  readonly downInTransaction?: boolean
}

/** The text of a file with these parts. Throws INVALID_INPUT when a part has a marker of its own. */
export function writeMigration({ up, down, upInTransaction, downInTransaction }: WritableMigration): string {
  const [upText, downText] = [up, down].map((part) => trimLines(normalise(part)).text)
  for (const part of [upText, downText])
    if (findMarkers(part ?? '').length > 0)
      throw new AppError(
        'INVALID_INPUT',
        'The SQL of a migration may not have lines that begin with "-- migrate:".',
      )
  const option = (inTransaction: boolean | undefined): string =>
    inTransaction === false ? ' transaction:false' : ''
  return `-- migrate:up${option(upInTransaction)}\n${upText ?? ''}\n\n-- migrate:down${option(downInTransaction)}\n${downText ?? ''}\n`
}

/** INVALID_INPUT that says where in a file, as `name.sql, line 12: …`. */
function lineError(
  file: { readonly fileName: string; readonly text: string },
  offset: number,
  message: string,
  hint?: string,
): AppError {
  const line = lineAt(file.text, offset)
  return new AppError('INVALID_INPUT', `${file.fileName}, line ${String(line)}: ${message}`, {
    details: { fileName: file.fileName, line },
    hint,
  })
}

/** The line, from 1, on which an offset lies. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}

interface Marker {
  readonly part: string
  readonly options: readonly string[]
  readonly start: number
  readonly end: number
}

/** Comments at the beginning of a line only: what stands in strings and in bodies of functions is no marker. */
function findMarkers(text: string): Marker[] {
  if (!text.includes('migrate:')) return []
  const markers: Marker[] = []
  const lexer = createLexer(text)
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    if (lexer.kind !== 'comment' || (lexer.start > 0 && text[lexer.start - 1] !== '\n')) continue
    const [, part, options] = MARKER.exec(text.slice(lexer.start, lexer.end)) ?? []
    if (part === undefined) continue
    markers.push({
      part,
      options: (options ?? '').split(/[ \t]+/).filter((option) => option !== ''),
      start: lexer.start,
      end: lexer.end,
    })
  }
  return markers
}

function scriptOf(
  text: string,
  {
    from,
    to,
    inTransaction,
  }: { readonly from: number; readonly to: number; readonly inTransaction: boolean },
): MigrationScript {
  const trimmed = trimLines(text.slice(from, to))
  return { text: trimmed.text, line: lineAt(text, from + trimmed.skipped), inTransaction }
}

/** Without blank lines before and white space behind. */
function trimLines(text: string): { readonly text: string; readonly skipped: number } {
  const skipped = /^(?:[ \t]*\n)*/.exec(text)?.[0].length ?? 0
  return { text: text.slice(skipped).trimEnd(), skipped }
}

/** Where the first thing that is neither space nor comment begins. */
function firstToken(text: string, from: number, to: number): number | undefined {
  const lexer = createLexer(text)
  lexer.moveTo(from)
  for (lexer.next(); lexer.kind !== 'end' && lexer.start < to; lexer.next())
    if (lexer.kind !== 'space' && lexer.kind !== 'comment') return lexer.start
  return undefined
}

function normalise(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
}
