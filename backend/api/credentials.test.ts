import { expect, test } from 'vitest'
import { readCredentials } from './credentials.ts'

const KEY = 'nbl_publishable_abc'
const OTHER = 'nbl_secret_abc'
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.e30.x'
const alone = { kind: 'key', key: KEY, hasToken: false }

test.each([
  ['nothing', {}, { kind: 'none' }],
  ['an empty key', { apikey: '' }, { kind: 'none' }],
  ['a key', { apikey: KEY }, alone],
  ['a key as bearer', { authorization: `Bearer ${KEY}` }, alone],
  ['a bearer in any case', { authorization: `bEARER  ${KEY} ` }, alone],
  ['the key twice', { apikey: KEY, authorization: `Bearer ${KEY}` }, alone],
  ['a key and a token', { apikey: KEY, authorization: `Bearer ${TOKEN}` }, { ...alone, hasToken: true }],
  ['a token alone', { authorization: `Bearer ${TOKEN}` }, { kind: 'none' }],
  ['two keys', { apikey: KEY, authorization: `Bearer ${OTHER}` }, { kind: 'conflict' }],
  ['a key and a password', { apikey: KEY, authorization: 'Basic dTpw' }, alone],
  ['a password', { authorization: 'Basic dTpw' }, { kind: 'none' }],
  ['a key that is no bearer', { authorization: KEY }, { kind: 'none' }],
  ['the word alone', { authorization: 'Bearer' }, { kind: 'none' }],
  ['a key and an empty token', { apikey: KEY, authorization: 'Bearer ' }, { ...alone, hasToken: true }],
  [
    'a key and a broken token',
    { apikey: KEY, authorization: `Bearer a ${TOKEN}` },
    { ...alone, hasToken: true },
  ],
  [
    'a key and a token after a tab',
    { apikey: KEY, authorization: `Bearer\t${TOKEN}` },
    { ...alone, hasToken: true },
  ],
  [
    'a key and a token without its scheme',
    { apikey: KEY, authorization: TOKEN },
    { ...alone, hasToken: true },
  ],
  [
    'a key and a token too near',
    { apikey: KEY, authorization: `Bearer${TOKEN}` },
    { ...alone, hasToken: true },
  ],
  ['a key and another key without a scheme', { apikey: KEY, authorization: OTHER }, { kind: 'conflict' }],
  ['a key and the same without a scheme', { apikey: KEY, authorization: KEY }, alone],
  ['a key and nothing', { apikey: KEY, authorization: ' ' }, alone],
  ['what is no key of ours', { apikey: TOKEN }, { kind: 'key', key: TOKEN, hasToken: false }],
  [
    'a key sent twice, as Node joins it',
    { apikey: `${KEY}, ${OTHER}` },
    { kind: 'key', key: `${KEY}, ${OTHER}`, hasToken: false },
  ],
])('%s', (_, headers, expected) => expect(readCredentials(headers)).toEqual(expected))
