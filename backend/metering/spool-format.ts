// The lines of a spool file: `<crc32> <kind> …`. An event that is told once is an `e`; one that grows with every request is declared as a `w` (once per
// file) and then only its slot and its quantity are written, as a `c`. Quantities are cumulative, so the last line of a window says it all.
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { Metric } from '#contract/billing/metrics.ts'
import { Quantity } from '#contract/billing/money.ts'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { SpooledEvent } from './types.ts'

const Moment = z
  .number()
  .int()
  .transform((ms) => new Date(ms))
const EventFields = z.tuple([
  Metric,
  OrganisationId.nullable(),
  ProjectId,
  z.string().nullable(),
  Quantity,
  Moment,
  Moment,
  z.string(),
  z.string().min(1),
])

/** An event as a line. */
export function eventLine(event: SpooledEvent): string {
  return line(`e ${fieldsOf(event)}`)
}

/** Declares what a slot of this file counts. */
export function windowLine(slot: number, event: SpooledEvent): string {
  return line(`w ${slot} ${fieldsOf(event)}`)
}

/** New quantities of slots: `slot quantity slot quantity …`. */
export function countsLine(counts: string): string {
  return line(`c ${counts}`)
}

function line(payload: string): string {
  return `${crc32(payload).toString(16).padStart(8, '0')} ${payload}\n`
}

function fieldsOf(event: SpooledEvent): string {
  return JSON.stringify([
    event.metric,
    event.organisationId,
    event.projectId,
    event.size,
    String(event.quantity),
    event.windowStart.getTime(),
    event.windowEnd.getTime(),
    event.source,
    event.dedupeKey,
  ])
}

/** Undefined where the checksum is right and the fields are not: a newer version of the service has written them. */
function parseFields(text: string): SpooledEvent | undefined {
  const parsed = EventFields.safeParse(JSON.parse(text))
  if (!parsed.success) return undefined
  const [metric, organisationId, projectId, size, quantity, windowStart, windowEnd, source, dedupeKey] =
    parsed.data
  return {
    metric,
    organisationId,
    projectId,
    size,
    quantity: BigInt(quantity),
    windowStart,
    windowEnd,
    source,
    dedupeKey,
  }
}

export interface LineReader {
  /** What a line, without its end, says. Undefined when it is damaged. */
  read(text: string): readonly SpooledEvent[] | undefined
}

/** Reads the lines of one file in their order: slots belong to a file. */
export function createLineReader(): LineReader {
  const slots = new Map<string, SpooledEvent>()

  const readCounts = (text: string): readonly SpooledEvent[] => {
    const words = text.split(' ')
    const events: SpooledEvent[] = []
    for (let at = 0; at + 1 < words.length; at += 2) {
      const event = slots.get(words[at] ?? '')
      // Its declaration was damaged, and told of.
      if (event !== undefined) events.push({ ...event, quantity: BigInt(words[at + 1] ?? '0') })
    }
    return events
  }

  return {
    read(text) {
      const payload = text.slice(9)
      if (text[8] !== ' ' || crc32(payload) !== Number.parseInt(text.slice(0, 8), 16)) return undefined
      const rest = payload.slice(2)
      if (payload.startsWith('c ')) return readCounts(rest)
      const isWindow = payload.startsWith('w ')
      if (!isWindow && !payload.startsWith('e ')) return undefined
      const space = isWindow ? rest.indexOf(' ') : -1
      const event = parseFields(rest.slice(space + 1))
      if (event === undefined || !isWindow) return event && [event]
      slots.set(rest.slice(0, space), event)
      return []
    },
  }
}
