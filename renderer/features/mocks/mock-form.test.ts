import { describe, expect, test } from 'vitest'
import { schemaErrors } from '../../components/use-form.ts'
import { ADDRESS } from '../explorer/index.ts'
import { EMPTY_FORM, mockRules, startOf, type MockForm } from './mock-form.ts'

const ID = '10000000-0000-4000-8000-000000000001'
const form = (fields: Partial<MockForm>): MockForm => ({ ...EMPTY_FORM, ...fields })

describe('a mock server', () => {
  test('of examples', () => {
    expect(startOf(form({ collectionId: ID, port: '4010', delayMs: '20' }))).toEqual({
      source: { type: 'examples', collectionId: ID },
      port: 4010,
      delayMs: 20,
    })
  })
  test('of the rows of a project, as somebody of it', () => {
    expect(startOf(form({ from: 'rows', api: ID, as: 'anon', rowsPerTable: '5' }))).toEqual({
      source: {
        type: 'rows',
        source: { type: 'project', projectId: ID },
        auth: { type: 'project', projectId: ID, as: 'anon', claims: '' },
        rowsPerTable: 5,
      },
      port: null,
      delayMs: 0,
    })
  })
  test('of the rows of an address, as whoever its token is', () => {
    expect(
      startOf(form({ from: 'rows', api: ADDRESS, url: ' https://a.example/rest/v1', token: 'k ' })).source,
    ).toEqual({
      type: 'rows',
      source: { type: 'url', url: 'https://a.example/rest/v1', token: 'k' },
      auth: null,
      rowsPerTable: 100,
    })
  })
})

describe('what is wrong of what is shown', () => {
  test.each<[Partial<MockForm>, string[]]>([
    [{}, ['collectionId']],
    [{ collectionId: ID }, []],
    [{ collectionId: ID, port: '80', delayMs: '-1', rowsPerTable: 'x' }, ['port', 'delayMs']],
    [{ from: 'rows', api: ID }, []],
    [{ from: 'rows', api: ID, rowsPerTable: '0' }, ['rowsPerTable']],
    [{ from: 'rows', api: ADDRESS, url: 'ftp://x' }, ['url']],
  ])('%o', (fields, names) => {
    const shown = form(fields)
    expect(Object.keys(schemaErrors(mockRules(shown), shown))).toEqual(names)
  })
})
