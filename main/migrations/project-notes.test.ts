import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ConnectionId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { createMigrationSourceStore, openCache } from '../cache/index.ts'
import { createProjectNotes } from './project-notes.ts'

const project = ConnectionId.parse('6b1f6d0e-6d8b-4b3e-9a54-0d9d7d1c2a11')
const custom = ConnectionId.parse('6b1f6d0e-6d8b-4b3e-9a54-0d9d7d1c2a12')

function createNotes() {
  const cache = openCache(join(tempDirectory(), 'cache.db'))
  onTestFinished(() => cache.close())
  const store = createMigrationSourceStore(cache)
  const looked: string[] = []
  const problems: unknown[] = []
  const service: { answer: () => Promise<unknown> } = { answer: () => Promise.resolve() }
  const notes = createProjectNotes({
    store,
    isProject: (id) => id === project,
    lookAt: (id) => {
      looked.push(id)
      return service.answer()
    },
    onProblem: (error) => void problems.push(error),
  })
  return { store, notes, looked, problems, service }
}

const away = () => Promise.reject(new AppError('SERVICE_UNREACHABLE', 'It is away.'))

describe('what was applied to a project', () => {
  test('has the service look at once', async () => {
    const { store, notes, looked } = createNotes()
    notes.note(project)
    await expect.poll(() => store.unnoted()).toEqual([])
    expect(looked).toEqual([project])
  })

  test('waits for the service while it is away', async () => {
    const { store, notes, looked, problems, service } = createNotes()
    service.answer = away
    notes.note(project)
    await expect.poll(() => looked.length).toBe(1)
    expect(store.unnoted()).toEqual([project])
    service.answer = () => Promise.resolve()
    notes.flush()
    await expect.poll(() => store.unnoted()).toEqual([])
    notes.flush()
    expect(looked).toHaveLength(2)
    expect(problems).toEqual([])
  })

  test('while the service looks is looked at again', async () => {
    const { store, notes, looked, service } = createNotes()
    const first = Promise.withResolvers<unknown>()
    service.answer = () => first.promise
    notes.note(project)
    service.answer = away
    notes.note(project)
    first.resolve(undefined)
    await first.promise
    await expect.poll(() => looked.length).toBe(2)
    expect(store.unnoted()).toEqual([project])
  })

  test('is told of when the service refuses', async () => {
    const { store, notes, problems, service } = createNotes()
    service.answer = () => Promise.reject(new AppError('FORBIDDEN', 'No.'))
    notes.note(project)
    await expect.poll(() => problems.length).toBe(1)
    expect(store.unnoted()).toEqual([project])
  })
})

test('what was applied to a connection of one’s own is nobody else’s matter', () => {
  const { store, notes, looked } = createNotes()
  notes.note(custom)
  expect(looked).toEqual([])
  expect(store.unnoted()).toEqual([])
})
