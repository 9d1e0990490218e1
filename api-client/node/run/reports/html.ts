// The report for people: one page that needs nothing else, no script, light and dark as the reader has it.
import type { RequestResult } from '#contract/requests/run.ts'
import { escapeMarkup as text } from './escape.ts'
import type { ReportInput } from './types.ts'

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d9dde3, #363b44); --soft: light-dark(#5b6472, #a3abb8);
  --good: light-dark(#177245, #5fd39a); --bad: light-dark(#b3261e, #ff8a80); --back: light-dark(#ffffff, #16181d); }
body { font: 14px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 2rem 1rem; background: var(--back); }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0; }
dt { color: var(--soft); font-size: .85em; } dd { margin: 0; font-variant-numeric: tabular-nums; }
fieldset { border: 0; padding: 0; margin: 1rem 0; display: flex; gap: 1rem; }
details, .row { border-top: 1px solid var(--line); padding: .4rem 0; overflow-wrap: anywhere; }
summary { cursor: pointer; } .soft { color: var(--soft); } .passed > summary b { color: var(--good); }
.failed > summary b, .error > summary b, .bad { color: var(--bad); } ul { margin: .4rem 0; padding-left: 1.5rem; }
li { white-space: pre-wrap; } code { font-family: ui-monospace, monospace; }
body:has(#show-failed:checked) :is(.passed, .skipped) { display: none; }
body:has(#show-passed:checked) :is(.failed, .error, .skipped) { display: none; }
body:has(#show-skipped:checked) :is(.failed, .error, .passed) { display: none; }
`

const WORDS = { passed: 'Passed', failed: 'Failed', error: 'Error', skipped: 'Skipped' } as const
const ENDED = {
  finished: 'Finished',
  stopped: 'Stopped after a failure',
  cancelled: 'Cancelled before its end',
} as const

/** An HTML page. It loads nothing and runs nothing, and says so to the browser. */
export function htmlReport({ summary, results }: ReportInput): string {
  const { requests, tests, latency } = summary
  const facts = [
    ['Ended', ENDED[summary.ended]],
    ['Started', summary.startedAt],
    ['Duration', milliseconds(summary.durationMs)],
    ['Iterations', String(summary.iterations)],
    [
      'Requests',
      `${String(requests.total)}, ${String(requests.failed)} failed, ${String(requests.skipped)} skipped`,
    ],
    ['Tests', `${String(tests.total)}, ${String(tests.failed)} failed`],
    ['Received', `${String(summary.bytesReceived)} bytes`],
    [
      'Latency',
      `p50 ${milliseconds(latency.p50)}, p95 ${milliseconds(latency.p95)}, p99 ${milliseconds(latency.p99)}, max ${milliseconds(latency.max)}`,
    ],
  ] as const
  const filters = ['all', 'failed', 'passed', 'skipped'].map(
    (name) =>
      `<label><input type="radio" name="show" id="show-${name}"${name === 'all' ? ' checked' : ''}> ${name.charAt(0).toUpperCase()}${name.slice(1)}</label>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Run of ${text(summary.name)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${text(summary.name)}</h1>
<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${text(value)}</dd></div>`).join('')}</dl>
<fieldset><legend class="soft">Show</legend>${filters.join('')}</fieldset>
${results.map((result) => resultOf(result, summary.iterations > 1)).join('\n')}
</main>
</body>
</html>
`
}

function resultOf(result: RequestResult, namesIteration: boolean): string {
  const { outcome, failure } = result
  const isBad = outcome === 'failed' || outcome === 'error'
  const facts = [
    ...(namesIteration ? [`iteration ${String(result.iteration + 1)}`] : []),
    ...(result.status === null ? [] : [`status ${String(result.status)}`]),
    milliseconds(result.durationMs),
    `${String(result.bodyBytes)} bytes`,
    ...(result.attempts > 1 ? [`${String(result.attempts)} attempts`] : []),
  ]
  const lines = result.tests.map(
    (test) =>
      `<li${test.outcome === 'failed' ? ' class="bad"' : ''}>${WORDS[test.outcome]}: ${text(test.name)}${test.message === null ? '' : ` — ${text(test.message)}`}</li>`,
  )
  const words =
    failure === null
      ? ''
      : `<p class="bad">${text(`${failure.code}: ${failure.message} ${failure.hint}`)}</p>`
  return `<details class="${outcome}"${isBad ? ' open' : ''}><summary><b>${WORDS[outcome]}</b> ${text(result.path)} <span class="soft">${facts.join(', ')}</span></summary>
<p><code>${text(result.method)} ${text(result.url)}</code></p>${words}${lines.length === 0 ? '' : `<ul>${lines.join('')}</ul>`}</details>`
}

function milliseconds(value: number): string {
  return value < 10_000 ? `${value.toFixed(value < 10 ? 1 : 0)} ms` : `${(value / 1_000).toFixed(1)} s`
}
