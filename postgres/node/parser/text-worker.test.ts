// Texts that are made to be read for ever, or into all the memory that there is.
import { expect, test } from 'vitest'
import { readText } from './read-text.ts'
import { createTextWorker } from './text-worker.ts'

const ENDLESS = `select ${'+-'.repeat(1_000_000)}1`

test('a text that takes too long is given up, and the one behind it is read', async () => {
  const worker = createTextWorker({ isKept: true, timeoutMs: 1_500 })
  const first = worker.run({ kind: 'parse', text: ENDLESS })
  const second = worker.run({ kind: 'parse', text: 'selec' })
  await expect(first).rejects.toMatchObject({ code: 'TIMEOUT' })
  expect(await second.catch((error: unknown) => error)).toMatchObject({ kind: 'parse', isSpent: false })
})

test.each(['['.repeat(300_000), 'table a { id int [default: `x`] '.repeat(20_000)])(
  'a text that would take all the memory is refused: %.40s',
  async (text) => {
    await expect(readText({ format: 'dbml', text })).rejects.toMatchObject({ code: 'TOO_LARGE' })
  },
  30_000,
)

test('a text whose caller has gone is not begun', async () => {
  const worker = createTextWorker({ isKept: false })
  const text = 'select 1'
  await expect(worker.run({ kind: 'parse', text }, AbortSignal.abort())).rejects.toMatchObject({
    code: 'CANCELLED',
  })
})

test.each([
  ['sql', 'create table film (id int primary key);', ['film']],
  ['dbml', 'Table film { id int [pk] }', ['film']],
  ['sql', `create view v as select 1${'+1'.repeat(12_000)}`, []],
] as const)(
  'a schema in %s is read: %.40s',
  async (format, text, names) => {
    const { model } = await readText({ format, text })
    expect(model.objects.filter(({ kind }) => kind === 'table')).toMatchObject(
      names.map((name) => ({ name })),
    )
  },
  30_000,
)

test('what is too long is refused as where it is read', async () => {
  await expect(readText({ format: 'dbml', text: ' '.repeat(1_000_001) })).rejects.toMatchObject({
    code: 'TOO_LARGE',
    hint: 'Import it in parts.',
  })
})
