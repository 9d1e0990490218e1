// Sending requests from the host, and reading what came back: bodies lie on disk and are asked for in parts.
import { z } from 'zod'
import { binaryCall, call, capability, event, stream } from '../rpc/definition.ts'
import { CollectionId, ItemPath } from '../requests/collection.ts'
import { Cookie, Exchange, ExchangeId, SendEvent, SocketEvent } from '../requests/exchange.ts'
import { ApiRequest, GraphqlRequest, WebSocketRequest } from '../requests/request.ts'
import { Timestamp } from './ids.ts'

/** Where a request stands: its folder's defaults, variables and files count. Both null for one that was never saved. */
const where = {
  collectionId: CollectionId.nullable(),
  path: ItemPath.nullable(),
  environment: z.string().max(200).nullable(),
}

/** What a body is shown as. Pretty is formatted without changing a digit; raw is as it came, decompressed. */
const View = z.enum(['pretty', 'raw'])

export const BodyInfo = z.object({
  kind: z.enum(['json', 'xml', 'html', 'text', 'image', 'pdf', 'binary', 'empty']),
  contentType: z.string().nullable(),
  bytes: z.number().int(),
  /** Lines of the view; grows until `isComplete`. */
  lines: z.number().int(),
  isComplete: z.boolean(),
  /** Of JSON: whether it is an array of objects, which a table can show. */
  isTable: z.boolean(),
  /** Why the pretty view is the raw one: not valid JSON at line 3. */
  problem: z.string().nullable(),
})
export type BodyInfo = z.infer<typeof BodyInfo>

export const TreeNode = z.object({
  /** JSON Pointer (RFC 6901). */
  pointer: z.string(),
  /** Name or index within its parent. */
  key: z.string(),
  type: z.enum(['object', 'array', 'string', 'number', 'boolean', 'null']),
  /** Of scalars the value as it stands in the text, cut at 1,000 characters; big integers exact. */
  preview: z.string(),
  children: z.number().int(),
  /** Line in the pretty view, from 0. */
  line: z.number().int(),
})
export type TreeNode = z.infer<typeof TreeNode>

export const HistoryEntry = z.object({
  id: ExchangeId,
  collectionId: CollectionId.nullable(),
  path: ItemPath.nullable(),
  name: z.string(),
  method: z.string(),
  url: z.string(),
  status: z.number().int().nullable(),
  failure: z.string().nullable(),
  durationMs: z.number(),
  bodyBytes: z.number().int(),
  startedAt: Timestamp,
  /** Whether its body is still on disk. */
  hasBody: z.boolean(),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>

export const CodeTarget = z.object({
  /** `shell/curl`, `javascript/fetch`, `python/requests`, `supabase-js`, … */
  id: z.string(),
  title: z.string(),
  language: z.string(),
})
export type CodeTarget = z.infer<typeof CodeTarget>

const body = z.object({ exchangeId: ExchangeId })

export const requests = capability('requests', {
  /** Sends; aborting cancels. The exchange is kept in the history. */
  send: stream({
    input: z.object({ exchangeId: ExchangeId, request: ApiRequest, ...where }),
    item: SendEvent,
  }),
  exchange: call({ input: body, output: Exchange }),
  bodyInfo: call({ input: body.extend({ view: View }), output: BodyInfo }),
  /** A line of more than 10,000 characters is several; `continues` names those (by their place in `lines`) that go on the one before. Fewer than asked for come when they are large. */
  lines: call({
    input: body.extend({
      view: View,
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(2_000),
    }),
    output: z.object({
      lines: z.array(z.string()),
      continues: z.array(z.number().int()).default([]),
      total: z.number().int(),
      isComplete: z.boolean(),
    }),
  }),
  /** All places of a text, in order, as they are found. */
  find: stream({
    input: body.extend({
      view: View,
      text: z.string().min(1).max(1_000),
      isCaseSensitive: z.boolean().default(false),
      isRegex: z.boolean().default(false),
    }),
    item: z.object({
      hits: z.array(z.object({ line: z.number().int(), column: z.number().int(), length: z.number().int() })),
      searchedLines: z.number().int(),
      isComplete: z.boolean(),
    }),
  }),
  tree: call({
    input: body.extend({
      pointer: z.string().max(10_000),
      from: z.number().int().min(0).default(0),
      count: z.number().int().min(1).max(1_000).default(200),
    }),
    output: z.object({ node: TreeNode, children: z.array(TreeNode) }),
  }),
  /** RFC 9535. */
  jsonPath: call({
    input: body.extend({
      expression: z.string().min(1).max(10_000),
      limit: z.number().int().min(1).max(10_000).default(1_000),
    }),
    output: z.object({ matches: z.array(TreeNode), isComplete: z.boolean() }),
  }),
  /** An array of objects as rows. Cells are JSON texts; null where an object has no such key. */
  table: call({
    input: body.extend({
      pointer: z.string().max(10_000).default(''),
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(1_000),
    }),
    output: z.object({
      columns: z.array(z.string()),
      rows: z.array(z.array(z.string().nullable())),
      total: z.number().int(),
      isComplete: z.boolean(),
    }),
  }),
  /** For previews. */
  bytes: binaryCall({
    input: body.extend({
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(8_000_000),
    }),
    output: z.object({ total: z.number().int() }),
  }),
  /** Writes the decoded body to a file; ALREADY_EXISTS unless it may be replaced. */
  saveBody: call({
    input: body.extend({ file: z.string().min(1).max(4_096), replaces: z.boolean().default(false) }),
    output: z.object({ bytes: z.number().int() }),
  }),
  /** Lines that differ between two bodies' pretty views (LCS), with three lines around; null when there are too many. */
  diff: call({
    input: z.object({ older: ExchangeId, newer: ExchangeId }),
    output: z.object({
      hunks: z
        .array(
          z.object({
            olderLine: z.number().int(),
            newerLine: z.number().int(),
            lines: z.array(z.object({ type: z.enum(['same', 'removed', 'added']), text: z.string() })),
          }),
        )
        .nullable(),
    }),
  }),
  history: call({
    input: z.object({
      collectionId: CollectionId.nullable().default(null),
      path: ItemPath.nullable().default(null),
      text: z.string().max(1_000).default(''),
      before: Timestamp.nullable().default(null),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    output: z.array(HistoryEntry),
  }),
  removeHistory: call({ input: z.object({ id: ExchangeId.nullable() }), output: z.void() }),
  /** Opens a WebSocket; aborting closes it. */
  connect: stream({
    input: z.object({ socketId: z.uuid(), request: WebSocketRequest, ...where }),
    item: SocketEvent,
  }),
  sendMessage: call({
    input: z.object({
      socketId: z.uuid(),
      format: z.enum(['text', 'binary']),
      data: z.string().max(16_000_000),
    }),
    output: z.void(),
  }),
  cookies: call({ input: z.object({ collectionId: CollectionId.nullable() }), output: z.array(Cookie) }),
  saveCookie: call({
    input: z.object({ collectionId: CollectionId.nullable(), cookie: Cookie, replaces: Cookie.nullable() }),
    output: z.void(),
  }),
  /** One cookie, those of a domain, or all. */
  removeCookies: call({
    input: z.object({
      collectionId: CollectionId.nullable(),
      domain: z.string().nullable(),
      path: z.string().nullable(),
      name: z.string().nullable(),
    }),
    output: z.void(),
  }),
  /** Gets a token now, through the system's browser where the flow wants one; the token stays in the host. */
  authorize: stream({
    input: z.object({ request: ApiRequest, ...where }),
    item: z.discriminatedUnion('type', [
      z.object({ type: z.literal('browser'), url: z.string() }),
      z.object({ type: z.literal('done'), expiresAt: Timestamp.nullable(), scope: z.string() }),
    ]),
  }),
  forgetTokens: call({ input: z.object({ request: ApiRequest, ...where }), output: z.void() }),
  codeTargets: call({ input: z.object({}), output: z.array(CodeTarget) }),
  /** The request as code. Secrets stay `{{names}}` unless they are asked for as environment variables of the target. */
  code: call({
    input: z.object({ request: ApiRequest, target: z.string().max(100), ...where }),
    output: z.object({ code: z.string() }),
  }),
  /** The schema of a GraphQL API by introspection, as the JSON of the introspection query. */
  introspect: call({
    input: z.object({ request: GraphqlRequest, ...where }),
    output: z.object({ schema: z.record(z.string(), z.unknown()) }),
  }),
  historyChanged: event(z.object({})),
})
