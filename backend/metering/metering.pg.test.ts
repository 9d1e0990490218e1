import { afterAll, beforeAll, expect, test } from 'vitest'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { createMetered } from '#testing/metered.ts'
import type { TimeRange } from './index.ts'

const NOON = new Date('2026-11-23T12:00:00Z')
const NOVEMBER: TimeRange = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }

let control: ControlDatabase
beforeAll(async () => {
  control = await createControlDatabase()
})
afterAll(() => control.drop())

test('requests, rows and bytes are in the totals of organisation and project, in the hour and on the day', async () => {
  const { metering, organisationId, projectId } = await createMetered(control, NOON)
  metering.apiRequest({ organisationId, projectId, rows: 3, bytesOut: 1_200 })
  // The organisation is found out when it is not at hand.
  metering.apiRequest({ projectId, rows: 0, bytesOut: 2 })
  metering.egress({ organisationId, projectId, bytes: 100 })
  await metering.flush()
  const { byMetric, byProject, asOf } = await metering.totals(organisationId, NOVEMBER)
  expect(asOf).toEqual(NOON)
  expect(byMetric).toEqual(
    new Map([
      ['api-requests', 2n],
      ['api-rows', 3n],
      ['egress', 1_302n],
    ]),
  )
  expect(byProject).toEqual(new Map([[projectId, byMetric]]))
  for (const interval of ['hour', 'day'] as const)
    expect(await metering.series(organisationId, { ...NOVEMBER, metric: 'egress', interval })).toEqual([
      { at: interval === 'hour' ? NOON : new Date('2026-11-23T00:00:00Z'), quantity: 1_302n },
    ])
})
