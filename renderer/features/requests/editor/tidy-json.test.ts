// JSON is set in lines and nothing of it changes.
import { expect, test } from 'vitest'
import { tidyJson } from './tidy-json.ts'

test.each([
  [
    '{"a":12345678901234567890,"b":[1,2]}',
    '{\n  "a": 12345678901234567890,\n  "b": [\n    1,\n    2\n  ]\n}',
  ],
  ['{"a":1.0,"a":1e5}', '{\n  "a": 1.0,\n  "a": 1e5\n}'],
  ['{"a":{{id}},"b":"{{x}}"}', '{\n  "a": {{id}},\n  "b": "{{x}}"\n}'],
  ['{}', '{}'],
  ['{"a":{},"b":[]}', '{\n  "a": {},\n  "b": []\n}'],
])('%s', (text, tidy) => {
  expect(tidyJson(text)).toBe(tidy)
  expect(tidyJson(tidy)).toBe(tidy)
})

test.each(['{"a":}x', '{"a"', '[1,2', '{a:1}', '"open', ''])('%s is left as it is', (text) => {
  const tidy = tidyJson(text)
  expect(tidy === null || tidy.replace(/\s/g, '') === text.replace(/\s/g, '')).toBe(true)
})
