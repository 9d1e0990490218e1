// The frames that travel between two processes: a small JSON head and zero or more binary bodies. docs/specs/rpc.md numbers the rules.
import { z } from 'zod'
import { WireError } from '../errors.ts'

const id = z.number().int().nonnegative()
const metadata = z.record(z.string(), z.string()).optional()
/** What JSON leaves out when it is undefined: the reply of a call that returns nothing. */
const anything = z.unknown().optional()

/** The head of a frame. `id` ties a reply, an item or a cancel to what it answers. */
export const FrameHead = z.discriminatedUnion('type', [
  /** First frame of either side. */
  z.object({
    type: z.literal('hello'),
    version: z.number().int(),
    kind: z.enum(['client', 'desktop', 'headless', 'service']),
    capabilities: z.array(z.string()),
  }),
  z.object({
    type: z.literal('call'),
    id,
    capability: z.string(),
    member: z.string(),
    input: anything,
    metadata,
  }),
  z.object({ type: z.literal('reply'), id, value: anything }),
  z.object({ type: z.literal('fail'), id, error: WireError }),
  z.object({
    type: z.literal('open'),
    id,
    capability: z.string(),
    member: z.string(),
    input: anything,
    credit: id,
    metadata,
  }),
  z.object({ type: z.literal('item'), id, value: anything }),
  z.object({ type: z.literal('end'), id }),
  z.object({ type: z.literal('cancel'), id }),
  z.object({ type: z.literal('credit'), id, amount: z.number().int().positive() }),
  z.object({ type: z.literal('subscribe'), id, capability: z.string(), member: z.string(), metadata }),
  z.object({ type: z.literal('event'), id, payload: anything }),
])
export type FrameHead = z.infer<typeof FrameHead>
export type FrameType = FrameHead['type']

export interface Frame {
  readonly head: FrameHead
  readonly bodies: readonly Uint8Array[]
}

/** Carries frames between two processes; nothing else. Frames arrive whole, in order, or the transport closes. */
export interface Transport {
  /** Sends a frame; does nothing once closed. */
  send(frame: Frame): void
  /** Sets the one receiver. Frames that came before are kept and handed over at once. */
  onFrame(listener: (frame: Frame) => void): void
  /** Told once, also if the transport is closed already. */
  onClose(listener: (reason: string) => void): void
  close(reason?: string): void
}
