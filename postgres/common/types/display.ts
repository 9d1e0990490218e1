// How a column of a type is shown: aligned, coloured, edited. Types are known by their OID, which is the same in every database for built-in ones.

export type DisplayCategory =
  | 'number'
  | 'text'
  | 'boolean'
  | 'time' // dates, times, timestamps, intervals
  | 'json'
  | 'uuid'
  | 'bytes'
  | 'enum'
  | 'array'
  | 'range'
  | 'geometry'
  | 'network'
  | 'search' // tsvector, tsquery
  | 'xml'
  | 'bits'
  | 'composite'
  | 'other'

const BY_OID: Readonly<
  Record<Exclude<DisplayCategory, 'array' | 'enum' | 'composite' | 'other'>, readonly number[]>
> = {
  boolean: [16],
  // int2, int4, int8, float4, float8, money, numeric, oid
  number: [20, 21, 23, 26, 700, 701, 790, 1700],
  // "char", name, text, unknown, bpchar, varchar, cstring, reg* and the like print as names
  text: [18, 19, 24, 25, 705, 1042, 1043, 2202, 2203, 2204, 2205, 2206, 2275, 3734, 3769, 4089, 4096, 4191],
  // date, time, timestamp, timestamptz, interval, timetz
  time: [1082, 1083, 1114, 1184, 1186, 1266],
  json: [114, 3802, 4072],
  uuid: [2950],
  bytes: [17],
  // int4range, numrange, tsrange, tstzrange, daterange, int8range and their multiranges
  range: [3904, 3906, 3908, 3910, 3912, 3926, 4451, 4532, 4533, 4534, 4535, 4536],
  // point, lseg, path, box, polygon, line, circle
  geometry: [600, 601, 602, 603, 604, 628, 718],
  // cidr, inet, macaddr8, macaddr
  network: [650, 869, 774, 829],
  search: [3614, 3615],
  xml: [142],
  bits: [1560, 1562],
}

/** Array types that do not end in [] by name only: the OIDs of the built-in ones. */
const ARRAYS: ReadonlySet<number> = new Set([
  143, 199, 210, 271, 272, 273, 629, 651, 719, 775, 791, 1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009,
  1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019, 1020, 1021, 1022, 1027, 1028, 1034, 1040, 1041,
  1115, 1182, 1183, 1185, 1187, 1231, 1263, 1270, 1561, 1563, 2201, 2207, 2208, 2209, 2210, 2211, 2287, 2949,
  2951, 3221, 3643, 3645, 3735, 3770, 3807, 3905, 3907, 3909, 3911, 3913, 3927, 4073, 4090, 4097, 4192, 6150,
  6151, 6152, 6153, 6155, 6157,
])

const CATEGORIES: ReadonlyMap<number, DisplayCategory> = new Map(
  Object.entries(BY_OID).flatMap(([category, oids]) =>
    oids.map((oid): [number, DisplayCategory] => [oid, isCategory(category) ? category : 'other']),
  ),
)

function isCategory(name: string): name is keyof typeof BY_OID {
  return Object.hasOwn(BY_OID, name)
}

/** What is known of a type besides its OID. */
export interface TypeHint {
  /** As format_type() prints it: tells arrays of user types, and extensions' types. */
  readonly name?: string | undefined
  /** From the catalog, for types of the database itself. */
  readonly kind?: 'enum' | 'domain' | 'composite' | 'range' | undefined
}

const BY_NAME: ReadonlyMap<string, DisplayCategory> = new Map([
  ['geometry', 'geometry'],
  ['geography', 'geometry'],
  ['box2d', 'geometry'],
  ['box3d', 'geometry'],
  ['citext', 'text'],
  ['ltree', 'text'],
  ['hstore', 'json'],
  ['vector', 'array'],
  ['halfvec', 'array'],
  ['cube', 'array'],
])

/** The category of a type. Domains arrive as their base type: that is what Postgres reports for a column of a result. */
export function displayCategory(typeOid: number, hint: TypeHint = {}): DisplayCategory {
  const known = CATEGORIES.get(typeOid)
  if (known !== undefined) return known
  if (ARRAYS.has(typeOid) || hint.name?.endsWith('[]') === true) return 'array'
  if (hint.kind === 'enum' || hint.kind === 'composite' || hint.kind === 'range') return hint.kind
  if (typeOid === 2249) return 'composite'
  // Without schema and modifier: `public.geometry(Point,4326)` is geometry.
  const bare = hint.name?.replace(/\(.*$/, '').replace(/^.*\./, '').replaceAll('"', '')
  return (bare === undefined ? undefined : BY_NAME.get(bare)) ?? 'other'
}

/** Whether cells of the category are aligned to the right, so that digits stand below each other. */
export function isRightAligned(category: DisplayCategory): boolean {
  return category === 'number'
}
