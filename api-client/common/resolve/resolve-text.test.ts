import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Environment } from '#contract/requests/collection.ts'
import type { Variable } from '#contract/requests/parts.ts'
import { newDefaults, newHttpRequest } from '../new-request.ts'
import { createDynamicValues, DYNAMIC_NAMES } from './dynamic.ts'
import { parseReferences } from './parse.ts'
import { createResolver } from './resolve-text.ts'
import { createLookup, scopesOf } from './scopes.ts'
import { segmentsOf } from './segments.ts'

const variable = (name: string, value: string, fields: Partial<Variable> = {}): Variable => ({
  name,
  value,
  type: 'string',
  isSecret: false,
  isEnabled: true,
  description: '',
  ...fields,
})
const lookupOf = (values: Record<string, string>, fields: Partial<Variable> = {}) =>
  createLookup([
    {
      scope: 'environment',
      from: 'Local',
      variables: Object.entries(values).map(([name, value]) => variable(name, value, fields)),
    },
  ])
const VALUES = {
  a: '1',
  b: 'x',
  a_x: 'nested',
  long: '{{a}}-{{b}}',
  circle: '{{round}}',
  round: '{{circle}}',
  self: '{{self}}',
  quote: 'say "hi"\n\\',
  word: 'Ann',
  fragment: '"k": 1, "l": 2',
  date: '2026-11-23T07:00:00Z',
  empty: '',
}
const resolver = (values: Record<string, string> = VALUES) =>
  createResolver({
    lookup: lookupOf(values),
    dynamic: createDynamicValues({ random: () => 0.5, now: () => 1_700_000_000_000 }),
    processVariable: (name) => (name === 'HOME_X' ? 'home value' : undefined),
  })

describe('text', () => {
  it.each<[string, string, string[]]>([
    ['no braces', 'no braces', []],
    ['{{a}}', '1', []],
    ['{{ a }}/{{\ta\t}}', '1/1', []],
    ['{{a_{{b}}}}', 'nested', []],
    ['{{{{b}}_}}', '{{{{b}}_}}', ['x_']],
    ['{{long}}', '1-x', []],
    ['{{none}} {{a}}', '{{none}} 1', ['none']],
    ['{{circle}}', '{{circle}}', ['circle', 'round']],
    ['{{self}}', '{{self}}', ['self']],
    ['\\{{a}} {{a}}', '{{a}} 1', []],
    ['\\\\{{a}}', '\\\\1', []],
    ['{"x":{"y":{{a}}}}', '{"x":{"y":1}}', []],
    ['{{{a}}}', '{1}', []],
    ['{{a} {{', '{{a} {{', []],
    ['}} {{a}} }}', '}} 1 }}', []],
    ['{{a\n}}', '{{a\n}}', []],
    ['{{}}', '{{}}', ['']],
    ['[{{empty}}]', '[]', []],
    ['{{$timestamp}} {{$isoTimestamp}}', '1700000000 2023-11-14T22:13:20.000Z', []],
    ['{{$nothing}}', '{{$nothing}}', ['$nothing']],
    ['{{process.env.HOME_X}}', 'home value', []],
    ['{{process.env.PATH}}', '{{process.env.PATH}}', ['process.env.PATH']],
    ['{{constructor}}{{__proto__}}', '{{constructor}}{{__proto__}}', ['constructor', '__proto__']],
  ])('%j', (text, expected, unresolved) => {
    const given = resolver()
    expect(given.text(text)).toBe(expected)
    expect([...given.unresolved()].sort()).toEqual([...unresolved].sort())
  })

  it('a secret is what it is: braces in it are no references', () => {
    const lookup = lookupOf({ password: 'x{{a}}', a: '1' }, { isSecret: true })
    expect(createResolver({ lookup, dynamic: null }).text('{{password}}')).toBe('x{{a}}')
  })

  it('a dynamic value in a variable is another one each time', () => {
    let next = 0
    const dynamic = createDynamicValues({ random: () => (next = (next + 0.137) % 1), now: () => 0 })
    const [one, other] = createResolver({ lookup: lookupOf({ id: '{{$guid}}' }), dynamic })
      .text('{{id}} {{id}}')
      .split(' ')
    expect(one).not.toBe(other)
  })

  it('what the process gives is told, so that it can be masked', () => {
    const given = resolver()
    given.text('{{process.env.HOME_X}}')
    expect(given.processValues()).toEqual(['home value'])
  })

  it('values that name each other twice are ended, not resolved for ever', () => {
    const values: Record<string, string> = { v0: 'x'.repeat(1_000) }
    for (let index = 1; index < 30; index++)
      values[`v${String(index)}`] = `{{v${String(index - 1)}}}`.repeat(4)
    expect(() => resolver(values).text('{{v29}}')).toThrow('grow beyond')
  })

  it('is linear in braces that lead nowhere', () => {
    const started = performance.now()
    resolver().text(`${'{{'.repeat(1_000_000)}}}`)
    resolver().text(`${`{{${'a'.repeat(900)}`.repeat(5_000)}}}`)
    resolver().text(`${'\\'.repeat(1_000_000)}{{a}}${'{{a '.repeat(200_000)}`)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('pieces cover any text, in order, and never fail', () => {
    const text = fc
      .array(fc.constantFrom('{', '}', '{{', '}}', '\\', 'a', ' ', '\n', '$', 'é'))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (whole) => {
        let from = 0
        for (const piece of parseReferences(whole)) {
          expect(['', '\\']).toContain(whole.slice(from, piece.start))
          expect(piece.end).toBeGreaterThan(piece.start)
          from = piece.end
        }
        expect(from).toBe(whole.length)
        const missing = createResolver({ lookup: createLookup([]), dynamic: null }).text(whole)
        if (!whole.includes('\\')) expect(missing).toBe(whole)
      }),
      { seed: 5, numRuns: 1_000 },
    )
  })
})

describe('JSON', () => {
  it.each([
    ['{"id": {{a}}}', '{"id": 1}'],
    ['{"id": "{{a}}"}', '{"id": "1"}'],
    ['{"q": "{{quote}}"}', '{"q": "say \\"hi\\"\\n\\\\"}'],
    ['{"name": {{word}}}', '{"name": "Ann"}'],
    ['{"at": {{date}} }', '{"at": "2026-11-23T07:00:00Z" }'],
    ['{ {{fragment}} }', '{ "k": 1, "l": 2 }'],
    ['{"\\"": "{{word}}", "x": {{a}}}', '{"\\"": "Ann", "x": 1}'],
    ['["{{none}}", {{none}}]', '["{{none}}", {{none}}]'],
    ['{"{{b}}": [{{a}},{{a}}]}', '{"x": [1,1]}'],
  ])('%s', (text, expected) => {
    expect(resolver().json(text)).toBe(expected)
  })

  it('big numbers keep their digits', () => {
    expect(resolver({ big: '90071992547409931' }).json('{"n":{{big}}}')).toBe('{"n":90071992547409931}')
  })
})

describe('scopes', () => {
  const environment = (name: string, parent: string | null, values: Record<string, string>): Environment => ({
    name,
    color: '',
    description: '',
    extends: parent,
    variables: Object.entries(values).map(([key, value]) => variable(key, value)),
  })
  const level = (path: string, values: Record<string, string>) => ({
    path,
    name: path,
    defaults: newDefaults({ variables: Object.entries(values).map(([key, value]) => variable(key, value)) }),
  })

  it('the nearest counts: script, data, request, folder, environment with what it extends, collection, all', () => {
    const all = ['s', 'd', 'r', 'f2', 'f1', 'e', 'base', 'c', 'g']
    const from = (index: number, mark: string) =>
      Object.fromEntries(all.slice(index).map((name) => [name, mark]))
    const list = (index: number, mark: string) =>
      Object.entries(from(index, mark)).map(([name, value]) => variable(name, value))
    const scopes = scopesOf({
      request: newHttpRequest('R', { variables: list(2, 'request') }),
      inherited: [
        level('', from(7, 'collection')),
        level('outer', from(4, 'outer')),
        level('inner', from(3, 'inner')),
      ],
      environments: [
        environment('Local', 'Base', from(5, 'environment')),
        environment('Base', 'Local', from(6, 'extended')),
      ],
      environment: 'Local',
      globals: list(8, 'global'),
      script: list(0, 'script'),
      data: list(1, 'data'),
    })
    // Each scope has the names that nearer ones have not, when one walks from the outside in.
    const outermost = (name: string) =>
      scopes.filter((scope) => scope.variables.some((one) => one.name === name)).at(-1)?.variables[0]?.value
    expect(all.map((name) => createLookup(scopes).find(name)?.variable.value)).toEqual(
      all.map(() => 'script'),
    )
    const without = (count: number) => createLookup(scopes.slice(count)).find('g')?.variable.value
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map(without)).toEqual([
      'script',
      'data',
      'request',
      'inner',
      'outer',
      'environment',
      'extended',
      'collection',
      'global',
    ])
    expect(outermost('g')).toBe('global')
  })

  it('what is switched off does not count, and hides nothing; its secret is masked all the same', () => {
    const lookup = createLookup([
      { scope: 'request', from: '', variables: [variable('a', 'off', { isEnabled: false, isSecret: true })] },
      { scope: 'global', from: '', variables: [variable('a', 'first'), variable('a', 'last')] },
    ])
    expect(lookup.find('a')?.variable.value).toBe('last')
    expect(lookup.all().map(({ scope }) => scope)).toEqual(['global'])
    expect(lookup.secrets()).toEqual(['off'])
  })

  it('10,000 variables are looked up in a few milliseconds', () => {
    const values = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`v${String(index)}`, String(index)]),
    )
    const lookup = lookupOf(values)
    const started = performance.now()
    const text = createResolver({ lookup, dynamic: null }).text(
      Object.keys(values)
        .map((name) => `{{${name}}}`)
        .join(' '),
    )
    expect(text.endsWith(' 9999')).toBe(true)
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('segments', () => {
  it('say what each reference stands for, with its place', () => {
    const lookup = createLookup([
      {
        scope: 'folder',
        from: 'Films',
        variables: [variable('host', 'h'), variable('token', 't', { isSecret: true })],
      },
      { scope: 'global', from: '', variables: [variable('loop', '{{loop}}')] },
    ])
    const text = 'x{{host}}{{token}}{{$guid}}{{none}}{{loop}}{{process.env.A}}\\{{b}}'
    const segments = segmentsOf(text, lookup)
    expect(
      segments.map((segment) => [
        segment.kind,
        'name' in segment ? segment.name : text.slice(segment.start, segment.end),
      ]),
    ).toEqual([
      ['text', 'x'],
      ['resolved', 'host'],
      ['secret', 'token'],
      ['dynamic', '$guid'],
      ['unresolved', 'none'],
      ['circular', 'loop'],
      ['process', 'process.env.A'],
      ['text', '{{b}}'],
    ])
    expect(segments[1]).toMatchObject({ start: 1, end: 9, value: 'h', scope: 'folder', from: 'Films' })
    expect(segments[2]).toMatchObject({ value: null, scope: 'folder' })
  })
})

describe('dynamic values', () => {
  it('all have a value, at both ends of randomness', () => {
    for (const random of [0, 0.999999]) {
      const dynamic = createDynamicValues({ random: () => random, now: () => 0 })
      const empty = [...DYNAMIC_NAMES].filter((name) => (dynamic(name) ?? '') === '')
      expect(empty).toEqual([])
    }
    expect(DYNAMIC_NAMES.size).toBeGreaterThan(100)
  })

  it.each<[string, RegExp]>([
    ['guid', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ['randomInt', /^(\d{1,3}|1000)$/],
    ['randomEmail', /^[^@\s]+@[^@\s]+\.[a-z]+$/],
    ['randomIP', /^\d+\.\d+\.\d+\.\d+$/],
    ['randomHexColor', /^#[0-9a-f]{6}$/],
    ['randomBoolean', /^(true|false)$/],
    ['randomPrice', /^\d+\.\d\d$/],
    ['randomUrl', /^https:\/\//],
  ])('$%s has its form', (name, form) => {
    expect(createDynamicValues({ random: Math.random, now: () => 0 })(name)).toMatch(form)
  })

  it('names of objects are none', () => {
    const dynamic = createDynamicValues({ random: () => 0, now: () => 0 })
    expect([dynamic('constructor'), dynamic('__proto__'), dynamic('toString')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
