// What is saved of a draft, what is wrong with it, and what the keychain is told.
import { describe, expect, test } from 'vitest'
import { CollectionId } from '#contract/requests/collection.ts'
import { draftErrors, valueError } from './draft-errors.ts'
import {
  copyOf,
  draftOf,
  environmentOf,
  freeName,
  isDirty,
  rebased,
  secretWork,
  type DraftVariable,
  type EnvironmentDraft,
  type StoredEnvironment,
} from './draft.ts'
import { differences, mergeOutside } from './merge.ts'

const ID = CollectionId.parse('00000000-0000-4000-8000-000000000001')
const variable = (name: string, value = '', isSecret = false) => ({
  name,
  value,
  type: 'string' as const,
  isSecret,
  isEnabled: true,
  description: '',
})
const stored: StoredEnvironment = {
  name: 'staging',
  color: 'orange',
  description: '',
  extends: null,
  variables: [variable('base', 'http://a'), variable('token', '', true), variable('key', '', true)],
  revision: '1',
  secretsWithValue: ['token'],
}
const draft = draftOf(ID, stored)
/** The draft with some of its variables changed, by name. */
const changed = (
  changes: Readonly<Record<string, Partial<DraftVariable> | null>>,
  from: EnvironmentDraft = draft,
): EnvironmentDraft => ({
  ...from,
  variables: from.variables.flatMap((one) => {
    const change = changes[one.name]
    return change === null ? [] : [{ ...one, ...change }]
  }),
})
const set = (value: string) => ({ secret: { kind: 'set' as const, value } })

describe('a draft', () => {
  test('in which nothing was typed is not dirty', () => {
    expect(isDirty(draft)).toBe(false)
    expect(isDirty({ ...draft, name: ' staging ' })).toBe(false)
  })

  test.each([
    ['a name', { ...draft, name: 'live' }],
    ['a colour', { ...draft, color: '' }],
    ['a value', changed({ base: { value: 'http://b' } })],
    ['a variable that is switched off', changed({ base: { isEnabled: false } })],
    ['a value of a secret', changed({ token: set('x') })],
    ['a secret that is forgotten', changed({ token: { secret: { kind: 'clear' } } })],
    ['a new one', { ...draft, base: null }],
  ])('with %s is', (_, edited) => expect(isDirty(edited)).toBe(true))

  test('writes no value of a secret and no empty rows', () => {
    const [first] = draft.variables
    const edited = changed({ token: set('opensesame') })
    const withEmpty = {
      ...edited,
      variables: [...edited.variables, { ...first!, id: 'x', name: ' ', value: '' }],
    }
    expect(JSON.stringify(environmentOf(withEmpty))).not.toContain('opensesame')
    expect(environmentOf(withEmpty).variables.map(({ name }) => name)).toEqual(['base', 'token', 'key'])
  })

  test('that is copied has no values of secrets and another name', () => {
    const copy = copyOf(changed({ token: set('x') }), 'new', freeName('staging', ['Staging', 'staging 2']))
    expect(copy.name).toBe('staging 3')
    expect(copy.variables.every(({ keptAs }) => keptAs === null)).toBe(true)
    expect(secretWork(copy).renamed).toEqual([])
  })
})

describe('the keychain', () => {
  const cases: readonly (readonly [string, EnvironmentDraft, ReturnType<typeof secretWork>])[] = [
    ['nothing for nothing', draft, { renamed: [], writes: [] }],
    ['a new value', changed({ key: set('k') }), { renamed: [], writes: [{ name: 'key', value: 'k' }] }],
    [
      'to forget what was cleared',
      changed({ token: { secret: { kind: 'clear' } } }),
      { renamed: [], writes: [{ name: 'token', value: null }] },
    ],
    [
      'to forget what was removed',
      changed({ token: null }),
      { renamed: [], writes: [{ name: 'token', value: null }] },
    ],
    [
      'to forget what is no secret any more',
      changed({ token: { isSecret: false } }),
      { renamed: [], writes: [{ name: 'token', value: null }] },
    ],
    [
      'that a name changed',
      changed({ token: { name: 'bearer' } }),
      { renamed: [{ from: 'token', to: 'bearer' }], writes: [] },
    ],
    [
      'a new value under a new name, and to forget the old one',
      changed({ token: { name: 'bearer', ...set('b') } }),
      {
        renamed: [],
        writes: [
          { name: 'token', value: null },
          { name: 'bearer', value: 'b' },
        ],
      },
    ],
    [
      'that another took the name of one that was removed',
      changed({ token: null, key: { name: 'token', ...set('k') } }),
      { renamed: [], writes: [{ name: 'token', value: 'k' }] },
    ],
  ]
  test.each(cases)('is told %s', (_, edited, expected) => expect(secretWork(edited)).toEqual(expected))

  test('is told again only what it could not keep', () => {
    const edited = changed({ token: { name: 'bearer', ...set('b') }, key: set('k') })
    const after = rebased(edited, { revision: '2', done: new Set(['token', 'bearer']) })
    expect(isDirty(after)).toBe(true)
    expect(secretWork(after)).toEqual({ renamed: [], writes: [{ name: 'key', value: 'k' }] })
    const all = rebased(edited, { revision: '2', done: new Set(['token', 'bearer', 'key']) })
    expect(isDirty(all)).toBe(false)
  })
})

describe('errors', () => {
  const others = [
    { name: 'base', extends: null },
    { name: 'loop', extends: 'staging' },
  ]
  test('of the name and of what it extends', () => {
    expect(draftErrors(draft, others).isEmpty).toBe(true)
    expect(draftErrors({ ...draft, name: ' ' }, others).name).toBe('Give it a name.')
    expect(draftErrors({ ...draft, name: 'BASE' }, others).name).toBe('There is an environment base already.')
    expect(draftErrors({ ...draft, extends: 'gone' }, others).extends).toBe('There is no environment gone.')
    expect(draftErrors({ ...draft, extends: 'loop' }, others).extends).toContain('circle')
    expect(draftErrors({ ...draft, extends: 'base' }, others).extends).toBeUndefined()
    expect(draftErrors({ ...draft, collectionId: null, name: '' }, []).name).toBeUndefined()
  })

  test('of variables, by row', () => {
    const edited = changed({ base: { name: '', value: 'x' }, token: { name: 'key' }, key: { name: 'key' } })
    const { variables } = draftErrors(edited, others)
    expect([...variables.values()].map(({ name }) => name)).toEqual([
      'Give it a name.',
      'Another variable has this name.',
      'Another variable has this name.',
    ])
    const braces = draftErrors(changed({ base: { name: 'a}' } }), others)
    expect(braces.variables.get('stored 0')?.name).toContain('braces')
  })

  test.each([
    ['number', '1.5e-3', true],
    ['number', '1,5', false],
    ['number', '{{limit}}', true],
    ['boolean', 'true', true],
    ['boolean', 'yes', false],
    ['object', '{"a":1}', true],
    ['object', '{a:1}', false],
    ['string', 'anything', true],
    ['null', '', true],
  ] as const)('a %s of %s', (type, value, isRight) =>
    expect(valueError(type, value) === undefined).toBe(isRight),
  )
})

describe('a change outside', () => {
  const outside: StoredEnvironment = {
    ...stored,
    color: 'red',
    revision: '2',
    variables: [variable('base', 'http://outside'), variable('token', '', true), variable('added', '1')],
  }

  test('is merged where only one side changed something; where both did, what was typed counts', () => {
    const edited = changed({ token: set('t') }, { ...draft, name: 'live' })
    const merged = mergeOutside(edited, outside)
    expect(merged.base?.revision).toBe('2')
    expect([merged.name, merged.color]).toEqual(['live', 'red'])
    expect(merged.variables.map(({ name, value }) => [name, value])).toEqual([
      ['base', 'http://outside'],
      ['token', ''],
      ['added', '1'],
    ])
    expect(merged.variables[1]?.secret).toEqual({ kind: 'set', value: 't' })
    const both = mergeOutside(changed({ base: { value: 'http://mine' } }), outside)
    expect(both.variables[0]?.value).toBe('http://mine')
  })

  test('does not bring back what was removed here, unless it was changed there', () => {
    const removed = changed({ base: null, token: null })
    expect(mergeOutside(removed, outside).variables.map(({ name }) => name)).toEqual(['base', 'added'])
  })

  test('is told apart by what differs, without values of secrets', () => {
    const edited = changed({ token: set('opensesame'), key: { name: 'mine' } })
    const found = differences(edited, outside)
    expect(found).toEqual([
      { what: 'Colour', theirs: 'red', mine: 'orange' },
      { what: 'base', theirs: 'http://outside', mine: 'http://a' },
      { what: 'token', theirs: 'secret', mine: 'secret, new value' },
      { what: 'added', theirs: '1', mine: 'not there' },
      { what: 'mine', theirs: 'not there', mine: 'secret' },
    ])
  })
})
