import { describe, expect, it } from 'vitest'
import { hidePasswords } from './passwords.ts'

describe('passwords are hidden', () => {
  it.each([
    [`create role a login password 'o''pen'`, 'create role a login password [hidden]'],
    [
      `ALTER USER a WITH ENCRYPTED PASSWORD E'o\\'pen' NOINHERIT`,
      'ALTER USER a WITH ENCRYPTED PASSWORD [hidden] NOINHERIT',
    ],
    [
      `alter role a password /* new */\n  $x$open$x$; select 'y'`,
      `alter role a password /* new */\n  [hidden]; select 'y'`,
    ],
    [`create role a password 'open`, 'create role a password [hidden]'],
    [
      `create user mapping for a server s options (user 'a', password 'open')`,
      `create user mapping for a server s options (user 'a', password [hidden])`,
    ],
    [
      `create subscription s connection 'host=h password=open user=u' publication p`,
      `create subscription s connection 'host=h password=[hidden] user=u' publication p`,
    ],
    [
      `select dblink_connect('postgresql://a:open@h/db')`,
      `select dblink_connect('postgresql://a:[hidden]@h/db')`,
    ],
    [
      `select dblink_connect('password=''o pen'' host=h')`,
      `select dblink_connect('password=[hidden] host=h')`,
    ],
  ])('%s', (sql, kept) => {
    expect(hidePasswords(sql)).toBe(kept)
  })
})

it.each([
  'select 1',
  `select password from users where password = 'x' -- password 'y'`,
  'alter role a password null',
  `select "password" 'x'`,
  `select 'https://example.com/a:b@c'`,
])('%s stays as it is', (sql) => {
  expect(hidePasswords(sql)).toBe(sql)
})
