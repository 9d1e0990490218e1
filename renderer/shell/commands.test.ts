// The command registry.
import { describe, expect, it, vi } from 'vitest'
import { createCommandRegistry, type Command } from './commands.ts'

const command = (id: string, more: Partial<Command> = {}): Command => ({
  id,
  title: id,
  group: 'Test',
  run: () => undefined,
  ...more,
})

describe('the command registry', () => {
  it('lists only what applies, in the order of registration', () => {
    const registry = createCommandRegistry(() => undefined)
    registry.register([command('a'), command('b', { when: () => false }), command('c')])
    expect(registry.applicable().map(({ id }) => id)).toEqual(['a', 'c'])
  })

  it('says whether it ran', () => {
    const registry = createCommandRegistry(() => undefined)
    registry.register([command('a'), command('b', { when: () => false })])
    expect([registry.run('a'), registry.run('b'), registry.run('missing')]).toEqual([true, false, false])
  })

  it('tells of a failure, thrown at once or later', async () => {
    const onFailure = vi.fn<(command: Command, error: unknown) => void>()
    const registry = createCommandRegistry(onFailure)
    const now = command('now', {
      run: () => {
        throw new Error('at once')
      },
    })
    const later = command('later', { run: () => Promise.reject(new Error('later')) })
    registry.register([now, later])
    registry.run('now')
    registry.run('later')
    await vi.waitFor(() => expect(onFailure).toHaveBeenCalledTimes(2))
    expect(onFailure.mock.calls.map(([one]) => one.id)).toEqual(['now', 'later'])
  })

  it('gives an id back to its older registration when the newer one is taken away', () => {
    const registry = createCommandRegistry(() => undefined)
    registry.register([command('a', { title: 'old' })])
    const leave = registry.register([command('a', { title: 'new' })])
    expect(registry.all.get().get('a')?.title).toBe('new')
    leave()
    expect(registry.all.get().get('a')?.title).toBe('old')
  })

  it('takes away only what it added: a newer registration of the same id stays', () => {
    const registry = createCommandRegistry(() => undefined)
    const leave = registry.register([command('a', { title: 'old' })])
    registry.register([command('a', { title: 'new' })])
    leave()
    expect(registry.all.get().get('a')?.title).toBe('new')
  })
})
