// What a pipelined statement fails with: the server's own words, or the loss of the connection.

/** The fields of an ErrorResponse (https://www.postgresql.org/docs/18/protocol-error-fields.html). */
export interface ServerErrorFields {
  readonly severity: string
  readonly sqlstate: string
  readonly message: string
  readonly detail: string | null
  readonly hint: string | null
  readonly schema: string | null
  readonly table: string | null
  readonly column: string | null
  readonly constraint: string | null
  /** Name of the function in Postgres' source that reported it. */
  readonly routine: string | null
}

/** The server refused a statement; everything of its transaction is undone. */
export class ServerError extends Error {
  readonly fields: ServerErrorFields
  /** What was prepared fits no longer (its result type changed, or somebody deallocated it): the same again works. */
  get isStaleStatement(): boolean {
    return this.fields.sqlstate === '26000' || this.fields.routine === 'RevalidateCachedQuery'
  }

  constructor(fields: Readonly<Record<string, string>>) {
    super(fields['message'] ?? '')
    this.name = 'ServerError'
    this.fields = {
      severity: fields['severity'] ?? 'ERROR',
      sqlstate: fields['code'] ?? 'XX000',
      message: fields['message'] ?? '',
      detail: fields['detail'] ?? null,
      hint: fields['hint'] ?? null,
      schema: fields['schema'] ?? null,
      table: fields['table'] ?? null,
      column: fields['column'] ?? null,
      constraint: fields['constraint'] ?? null,
      routine: fields['routine'] ?? null,
    }
  }
}

/** The connection broke while something ran, or before: nothing is known of the outcome. */
export class ConnectionLostError extends Error {
  constructor(cause: unknown) {
    super('The connection to Postgres was lost.', { cause })
    this.name = 'ConnectionLostError'
  }
}
