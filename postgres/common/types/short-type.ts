// Types as people write them: `timestamptz` for what format_type() prints as `timestamp with time zone`.

const SHORT: readonly (readonly [RegExp, string])[] = [
  [/^timestamp(\(\d\))? with time zone/, 'timestamptz$1'],
  [/^timestamp(\(\d\))? without time zone/, 'timestamp$1'],
  [/^time(\(\d\))? with time zone/, 'timetz$1'],
  [/^time(\(\d\))? without time zone/, 'time$1'],
  [/^character varying/, 'varchar'],
  [/^character(?=\(|\[|$)/, 'char'],
  [/^double precision/, 'float8'],
  [/^real(?=\[|$)/, 'float4'],
  [/^bigint/, 'int8'],
  [/^integer/, 'int4'],
  [/^smallint/, 'int2'],
  [/^boolean/, 'bool'],
  [/^bit varying/, 'varbit'],
]

/** The short spelling of a type, with its modifiers and brackets; the type itself where it has none. */
export function shortType(type: string): string {
  for (const [pattern, short] of SHORT) if (pattern.test(type)) return type.replace(pattern, short)
  return type
}

/** The short form, without the schema where it is the table's own or the usual one. */
export function shortTypeIn(schema: string, type: string): string {
  for (const own of [schema, 'public']) if (type.startsWith(`${own}.`)) return type.slice(own.length + 1)
  return shortType(type)
}
