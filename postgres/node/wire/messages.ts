// Reads the bodies of the backend's messages (https://www.postgresql.org/docs/18/protocol-message-formats.html).

/** Message types by their byte. */
export const MESSAGE = {
  authentication: 0x52, // R
  backendKeyData: 0x4b, // K
  parameterStatus: 0x53, // S
  readyForQuery: 0x5a, // Z
  rowDescription: 0x54, // T
  dataRow: 0x44, // D
  commandComplete: 0x43, // C
  emptyQuery: 0x49, // I
  portalSuspended: 0x73, // s
  noData: 0x6e, // n
  error: 0x45, // E
  notice: 0x4e, // N
  notification: 0x41, // A
  copyIn: 0x47, // G
  copyOut: 0x48, // H
  copyBoth: 0x57, // W
} as const

/** A column of a result as the server describes it. */
export interface WireColumn {
  readonly name: string
  readonly typeOid: number
  readonly typeModifier: number
  /** 0 when the column is not a plain column of a table. */
  readonly tableOid: number
  readonly attributeNumber: number
}

/** Reads zero-terminated text; `next` is the offset after the zero. */
function cString(bytes: Buffer, start: number): { readonly text: string; readonly next: number } {
  const end = bytes.indexOf(0, start)
  return { text: bytes.toString('utf8', start, end), next: end + 1 }
}

/** Reads RowDescription. */
export function readColumns(bytes: Buffer, start: number): WireColumn[] {
  const count = bytes.readUInt16BE(start)
  const columns: WireColumn[] = []
  let offset = start + 2
  for (let index = 0; index < count; index++) {
    const { text: name, next } = cString(bytes, offset)
    columns.push({
      name,
      tableOid: bytes.readUInt32BE(next),
      attributeNumber: bytes.readInt16BE(next + 4),
      typeOid: bytes.readUInt32BE(next + 6),
      typeModifier: bytes.readInt32BE(next + 12),
    })
    offset = next + 18
  }
  return columns
}

/**
 * Reads the cells of a DataRow as text; null for SQL null. The row is decoded in one go and cut: a call out of JavaScript per cell would cost more
 * than everything else. That works where every character is one byte, which the length tells: the cells are valid UTF-8, so only a character of
 * several bytes makes the text shorter than its bytes (a length byte over 0x7f becomes one replacement character).
 */
export function readTextRow(bytes: Buffer, start: number, end: number): (string | null)[] {
  const text = bytes.toString('utf8', start, end)
  if (text.length !== end - start) return readWideRow(bytes, start)
  const count = bytes.readUInt16BE(start)
  const cells = new Array<string | null>(count)
  let offset = start + 2
  for (let index = 0; index < count; index++) {
    const length = bytes.readInt32BE(offset)
    offset += 4
    if (length < 0) {
      cells[index] = null
    } else {
      cells[index] = text.slice(offset - start, offset - start + length)
      offset += length
    }
  }
  return cells
}

function readWideRow(bytes: Buffer, start: number): (string | null)[] {
  const count = bytes.readUInt16BE(start)
  const cells = new Array<string | null>(count)
  let offset = start + 2
  for (let index = 0; index < count; index++) {
    const length = bytes.readInt32BE(offset)
    offset += 4
    if (length < 0) {
      cells[index] = null
    } else {
      cells[index] = bytes.toString('utf8', offset, offset + length)
      offset += length
    }
  }
  return cells
}

/** Reads CommandComplete: `INSERT 0 5` is { command: 'INSERT', rowCount: 5 }. */
export function readCommand(
  bytes: Buffer,
  start: number,
): { readonly command: string; readonly rowCount: number | null } {
  const { text } = cString(bytes, start)
  const match = /^(.*?)(?: \d+)?(?: (\d+))$/.exec(text)
  if (match === null) return { command: text, rowCount: null }
  return { command: match[1] ?? text, rowCount: Number(match[2]) }
}

const FIELD_NAMES: Readonly<Record<string, string>> = {
  V: 'severity',
  C: 'code',
  M: 'message',
  D: 'detail',
  H: 'hint',
  P: 'position',
  W: 'where',
  s: 'schema',
  t: 'table',
  c: 'column',
  n: 'constraint',
  R: 'routine',
}

/** Reads ErrorResponse or NoticeResponse into named fields; those that we have no name for are left out. */
export function readErrorFields(bytes: Buffer, start: number): Record<string, string> {
  const fields: Record<string, string> = {}
  let offset = start
  while (bytes[offset] !== 0) {
    const key = String.fromCharCode(bytes[offset] ?? 0)
    const { text, next } = cString(bytes, offset + 1)
    const name = FIELD_NAMES[key]
    if (name !== undefined) fields[name] = text
    // S is localised and always there; V only since 9.6 and never localised.
    else if (key === 'S' && fields['severity'] === undefined) fields['severity'] = text
    offset = next
  }
  return fields
}

/** Reads ParameterStatus. */
export function readParameterStatus(
  bytes: Buffer,
  start: number,
): { readonly name: string; readonly value: string } {
  const { text: name, next } = cString(bytes, start)
  return { name, value: cString(bytes, next).text }
}

/** A NOTIFY that reached a session which listens. */
export interface Notification {
  readonly channel: string
  readonly payload: string
  readonly backendPid: number
}

/** Reads NotificationResponse. */
export function readNotification(bytes: Buffer, start: number): Notification {
  const { text: channel, next } = cString(bytes, start + 4)
  return { channel, payload: cString(bytes, next).text, backendPid: bytes.readInt32BE(start) }
}
