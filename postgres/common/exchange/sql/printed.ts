// A piece of SQL that was printed, with what is known of it.

export interface Printed {
  readonly sql: string
  /** Null when it is not known. */
  readonly type: string | null
  /** `text`: a string in quotes that has no type yet. `constant`: any other constant. */
  readonly form: 'text' | 'constant' | 'column' | 'other'
  /** The name that a column of a query gets from it. */
  readonly name: string
}

/** A string without a type becomes one of this type; all else stays. */
export function withType(printed: Printed, type: string | null): Printed {
  if (type === null || printed.form !== 'text') return printed
  const bare = type.replace(/\(\d[^)]*\)/, '')
  return { ...printed, sql: `${printed.sql}::${bare}`, type: bare, form: 'constant' }
}

/** Cast to this type, as Postgres shows its own casts. */
export function castTo(printed: Printed, type: string | null): Printed {
  if (type === null || printed.type === type) return printed
  if (printed.form === 'text') return withType(printed, type)
  return { ...printed, sql: `(${printed.sql})::${type}`, type, form: 'other' }
}

/** The strings among them get the type of the first that has one. */
export function alike(items: readonly Printed[], wanted: string | null = null): readonly Printed[] {
  const type = wanted ?? items.find((one) => one.type !== null)?.type ?? 'text'
  return items.map((one) => withType(one, type))
}
