import { expect, test } from 'vitest'
import { createMailbox } from './mailbox.ts'

test('wishes add up: the greatest counts until it is served', async () => {
  const mailbox = createMailbox<number>()
  mailbox.wish('changes')
  mailbox.wish('everything')
  mailbox.wish('changes')
  expect(await mailbox.next(0)).toBe('everything')
  expect(await mailbox.serve(async () => ['done', 1])).toBe('done')
  expect(await mailbox.next(1)).toBe('nothing')
})

test('who asks during a turn is answered by the next one', async () => {
  const mailbox = createMailbox<number>()
  const first = mailbox.ask('changes')
  let second: Promise<number> | undefined
  await mailbox.serve(async () => {
    second = mailbox.ask('changes')
    return [undefined, 1]
  })
  expect(await first).toBe(1)
  expect(await mailbox.next(0)).toBe('changes')
  await mailbox.serve(async () => [undefined, 2])
  expect(await second).toBe(2)
})

test('a turn that fails tells who asked, and throws', async () => {
  const mailbox = createMailbox<number>()
  const asked = mailbox.ask('everything').catch((error: unknown) => error)
  await expect(mailbox.serve(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await asked).toEqual(new Error('no'))
})

test('after a failure nothing is wished for any more, so that a rest is a rest', async () => {
  const mailbox = createMailbox<number>()
  const asked = mailbox.ask('everything').catch((error: unknown) => error)
  mailbox.fail(new Error('gone'))
  expect(await asked).toEqual(new Error('gone'))
  expect(await mailbox.next(1)).toBe('nothing')
})

test('whoever asks ends a rest', async () => {
  const mailbox = createMailbox<number>()
  const resting = mailbox.rest(600_000)
  mailbox.wish('changes')
  await resting
  expect(await mailbox.next(0)).toBe('changes')
})

test('a wish for changes is kept back, one for everything is not', async () => {
  const mailbox = createMailbox<number>()
  mailbox.wish('changes')
  const start = performance.now()
  expect(await mailbox.next(0, 50)).toBe('changes')
  expect(performance.now() - start).toBeGreaterThanOrEqual(49)
  const next = mailbox.next(0, 600_000)
  mailbox.wish('changes')
  mailbox.wish('everything')
  expect(await next).toBe('everything')
})

test('a wish that is kept back is given away when the connection is lost or all is closed', async () => {
  const mailbox = createMailbox<number>()
  mailbox.wish('changes')
  const next = mailbox.next(0, 600_000)
  mailbox.nudge()
  expect(await next).toBe('changes')
  const last = mailbox.next(0, 600_000)
  mailbox.close()
  expect(await last).toBe('closed')
})

test('a closed mailbox lets nobody wait', async () => {
  const mailbox = createMailbox<number>()
  const waiting = mailbox.next(0)
  const asked = mailbox.ask('changes').catch((error: unknown) => error)
  mailbox.close()
  expect(await waiting).toBe('closed')
  expect(await asked).toEqual(new Error('The schema cache was closed.'))
  await expect(mailbox.ask('changes')).rejects.toThrow('closed')
  await mailbox.rest(600_000)
  expect(mailbox.closed.aborted).toBe(true)
})
