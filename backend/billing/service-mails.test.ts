import { expect, test } from 'vitest'
import { advanceDunning, type DunningState, NO_DEBT, noteDebt } from './dunning.ts'
import { dunningMail } from './service-mails.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const START = Date.UTC(2026, 10, 23)

/** The debt of that day, with a run on each day. */
function debtOn(day: number): DunningState {
  let { state } = noteDebt(NO_DEBT, new Date(START))
  for (let at = 1; at <= day; at += 1) state = advanceDunning(state, new Date(START + at * DAY_MS)).state
  return state
}

test.each([
  ['suspend', 21, 0],
  ['mail-deletion-notice', 37, 1],
  ['mail-deletion-notice', 44, 2],
] as const)('%s on day %d names the day on which data is deleted', (template, day, notice) => {
  const { subject, text } = dunningMail(template, { name: 'Reelhouse', notice, state: debtOn(day) })
  // Wrapped lines may break the date.
  expect(text.replaceAll('\n', ' ')).toContain('13 Jan 2027')
  expect(subject).toContain('Reelhouse')
  expect(debtOn(50).stage).toBe('suspended')
  expect(debtOn(51).stage).toBe('deleted')
})

test.each(['mail-past-due', 'mail-restricted', 'suspend', 'delete', 'mail-recovered'] as const)(
  '%s fits a mail without an encoding and promises nothing in capitals',
  (template) => {
    const { text } = dunningMail(template, { name: 'Reelhouse', notice: 0, state: debtOn(21) })
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(76)
    expect(text).not.toContain('!')
  },
)
