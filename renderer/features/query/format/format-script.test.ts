// Formatting changes layout and nothing else.
import { expect, test } from 'vitest'
import { formatScript } from './format-script.ts'

test('each statement is laid out, comments between them stay', () => {
  const text = '-- first\nselect a,b from t where a=1;\n\n/* second */ select 2;'
  const formatted = formatScript(text)
  expect(formatted).toContain('-- first\nselect\n  a,\n  b\nfrom\n  t')
  expect(formatted).toContain('/* second */')
  expect(formatted.replaceAll(/\s+/g, '')).toBe(text.replaceAll(/\s+/g, ''))
})

test('what the formatter cannot read is left as it was', () => {
  const text = "select 1;\ndo $$ begin raise notice 'a;  b'; end $$;\nselect [[[ from;"
  expect(formatScript(text)).toContain("raise notice 'a;  b'")
  expect(formatScript(text)).toContain('select [[[ from')
})

test('words keep the case in which they were written', () => {
  expect(formatScript('SELECT a FROM "Odd"')).toContain('SELECT')
  expect(formatScript('select a from t')).toContain('select')
})

test('spaces inside text constants stay', () => {
  expect(formatScript("select 'a   b',  E'c\\n  d' from t")).toContain("'a   b'")
})

test('formatting twice changes nothing more', () => {
  const once = formatScript(
    'with a as (select 1 as x) select * from a join b using (x) where a.x > 2 order by 1 limit 10;',
  )
  expect(formatScript(once)).toBe(once)
})
