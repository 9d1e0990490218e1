// The words of the billing pages: what they say of usage, plans, periods and states.
import { describe, expect, test } from 'vitest'
import { makeOverview, makePlan, makeUsage, PERIOD, PLANS } from '#testing/billing-answers.ts'
import { fillDays } from './daily-usage.tsx'
import { toDetails, toValues } from './details-form.ts'
import { daysToPeriod } from './export-usage-dialog.tsx'
import { nextStep } from './plan-cards.tsx'
import { rulesWords } from './spend-cap-card.tsx'
import {
  atQuotaWords,
  brandName,
  formatDay,
  invoiceWord,
  lastDayOf,
  maskTaxId,
  periodTitle,
  planItems,
  planLimits,
  planPrice,
  statusWord,
  usageWords,
} from './words.ts'
import { DETAILS } from '#testing/billing-answers.ts'

describe('a row of usage', () => {
  const rows = (atQuota: 'stop' | 'charge') =>
    new Map(makeUsage().metrics.map((one) => [one.metric, usageWords(one, { period: PERIOD, atQuota })]))

  test('that goes over later says when, and how far', () => {
    expect(rows('charge').get('api-requests')).toEqual({
      tone: 'near',
      note: 'Over on 26 Nov, forecast 5.86 M',
      used: '4.30 M',
      included: 'of 5 M',
    })
  })
  test('that is over says by how much, and whether it is charged or stops', () => {
    expect(rows('charge').get('egress')).toMatchObject({
      tone: 'charged',
      note: '24 GB over, forecast 169 GB',
    })
    expect(rows('stop').get('egress')).toMatchObject({ tone: 'stopped' })
  })
  test('within the plan gives its forecast, or when its peak was', () => {
    expect(rows('charge').get('compute')).toMatchObject({ tone: 'rest', note: 'Forecast 83.7 h' })
    expect(rows('charge').get('realtime-connections')).toMatchObject({
      used: '118 peak',
      included: 'of 500',
      note: expect.stringMatching(/^Peak on 18 Nov, \d\d:\d\d$/),
    })
  })
  test('without an end names none', () => {
    const [first] = makeUsage().metrics
    if (first === undefined) throw new Error('There is no usage.')
    expect(usageWords({ ...first, included: null }, { period: PERIOD, atQuota: 'charge' })).toMatchObject({
      included: '',
      note: 'Forecast 5.86 M',
    })
  })
})

describe('a period', () => {
  test('of a calendar month is named after it, another by its days', () => {
    expect(periodTitle(PERIOD)).toBe('November 2026')
    expect(periodTitle({ from: '2026-11-18T00:00:00.000Z', to: '2026-12-18T00:00:00.000Z' })).toBe(
      '18 Nov to 17 Dec 2026',
    )
    expect(lastDayOf(PERIOD)).toBe('30 Nov')
    expect(formatDay(PERIOD.to, true)).toBe('1 Dec 2026')
  })
  test('has all of its days, those without use as 0, and hours of a day in one', () => {
    const days = fillDays(PERIOD, [
      { at: '2026-11-02T00:00:00.000Z', quantity: '5' },
      { at: '2026-11-02T13:00:00.000Z', quantity: '7' },
      { at: '2026-11-30T00:00:00.000Z', quantity: '1' },
    ])
    expect(days).toHaveLength(30)
    expect(days.slice(0, 3).map((day) => day.quantity)).toEqual([0n, 12n, 0n])
    expect(days[29]).toEqual({ at: '2026-11-30T00:00:00.000Z', quantity: 1n })
  })
  test('of an export holds its last day', () => {
    expect(daysToPeriod('2026-11-01', '2026-11-30')).toEqual(PERIOD)
  })
})

describe('a plan', () => {
  test('says what it includes, allows and costs', () => {
    expect(planItems(makePlan())).toEqual([
      '100 compute hours',
      '10 GB of storage',
      '100 GB out',
      '5 M requests',
      '7 days of restore',
    ])
    expect(planItems(PLANS.free)).toContain('1 day of restore')
    expect(planLimits(makePlan())).toEqual(['10 projects', 'unlimited members'])
    expect([PLANS.free, PLANS.pro, PLANS.enterprise].map((plan) => planPrice(plan, 'eur'))).toEqual([
      '€0.00 per month',
      '€19.00 per month',
      'By agreement',
    ])
    expect(atQuotaWords(PLANS.free)).toContain('projects sleep')
    expect(atQuotaWords(PLANS.pro)).toContain('spend cap')
  })
  test.each([
    [makeOverview(), 'Renews 1 Dec 2026. Cancel any day, data stays for 30 days.'],
    [makeOverview({ cancelsAt: PERIOD.to }), 'Ends 1 Dec 2026.'],
    [
      makeOverview({ status: 'suspended' }),
      'compute is off. Data and backups stay. Pay it, or add another card',
    ],
    [makeOverview({ scheduledPlan: 'free' }), 'Becomes Free on 1 Dec 2026.'],
    [
      makeOverview({ status: 'trialing', trialEndsAt: '2026-11-15T00:00:00.000Z' }),
      'Trial until 15 Nov 2026, then €19.00 per month.',
    ],
    [makeOverview({ status: 'none', plan: PLANS.free }), 'At a quota projects sleep'],
  ])('says what happens next (%#)', (overview, words) => expect(nextStep(overview)).toContain(words))
})

test('warnings are said in a sentence', () => {
  const rules = { thresholds: [100, 50, 80], onForecast: true, byMail: true }
  expect(rulesWords({ rules })).toBe('Mail at 50, 80 and 100 %, and when the forecast goes over.')
  expect(rulesWords({ rules: { ...rules, thresholds: [80], onForecast: false, byMail: false } })).toBe(
    'A notice in the app at 80 %.',
  )
  expect(rulesWords({ rules: { ...rules, thresholds: [] } })).toBe('Warnings when the forecast goes over.')
  expect(rulesWords({ rules: { ...rules, thresholds: [], onForecast: false } })).toBe('No warnings.')
})

test('states have their words', () => {
  expect(statusWord('past-due')).toEqual({ word: 'Payment failed', tone: 'warning' })
  expect(invoiceWord({ kind: 'credit-note', status: 'paid' }).word).toBe('Credit note')
  expect(
    (['open', 'paid', 'failed', 'void', 'refunded'] as const).map(
      (status) => invoiceWord({ kind: 'invoice', status }).word,
    ),
  ).toEqual(['Open', 'Paid', 'Failed', 'Void', 'Refunded'])
})

test('cards are named, tax ids are shown by their ends', () => {
  expect(['visa', 'sepa_debit', 'union_pay', ''].map(brandName)).toEqual([
    'Visa',
    'SEPA debit',
    'Union pay',
    'Card',
  ])
  expect(maskTaxId('DE123456557')).toBe('DE ••• ••• 557')
  expect(maskTaxId('123')).toBe('•••')
})

test('details are the same after the form', () => {
  expect(toDetails(toValues(DETAILS))).toEqual(DETAILS)
  expect(toDetails({ ...toValues(DETAILS), taxType: 'none', contacts: 'a@b.example; c@d.example' })).toEqual({
    ...DETAILS,
    taxId: null,
    contacts: ['a@b.example', 'c@d.example'],
  })
})
