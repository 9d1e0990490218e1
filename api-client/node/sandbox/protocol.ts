// What goes over the channel between the host and the process of the sandbox. What comes from there is not trusted: it is parsed.
import { z } from 'zod'
import type { ScriptResponse, ScriptRun } from './types.ts'

export type ToSandbox =
  | { readonly type: 'run'; readonly run: ScriptRun }
  | { readonly type: 'answer'; readonly id: number; readonly response: ScriptResponse }
  | { readonly type: 'refusal'; readonly id: number; readonly message: string }

const Text = z.string().max(64_000_000)
const HeaderPairs = z.array(z.object({ name: Text, value: Text })).max(10_000)

const Body = z.discriminatedUnion('type', [
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('text'), text: Text, language: Text }),
  z.object({ type: z.enum(['form', 'multipart']), fields: HeaderPairs }),
  z.object({ type: z.literal('file'), path: Text }),
])

const Send = z.object({ method: Text, url: Text, headers: HeaderPairs, body: Body })

/** What scripts left, as they say it themselves. */
export const GuestReport = z.object({
  error: z.object({ name: Text, message: Text, from: Text, line: z.number().nullable() }).nullable(),
  tests: z
    .array(
      z.object({
        name: Text,
        outcome: z.enum(['passed', 'failed', 'skipped']),
        message: Text.nullable(),
      }),
    )
    .max(20_000),
  changes: z
    .array(
      z.object({
        scope: z.enum(['environment', 'collection', 'global', 'script']),
        name: z.string().max(1_000),
        value: Text.nullable(),
        type: z.enum(['string', 'number', 'boolean', 'null', 'object']),
      }),
    )
    .max(100_000),
  request: Send.extend({ name: Text }).nullable(),
  next: z.object({ name: z.string().max(10_000).nullable() }).nullable(),
  isSkipped: z.boolean(),
})
export type GuestReport = z.infer<typeof GuestReport>

export const FromSandbox = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('send'), json: Text }),
  z.object({
    type: z.literal('console'),
    lines: z
      .array(z.object({ level: z.enum(['log', 'info', 'warn', 'error']), atMs: z.number(), text: Text }))
      .max(10_000),
  }),
  z.object({
    type: z.literal('done'),
    /** What the process itself found: no memory, no time, broken syntax. */
    error: z.object({ name: Text, message: Text, from: Text, line: z.number().nullable() }).nullable(),
    /** JSON of a GuestReport; null when scripts left nothing readable. */
    report: Text.nullable(),
    /** Whether the process may be used again. */
    isReusable: z.boolean(),
  }),
])
export type FromSandbox = z.infer<typeof FromSandbox>

/** A request that a script wants to send. */
export const GuestSend = z.object({ id: z.number(), request: Send })
