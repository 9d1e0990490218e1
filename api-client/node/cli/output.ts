// What a run says while it goes: a line per request, then what it all came to. Colours and the live line only where a person looks.
import { stripVTControlCharacters } from 'node:util'
import type { RequestResult, RunEvent, RunSummary } from '#contract/requests/run.ts'

export interface OutputOptions {
  readonly write: (text: string) => void
  readonly isTerminal: boolean
  readonly hasColour: boolean
  readonly detail: 'verbose' | 'normal' | 'quiet'
}

const MARKS = { passed: '✓', failed: '✗', error: '✗', skipped: '–' } as const
const COLOURS = { passed: 32, failed: 31, error: 31, skipped: 33 } as const
const CLEAR_LINE = '\r\u001b[2K'

/** A listener for the events of a run. */
export function createOutput({ write, isTerminal, hasColour, detail }: OutputOptions) {
  let done = 0
  let planned = 0
  const colour = (code: number, text: string): string =>
    hasColour ? `\u001b[${String(code)}m${text}\u001b[0m` : text
  const line = (text: string): void => {
    write(`${text}\n`)
  }

  function showResult(result: RequestResult, iterations: number): void {
    const isBad = result.outcome === 'failed' || result.outcome === 'error'
    if (detail === 'quiet' && !isBad) return
    const facts = [
      ...(result.status === null ? [] : [String(result.status)]),
      ...(result.status === null ? [] : [duration(result.durationMs)]),
      ...(iterations > 1 ? [`iteration ${String(result.iteration + 1)}`] : []),
      ...(result.attempts > 1 ? [`${String(result.attempts)} attempts`] : []),
    ]
    const mark = colour(COLOURS[result.outcome], MARKS[result.outcome])
    const about = facts.length === 0 ? '' : ` (${facts.join(', ')})`
    line(`${mark} ${clean(result.path.replace(/\.ya?ml$/i, ''))}${about}`)
    if (detail === 'verbose') line(`    ${clean(`${result.method} ${result.url}`)}`)
    if (result.failure !== null) {
      line(`    ${clean(`${result.failure.code}: ${result.failure.message}`)}`)
      if (result.failure.hint !== '') line(`    ${clean(result.failure.hint)}`)
    }
    for (const test of result.tests) {
      if (test.outcome !== 'failed' && detail !== 'verbose') continue
      const words = test.message === null ? '' : `: ${clean(test.message)}`
      line(`    ${colour(COLOURS[test.outcome], MARKS[test.outcome])} ${clean(test.name)}${words}`)
    }
  }

  function showSummary({ ended, requests, tests, durationMs, latency }: RunSummary): void {
    const words = {
      finished: '',
      stopped: 'Stopped after a failure. ',
      cancelled: 'Interrupted. What was done: ',
    }[ended]
    const skipped = requests.skipped === 0 ? '' : `, ${String(requests.skipped)} skipped`
    line('')
    line(
      `${words}${count(requests.total, 'request')}, ${String(requests.failed)} failed${skipped}; ${count(tests.total, 'test')}, ${String(tests.failed)} failed; ${duration(durationMs)}`,
    )
    line(`Latency p50 ${duration(latency.p50)}, p95 ${duration(latency.p95)}, p99 ${duration(latency.p99)}`)
  }

  let iterations = 1
  return (event: RunEvent): void => {
    // Hosts send it to their page; here results come themselves.
    if (event.type === 'progress') return
    if (event.type === 'planned') {
      iterations = event.iterations
      planned = event.requests * event.iterations
      return
    }
    if (isTerminal) write(CLEAR_LINE)
    if (event.type === 'finished') {
      showSummary(event.summary)
      return
    }
    for (const result of event.results) showResult(result, iterations)
    done += event.results.length
    if (isTerminal) write(`${String(done)} of ${String(planned)}`)
  }
}

/** Text of others, which must not steer the terminal. */
export function clean(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r?\n/g, '\n      ')
    .replace(/[^\n\t -~\u00A0-\u{10FFFF}]/gu, '\uFFFD')
}

function count(number: number, word: string): string {
  return `${String(number)} ${word}${number === 1 ? '' : 's'}`
}

function duration(ms: number): string {
  return ms < 10_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1_000).toFixed(1)} s`
}
