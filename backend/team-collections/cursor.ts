// The cursor of a pull: opaque to the desktop, "everything up to this version" to the service.

export interface Cursor {
  readonly version: number
  /** The collection's version when the first page was given: tombstones from before it stand for what was never given. */
  readonly since: number
}

const FORMAT = /^1\.(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,15})$/

/** The cursor as text. */
export function formatCursor({ version, since }: Cursor): string {
  return `1.${version}.${since}`
}

/** Undefined for what formatCursor did not write. */
export function parseCursor(text: string): Cursor | undefined {
  const [, version, since] = FORMAT.exec(text) ?? []
  return version === undefined || since === undefined
    ? undefined
    : { version: Number(version), since: Number(since) }
}
