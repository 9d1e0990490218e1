// Texts and schemas that are too large, or made to be read for ever.
import { expect, test, vi } from 'vitest'
import { testColumn, testModel, testTable } from '#testing/model-objects.ts'
import { importText } from './import-text.ts'
import { mermaidText } from './mermaid/mermaid.ts'

test('a text that is too long is refused before anything reads it', async () => {
  const parse = vi.fn()
  for (const [format, length] of [
    ['sql', 10_000_001],
    ['dbml', 1_000_001],
    ['diagram', 10_000_001],
  ] as const)
    await expect(importText({ format, text: ' '.repeat(length) }, parse)).rejects.toMatchObject({
      code: 'TOO_LARGE',
    })
  expect(parse).not.toHaveBeenCalled()
})

test('Mermaid of ten thousand tables takes no time', () => {
  const tables = Array.from({ length: 10_000 }, (_, at) => testTable(`table ${at}`, [testColumn('id')]))
  const begun = performance.now()
  const text = mermaidText(testModel(tables))
  expect(performance.now() - begun).toBeLessThan(3_000)
  expect(text).toContain('table_9999["table 9999"]')
})

test('Mermaid gives tables whose names look alike different words', () => {
  const text = mermaidText(testModel([testTable('a b', []), testTable('a_b', []), testTable('1', [])]))
  expect(text.match(/^ {2}\w+(?=\[)/gm)?.map((word) => word.trim())).toEqual(['t__1_1', 'a_b_2', 'a_b_3'])
})
