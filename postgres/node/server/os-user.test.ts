import { expect, test } from 'vitest'
import { parsePasswd } from './os-user.ts'

test('users are read by name, and lines that do not fit are left out', () => {
  const users = parsePasswd('# c\nroot:x:0:0:root:/root:/bin/sh\nbad\n+nis\nnobody:*:-2:-2:u:/:/bin/false\n')
  expect([...users]).toEqual([
    ['root', { uid: 0, gid: 0 }],
    ['nobody', { uid: 4_294_967_294, gid: 4_294_967_294 }],
  ])
})
