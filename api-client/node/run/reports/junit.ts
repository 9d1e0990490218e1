// The report for CI: JUnit's XML as Jenkins and GitLab read it. A suite per folder and iteration, a case per test.
import type { RequestResult } from '#contract/requests/run.ts'
import { escapeMarkup } from './escape.ts'
import type { ReportInput } from './types.ts'

interface Case {
  readonly name: string
  readonly className: string
  readonly seconds: number
  readonly ending: { readonly element: 'failure' | 'error' | 'skipped'; readonly message: string } | null
}

/** JUnit XML. A request without tests is a case of its own, and so is one that got no response. */
export function junitReport({ summary, results }: ReportInput): string {
  const suites = [...Map.groupBy(results, suiteName)].map(([name, members]) => ({
    name,
    cases: members.flatMap(casesOf),
    seconds: members.reduce((sum, one) => sum + one.durationMs, 0) / 1_000,
  }))
  const all = suites.flatMap((suite) => suite.cases)
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: summary.name, ...countsOf(all), time: seconds(summary.durationMs / 1_000) })}>`,
  ]
  for (const [index, suite] of suites.entries()) {
    const about = {
      name: suite.name,
      id: String(index),
      ...countsOf(suite.cases),
      skipped: String(suite.cases.filter((one) => one.ending?.element === 'skipped').length),
      time: seconds(suite.seconds),
      timestamp: summary.startedAt.slice(0, 19),
    }
    lines.push(`  <testsuite${attributes(about)}>`, ...suite.cases.flatMap(linesOf), '  </testsuite>')
  }
  return [...lines, '</testsuites>', ''].join('\n')

  function suiteName({ path, iteration }: RequestResult): string {
    const folder = path.split('/').slice(0, -1).join('/') || summary.name
    return summary.iterations > 1 ? `${folder} (iteration ${String(iteration + 1)})` : folder
  }
}

function casesOf(result: RequestResult): Case[] {
  const className = result.path.replace(/\.ya?ml$/i, '').replaceAll('/', '.') || result.name
  const whole = { name: result.name, className, seconds: result.durationMs / 1_000 }
  if (result.outcome === 'skipped')
    return [{ ...whole, ending: { element: 'skipped', message: 'A script skipped the request.' } }]
  const tests = result.tests.map((test, index): Case => {
    const ending =
      test.outcome === 'passed'
        ? null
        : ({
            element: test.outcome === 'failed' ? 'failure' : 'skipped',
            message: test.message ?? '',
          } as const)
    // The time of the request is told once, so that sums are right.
    return {
      name: `${result.name}: ${test.name}`,
      className,
      seconds: index === 0 ? whole.seconds : 0,
      ending,
    }
  })
  if (result.failure !== null) {
    const { code, message, hint } = result.failure
    const words = [`${code}: ${message}`, hint].filter((text) => text !== '').join(' ')
    return [
      {
        ...whole,
        seconds: tests.length === 0 ? whole.seconds : 0,
        ending: { element: 'error', message: words },
      },
      ...tests,
    ]
  }
  return tests.length === 0 ? [{ ...whole, ending: null }] : tests
}

function linesOf({ name, className, seconds: time, ending }: Case): string[] {
  const open = `    <testcase${attributes({ name, classname: className, time: seconds(time) })}`
  if (ending === null) return [`${open}/>`]
  const { element, message } = ending
  const inner =
    element === 'skipped'
      ? `<skipped${attributes({ message })}/>`
      : `<${element}${attributes({ message, type: element === 'error' ? 'RequestError' : 'AssertionError' })}>${escapeMarkup(message)}</${element}>`
  return [`${open}>`, `      ${inner}`, '    </testcase>']
}

function countsOf(cases: readonly Case[]): Record<'tests' | 'failures' | 'errors', string> {
  const count = (element: string) => String(cases.filter((one) => one.ending?.element === element).length)
  return { tests: String(cases.length), failures: count('failure'), errors: count('error') }
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeMarkup(value)}"`)
    .join('')
}

function seconds(value: number): string {
  return value.toFixed(3)
}
