import { expect, test } from 'vitest'
import { keepArrayCasts } from './array-casts.ts'

test.each([
  [
    `((kind)::text = ANY ((ARRAY['a'::character varying, 'b, ]'::character varying(9)])::text[]))`,
    `((kind)::text = ANY ((ARRAY['a'::character varying, 'b, ]'::character varying(9)]::character varying[])::text[]))`,
  ],
  [
    `(x = ANY ((array['a'::bpchar])::text[])) or (y <> ALL ((array[NULL::bpchar])::text[]))`,
    `(x = ANY ((array['a'::bpchar]::bpchar[])::text[])) or (y <> ALL ((array[NULL::bpchar]::bpchar[])::text[]))`,
  ],
])('a list that is cast as a whole says its own type: %s', (text, kept) => {
  expect(keepArrayCasts(text)).toBe(kept)
})

test.each([
  `(kind = ANY (ARRAY['a'::text, 'b'::text]))`,
  `((kind)::text = ANY (ARRAY[('a'::character varying)::text]))`,
  `((kind)::text = ANY ((ARRAY[a, b])::text[]))`,
  `((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::text])::text[]))`,
  `'(ARRAY[''a''::character varying])::text[]'`,
])('all else stays as it is: %s', (text) => {
  expect(keepArrayCasts(text)).toBe(text)
})
