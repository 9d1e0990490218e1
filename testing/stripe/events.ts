// The list of events. Thin events are not in it, as at Stripe.
import { z } from 'zod'
import { noSuch } from './errors.ts'
import { inRange, page, paging, range, route, type Route } from './route.ts'
import type { StoredEvent, StripeState } from './state.ts'

export function eventRoutes(state: StripeState): Route[] {
  const listed = (): StoredEvent[] =>
    state.events
      .flatMap((event) => (event.object === 'event' ? [event] : []))
      .map((event, index) => ({ event, index }))
      .sort((first, second) => second.event.created - first.event.created || second.index - first.index)
      .map(({ event }) => event)
  return [
    route(
      'GET /v1/events',
      {
        ...paging,
        created: range.optional(),
        type: z.string().optional(),
        types: z.array(z.string()).optional(),
      },
      (input) =>
        page(
          '/v1/events',
          listed().filter(
            (event) =>
              inRange(event.created, input.created) &&
              (input.type === undefined || event.type === input.type) &&
              (input.types === undefined || input.types.includes(event.type)),
          ),
          input,
        ),
    ),
    route('GET /v1/events/:id', {}, (_, id) => {
      const event = listed().find((candidate) => candidate.id === id)
      if (event === undefined) throw noSuch('event', id)
      return event
    }),
  ]
}
