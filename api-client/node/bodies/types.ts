// What a store of response bodies offers. A body is a file; what the page sees of it is read from there in parts, also while it still arrives.
import type { z } from 'zod'
import type { BodyInfo, TreeNode, requests } from '#contract/capabilities/requests.ts'
import type { ExchangeId } from '#contract/requests/exchange.ts'

type Members = (typeof requests)['members']

/** Formatted without changing a token, or as it came. */
export type View = 'pretty' | 'raw'
export type Lines = z.infer<Members['lines']['output']>
export type FindBatch = z.infer<Members['find']['item']>
export type Hit = FindBatch['hits'][number]
export type TreePage = z.infer<Members['tree']['output']>
export type PathMatches = z.infer<Members['jsonPath']['output']>
export type TablePage = z.infer<Members['table']['output']>
export type Diff = z.infer<Members['diff']['output']>
export type { BodyInfo, TreeNode }

export interface BodyLimits {
  /** What is kept of one body, in bytes. */
  readonly bytesPerBody: number
  /** Of all together: beyond it the oldest are dropped, never one that is being written or read. */
  readonly bytesInAll: number
}

export interface BodyStoreOptions {
  /** Of this store alone: it is made when it is missing, and what a crash left in it is removed. */
  readonly directory: string
  readonly limits: BodyLimits
  /** Asked when the store opens about each body that is there: those that nobody knows any more are removed. Default: all stay. */
  readonly isKnown?: (exchangeId: ExchangeId) => boolean
  /** Threads for bodies that are not small. Default 2. */
  readonly threads?: number
}

export interface BodyStore {
  /** Begins the body of an exchange. ALREADY_EXISTS when it has one. */
  create(exchangeId: ExchangeId, about: { readonly contentType: string | null }): Promise<BodyWriter>
  /** The body of an exchange, complete or not. NOT_FOUND when it has none (any more). Needs no closing: what was not read for a while is let go of. */
  open(exchangeId: ExchangeId): Promise<Body>
  /** Whether there is a body, complete or not. */
  has(exchangeId: ExchangeId): boolean
  /** Removes a body; one that is being written is removed when it ends. Nothing happens when there is none. */
  remove(exchangeId: ExchangeId): Promise<void>
  /** All that are kept. */
  usage(): { readonly bodies: number; readonly bytes: number }
  /** Ends the threads and lets go of all files; bodies that were complete stay. */
  close(): Promise<void>
}

export interface BodyWriter {
  /**
   * Appends; resolves when the bytes are in the file, so waiting for it is the back-pressure. `full` when the limit is reached: what is beyond it was not
   * kept, and the caller may as well stop receiving. The chunk must not change until then.
   */
  write(chunk: Uint8Array): Promise<'taken' | 'full'>
  /** Ends the body. `incomplete` says why it ends early; the limit says so itself. Calling it again gives the same. */
  end(outcome?: { readonly incomplete: string | null }): Promise<EndedBody>
}

export interface EndedBody {
  /** Bytes that were kept. */
  readonly bytes: number
  /** Why the body ends before its end; null when it is whole. */
  readonly incomplete: string | null
}

export interface FindQuery {
  readonly view: View
  readonly text: string
  readonly isCaseSensitive: boolean
  readonly isRegex: boolean
}

export interface Body {
  info(view: View): Promise<BodyInfo>
  /** Lines of a view. A long line is several of at most 10,000 characters; `continues` names those that go on the line before. At most some 4 MB at once. */
  lines(view: View, from: number, count: number): Promise<Lines>
  /** All places, in batches. INVALID_INPUT for a regular expression that is none, TIMEOUT for one that takes too long. */
  find(query: FindQuery, signal?: AbortSignal): AsyncIterable<FindBatch>
  /** The value at a JSON Pointer and a page of its children. NOT_FOUND, or INVALID_INPUT where the body is no JSON. */
  tree(pointer: string, from: number, count: number): Promise<TreePage>
  /** RFC 9535. INVALID_INPUT for an expression that is none. */
  jsonPath(expression: string, limit: number, signal?: AbortSignal): Promise<PathMatches>
  /** An array of objects as rows; the columns are those of its first 1,000 elements. */
  table(pointer: string, from: number, count: number): Promise<TablePage>
  /** Bytes as they came, decompressed. */
  bytes(from: number, count: number): Promise<{ readonly bytes: Uint8Array; readonly total: number }>
  /** The text of a body up to a size, decoded, for scripts and assertions; null where it is larger or no text. */
  text(maxBytes: number): Promise<string | null>
  /** Writes the bytes to a file, whole or not at all. ALREADY_EXISTS unless it may be replaced. */
  save(file: string, options: { readonly replaces: boolean }): Promise<{ readonly bytes: number }>
  /** A number for each line of the pretty view: equal lines, equal numbers. Null for too many. */
  lineHashes(signal?: AbortSignal): Promise<Float64Array<ArrayBuffer> | null>
  /** How the pretty view of `older` became this one's. Null hunks when too much differs. */
  diff(older: ExchangeId, signal?: AbortSignal): Promise<Diff>
}
