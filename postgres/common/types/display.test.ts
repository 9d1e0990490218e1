import { describe, expect, test } from 'vitest'
import { displayCategory, isRightAligned } from './display.ts'

describe('displayCategory', () => {
  test.each([
    ['bigint', 20, 'number'],
    ['numeric', 1700, 'number'],
    ['character varying(20)', 1043, 'text'],
    ['boolean', 16, 'boolean'],
    ['timestamp with time zone', 1184, 'time'],
    ['interval', 1186, 'time'],
    ['jsonb', 3802, 'json'],
    ['uuid', 2950, 'uuid'],
    ['bytea', 17, 'bytes'],
    ['text[]', 1009, 'array'],
    ['daterange', 3912, 'range'],
    ['datemultirange', 4535, 'range'],
    ['point', 600, 'geometry'],
    ['inet', 869, 'network'],
    ['tsvector', 3614, 'search'],
    ['xml', 142, 'xml'],
    ['bit varying', 1562, 'bits'],
    ['record', 2249, 'composite'],
  ])('%s', (name, oid, expected) => {
    expect(displayCategory(oid, { name })).toBe(expected)
  })

  test.each([
    ['mpaa_rating', { kind: 'enum' as const }, 'enum'],
    ['mpaa_rating[]', {}, 'array'],
    ['address_type', { kind: 'composite' as const }, 'composite'],
    ['public.geometry(Point,4326)', {}, 'geometry'],
    ['citext', {}, 'text'],
    ['extensions.vector(1536)', {}, 'array'],
    ['something', {}, 'other'],
  ])('a type of the database itself: %s', (name, hint, expected) => {
    expect(displayCategory(123_456, { name, ...hint })).toBe(expected)
  })

  test('nothing is known but the OID', () => {
    expect(displayCategory(123_456)).toBe('other')
  })

  test('only numbers are aligned to the right', () => {
    expect(isRightAligned('number')).toBe(true)
    expect(isRightAligned('time')).toBe(false)
  })
})
