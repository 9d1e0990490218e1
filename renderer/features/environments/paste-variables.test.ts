// Variables from pasted text.
import { describe, expect, test } from 'vitest'
import { looksLikeVariables, looksSecret, readPasted } from './paste-variables.ts'

const pairs = (text: string) => readPasted(text).variables.map(({ name, value }) => [name, value])

describe('.env', () => {
  test.each<readonly [string, string, readonly (readonly [string, string])[]]>([
    [
      'plain',
      'A=1\nB = two words ',
      [
        ['A', '1'],
        ['B', 'two words'],
      ],
    ],
    ['export, comments and empty lines', '# top\n\nexport A=1\r\n', [['A', '1']]],
    [
      'a comment behind a value',
      'A=1 # one\nB=a#b\nC= # nothing',
      [
        ['A', '1'],
        ['B', 'a#b'],
        ['C', ''],
      ],
    ],
    ['double quotes with escapes', 'A="a\\n\\"b\\" # c"', [['A', 'a\n"b" # c']]],
    ['single quotes as they are', "A='a\\n$B'", [['A', 'a\\n$B']]],
    [
      'values over lines',
      'K="-----BEGIN\nabc\n-----END"\nB=2',
      [
        ['K', '-----BEGIN\nabc\n-----END'],
        ['B', '2'],
      ],
    ],
    [
      'a quote that is not closed',
      'A="x\nB=2',
      [
        ['A', '"x'],
        ['B', '2'],
      ],
    ],
    ['an equals sign within', 'A=b=c==', [['A', 'b=c==']]],
    ['the last of one name', 'A=1\nA=2', [['A', '2']]],
  ])('%s', (_, text, expected) => expect(pairs(text)).toEqual(expected))

  test('says which lines were left out', () => {
    expect(readPasted('A=1\nwhat is this\n1X=2\nA=3').leftOut).toEqual([
      { line: 2, text: 'what is this', reason: 'it is no NAME=value' },
      { line: 3, text: '1X=2', reason: 'it is no NAME=value' },
      { line: 0, text: '', reason: '1 stood before another of the same name' },
    ])
  })
})

describe('JSON', () => {
  test('an object gives its fields their types', () => {
    const text = '{"a":"x","n":1.5,"b":true,"o":{"k":[1]},"z":null}'
    expect(readPasted(text).variables.map(({ name, value, type }) => [name, type, value])).toEqual([
      ['a', 'string', 'x'],
      ['n', 'number', '1.5'],
      ['b', 'boolean', 'true'],
      ['o', 'object', '{\n  "k": [\n    1\n  ]\n}'],
      ['z', 'null', ''],
    ])
  })

  test('a number with more digits than JavaScript holds keeps them', () => {
    expect(pairs('{"id":12345678901234567890}')).toEqual([['id', '12345678901234567890']])
  })

  test('what Postman writes keeps secrets and what is switched off', () => {
    const text =
      '{"name":"dev","values":[{"key":"a","value":"1","enabled":false},{"key":"t","value":"x","type":"secret"}]}'
    expect(readPasted(text).variables).toMatchObject([
      { name: 'a', isEnabled: false, isSecret: false },
      { name: 't', isEnabled: true, isSecret: true },
    ])
  })

  test('a list says what has no name, and what is no JSON says why', () => {
    expect(readPasted('[{"name":"a","value":"1"},{"value":"2"}]').leftOut).toMatchObject([
      { reason: 'it has no name' },
    ])
    expect(readPasted('{"a":').leftOut[0]?.reason).toMatch(/^no JSON/)
  })
})

test.each([
  ['API_TOKEN', true],
  ['clientSecret', true],
  ['DB_PASSWORD', true],
  ['apiKey', true],
  ['AWS_SECRET_ACCESS_KEY', true],
  ['KEYBOARD', false],
  ['TOKENIZER', false],
  ['base_url', false],
])('%s looks like a secret: %s', (name, isSecret) => expect(looksSecret(name)).toBe(isSecret))

test.each([
  ['A=1\nB=2', true],
  ['{"a":1}', true],
  ['{{base}}', false],
  ['just a name', false],
  ['a/b', false],
])('%s is meant as variables: %s', (text, isMeant) => expect(looksLikeVariables(text)).toBe(isMeant))
