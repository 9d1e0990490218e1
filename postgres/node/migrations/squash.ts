// Makes one migration of several. The statements stay what they were, so a database built from the one file is the same.
import { AppError } from '#contract/errors.ts'
import { createLexer } from '#postgres/common/script/lexer.ts'
import type { Session } from '../session.ts'
import { hasSql, type MigrationFile } from './file.ts'
import type { MigrationFiles } from './folder.ts'
import { forget, readHistory, recordProgress } from './history.ts'
import { splitSteps } from './steps.ts'

export interface SquashOptions {
  readonly session: Session
  readonly files: MigrationFiles
  readonly person: string | null
  readonly from: string
  readonly to: string
  readonly name: string
}

/** The new file has the version of the last one; the others go, from the folder and from the history. Rejects with NOT_FOUND and CONFLICT. */
export async function squash({ session, files, person, from, to, name }: SquashOptions): Promise<void> {
  const all = await files.list()
  const chosen = all.filter((file) => file.version >= from && file.version <= to)
  const last = chosen.at(-1)
  if (chosen[0]?.version !== from || last?.version !== to)
    throw new AppError('NOT_FOUND', `There are no files of the migrations ${from} and ${to}.`)
  if (chosen.length < 2) throw new AppError('CONFLICT', 'One migration alone cannot be squashed.')
  const rows = (await readHistory(session)).filter((row) => row.version >= from && row.version <= to)
  if (rows.length > 0) {
    const checksums = new Map(rows.map((row) => [row.version, row.state === 'applied' ? row.checksum : null]))
    const other = chosen.find((file) => checksums.get(file.version) !== file.checksum)
    if (other !== undefined || rows.length !== chosen.length)
      throw new AppError(
        'CONFLICT',
        'Some of these migrations are applied and some are not, or a file was edited since.',
        {
          hint: 'Apply or roll back first, so that all or none of them are in the database, and repair what was edited.',
        },
      )
  }
  const isPlain = chosen.every((file) => file.up.inTransaction && file.down.inTransaction)
  if (!isPlain)
    throw new AppError('CONFLICT', 'A migration with transaction:false cannot be squashed with others.')
  const canGoBack = chosen.every((file) => hasSql(file.down))
  const file = await files.write({
    version: to,
    name,
    up: chosen.map((one) => part(one, one.up.text)).join('\n\n'),
    down: canGoBack
      ? chosen
          .toReversed()
          .map((one) => part(one, one.down.text))
          .join('\n\n')
      : '',
  })
  if (rows.length > 0) {
    const steps = (await splitSteps(file.fileName, file.up)).length
    await session.query('begin')
    try {
      for (const row of rows) await forget(session, row.version)
      const durationMs = rows.reduce((sum, row) => sum + row.durationMs, 0)
      await recordProgress(session, {
        ...file,
        person,
        durationMs,
        steps,
        stepsDone: steps,
        state: 'applied',
        isStepStarted: false,
        batchKey: null,
      })
      await session.query('commit')
    } catch (error) {
      await session.query('rollback').catch(() => undefined)
      if (file.fileName !== last.fileName) await files.remove(file)
      else await files.write({ ...last, up: last.up.text, down: last.down.text })
      throw error
    }
  }
  for (const one of chosen) if (one.fileName !== file.fileName) await files.remove(one)
}

/** Says where the statements came from; ends the last one, should its semicolon be missing. */
function part(file: MigrationFile, text: string): string {
  return `-- ${file.fileName}\n${endsInSemicolon(text) ? text : `${text}\n;`}`
}

function endsInSemicolon(text: string): boolean {
  const lexer = createLexer(text)
  let last: string = 'semicolon'
  for (lexer.next(); lexer.kind !== 'end'; lexer.next())
    if (lexer.kind !== 'space' && lexer.kind !== 'comment') last = lexer.kind
  return last === 'semicolon'
}
