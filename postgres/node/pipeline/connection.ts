// A connection for whoever sends a whole transaction at once: statements in a row with one Sync, one write, one round trip. Statements are
// prepared once for each connection; a long last cell is passed on while it arrives.
import { setTimeout } from 'node:timers/promises'
import { readErrorFields, readTextRow, MESSAGE } from '../wire/messages.ts'
import { connect, sendCancelRequest, type ConnectOptions } from '../connect.ts'
import type { SessionTarget } from '../target.ts'
import { createBodyStream } from './body-stream.ts'
import { ConnectionLostError, ServerError } from './errors.ts'
import { createMessageWriter, type PipelineValue } from './message-writer.ts'
import { createLongRowReader, readBodyRow, type BodyRow, type LongRowReader } from './row-reader.ts'
import { createStatementNames } from './statement-names.ts'

export type { PipelineValue } from './message-writer.ts'
export type { BodyRow, PipelineBody } from './row-reader.ts'
export { ConnectionLostError, ServerError, type ServerErrorFields } from './errors.ts'

export interface PipelineStatement {
  readonly text: string
  readonly values: readonly PipelineValue[]
  /** Parsed once and kept on the server; false parses it each time. */
  readonly isNamed: boolean
  /** What is wanted of its rows: `body` gives binary cells, the last one as a body; `text` the cells as text. */
  readonly rows: 'none' | 'text' | 'body'
}

/** What came of one statement: rows in the field that was asked for. */
export interface StatementResult {
  readonly textRows: readonly (readonly (string | null)[])[]
  readonly bodyRows: readonly BodyRow[]
}

export interface PipelineResult {
  /** By statement. Those after a body that is still on its way are empty. */
  readonly results: readonly StatementResult[]
  /** Resolves when the server has come to the end; rejects when something failed after the body had begun. Null when it already came. */
  readonly ended: Promise<void> | null
}

export interface PipelineConnection {
  /**
   * Sends the statements in one write, with one Sync after them: without a BEGIN among them they are one transaction. Resolves when the server is ready again, or as
   * soon as a long body begins. Rejects with ServerError (nothing after the failing statement was run) or ConnectionLostError. One at a time.
   */
  run(statements: readonly PipelineStatement[]): Promise<PipelineResult>
  /** Cancels what runs. Resolves when that is over and the request cannot hit anything later; the connection is closed where that is unsure. */
  cancel(): Promise<void>
  /** `open` or `failed` inside a transaction that a BEGIN began. */
  readonly state: () => 'idle' | 'open' | 'failed' | 'busy' | 'closed'
  /** How many statements are kept prepared. */
  readonly preparedCount: () => number
  readonly backendPid: number
  /** Told once when the connection is gone. */
  onClose(listener: () => void): void
  /** Ends it. Never rejects. */
  close(): Promise<void>
  /** Ends it without a goodbye: what runs is undone by the server. */
  destroy(): void
}

export interface PipelineOptions extends ConnectOptions {
  /** Prepared statements kept at most; 200 when left out. */
  readonly maxPrepared?: number | undefined
  /** Rows longer than this are passed on in pieces; 1 MiB when left out. */
  readonly streamFromBytes?: number | undefined
}

const DEFAULT_MAX_PREPARED = 200
const DEFAULT_STREAM_FROM_BYTES = 1024 * 1024
const CLOSE_GRACE_MS = 1_000
const CANCEL_AGAIN_MS = 100
const PARSE_COMPLETE = 0x31
const EMPTY_RESULT: StatementResult = { textRows: [], bodyRows: [] }

/** Opens a connection. Rejects with CONNECTION_FAILED (AppError), never naming the password. */
export async function openPipelineConnection(
  target: SessionTarget,
  options: PipelineOptions = {},
): Promise<PipelineConnection> {
  const { connection, tls } = await connect(target, options)
  const names = createStatementNames(options.maxPrepared ?? DEFAULT_MAX_PREPARED)
  const writer = createMessageWriter()
  /** Names that made room for others: closed with the next write. */
  const evicted: string[] = []
  let isClosed = false
  let running: Run | undefined
  let whenIdle = Promise.withResolvers<void>()

  connection.onClose(() => {
    isClosed = true
    whenIdle.resolve()
  })
  connection.passPieces({
    type: MESSAGE.dataRow,
    minBytes: options.streamFromBytes ?? DEFAULT_STREAM_FROM_BYTES,
    piece: (bytes, missingBytes) => running?.onPiece(bytes, missingBytes),
  })

  const write = (statements: readonly PipelineStatement[], run: Run): void => {
    for (const name of evicted.splice(0)) writer.closeStatement(name)
    for (const { text, values, isNamed, rows } of statements) {
      let name = isNamed ? (names.find(text) ?? run.pendingName(text)) : ''
      if (name === undefined) {
        name = names.next()
        run.expectParse(text, name)
        writer.parse(name, text)
      } else if (!isNamed) {
        run.expectParse(text, null)
        writer.parse('', text)
      }
      writer.bind(name, values, rows === 'body')
      writer.execute()
    }
    writer.sync()
    const buffers = writer.take()
    for (const buffer of buffers) connection.send(buffer)
  }

  const finish = (): void => {
    connection.clearHandler()
    running = undefined
    whenIdle.resolve()
  }

  const run = (statements: readonly PipelineStatement[]): Promise<PipelineResult> => {
    if (running !== undefined) throw new Error('The connection is busy.')
    whenIdle = Promise.withResolvers<void>()
    const settled = Promise.withResolvers<PipelineResult>()
    const current = createRun({
      statements,
      settled,
      flow: { pause: connection.pause, resume: connection.resume, abandon: () => connection.destroy() },
      onParsed(text, name) {
        const old = names.add(text, name)
        if (old !== undefined) evicted.push(old)
      },
      onStale(text) {
        const old = names.find(text)
        if (old !== undefined) evicted.push(old)
        names.forget(text)
      },
      onReady: finish,
    })
    running = current
    connection.setHandler(current.onMessage, (error) => {
      finish()
      current.onLost(error)
    })
    // A connection that is already gone has told so.
    if (running === undefined) return settled.promise
    try {
      write(statements, current)
    } catch (error) {
      writer.take()
      finish()
      settled.reject(error)
    }
    return settled.promise
  }

  return {
    run,
    async cancel() {
      const current = running
      // The server forgets a request that overtakes what it is about: then it is asked again.
      for (
        let waitMs = CANCEL_AGAIN_MS;
        running === current && current !== undefined && !isClosed;
        waitMs *= 2
      ) {
        try {
          await sendCancelRequest(connection.key, target, { tls, caPem: options.caPem })
        } catch {
          connection.destroy()
        }
        const patience = new AbortController()
        const isOver = whenIdle.promise.then(() => patience.abort())
        await Promise.race([isOver, setTimeout(waitMs, undefined, patience).catch(() => undefined)])
      }
    },
    state: () => (isClosed ? 'closed' : running !== undefined ? 'busy' : connection.transactionState()),
    preparedCount: () => names.size,
    backendPid: connection.key.pid,
    onClose: (listener) => connection.onClose(() => listener()),
    async close() {
      if (running !== undefined) connection.destroy()
      await connection.end(CLOSE_GRACE_MS)
    },
    destroy: () => connection.destroy(),
  }
}

interface Run {
  onMessage(type: number, bytes: Buffer, start: number, end: number): void
  onPiece(bytes: Buffer, missingBytes: number): void
  onLost(error: unknown): void
  /** The statement is parsed in this write; `name` is null for the unnamed one. */
  expectParse(text: string, name: string | null): void
  /** The name that an earlier statement of the same write gives to this text. */
  pendingName(text: string): string | undefined
}

interface RunOptions {
  readonly statements: readonly PipelineStatement[]
  readonly settled: PromiseWithResolvers<PipelineResult>
  readonly flow: { pause(): void; resume(): void; abandon(): void }
  onParsed(text: string, name: string): void
  onStale(text: string): void
  onReady(): void
}

interface MutableResult {
  textRows: (readonly (string | null)[])[]
  bodyRows: BodyRow[]
}

/** Follows the server through the statements of one write. */
function createRun({ statements, settled, flow, onParsed, onStale, onReady }: RunOptions): Run {
  const results: StatementResult[] = []
  const parses: { readonly text: string; readonly name: string | null }[] = []
  let parsed = 0
  let current: MutableResult | undefined
  let failure: ServerError | undefined
  let longRow: LongRowReader | undefined
  let pieces: Buffer[] = []
  /** Set once the caller was given a body that is still on its way. */
  let ended: PromiseWithResolvers<void> | undefined

  const fail = (error: unknown): void => {
    longRow?.fail(error)
    if (ended === undefined) settled.reject(error)
    else ended.reject(error)
  }
  const wanted = (): PipelineStatement['rows'] => statements[results.length]?.rows ?? 'none'
  const addRow = (bytes: Buffer, start: number, end: number): void => {
    const rows = wanted()
    if (rows === 'none') return
    current ??= { textRows: [], bodyRows: [] }
    if (rows === 'text') current.textRows.push(readTextRow(bytes, start, end))
    else current.bodyRows.push(readBodyRow(bytes, start))
  }

  return {
    expectParse: (text, name) => void parses.push({ text, name }),
    pendingName: (text) => parses.find((one) => one.text === text && one.name !== null)?.name ?? undefined,
    onMessage(type, bytes, start, end) {
      switch (type) {
        case MESSAGE.dataRow:
          return addRow(bytes, start, end)
        case MESSAGE.commandComplete:
        case MESSAGE.emptyQuery:
          results.push(current ?? EMPTY_RESULT)
          current = undefined
          return
        case PARSE_COMPLETE: {
          const one = parses[parsed++]
          if (one !== undefined && one.name !== null) onParsed(one.text, one.name)
          return
        }
        case MESSAGE.error: {
          failure ??= new ServerError(readErrorFields(bytes, start))
          const text = statements[results.length]?.text
          if (failure.isStaleStatement && text !== undefined) onStale(text)
          return
        }
        case MESSAGE.readyForQuery:
          onReady()
          if (failure !== undefined) return fail(failure)
          if (ended !== undefined) return ended.resolve()
          return settled.resolve({ results, ended: null })
        default:
          return
      }
    },
    onPiece(bytes, missingBytes) {
      if (wanted() !== 'body') {
        pieces.push(bytes)
        if (missingBytes > 0) return
        const row = Buffer.concat(pieces)
        pieces = []
        return addRow(row, 0, row.length)
      }
      longRow ??= createLongRowReader(() => createBodyStream(flow))
      const row = longRow.push(bytes)
      if (row !== undefined) {
        current ??= { textRows: [], bodyRows: [] }
        current.bodyRows.push(row)
        if (row.body !== null && ended === undefined) {
          ended = Promise.withResolvers<void>()
          // The reader of the body hears of a failure by `ended`, or by the body itself.
          ended.promise.catch(() => undefined)
          settled.resolve({ results: [...results, current], ended: ended.promise })
        }
      }
      if (missingBytes === 0) {
        longRow.end()
        longRow = undefined
      }
    },
    onLost: (error) => fail(failure ?? new ConnectionLostError(error)),
  }
}
