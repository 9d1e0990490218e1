// The cursor of a pull: opaque to the device, "everything of this history up to this version" to the service.

export interface Cursor {
  /** Of which history the version is. */
  readonly epoch: string
  readonly version: number
}

const FORMAT = /^1\.([0-9a-f-]{36})\.(0|[1-9]\d{0,15})$/

/** The cursor as text. */
export function formatCursor({ epoch, version }: Cursor): string {
  return Buffer.from(`1.${epoch}.${version}`).toString('base64url')
}

/** Undefined for what formatCursor did not write. */
export function parseCursor(text: string): Cursor | undefined {
  const [, epoch, version] = FORMAT.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? []
  return epoch === undefined || version === undefined ? undefined : { epoch, version: Number(version) }
}
