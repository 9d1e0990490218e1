// Test clocks. Advancing does everything at once and answers when it is done; Stripe works in the background.
import type Stripe from 'stripe'
import { invalid } from './errors.ts'
import { int, page, paging, route, text, type Route } from './route.ts'
import { get, newest, type StripeState } from './state.ts'

const DAY = 24 * 3600

export function testClockRoutes(
  state: StripeState,
  runDue: (clock: string | null, until: number) => void,
): Route[] {
  const find = (id: string): Stripe.TestHelpers.TestClock => get(state.testClocks, 'test clock', id)
  return [
    route('POST /v1/test_helpers/test_clocks', { frozen_time: int, name: text.optional() }, (input) => {
      const clock: Stripe.TestHelpers.TestClock = {
        id: state.id('clock'),
        object: 'test_helpers.test_clock',
        created: state.now(null),
        deletes_after: state.now(null) + 30 * DAY,
        frozen_time: input.frozen_time,
        livemode: false,
        name: input.name ?? null,
        status: 'ready',
        status_details: {},
      }
      state.testClocks.set(clock.id, clock)
      state.emit('test_helpers.test_clock.created', clock, null)
      return clock
    }),
    route('GET /v1/test_helpers/test_clocks', paging, (input) =>
      page('/v1/test_helpers/test_clocks', newest(state.testClocks), input),
    ),
    route('GET /v1/test_helpers/test_clocks/:id', {}, (_, id) => find(id)),
    route('POST /v1/test_helpers/test_clocks/:id/advance', { frozen_time: int }, (input, id) => {
      const clock = find(id)
      if (input.frozen_time <= clock.frozen_time)
        throw invalid('A test clock can only be advanced into the future.', { param: 'frozen_time' })
      runDue(id, input.frozen_time)
      clock.frozen_time = input.frozen_time
      state.emit('test_helpers.test_clock.ready', clock, null)
      return clock
    }),
    route('DELETE /v1/test_helpers/test_clocks/:id', {}, (_, id) => {
      const clock = find(id)
      state.testClocks.delete(id)
      for (const [customerId, customer] of state.customers)
        if (customer.deleted !== true && customer.test_clock === id) {
          state.customers.set(customerId, { id: customerId, object: 'customer', deleted: true })
          for (const subscription of state.subscriptions.values())
            if (subscription.customer === customerId) subscription.ended_at ??= clock.frozen_time
        }
      return {
        id,
        object: 'test_helpers.test_clock',
        deleted: true,
      } satisfies Stripe.TestHelpers.DeletedTestClock
    }),
  ]
}
