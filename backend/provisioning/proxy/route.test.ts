import { expect, test } from 'vitest'
import { parseRoute } from './route.ts'

const options = { reserved: 'root_role', defaultDatabase: 'main' }
const route = (user: string, database?: string) =>
  parseRoute(new Map(Object.entries({ user, ...(database === undefined ? {} : { database }) })), options)

test('the user is split at its last dot', () => {
  expect(route('owner.k3j5h2ab', 'shop')).toEqual({ role: 'owner', ref: 'k3j5h2ab', database: 'shop' })
  expect(route('first.last.k3j5h2ab', 'shop')).toEqual({
    role: 'first.last',
    ref: 'k3j5h2ab',
    database: 'shop',
  })
})

test('without a database, or with the one that libpq makes up, it is the main one', () => {
  expect(route('owner.k3j5h2ab')?.database).toBe('main')
  expect(route('owner.k3j5h2ab', 'owner.k3j5h2ab')?.database).toBe('main')
})

test.each(['', 'owner', '.k3j5h2ab', 'owner.', 'owner.K3', 'owner.a b', "owner.a'b", 'root_role.k3j5h2ab'])(
  '%j leads nowhere',
  (user) => {
    expect(route(user)).toBeUndefined()
  },
)
