// A request as a person writes and saves it: one file of a collection, or a draft.
import { z } from 'zod'
import { Auth } from './auth.ts'
import { Assertion, Body, MOST_TEXT, Pair, Parameter, Scripts, Variable } from './parts.ts'

const Text = z.string().max(MOST_TEXT)

/** How a request is sent. Null: as the folder, the collection, or else the app's settings say. */
export const RequestSettings = z.object({
  timeoutMs: z.number().int().min(0).max(86_400_000).nullable().default(null),
  followsRedirects: z.boolean().nullable().default(null),
  maxRedirects: z.number().int().min(0).max(100).nullable().default(null),
  /** Whether the Authorization header goes along to another host. */
  keepsAuthorization: z.boolean().nullable().default(null),
  encodesUrl: z.boolean().nullable().default(null),
  httpVersion: z.enum(['auto', '1.1', '2']).nullable().default(null),
  verifiesCertificates: z.boolean().nullable().default(null),
  minTlsVersion: z.enum(['1.0', '1.1', '1.2', '1.3']).nullable().default(null),
  sendsCookies: z.boolean().nullable().default(null),
  keepsCookies: z.boolean().nullable().default(null),
})
export type RequestSettings = z.infer<typeof RequestSettings>

/** A request and its response, kept with it as documentation and for the mock server. */
export const Example = z.object({
  name: z.string().max(1_000),
  description: z.string().max(100_000).default(''),
  request: z.object({
    method: z.string().max(100),
    url: Text,
    headers: z.array(Pair).max(1_000),
    body: Body,
  }),
  response: z.object({
    status: z.number().int().min(100).max(599),
    statusText: z.string().max(1_000).default(''),
    headers: z.array(z.object({ name: z.string(), value: z.string() })).max(1_000),
    body: z.object({ type: z.enum(['json', 'text', 'xml', 'html', 'binary']), text: Text }),
  }),
})
export type Example = z.infer<typeof Example>

const common = {
  name: z.string().min(1, 'Give it a name.').max(500),
  /** Place among its siblings, the lowest first; those without one come after, by name. */
  sequence: z.number().nullable().default(null),
  tags: z.array(z.string().max(300)).max(100).default([]),
  /** Markdown. */
  docs: Text.default(''),
  url: Text,
  headers: z.array(Pair).max(1_000).default([]),
  parameters: z.array(Parameter).max(10_000).default([]),
  auth: Auth,
  variables: z.array(Variable).max(10_000).default([]),
  scripts: Scripts,
  settings: RequestSettings,
}

export const HttpRequest = z.object({
  kind: z.literal('http'),
  ...common,
  method: z.string().min(1).max(100),
  body: Body,
  assertions: z.array(Assertion).max(10_000).default([]),
  examples: z.array(Example).max(1_000).default([]),
})
export type HttpRequest = z.infer<typeof HttpRequest>

export const GraphqlRequest = z.object({
  kind: z.literal('graphql'),
  ...common,
  method: z.enum(['POST', 'GET']).default('POST'),
  query: Text,
  /** JSON. */
  graphqlVariables: Text.default(''),
  operationName: z.string().max(300).default(''),
  assertions: z.array(Assertion).max(10_000).default([]),
})
export type GraphqlRequest = z.infer<typeof GraphqlRequest>

export const SocketMessage = z.object({
  title: z.string().max(500),
  type: z.enum(['text', 'json', 'xml', 'binary']),
  /** Base64 for `binary`. */
  data: Text,
})
export type SocketMessage = z.infer<typeof SocketMessage>

export const WebSocketRequest = z.object({
  kind: z.literal('websocket'),
  ...common,
  /** Sec-WebSocket-Protocol. */
  protocols: z.array(z.string().max(300)).max(100).default([]),
  messages: z.array(SocketMessage).max(1_000).default([]),
})
export type WebSocketRequest = z.infer<typeof WebSocketRequest>

export const ApiRequest = z.discriminatedUnion('kind', [HttpRequest, GraphqlRequest, WebSocketRequest])
export type ApiRequest = z.infer<typeof ApiRequest>
