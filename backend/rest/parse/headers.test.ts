// Prefer, Accept and Content-Type.
import { expect, test } from 'vitest'
import { mediaTypeText, parseAccept, parseMediaType } from './media-type.ts'
import { NO_PREFERENCES, parsePreferences } from './preferences.ts'

const config = { txEnd: 'commit-allow-override', timezoneEnabled: true } as const

test.each([
  [undefined, {}],
  ['return=minimal', { return: 'minimal' }],
  ['return=headers-only,count=planned', { return: 'headers-only', count: 'planned' }],
  ['count=exact,    tx=commit   ,missing=default', { count: 'exact', tx: 'commit', missing: 'default' }],
  ['resolution=merge-duplicates, resolution=ignore-duplicates', { resolution: 'merge-duplicates' }],
  ['tx=rollback, tx=commit', { tx: 'rollback' }],
  ['handling=strict, max-affected=10', { handling: 'strict', maxAffected: 10 }],
  ['max-affected=many', {}],
  ['timezone=Europe/Vienna, timezone=UTC', { timezone: 'Europe/Vienna' }],
  ['count=none, x, handling=lenient', { handling: 'lenient', invalid: ['count=none', 'x'] }],
  ['Return=minimal', { invalid: ['Return=minimal'] }],
])('Prefer: %s', (header, expected) => {
  expect(parsePreferences(header, config)).toEqual({ ...NO_PREFERENCES, ...expected })
})

test('what the configuration switches off is not preferred', () => {
  const off = { txEnd: 'commit', timezoneEnabled: false } as const
  expect(parsePreferences('tx=rollback, timezone=UTC', off)).toEqual({
    ...NO_PREFERENCES,
    invalid: ['timezone=UTC'],
  })
})

test.each([
  [undefined, ['*/*']],
  ['*/*', ['*/*']],
  ['text/csv, application/json', ['text/csv', 'application/json']],
  ['text/csv;q=0.5, application/json', ['application/json', 'text/csv']],
  ['*/*, text/*, text/csv', ['text/csv', 'text/*', '*/*']],
  ['text/csv, text/csv;version=1', ['text/csv;version=1', 'text/csv']],
  ['a/b;q=x, c/d;q=0.9', ['a/b', 'c/d']],
  ['undefined', ['undefined']],
  ['', ['']],
])('Accept: %s', (header, expected) => {
  expect(parseAccept(header).map(mediaTypeText)).toEqual(expected)
})

test('a media type is read without regard to capitals, spaces and quotes', () => {
  expect(parseMediaType('Application/vnd.PGRST.plan+json; For="text/csv"; options=analyze|verbose;')).toEqual(
    {
      type: 'application',
      subtype: 'vnd.pgrst.plan+json',
      parameters: [
        ['for', 'text/csv'],
        ['options', 'analyze|verbose'],
      ],
    },
  )
})
