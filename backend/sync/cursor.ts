// The cursor of a pull: opaque to the device, "everything of this history up to this version" to the service.

export interface Cursor {
  /** Of which history the version is. */
  readonly epoch: string
  readonly version: number
  /**
   * The account's version when the first page was given. Between the first page and the last of a beginning, no tombstone from before it is missed:
   * what it stands for was never given.
   */
  readonly since: number
}

const FORMAT = /^1\.([0-9a-f-]{36})\.(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,15})$/

/** The cursor as text. */
export function formatCursor({ epoch, version, since }: Cursor): string {
  return Buffer.from(`1.${epoch}.${version}.${since}`).toString('base64url')
}

/** Undefined for what formatCursor did not write. */
export function parseCursor(text: string): Cursor | undefined {
  const [, epoch, version, since] = FORMAT.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? []
  if (epoch === undefined || version === undefined || since === undefined) return undefined
  return { epoch, version: Number(version), since: Number(since) }
}
