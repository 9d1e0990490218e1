import { describe, expect, test } from 'vitest'
import { backOffMs, planTransition, startDeadlineMs } from './plan.ts'

const server = { pid: 7, startedAt: 100 }
const running = { kind: 'running', server } as const
const stopped = { kind: 'stopped' } as const
const absent = { kind: 'absent' } as const
const awake = { status: 'awake', hasOwnPasswords: true, server } as const
const asleep = { status: 'asleep', hasOwnPasswords: true, server: undefined } as const
const fresh = { status: 'creating', hasOwnPasswords: false, server: undefined } as const

describe('the next transition', () => {
  test.each([
    ['a new project is created', 'awake', undefined, absent, 'create'],
    ['an interrupted creation is created again', 'awake', fresh, running, 'create'],
    ['what is awake as recorded is left alone', 'awake', awake, running, 'none'],
    ['a crashed server is started', 'awake', awake, stopped, 'start'],
    [
      'another server than recorded is looked at',
      'awake',
      { ...awake, server: { pid: 8, startedAt: 100 } },
      running,
      'start',
    ],
    [
      'a pid that was used again is another server',
      'awake',
      { ...awake, server: { pid: 7, startedAt: 99 } },
      running,
      'start',
    ],
    ['an interrupted start is started again', 'awake', { ...awake, status: 'starting' }, running, 'start'],
    ['a sleeping project wakes', 'awake', asleep, stopped, 'start'],
    ['lost data is never replaced by an empty database', 'awake', asleep, absent, 'lost'],
    ['a running server is stopped', 'asleep', awake, running, 'stop'],
    ['an interrupted stop is finished', 'asleep', { ...awake, status: 'stopping' }, stopped, 'stop'],
    ['what sleeps is left alone', 'asleep', asleep, stopped, 'none'],
    ['a sleeping project is deleted', 'deleted', asleep, stopped, 'stop'],
    ['a project deleted before it was made is only recorded', 'deleted', undefined, absent, 'record'],
    ['a purged project is removed whatever it does', 'purged', awake, running, 'remove'],
    ['a purged project without an instance is removed', 'purged', undefined, absent, 'remove'],
  ] as const)('%s', (...[, desired, instance, actual, expected]) => {
    expect(planTransition(desired, instance, actual)).toBe(expected)
  })
})

test('the back-off doubles from a second to a minute', () => {
  expect([1, 2, 3, 7, 50].map(backOffMs)).toEqual([1_000, 2_000, 4_000, 60_000, 60_000])
})

test('a start gets longer with every failure, up to a quarter of an hour', () => {
  expect([0, 1, 20].map(startDeadlineMs)).toEqual([55_000, 110_000, 900_000])
})
