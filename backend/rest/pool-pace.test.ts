import { describe, expect, test } from 'vitest'
import { createPace, paceFor } from './pool-pace.ts'

describe('the pace', () => {
  test('lets so many begin; one that has ended or lasts longer makes room', () => {
    let time = 0
    const pace = createPace<string>({ maxYoung: 2, youngMs: 5 }, () => time)
    pace.began('one')
    time = 2
    expect(pace.hasRoom(0)).toBe(true)
    expect(pace.hasRoom(1)).toBe(false)
    pace.began('two')
    expect(pace.hasRoom(0)).toBe(false)
    expect(pace.waitMs()).toBe(3)
    pace.ended('two')
    expect(pace.hasRoom(0)).toBe(true)
    pace.began('two')
    time = 5
    expect(pace.hasRoom(0)).toBe(true)
    expect(pace.waitMs()).toBe(2)
  })

  test('without limits there is always room', () => {
    const pace = createPace<string>(undefined, () => 0)
    for (const one of 'abcdef') pace.began(one)
    expect(pace.hasRoom(9)).toBe(true)
  })

  test.each(['127.0.0.1', '127.0.1.1', '::1', 'localhost', '/run/postgresql'])(
    'follows the cores at %s',
    (host) => {
      expect(paceFor(host, 2)).toMatchObject({ maxYoung: 4 })
    },
  )

  test.each(['db.example.com', '10.0.0.1', '127.example.com', 'localhost.example.com'])(
    'leaves %s to itself, which has cores of its own',
    (host) => {
      expect(paceFor(host, 2)).toBeUndefined()
    },
  )
})
