// Keys and tokens of test sessions.
import { randomBytes, randomUUID } from 'node:crypto'
import { jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { KeyLookup } from '../api-keys/index.ts'
import { createTestKeys } from './keys.ts'
import { signToken } from './token.ts'

const projectId = ProjectId.parse(randomUUID())
const state = { now: 1_000_000 }
const unknown: KeyLookup['find'] = async () => ({ kind: 'unknown', key: null })

function make() {
  const keys = createTestKeys({ clock: { now: () => new Date(state.now) }, randomBytes })
  return { keys, find: keys.findBefore(unknown), text: keys.open(projectId, new Date(state.now + 1000)) }
}

describe('a key', () => {
  test('is found in its project, as a publishable one', async () => {
    const { find, text } = make()
    expect(await find(projectId, text)).toMatchObject({
      kind: 'valid',
      key: { kind: 'publishable', projectId },
    })
  })

  test('is unknown to other projects, and others go to the next', async () => {
    const { find, text } = make()
    expect((await find(ProjectId.parse(randomUUID()), text)).kind).toBe('unknown')
    expect((await find(projectId, `${text}x`)).kind).toBe('unknown')
  })

  test('ends with its session, and with its project', async () => {
    const { keys, find, text } = make()
    keys.forgetProject(ProjectId.parse(randomUUID()))
    expect((await find(projectId, text)).kind).toBe('valid')
    state.now += 1000
    expect((await find(projectId, text)).kind).toBe('expired')
    keys.forgetProject(projectId)
    expect((await find(projectId, text)).kind).toBe('unknown')
  })
})

test('a token is what other programs read', async () => {
  const secret = 'ü'.repeat(20)
  const { payload, protectedHeader } = await jwtVerify(
    signToken({ sub: 'ännchen', role: 'anon' }, secret),
    new TextEncoder().encode(secret),
  )
  expect([payload, protectedHeader]).toEqual([
    { sub: 'ännchen', role: 'anon' },
    { alg: 'HS256', typ: 'JWT' },
  ])
})
