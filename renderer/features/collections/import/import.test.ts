// What is imported into what, and what is told of it.
import { expect, it } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { CollectionId } from '#contract/requests/collection.ts'
import { problemCounts, problemText } from '../problem-list.tsx'
import { planImport, type ImportStep, type ReadSource } from './plan.ts'
import { reportSentence, reportText } from './report-dialog.tsx'
import { runImport, type ImportProgress, type RunImportOptions } from './run-import.ts'
import { contents } from './source-list.tsx'
import type { Preview } from './sources.ts'

const ID = CollectionId.parse('5f3b8d5e-8a2c-4e0a-9d2f-0b6f4d1c2a3b')
const PREVIEW: Preview = {
  format: 'postman-2.1',
  name: 'Shop',
  requests: 3,
  folders: 1,
  environments: 0,
  examples: 0,
  scripts: 0,
  problems: [],
}
const LOST = { item: 'NTLM', part: 'auth ntlm', message: 'Not supported.', severity: 'lost' } as const
const NOTE = { item: '', part: 'webhooks', message: 'No request.', severity: 'note' } as const

function source(name: string, fields: Partial<Preview> = {}): ReadSource {
  return {
    given: { key: name, name, source: { text: name, name } },
    preview: { ...PREVIEW, name, ...fields },
  }
}
const environment = source('Staging', { requests: 0, folders: 0, environments: 1 })

it('loose environments go into the first collection, whatever the order', () => {
  const steps = planImport([environment, source('Shop'), source('Films')], {
    type: 'new',
    name: 'My shop',
    parent: null,
  })
  expect(steps.map(({ name, target }) => [name, target])).toEqual([
    ['My shop', { type: 'new', name: 'My shop', parent: null }],
    ['Films', { type: 'new', name: 'Films', parent: null }],
    ['Staging', { type: 'first' }],
  ])
})

it('all go into the collection that was chosen', () => {
  const target = { type: 'into', id: ID, folder: 'Orders' } as const
  expect(planImport([source('Shop'), environment], target).map((one) => one.target)).toEqual([target, target])
})

it('an environment alone makes a collection', () => {
  expect(planImport([environment], { type: 'new', name: 'Staging', parent: '/srv' })).toMatchObject([
    { target: { type: 'new', name: 'Staging', parent: '/srv' } },
  ])
})

it.each([
  [{}, '3 requests in 1 folder'],
  [{ folders: 0, requests: 1 }, '1 request'],
  [
    { environments: 2, examples: 1, scripts: 2 },
    '3 requests in 1 folder, 2 environments, 1 example, 2 with scripts',
  ],
  [{ requests: 0, folders: 0 }, 'Nothing in it can be imported.'],
])('%j is told as %s', (fields, words) => {
  expect(contents({ ...PREVIEW, ...fields })).toBe(words)
})

type ImportCall = RunImportOptions['host']['collections']['import']

/** Runs the steps against handlers of an import. */
async function run(steps: readonly ImportStep[], answer: ImportCall, signal = new AbortController().signal) {
  const progress: ImportProgress[] = []
  const outcomes = await runImport({
    host: { collections: { import: answer } },
    steps,
    signal,
    onProgress: (one) => progress.push(one),
  })
  return { outcomes, progress }
}
const STEPS = planImport([source('Shop'), environment], { type: 'new', name: 'Shop', parent: null })

it('tells progress, and writes the environment into the collection that was made', async () => {
  const targets: unknown[] = []
  const { outcomes, progress } = await run(STEPS, async function* ({ target }) {
    targets.push(target)
    yield { type: 'progress', written: 1, total: 4 }
    yield { type: 'done', collectionId: ID, problems: [LOST] }
  })
  expect(targets[1]).toEqual({ type: 'into', id: ID, folder: '' })
  expect(progress).toEqual([
    { step: 0, written: 1, total: 4 },
    { step: 1, written: 1, total: 4 },
  ])
  expect(outcomes).toMatchObject([
    { collectionId: ID, problems: [LOST], failure: null },
    { collectionId: ID, failure: null },
  ])
})

it('a failed collection is told, and its environment is not imported anywhere', async () => {
  let calls = 0
  const { outcomes } = await run(STEPS, async function* () {
    calls++
    yield { type: 'progress', written: 0, total: 4 }
    throw new AppError('FORBIDDEN', 'This user may not write there.')
  })
  expect(calls).toBe(1)
  expect(outcomes.map((one) => one.failure)).toEqual([
    'This user may not write there.',
    'The collection that it belongs to was not imported.',
  ])
})

it('cancelled, it says what is kept, and nothing more is begun', async () => {
  const stop = new AbortController()
  const { outcomes } = await run(
    STEPS,
    async function* () {
      yield { type: 'progress', written: 2, total: 4 }
      stop.abort()
      throw new AppError('CANCELLED', 'Cancelled.')
    },
    stop.signal,
  )
  expect(outcomes.map((one) => one.failure)).toEqual([
    'It was cancelled; nothing of it is kept.',
    'It was not begun.',
  ])
})

it('a report says the gravest first', () => {
  expect(problemCounts([NOTE, LOST])).toBe('1 not kept, 1 note')
  expect(problemText([NOTE, LOST])).toBe(
    'Not kept:\n- NTLM, auth ntlm: Not supported.\nNotes:\n- webhooks: No request.',
  )
  const report = {
    outcomes: [
      { name: 'Shop', collectionId: ID, written: 3, problems: [LOST], failure: null },
      { name: 'Films', collectionId: null, written: 0, problems: [], failure: 'It was cancelled.' },
    ],
  }
  expect(reportSentence(report)).toBe('Shop is imported. Not imported: Films. 1 not kept.')
  expect(reportText(report)).toContain('Films: It was cancelled.')
})
