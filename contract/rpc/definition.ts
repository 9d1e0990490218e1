// How a capability is declared: calls (one reply), streams (many items, flow-controlled) and events (the host tells).
import type { z } from 'zod'

/** Where a call is found in the HTTP API. Fields of the input named in the path come from it; the others from the query (GET, DELETE) or the JSON body. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below /v1, fields in braces: `/projects/{projectId}`. */
  readonly path: string
  readonly summary: string
  /** Whether it may be called without an access token. */
  readonly public?: boolean
}

export interface CallDefinition<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
  Binary extends boolean = boolean,
> {
  readonly kind: 'call'
  readonly input: Input
  readonly output: Output
  readonly binary: Binary
  readonly http: HttpRoute | undefined
}

export interface StreamDefinition<
  Input extends z.ZodType = z.ZodType,
  Item extends z.ZodType = z.ZodType,
  Binary extends boolean = boolean,
> {
  readonly kind: 'stream'
  readonly input: Input
  readonly item: Item
  readonly binary: Binary
  readonly http: HttpRoute | undefined
}

export interface EventDefinition<Payload extends z.ZodType = z.ZodType> {
  readonly kind: 'event'
  readonly payload: Payload
}

export type Member = CallDefinition | StreamDefinition | EventDefinition
export type Members = Readonly<Record<string, Member>>

export interface Capability<Name extends string = string, M extends Members = Members> {
  readonly name: Name
  readonly members: M
}

/** A contract: capability name → capability. */
export type Contract = Readonly<Record<string, Capability>>

/** A value with binary bodies beside it, as binary calls and streams carry. */
export interface WithBodies<T> {
  readonly value: T
  readonly bodies: readonly Uint8Array[]
}

/** Declares a call. */
export function call<Input extends z.ZodType, Output extends z.ZodType>(shape: {
  input: Input
  output: Output
  http?: HttpRoute
}): CallDefinition<Input, Output, false> {
  return { kind: 'call', input: shape.input, output: shape.output, binary: false, http: shape.http }
}

/** Declares a call whose reply carries binary bodies beside its value. */
export function binaryCall<Input extends z.ZodType, Output extends z.ZodType>(shape: {
  input: Input
  output: Output
}): CallDefinition<Input, Output, true> {
  return { kind: 'call', input: shape.input, output: shape.output, binary: true, http: undefined }
}

/** Declares a stream. Over HTTP it is served as server-sent events. */
export function stream<Input extends z.ZodType, Item extends z.ZodType>(shape: {
  input: Input
  item: Item
  http?: HttpRoute
}): StreamDefinition<Input, Item, false> {
  return { kind: 'stream', input: shape.input, item: shape.item, binary: false, http: shape.http }
}

/** Declares a stream whose items carry binary bodies beside their value. */
export function binaryStream<Input extends z.ZodType, Item extends z.ZodType>(shape: {
  input: Input
  item: Item
}): StreamDefinition<Input, Item, true> {
  return { kind: 'stream', input: shape.input, item: shape.item, binary: true, http: undefined }
}

/** Declares an event. */
export function event<Payload extends z.ZodType>(payload: Payload): EventDefinition<Payload> {
  return { kind: 'event', payload }
}

/** Names a group of members. */
export function capability<Name extends string, M extends Members>(
  name: Name,
  members: M,
): Capability<Name, M> {
  return { name, members }
}

type Carried<T, Binary extends boolean> = Binary extends true ? WithBodies<T> : T

/** What a handler is told about its caller. */
export interface CallContext {
  /** Aborts when the caller cancels or its transport closes. */
  readonly signal: AbortSignal
  /** Sent with the call, as HTTP headers are: `authorization` and the like. */
  readonly metadata: CallMetadata
}
export type CallMetadata = Readonly<Record<string, string>>

/** The server's side of one member. */
export type Handler<M extends Member> =
  M extends CallDefinition<infer I, infer O, infer B>
    ? (input: z.output<I>, context: CallContext) => Promise<Carried<z.input<O>, B>>
    : M extends StreamDefinition<infer I, infer Item, infer B>
      ? (input: z.output<I>, context: CallContext) => AsyncIterable<Carried<z.input<Item>, B>>
      : M extends EventDefinition<infer P>
        ? /** Called once per subscriber; returns how to stop. */
          (emit: (payload: z.input<P>) => void, context: CallContext) => () => void
        : never

export type CapabilityHandlers<C extends Capability> = {
  readonly [K in keyof C['members']]: Handler<C['members'][K]>
}

/** One handler for every member: a missing one is a compile error. */
export type Handlers<C extends Contract> = { readonly [N in keyof C]: CapabilityHandlers<C[N]> }

/** Options of one call from the client. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** The client's side of one member. */
export type ClientMember<M extends Member> =
  M extends CallDefinition<infer I, infer O, infer B>
    ? (input: z.input<I>, options?: CallOptions) => Promise<Carried<z.output<O>, B>>
    : M extends StreamDefinition<infer I, infer Item, infer B>
      ? (input: z.input<I>, options?: CallOptions) => AsyncIterable<Carried<z.output<Item>, B>>
      : M extends EventDefinition<infer P>
        ? (listener: (payload: z.output<P>) => void) => () => void
        : never

export type ClientCapability<C extends Capability> = {
  readonly [K in keyof C['members']]: ClientMember<C['members'][K]>
}

/** The contract as its caller sees it. */
export type Client<C extends Contract> = { readonly [N in keyof C]: ClientCapability<C[N]> }
