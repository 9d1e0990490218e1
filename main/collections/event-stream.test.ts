import { describe, expect, test } from 'vitest'
import { eventStream } from './event-stream.ts'

describe('a stream of events', () => {
  const never = new AbortController().signal

  test('gives them in order, progress that nobody read as one, then what went wrong', async () => {
    const seen: number[] = []
    const stream = eventStream<number>({
      signal: never,
      replaces: (last, next) => last >= 100 && next >= 100,
      work: async (emit) => {
        for (const event of [1, 100, 101, 102, 2]) emit(event)
        throw new Error('broken')
      },
    })
    const reading = (async () => {
      for await (const event of stream) seen.push(event)
    })()
    await expect(reading).rejects.toThrow('broken')
    expect(seen).toEqual([1, 102, 2])
  })

  test('a reader that leaves ends the work', async () => {
    const ended = Promise.withResolvers<boolean>()
    const stream = eventStream<string>({
      signal: never,
      work: (emit, signal) => {
        emit('open')
        signal.addEventListener('abort', () => ended.resolve(signal.aborted))
        return new Promise(() => {})
      },
    })
    for await (const event of stream) {
      expect(event).toBe('open')
      break
    }
    expect(await ended.promise).toBe(true)
  })
})
