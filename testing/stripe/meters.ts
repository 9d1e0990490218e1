// Meters, their events, corrections and summaries. Events count at once; Stripe takes minutes.
import type Stripe from 'stripe'
import { z } from 'zod'
import { beyond, invalid, noSuch } from './errors.ts'
import { int, page, paging, route, text, type Route } from './route.ts'
import { get, newest, type StripeState } from './state.ts'

const DAY = 24 * 3600
const PAST_LIMIT = 35 * DAY
const FUTURE_LIMIT = 5 * 60
const CANCEL_LIMIT = DAY

export function meterRoutes(state: StripeState): Route[] {
  const byEventName = (name: string): Stripe.Billing.Meter => {
    const found = [...state.meters.values()].find((meter) => meter.event_name === name)
    if (found === undefined)
      throw invalid(`No active meter found for event name ${name}.`, {
        code: 'resource_missing',
        param: 'event_name',
      })
    if (found.status !== 'active') throw invalid('The meter is deactivated.', { code: 'archived_meter' })
    return found
  }

  /** Stripe takes such events and tells of them afterwards. */
  function report(meter: Stripe.Billing.Meter, code: string, identifier: string): void {
    state.emitThin({
      type: 'v1.billing.meter.error_report_triggered',
      related_object: { id: meter.id, type: 'billing.meter', url: `/v1/billing/meters/${meter.id}` },
      data: {
        reason: {
          error_count: 1,
          error_types: [{ code, error_count: 1, sample_errors: [{ request: { identifier } }] }],
        },
      },
    })
  }

  function setStatus(id: string, status: 'active' | 'inactive'): Stripe.Billing.Meter {
    const meter = get(state.meters, 'meter', id)
    meter.status = status
    meter.updated = state.now(null)
    meter.status_transitions.deactivated_at = status === 'inactive' ? state.now(null) : null
    state.emit(status === 'active' ? 'billing.meter.reactivated' : 'billing.meter.deactivated', meter, null)
    return meter
  }

  return [
    route(
      'POST /v1/billing/meters',
      {
        display_name: z.string().max(250),
        event_name: z.string().max(100),
        default_aggregation: z.strictObject({ formula: z.enum(['sum', 'count', 'last']) }),
        customer_mapping: z
          .strictObject({ type: z.literal('by_id'), event_payload_key: z.string() })
          .default({ type: 'by_id', event_payload_key: 'stripe_customer_id' }),
        value_settings: z
          .strictObject({ event_payload_key: z.string() })
          .default({ event_payload_key: 'value' }),
      },
      (input) => {
        if (input.default_aggregation.formula !== 'sum') throw beyond('meters that do not sum')
        if (
          [...state.meters.values()].some(
            (meter) => meter.event_name === input.event_name && meter.status === 'active',
          )
        )
          throw invalid('A meter with this event name exists.', { param: 'event_name' })
        const meter: Stripe.Billing.Meter = {
          id: state.id('mtr'),
          object: 'billing.meter',
          created: state.now(null),
          customer_mapping: input.customer_mapping,
          default_aggregation: input.default_aggregation,
          display_name: input.display_name,
          event_name: input.event_name,
          event_time_window: null,
          livemode: false,
          status: 'active',
          status_transitions: { deactivated_at: null },
          updated: state.now(null),
          value_settings: input.value_settings,
        }
        state.meters.set(meter.id, meter)
        state.emit('billing.meter.created', meter, null)
        return meter
      },
    ),
    route(
      'GET /v1/billing/meters',
      { ...paging, status: z.enum(['active', 'inactive']).optional() },
      (input) =>
        page(
          '/v1/billing/meters',
          newest(state.meters).filter((meter) => input.status === undefined || meter.status === input.status),
          input,
        ),
    ),
    route('GET /v1/billing/meters/:id', {}, (_, id) => get(state.meters, 'meter', id)),
    route('POST /v1/billing/meters/:id', { display_name: text.optional() }, (input, id) => {
      const meter = get(state.meters, 'meter', id)
      if (input.display_name !== undefined) meter.display_name = input.display_name
      return meter
    }),
    route('POST /v1/billing/meters/:id/deactivate', {}, (_, id) => setStatus(id, 'inactive')),
    route('POST /v1/billing/meters/:id/reactivate', {}, (_, id) => setStatus(id, 'active')),

    route(
      'POST /v1/billing/meter_events',
      {
        event_name: z.string().max(100),
        identifier: z.string().max(100).optional(),
        timestamp: int.optional(),
        payload: z.record(z.string(), z.string()),
      },
      (input) => {
        const meter = byEventName(input.event_name)
        const customer = input.payload[meter.customer_mapping.event_payload_key]
        const value = input.payload[meter.value_settings.event_payload_key]
        if (customer === undefined)
          throw invalid('The payload has no customer.', { code: 'meter_event_no_customer_defined' })
        if (value === undefined || !/^-?\d+$/.test(value))
          throw invalid('The value is a whole number.', { code: 'meter_event_invalid_value' })
        const identifier = input.identifier ?? state.id('evt_meter')
        if (state.meterEvents.some((event) => event.identifier === identifier))
          throw invalid(`An event already exists with identifier ${identifier}.`)
        const owner = state.customers.get(customer)
        const now = state.now(customer)
        const timestamp = input.timestamp ?? now
        if (timestamp > now + FUTURE_LIMIT)
          throw invalid('The timestamp is more than 5 minutes in the future.', {
            code: 'timestamp_in_future',
            param: 'timestamp',
          })
        if (timestamp < now - PAST_LIMIT)
          throw invalid('The timestamp is more than 35 days in the past.', {
            code: 'timestamp_too_far_in_past',
            param: 'timestamp',
          })
        if (owner === undefined || owner.deleted === true)
          report(meter, 'meter_event_customer_not_found', identifier)
        else
          state.meterEvents.push({
            identifier,
            eventName: input.event_name,
            customer,
            value: BigInt(value),
            timestamp,
            receivedAt: now,
            cancelled: false,
          })
        return {
          object: 'billing.meter_event',
          created: now,
          event_name: input.event_name,
          identifier,
          livemode: false,
          payload: input.payload,
          timestamp,
        } satisfies Stripe.Billing.MeterEvent
      },
    ),
    route(
      'POST /v1/billing/meter_event_adjustments',
      {
        event_name: z.string(),
        type: z.literal('cancel'),
        cancel: z.strictObject({ identifier: z.string() }),
      },
      (input) => {
        byEventName(input.event_name)
        const event = state.meterEvents.find(
          (candidate) =>
            candidate.identifier === input.cancel.identifier && candidate.eventName === input.event_name,
        )
        if (event === undefined) throw noSuch('meter event', input.cancel.identifier, 'cancel[identifier]')
        if (event.receivedAt < state.now(event.customer) - CANCEL_LIMIT)
          throw invalid('You can only cancel events within 24 hours of Stripe receiving them.', {
            param: 'cancel[identifier]',
          })
        event.cancelled = true
        return {
          object: 'billing.meter_event_adjustment',
          cancel: { identifier: event.identifier },
          event_name: input.event_name,
          livemode: false,
          status: 'complete',
          type: 'cancel',
        } satisfies Stripe.Billing.MeterEventAdjustment
      },
    ),
    route(
      'GET /v1/billing/meters/:id/event_summaries',
      {
        ...paging,
        customer: z.string(),
        start_time: int,
        end_time: int,
        value_grouping_window: z.enum(['hour', 'day']).optional(),
      },
      (input, id) => {
        const meter = get(state.meters, 'meter', id)
        get(state.customers, 'customer', input.customer, 'customer')
        if (input.start_time % 60 !== 0 || input.end_time % 60 !== 0)
          throw invalid('start_time and end_time must be aligned with minute boundaries.', {
            param: 'start_time',
          })
        const width = { hour: 3600, day: DAY }[input.value_grouping_window ?? 'hour']
        const isGrouped = input.value_grouping_window !== undefined
        const totals = new Map<number, bigint>()
        for (const event of state.meterEvents) {
          if (event.cancelled || event.eventName !== meter.event_name || event.customer !== input.customer)
            continue
          if (event.timestamp < input.start_time || event.timestamp >= input.end_time) continue
          const start = isGrouped ? event.timestamp - (event.timestamp % width) : input.start_time
          totals.set(start, (totals.get(start) ?? 0n) + event.value)
        }
        const summaries: Stripe.Billing.MeterEventSummary[] = [...totals]
          .sort(([first], [second]) => second - first)
          .map(([start, total]) => ({
            id: `mtrusg_${id}_${start}`,
            object: 'billing.meter_event_summary',
            aggregated_value: Number(total),
            end_time: isGrouped ? start + width : input.end_time,
            livemode: false,
            meter: id,
            start_time: start,
          }))
        return page(`/v1/billing/meters/${id}/event_summaries`, summaries, input)
      },
    ),
  ]
}
