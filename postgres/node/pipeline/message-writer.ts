// Writes the frontend's messages of the extended protocol into as few buffers as possible: what is sent together is one write to the socket.

/** A parameter as it goes over the wire: text, SQL null, or bytes in binary. */
export type PipelineValue = string | null | Uint8Array

export interface MessageWriter {
  /** Names a statement, or with '' the unnamed one. */
  parse(name: string, text: string): void
  /** Binds the unnamed portal. The result's columns come in binary when `isBinary`. */
  bind(name: string, values: readonly PipelineValue[], isBinary: boolean): void
  /** Runs the unnamed portal to its end. */
  execute(): void
  closeStatement(name: string): void
  sync(): void
  /** What was written since the last call, in order. */
  take(): Buffer[]
}

const MESSAGE = { parse: 0x50, bind: 0x42, execute: 0x45, close: 0x43, sync: 0x53 } as const
const STATEMENT = 0x53
const FIRST_BYTES = 16 * 1024
/** Longer values are sent as they are, in a buffer of their own. */
const COPY_BELOW_BYTES = 64 * 1024
/** UTF-8 takes three bytes at most for a UTF-16 unit. */
const BYTES_PER_UNIT = 3

/** Makes a writer. It keeps its scratch buffer from one `take` to the next. */
export function createMessageWriter(): MessageWriter {
  let scratch = Buffer.allocUnsafeSlow(FIRST_BYTES)
  let length = 0
  let taken: Buffer[] = []

  const reserve = (bytes: number): void => {
    if (length + bytes <= scratch.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, length + bytes))
    scratch.copy(larger, 0, 0, length)
    scratch = larger
  }
  const flush = (): void => {
    if (length === 0) return
    taken.push(Buffer.from(scratch.subarray(0, length)))
    length = 0
  }
  const int8 = (value: number): void => {
    reserve(1)
    scratch[length++] = value
  }
  const int16 = (value: number): void => {
    reserve(2)
    scratch[length++] = value >> 8
    scratch[length++] = value
  }
  const int32 = (value: number): void => {
    reserve(4)
    length = scratch.writeInt32BE(value, length)
  }
  const cString = (text: string): void => {
    if (text.includes('\0')) throw new RangeError('A statement may not contain a zero byte.')
    reserve(text.length * BYTES_PER_UNIT + 1)
    length += scratch.write(text, length)
    scratch[length++] = 0
  }
  /** Starts a message; its length is written by `end`. */
  const begin = (type: number): number => {
    int8(type)
    int32(0)
    return length - 4
  }
  const end = (start: number, bytesElsewhere = 0): void => {
    scratch.writeInt32BE(length - start + bytesElsewhere, start)
  }

  /** Appends a parameter; gives the bytes that did not fit into the scratch buffer. */
  const value = (input: PipelineValue): Uint8Array | undefined => {
    if (input === null) {
      int32(-1)
      return undefined
    }
    if (typeof input === 'string') {
      if (input.length <= COPY_BELOW_BYTES) {
        reserve(4 + input.length * BYTES_PER_UNIT)
        const written = scratch.write(input, length + 4)
        scratch.writeInt32BE(written, length)
        length += 4 + written
        return undefined
      }
      return value(Buffer.from(input))
    }
    int32(input.byteLength)
    if (input.byteLength > COPY_BELOW_BYTES) return input
    reserve(input.byteLength)
    scratch.set(input, length)
    length += input.byteLength
    return undefined
  }

  return {
    parse(name, text) {
      const start = begin(MESSAGE.parse)
      cString(name)
      cString(text)
      int16(0)
      end(start)
    },
    bind(name, values, isBinary) {
      if (values.length > 0xffff) throw new RangeError('A statement takes 65,535 parameters at most.')
      // Values of their own buffers split the message; its length counts them.
      const large: { readonly at: number; readonly bytes: Uint8Array }[] = []
      let largeBytes = 0
      const start = begin(MESSAGE.bind)
      int8(0)
      cString(name)
      if (values.some((input) => typeof input === 'object' && input !== null)) {
        int16(values.length)
        for (const input of values) int16(typeof input === 'string' || input === null ? 0 : 1)
      } else int16(0)
      int16(values.length)
      for (const input of values) {
        const bytes = value(input)
        if (bytes === undefined) continue
        large.push({ at: length, bytes })
        largeBytes += bytes.byteLength
      }
      if (isBinary) {
        int16(1)
        int16(1)
      } else int16(0)
      end(start, largeBytes)
      if (large.length === 0) return
      const written = Buffer.from(scratch.subarray(0, length))
      let from = 0
      for (const { at, bytes } of large) {
        taken.push(written.subarray(from, at), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
        from = at
      }
      taken.push(written.subarray(from))
      length = 0
    },
    execute() {
      const start = begin(MESSAGE.execute)
      int8(0)
      int32(0)
      end(start)
    },
    closeStatement(name) {
      const start = begin(MESSAGE.close)
      int8(STATEMENT)
      cString(name)
      end(start)
    },
    sync() {
      end(begin(MESSAGE.sync))
    },
    take() {
      flush()
      const all = taken
      taken = []
      return all
    },
  }
}
