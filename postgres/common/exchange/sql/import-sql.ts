// A SQL script into a model, without a server.
import type { ImportProblem } from '#contract/capabilities/schema.ts'
import type { SchemaModel } from '#contract/schema/model.ts'
import { objectName, schemaOf } from '../../catalog/find.ts'
import type { ParsedStatement, ParseOutcome } from '../../script/parsed-statement.ts'
import { offsetOfPosition, splitScript } from '../../script/split.ts'
import { withoutData } from './script-text.ts'
import { ImportState, NotImported } from './state.ts'
import { offsetOf, type StatementContext } from './statement-text.ts'
import { runStatement } from './statements.ts'

export interface ImportOptions {
  /** `server_version_num` that the model is for; 18's when left out. */
  readonly serverVersion?: number
  /** Who runs the script, and so owns what it makes; `postgres` when left out. */
  readonly owner?: string
}

export interface Imported {
  readonly model: SchemaModel
  readonly problems: readonly ImportProblem[]
}

/** A statement, and where the texts of it and of the whole script begin. */
export interface ImportStatement extends ParsedStatement {
  /** Locations in its tree count from so many bytes before it. */
  readonly base: number
  /** Where it starts in the script, in UTF-16 units. */
  readonly offset: number
}

/** Statements as a parser gave them for one whole text. */
export function statementsOf(
  text: string,
  statements: readonly ParsedStatement[],
): readonly ImportStatement[] {
  let bytes = 0
  let at = 0
  const encoder = new TextEncoder()
  return statements.map((statement) => {
    bytes += encoder.encode(text.slice(at, statement.start)).length
    at = statement.start
    return { ...statement, base: bytes, offset: statement.start }
  })
}

/** The model that the statements make, one after another, in an empty database. Never throws for what stands in them: that is a problem with its place in `text`. */
function modelFromStatements(
  statements: readonly ImportStatement[],
  text: string,
  options: ImportOptions = {},
): Imported {
  const state = new ImportState(options.serverVersion ?? 180_000)
  state.owner = options.owner ?? 'postgres'
  const found: { readonly offset: number; readonly message: string }[] = []
  for (const statement of statements) {
    const context: StatementContext = { state, text: statement.text, base: statement.base }
    const place = (location: number | null): number =>
      statement.offset + (location === null ? 0 : offsetOf(context, location))
    try {
      runStatement(context, statement.tree)
    } catch (error) {
      // A chain of thousands of UNIONs: deeper than the stack.
      if (error instanceof RangeError)
        found.push({ offset: statement.offset, message: 'This statement is nested too deep.' })
      else if (error instanceof NotImported)
        found.push({ offset: place(error.location), message: error.message })
      else throw error
    }
    for (const note of state.notes.splice(0))
      found.push({ offset: place(note.location), message: note.message })
  }
  return { model: modelOf(state), problems: placed(text, found) }
}

/** Reads a script of any size; `parse` is Postgres' parser. Rejects only when `parse` does. */
export async function importSql(
  text: string,
  parse: (sql: string) => Promise<ParseOutcome>,
  options: ImportOptions = {},
): Promise<Imported> {
  const script = withoutData(text)
  const statements: ImportStatement[] = []
  const found: { readonly offset: number; readonly message: string }[] = []
  for (const { sql, start } of splitScript(script)) {
    if (isData(sql)) continue
    const outcome = await parse(sql)
    if ('problem' in outcome)
      found.push({
        offset: start + offsetOfPosition(sql, outcome.problem.position),
        message: sentence(outcome.problem.message),
      })
    else
      for (const statement of outcome.statements)
        statements.push({ ...statement, base: statement.start, offset: start + statement.start })
  }
  const { model, problems } = modelFromStatements(statements, text, options)
  const all = [...problems, ...placed(text, found)]
  return { model, problems: all.toSorted((a, b) => a.line - b.line || a.column - b.column) }
}

/** Rows are no part of a schema, and there may be millions: they are not even parsed. */
function isData(sql: string): boolean {
  return /^(insert|update|delete|copy|begin|commit|end|start|rollback|truncate|analyze|vacuum)\b/i.test(sql)
}

function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return text.endsWith('.') ? text : `${text}.`
}

/** Offsets to lines and columns, both from 1 on. */
function placed(
  text: string,
  found: readonly { readonly offset: number; readonly message: string }[],
): ImportProblem[] {
  const sorted = found.toSorted((a, b) => a.offset - b.offset)
  let line = 1
  let start = 0
  return sorted.map(({ offset, message }) => {
    for (
      let next = text.indexOf('\n', start);
      next !== -1 && next < offset;
      next = text.indexOf('\n', start)
    ) {
      line += 1
      start = next + 1
    }
    return { line, column: Math.max(0, offset - start) + 1, message }
  })
}

function modelOf(state: ImportState): SchemaModel {
  const sort = (parts: { readonly name: string }[]) => parts.sort((a, b) => compare(a.name, b.name))
  for (const object of state.objects) {
    if (object.kind === 'table' || object.kind === 'view')
      for (const parts of [object.indexes, object.triggers, object.rules]) sort(parts)
    if (object.kind === 'table') for (const parts of [object.constraints, object.policies]) sort(parts)
  }
  const objects = state.objects
    .map((object) => ({ key: `${object.kind}\0${schemaOf(object)}\0${objectName(object)}`, object }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ object }) => object)
  return { serverVersion: state.serverVersion, database: '', objects, dependencies: [] }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
