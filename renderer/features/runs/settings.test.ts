import { describe, expect, test } from 'vitest'
import { schemaErrors } from '../../components/use-form.ts'
import { dataOf, firstSettings, keptText, optionsOf, readKept, RunSettings } from './settings.ts'

const settings = (fields: Partial<RunSettings> = {}): RunSettings => ({ ...firstSettings('dev'), ...fields })

test('settings become options', () => {
  const typed = settings({
    iterations: ' 3 ',
    delayMs: '20',
    parallel: '2',
    retries: '1',
    tags: ' smoke, ,slow ',
  })
  expect(optionsOf(typed, ['a.yml'])).toEqual({
    paths: ['a.yml'],
    environment: 'dev',
    iterations: 3,
    delayMs: 20,
    parallel: 2,
    retries: 1,
    stopsOnFailure: false,
    tags: ['smoke', 'slow'],
    data: null,
  })
  expect(optionsOf(firstSettings(null), []).environment).toBeNull()
})

describe('what is kept for the next start', () => {
  test('is what was set, but for pasted rows', () => {
    const typed = settings({ iterations: '7', parallel: '4', dataFrom: 'file', dataPath: 'rows.csv' })
    expect(readKept(keptText(typed))).toEqual(typed)
    const pasted = keptText(settings({ dataFrom: 'text', dataText: 'token\ns3cret' }))
    expect(pasted).not.toContain('s3cret')
    expect(readKept(pasted)).toEqual(settings())
  })

  test('fits into the layout, whatever the tags are', () => {
    expect(keptText(settings({ tags: 'slow, '.repeat(1_000) })).length).toBeLessThan(1_000)
  })

  test.each(['', 'no JSON', '{}', '{"iterations":"-1"}'])('is left where it is no settings: %s', (text) => {
    expect(readKept(text)).toBeNull()
  })
})

describe('data', () => {
  test.each<[Partial<RunSettings>, ReturnType<typeof dataOf>]>([
    [
      { dataFrom: 'file', dataPath: 'rows.JSON ' },
      { format: 'json', path: 'rows.JSON' },
    ],
    [
      { dataFrom: 'file', dataPath: 'rows.txt' },
      { format: 'csv', path: 'rows.txt' },
    ],
    [{ dataFrom: 'file', dataPath: ' ' }, null],
    [
      { dataFrom: 'text', dataText: '[]', dataFormat: 'json' },
      { format: 'json', text: '[]' },
    ],
    [{ dataFrom: 'text' }, null],
    [{ dataText: 'a', dataPath: 'b' }, null],
  ])('of %o', (fields, expected) => {
    expect(dataOf(settings(fields))).toEqual(expected)
  })
})

describe('what is wrong is told at its field', () => {
  test.each<[Partial<RunSettings>, string[]]>([
    [{}, []],
    [
      { iterations: '0', delayMs: '1.5', parallel: '257', retries: '' },
      ['iterations', 'delayMs', 'parallel', 'retries'],
    ],
    [{ dataFrom: 'file' }, ['dataPath']],
    [{ dataFrom: 'text', dataText: '\n' }, ['dataText']],
  ])('%o', (fields, names) => {
    expect(Object.keys(schemaErrors(RunSettings, settings(fields)))).toEqual(names)
  })
})
