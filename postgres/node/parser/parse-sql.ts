// Postgres' parser for texts that come from outside: files, folders, what somebody pasted or sent. A text could be made to be read for ever.
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import type { ParseOutcome, SyntaxNode } from '#postgres/common/script/parsed-statement.ts'
import { parseText } from './parse-text.ts'
import { createTextWorker } from './text-worker.ts'

/**
 * Characters that are parsed in this thread, because sending them elsewhere takes longer: some 10 ms at most, and half of what the parser's stack bears when
 * every character nests.
 */
const SHORT = 4_000
/** Characters. The files of migrations are no larger. */
const LONGEST = 16 * 1024 * 1024

const Tree = z.custom<SyntaxNode>((value) => typeof value === 'object' && value !== null)
const Statements = z.array(z.object({ start: z.number(), end: z.number(), tree: Tree }))

const worker = createTextWorker({ isKept: true })

/**
 * Splits and parses SQL as Postgres does. Never rejects for what stands in the text, nor for how long or large it is: that is the `problem`. Rejects with
 * CANCELLED when `signal` aborts.
 */
export async function parseSql(
  text: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ParseOutcome> {
  if (text.length <= SHORT) return await parseText(text)
  if (text.length > LONGEST)
    return { problem: { message: 'This SQL is longer than 16 million characters', position: 1 } }
  try {
    const done = await worker.run({ kind: 'parse', text }, signal)
    if (done.kind !== 'parse') throw new Error('The parser answered another question.')
    if ('problem' in done) return { problem: done.problem }
    const statements = Statements.parse(JSON.parse(done.statements))
    return { statements: statements.map((one) => ({ ...one, text: text.slice(one.start, one.end) })) }
  } catch (error) {
    if (error instanceof AppError && (error.code === 'TIMEOUT' || error.code === 'TOO_LARGE'))
      return { problem: { message: error.message.replace(/\.$/, ''), position: 1 } }
    throw error
  }
}
