// Names of column types as format_type() prints them: built-in ones from a table, others asked of the server once per connection.
import { z } from 'zod'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { CursorColumn } from '#postgres/node/session.ts'
import type { ConnectionsService } from '../connections/index.ts'

/** OIDs of the types that most columns have; they are the same in every database. */
const BUILT_IN: ReadonlyMap<number, string> = new Map([
  [16, 'boolean'],
  [17, 'bytea'],
  [18, '"char"'],
  [19, 'name'],
  [20, 'bigint'],
  [21, 'smallint'],
  [23, 'integer'],
  [24, 'regproc'],
  [25, 'text'],
  [26, 'oid'],
  [27, 'tid'],
  [28, 'xid'],
  [114, 'json'],
  [142, 'xml'],
  [600, 'point'],
  [700, 'real'],
  [701, 'double precision'],
  [705, 'unknown'],
  [790, 'money'],
  [829, 'macaddr'],
  [869, 'inet'],
  [650, 'cidr'],
  [1007, 'integer[]'],
  [1009, 'text[]'],
  [1016, 'bigint[]'],
  [1042, 'character'],
  [1043, 'character varying'],
  [1082, 'date'],
  [1083, 'time without time zone'],
  [1114, 'timestamp without time zone'],
  [1184, 'timestamp with time zone'],
  [1266, 'time with time zone'],
  [1560, 'bit'],
  [1562, 'bit varying'],
  [1700, 'numeric'],
  [2205, 'regclass'],
  [2278, 'void'],
  [2950, 'uuid'],
  [3220, 'pg_lsn'],
  [3614, 'tsvector'],
  [3802, 'jsonb'],
])
const WITH_LENGTH: ReadonlySet<number> = new Set([1042, 1043])
const WITH_BITS: ReadonlySet<number> = new Set([1560, 1562])
const WITH_FRACTION: ReadonlySet<number> = new Set([1083, 1114, 1184, 1266])
const NUMERIC = 1700
/** Most modifiers count the four bytes of a length word. */
const HEADER = 4

/** The name of a built-in type with its modifier; undefined for others. */
export function builtInTypeName(oid: number, modifier: number): string | undefined {
  const name = BUILT_IN.get(oid)
  if (name === undefined || modifier < 0) return oid === 1042 && modifier < 0 ? 'bpchar' : name
  if (WITH_LENGTH.has(oid)) return `${name}(${modifier - HEADER})`
  if (WITH_BITS.has(oid)) return `${name}(${modifier})`
  if (WITH_FRACTION.has(oid)) return name.replace(/^\w+/, (word) => `${word}(${modifier})`)
  if (oid !== NUMERIC) return name
  const packed = modifier - HEADER
  // The scale has eleven bits and a sign.
  return `${name}(${(packed >> 16) & 0xffff},${((packed & 0x7ff) ^ 1024) - 1024})`
}

export interface TypeNames {
  /** One name per column. Types that cannot be looked up are named by their OID. Never rejects. */
  namesOf(connectionId: ConnectionId, columns: readonly CursorColumn[]): Promise<string[]>
  /** Forgets a connection's types: they may have been renamed. */
  forget(connectionId: ConnectionId): void
}

const LOOKUP_TIMEOUT_MS = 2_000
const Rows = z.array(z.tuple([z.string().nullable()]))

/** Looks names up on a connection of its own: the tab's session is busy with the rows. */
export function createTypeNames(connections: Pick<ConnectionsService, 'open'>): TypeNames {
  const known = new Map<ConnectionId, Map<string, string>>()

  const lookUp = async (connectionId: ConnectionId, columns: readonly CursorColumn[]): Promise<void> => {
    const session = await connections.open(connectionId, {
      purpose: 'types',
      connectTimeoutMs: LOOKUP_TIMEOUT_MS,
    })
    try {
      const { rows } = await session.query(
        `select pg_catalog.format_type(oid, modifier)
         from unnest(string_to_array($1, ',')::oid[], string_to_array($2, ',')::integer[])
           with ordinality as asked (oid, modifier, position)
         order by position`,
        [
          columns.map((column) => column.typeOid).join(','),
          columns.map((column) => column.typeModifier).join(','),
        ],
      )
      const names = known.get(connectionId) ?? new Map<string, string>()
      known.set(connectionId, names)
      Rows.parse(rows).forEach(([name], index) => {
        const column = columns[index]
        // '???' is what format_type says of a type that only the tab's open transaction knows.
        if (column !== undefined && name !== null && name !== '???') names.set(keyOf(column), name)
      })
    } finally {
      void session.close()
    }
  }

  return {
    async namesOf(connectionId, columns) {
      const nameOf = (column: CursorColumn): string | undefined =>
        builtInTypeName(column.typeOid, column.typeModifier) ?? known.get(connectionId)?.get(keyOf(column))
      const missing = columns.filter((column) => nameOf(column) === undefined)
      // A name is not worth failing a result for.
      if (missing.length > 0) await lookUp(connectionId, missing).catch(() => undefined)
      return columns.map((column) => nameOf(column) ?? `type ${column.typeOid}`)
    },
    forget: (connectionId) => void known.delete(connectionId),
  }
}

function keyOf(column: CursorColumn): string {
  return `${column.typeOid}:${column.typeModifier}`
}
