// Several files as one ZIP, stored as they are: PDFs are compressed already. The format: APPNOTE 6.3.10, without ZIP64 (a few hundred files, under 4 GB).

export interface ZipEntry {
  readonly name: string
  readonly content: Uint8Array
  readonly modifiedAt: Date
}

const LOCAL_HEADER = 0x04034b50
const CENTRAL_HEADER = 0x02014b50
const END = 0x06054b50
/** 2.0: what readers need at least. */
const VERSION = 20
/** Names are UTF-8. */
const FLAGS = 0x0800
const FIRST_YEAR = 1980

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})

/** The CRC-32 of ZIP and PNG. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/** Little-endian numbers, each with its size in bytes. */
function record(...fields: readonly (readonly [value: number, size: 2 | 4])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, [, size]) => sum + size, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const [value, size] of fields) {
    if (size === 2) view.setUint16(at, value, true)
    else view.setUint32(at, value, true)
    at += size
  }
  return bytes
}

/** Time and date as MS-DOS has them, in UTC, to two seconds. */
function dosMoment(moment: Date): { readonly time: number; readonly date: number } {
  const year = Math.max(FIRST_YEAR, moment.getUTCFullYear()) - FIRST_YEAR
  return {
    time: (moment.getUTCHours() << 11) | (moment.getUTCMinutes() << 5) | (moment.getUTCSeconds() >> 1),
    date: (year << 9) | ((moment.getUTCMonth() + 1) << 5) | moment.getUTCDate(),
  }
}

/** The parts of a ZIP with these files, in their order, for `new Blob(parts)`. */
export function zip(entries: readonly ZipEntry[]): readonly Uint8Array<ArrayBuffer>[] {
  const files: Uint8Array<ArrayBuffer>[] = []
  const directory: Uint8Array<ArrayBuffer>[] = []
  let offset = 0
  for (const { name, content, modifiedAt } of entries) {
    const nameBytes = new TextEncoder().encode(name)
    const { time, date } = dosMoment(modifiedAt)
    const size = content.length
    const shared = [
      [VERSION, 2],
      [FLAGS, 2],
      [0, 2],
      [time, 2],
      [date, 2],
      [crc32(content), 4],
      [size, 4],
      [size, 4],
      [nameBytes.length, 2],
      [0, 2],
    ] as const
    const local = record([LOCAL_HEADER, 4], ...shared)
    files.push(local, nameBytes, new Uint8Array(content))
    directory.push(
      record([CENTRAL_HEADER, 4], [VERSION, 2], ...shared, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]),
      nameBytes,
    )
    offset += local.length + nameBytes.length + size
  }
  const directorySize = directory.reduce((sum, part) => sum + part.length, 0)
  const count = entries.length
  const end = record(
    [END, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [directorySize, 4],
    [offset, 4],
    [0, 2],
  )
  return [...files, ...directory, end]
}
