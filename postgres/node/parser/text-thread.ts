// The thread of a text worker: takes a text, answers with what it says. It may be ended at any moment, and is when a text takes too long.
import { parentPort } from 'node:worker_threads'
import { toWireError } from '#contract/errors.ts'
import { importText } from '#postgres/common/exchange/import-text.ts'
import { isSpent, parseText } from './parse-text.ts'
import type { TextAnswer, TextJob } from './text-job.ts'

/** Characters of JSON: the thread that asked reads them in a second or two, and does nothing else meanwhile. */
const MOST_JSON = 128 * 1024 * 1024

const TOO_LARGE: TextAnswer = {
  kind: 'parse',
  problem: { message: 'This SQL has more in it than can be read at once', position: 1 },
  isSpent: false,
}

async function work(job: TextJob): Promise<TextAnswer> {
  if (job.kind === 'import') {
    const { serverVersion } = job
    const options = serverVersion === undefined ? {} : { serverVersion }
    return { kind: 'import', imported: await importText(job, parseText, options) }
  }
  const outcome = await parseText(job.text)
  if ('problem' in outcome) return { kind: 'parse', ...outcome, isSpent: isSpent(outcome) }
  try {
    const statements = JSON.stringify(
      outcome.statements.map(({ start, end, tree }) => ({ start, end, tree })),
    )
    return statements.length > MOST_JSON ? TOO_LARGE : { kind: 'parse', statements }
  } catch (error) {
    // Deeper than the stack, or longer than a string may be.
    if (error instanceof RangeError) return TOO_LARGE
    throw error
  }
}

parentPort?.on('message', (job: TextJob) => {
  void work(job)
    .catch((error: unknown): TextAnswer => ({ kind: 'failed', error: toWireError(error, 'text worker') }))
    .then((answer) => parentPort?.postMessage(answer))
})
