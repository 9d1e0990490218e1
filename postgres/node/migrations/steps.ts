// Cuts one part of a migration into steps: each is committed before the next begins, so a migration that stops can go on from there.
import { AppError } from '#contract/errors.ts'
import {
  addsEnumValue,
  outsideTransaction,
  transactionControl,
  type Outside,
} from '#postgres/common/safety/transaction.ts'
import { validations } from '#postgres/common/safety/validation.ts'
import { batchMark } from '#postgres/common/script/batch-mark.ts'
import { offsetOfPosition } from '#postgres/common/script/index.ts'
import type { ParsedStatement } from '#postgres/common/script/parsed-statement.ts'
import { parseSql } from '../parser/parse-sql.ts'
import { planBatch, type Batch } from './batch.ts'
import { lineAt, type MigrationScript } from './file.ts'

interface StepText {
  /** As it stands in the file, comments in between included. */
  readonly sql: string
  /** The line of the file on which it begins. */
  readonly line: number
  readonly statements: readonly ParsedStatement[]
}

export type Step = StepText &
  /** Statements in one transaction. */
  (
    | { readonly kind: 'transaction' }
    /** One statement that Postgres refuses in a transaction. */
    | { readonly kind: 'alone'; readonly outside: Outside }
    /** An UPDATE or DELETE that goes through its table in parts, each in a transaction. */
    | { readonly kind: 'batch'; readonly batch: Batch }
  )

/** The steps of a script, without the statements that are left out. Rejects with INVALID_INPUT, naming file and line, for what is no SQL or cannot stand in a migration. */
export async function splitSteps(
  fileName: string,
  script: MigrationScript,
  isLeftOut: (statement: ParsedStatement) => boolean = () => false,
): Promise<Step[]> {
  const { text } = script
  const fail = (offset: number, message: string, hint?: string): AppError => {
    const line = script.line + lineAt(text, offset) - 1
    return new AppError('INVALID_INPUT', `${fileName}, line ${String(line)}: ${message}`, {
      details: { fileName, line },
      hint,
    })
  }
  const parsed = await parseSql(text)
  if ('problem' in parsed)
    throw fail(offsetOfPosition(text, parsed.problem.position), `${parsed.problem.message}.`)
  const steps: Step[] = []
  let run: ParsedStatement[] = []
  const add = (statements: readonly ParsedStatement[]): StepText => {
    const start = statements[0]?.start ?? 0
    const end = statements.at(-1)?.end ?? start
    return { sql: text.slice(start, end), line: script.line + lineAt(text, start) - 1, statements }
  }
  const endRun = (): void => {
    if (run.length > 0) steps.push({ kind: 'transaction', ...add(run) })
    run = []
  }
  let before = 0
  const validates = validations(parsed.statements)
  for (const [index, statement] of parsed.statements.entries()) {
    const control = transactionControl(statement.tree)
    if (control !== undefined)
      throw fail(
        statement.start,
        `${control} cannot stand in a migration: each step has a transaction already.`,
        'Take it out. For statements that must run outside a transaction write "-- migrate:up transaction:false".',
      )
    const mark = batchMark(text, before, statement.start)
    before = statement.end
    if (isLeftOut(statement)) {
      endRun()
      continue
    }
    const outside = outsideTransaction(statement.tree)
    if (mark !== undefined) {
      const batch = planBatch(statement, mark)
      if (typeof batch === 'string') throw fail(statement.start, batch)
      endRun()
      steps.push({ kind: 'batch', batch, ...add([statement]) })
    } else if (outside !== null || !script.inTransaction) {
      endRun()
      steps.push({ kind: 'alone', outside: outside ?? { kind: 'other' }, ...add([statement]) })
    } else if (addsEnumValue(statement.tree) || validates[index] === true) {
      endRun()
      steps.push({ kind: 'transaction', ...add([statement]) })
    } else run.push(statement)
  }
  endRun()
  return steps
}
