// Reads the rows of one statement by demand, through a portal. Rows can go straight from the socket's bytes into a column batch: this is
// the hot path of the product. Between two reads the server is held back, by the portal's row limit and by TCP, so that memory stays constant.
import { serialize } from 'pg-protocol'
import { createBatchBuilder, type BatchBuilder, type EncodedBatch } from '#contract/batch/builder.ts'
import { AppError } from '#contract/errors.ts'
import { toAppError } from './errors.ts'
import type { EncodedParameter } from './parameters.ts'
import { COPY_UNSUPPORTED } from './query.ts'
import { createExecuteWindow } from './execute-window.ts'
import type { Connection } from './wire/connection.ts'
import {
  MESSAGE,
  readColumns,
  readCommand,
  readErrorFields,
  readTextRow,
  type WireColumn,
} from './wire/messages.ts'

export type CursorColumn = WireColumn

export interface CursorOptions {
  /** Rows asked of the server at first. Later asks adapt to what the connection delivers in some 50 ms. 500 when left out. */
  readonly firstRows?: number | undefined
}

export interface BatchLimits {
  readonly maxRows: number
  /** The batch ends with the row that reaches this many bytes of text. */
  readonly maxBytes: number
}

export interface Completion {
  /** The command tag without its counts: SELECT, INSERT, CREATE TABLE. */
  readonly command: string
  /** Rows affected or returned in all; null for commands without a count, and for a cursor that was closed early. */
  readonly rowCount: number | null
}

export interface Cursor {
  /** Empty for a statement that returns no rows. */
  readonly columns: readonly CursorColumn[]
  /** The next rows as text, at most `maxRows`; an empty list when there are no more. One read at a time. Rejects with what the statement failed with. */
  read(maxRows: number): Promise<(string | null)[][]>
  /** The next rows as a column batch; undefined when there are no more. Much faster than `read`. */
  readBatch(limits: BatchLimits): Promise<EncodedBatch | undefined>
  /** What the statement did; undefined until a read has found the end. */
  readonly completion: () => Completion | undefined
  /** Ends the statement early. Prompt: a server that still works is cancelled, which fails the transaction that it is in. Never rejects. */
  close(): Promise<void>
  /** Resolves when the session is free again: after the last row, an error, or `close`. Never rejects. */
  readonly finished: Promise<void>
}

/** Where rows go. `add` says whether no more are wanted. */
interface Sink {
  add(bytes: Buffer, start: number, end: number): boolean
  readonly isEmpty: () => boolean
}

interface Demand {
  readonly sink: Sink
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

interface CursorRequest extends CursorOptions {
  readonly sql: string
  readonly parameters: readonly EncodedParameter[]
  readonly cancel: () => Promise<void>
}

const DEFAULT_FIRST_ROWS = 500
/** How long `close` lets rows that are under way arrive before it cancels the statement. */
const DRAIN_MS = 50

/** `describing`: no columns yet. `idle`: portal open, nothing asked. `executing`: rows asked for. `ending`: Sync sent. `over`: session free. */
type Phase = 'describing' | 'idle' | 'executing' | 'ending' | 'over'

/** Starts a statement. Resolves when its columns are known; a statement without rows has run by then. Rejects with QUERY_FAILED and the like. */
export async function openCursor(connection: Connection, request: CursorRequest): Promise<Cursor> {
  const described = Promise.withResolvers<void>()
  const finished = Promise.withResolvers<void>()
  const window = createExecuteWindow(request.firstRows ?? DEFAULT_FIRST_ROWS)
  let phase: Phase = 'describing'
  let columns: readonly WireColumn[] = []
  let demand: Demand | undefined
  let completion: Completion | undefined
  let failure: AppError | undefined
  let isDiscarding = false
  let builder: BatchBuilder | undefined
  let received = 0

  const execute = (): void => {
    phase = 'executing'
    connection.send(Buffer.concat([serialize.execute({ rows: window.next() }), serialize.flush()]))
  }
  /** Closes the portal and ends the implicit transaction; ReadyForQuery answers. */
  const finish = (): void => {
    if (phase === 'ending' || phase === 'over') return
    phase = 'ending'
    connection.send(Buffer.concat([serialize.close({ type: 'P' }), serialize.sync()]))
  }
  const settle = (): void => {
    const waiting = demand
    demand = undefined
    waiting?.resolve()
  }
  const end = (): void => {
    phase = 'over'
    connection.clearHandler()
    const waiting = demand
    demand = undefined
    if (failure === undefined) {
      described.resolve()
      waiting?.resolve()
    } else {
      described.reject(failure)
      // Rows that came before the failure are given first; the next read fails.
      if (waiting?.sink.isEmpty() === false) waiting.resolve()
      else waiting?.reject(failure)
    }
    finished.resolve()
  }
  const fail = (error: unknown): void => {
    failure ??= toAppError(error)
    finish()
  }

  connection.setHandler(
    (type, bytes, start, messageEnd) => {
      switch (type) {
        case MESSAGE.dataRow:
          received++
          if (isDiscarding || demand === undefined) return
          if (demand.sink.add(bytes, start, messageEnd)) {
            connection.pause()
            settle()
          }
          return
        case MESSAGE.rowDescription:
          columns = readColumns(bytes, start)
          phase = 'idle'
          return described.resolve()
        case MESSAGE.noData:
          // No rows can come, so the whole statement is run at once. The next Bind replaces the portal, so it needs no Close.
          phase = 'ending'
          return connection.send(Buffer.concat([serialize.execute({}), serialize.sync()]))
        case MESSAGE.portalSuspended:
          window.filled()
          if (isDiscarding) return finish()
          if (demand === undefined) phase = 'idle'
          else execute()
          return
        case MESSAGE.commandComplete:
          completion ??= countAll(readCommand(bytes, start), received)
          return finish()
        case MESSAGE.emptyQuery:
          completion ??= { command: '', rowCount: null }
          return finish()
        case MESSAGE.copyIn:
          failure ??= new AppError('INVALID_INPUT', COPY_UNSUPPORTED)
          // COPY swallowed the Sync that was sent with the statement.
          return connection.send(Buffer.concat([serialize.copyFail('not supported'), serialize.sync()]))
        case MESSAGE.copyOut:
          failure ??= new AppError('INVALID_INPUT', COPY_UNSUPPORTED)
          return
        case MESSAGE.error:
          return fail(readErrorFields(bytes, start))
        case MESSAGE.readyForQuery:
          return end()
        default:
          return
      }
    },
    (error) => {
      failure ??= toAppError(error)
      end()
    },
  )
  connection.send(
    Buffer.concat([
      serialize.parse({ text: request.sql }),
      serialize.bind({ values: [...request.parameters] }),
      serialize.describe({ type: 'P' }),
      serialize.flush(),
    ]),
  )
  await described.promise

  /** Lets rows flow into `sink` until it is full or the statement is over. */
  const fill = async (sink: Sink): Promise<void> => {
    if (demand !== undefined) throw new AppError('CONFLICT', 'The cursor is being read already.')
    if (phase === 'over') {
      if (failure !== undefined) throw failure
      return
    }
    const done = Promise.withResolvers<void>()
    demand = { sink, resolve: done.resolve, reject: done.reject }
    if (phase === 'idle') execute()
    connection.resume()
    await done.promise
  }

  return {
    columns,
    async read(maxRows) {
      const rows: (string | null)[][] = []
      await fill({
        add: (bytes, start, end) => rows.push(readTextRow(bytes, start, end)) >= maxRows,
        isEmpty: () => rows.length === 0,
      })
      return rows
    },
    async readBatch(limits) {
      // One builder for all batches: its buffers have grown to the size that this result needs.
      builder ??= createBatchBuilder(columns.length)
      const sink = createBatchSink(builder, limits)
      await fill(sink)
      return sink.isEmpty() ? undefined : sink.finish()
    },
    completion: () => (failure === undefined ? completion : undefined),
    async close() {
      if (phase === 'over') return
      isDiscarding = true
      settle()
      let timer: NodeJS.Timeout | undefined
      if (phase === 'idle') finish()
      else timer = setTimeout(() => void request.cancel().catch(() => undefined), DRAIN_MS)
      connection.resume()
      await finished.promise
      clearTimeout(timer)
    },
    finished: finished.promise,
  }
}

/** A portal that is read in parts tells only the rows of the last part. */
function countAll(completion: Completion, received: number): Completion {
  return received > (completion.rowCount ?? 0) ? { ...completion, rowCount: received } : completion
}

/** The builder is empty at first, and again after `finish`. */
function createBatchSink(
  builder: BatchBuilder,
  limits: BatchLimits,
): Sink & { readonly finish: () => EncodedBatch } {
  return {
    add(bytes, start) {
      const count = bytes.readUInt16BE(start)
      let offset = start + 2
      for (let column = 0; column < count; column++) {
        const length = bytes.readInt32BE(offset)
        offset += 4
        if (length < 0) {
          builder.appendNull(column)
        } else {
          builder.appendBytes(column, bytes, offset, offset + length)
          offset += length
        }
      }
      builder.endRow()
      return builder.rowCount() >= limits.maxRows || builder.sizeBytes() >= limits.maxBytes
    },
    isEmpty: () => builder.rowCount() === 0,
    finish: () => builder.finish(),
  }
}
