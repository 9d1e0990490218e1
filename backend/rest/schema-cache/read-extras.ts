// Reads what is small enough to be read anew each time: schemas, casts of domains, media type handlers, settings of roles.
import type { CustomHandler, Isolation, Representation, RoleSettings } from '../types.ts'
import type { CatalogExtras, CatalogSnapshot, SchemaScope } from './catalog.ts'
import { listAt, numberAt, textAt, toText, type Row } from './cells.ts'
import { extrasSql } from './queries.ts'
import { rowsOf, type Reader } from './read.ts'

export interface ReadExtras {
  readonly serverVersion: number
  readonly snapshot: CatalogSnapshot
  readonly extras: CatalogExtras
  /** What decides which views can be written to: the same text is the same rules. */
  readonly rules: string
  /** The rows as they came: the same text is the same extras. */
  readonly fingerprint: string
}

/** Reads the extras and the transaction's snapshot. Rejects as the session does. */
export async function readExtras(
  session: Reader,
  scope: SchemaScope,
  serverVersion: number,
): Promise<ReadExtras> {
  const rows = await rowsOf(session, extrasSql(scope.schemas, serverVersion))
  const server = rows.find((row) => row[0] === 'server') ?? []
  const others = rows.filter((row) => row[0] !== 'server')
  return {
    serverVersion: numberAt(server, 1),
    snapshot: readSnapshot(textAt(server, 2)),
    rules: textAt(server, 3),
    extras: toExtras(others),
    fingerprint: JSON.stringify(others),
  }
}

/**
 * `xmin:xmax:xip,…` of pg_current_snapshot(). While transactions were running, rows of the oldest of them on count as unseen: subtransactions
 * do not stand in the list, so that single ones cannot be told apart.
 */
export function readSnapshot(text: string): CatalogSnapshot {
  const [oldest = '0', next = '0', running = ''] = text.split(':')
  return { text, firstUnseen: BigInt(running === '' ? next : oldest), end: BigInt(next) }
}

function toExtras(rows: readonly Row[]): CatalogExtras {
  const namespaces = new Map<number, string>()
  const schemaDescriptions = new Map<string, string>()
  const representations: Representation[] = []
  const handlers: CustomHandler[] = []
  const roleSettings = new Map<string, RoleSettings>()
  for (const row of rows) {
    switch (row[0]) {
      case 'namespace':
        namespaces.set(numberAt(row, 1), textAt(row, 2))
        if (typeof row[3] === 'string') schemaDescriptions.set(textAt(row, 2), row[3])
        break
      case 'representation':
        representations.push({
          source: textAt(row, 1),
          target: textAt(row, 2),
          function: { schema: textAt(row, 3), name: textAt(row, 4) },
        })
        break
      case 'handler':
        handlers.push(readHandler(row))
        break
      default:
        roleSettings.set(textAt(row, 1), readRoleSettings(listAt(row, 2).map(toText)))
    }
  }
  handlers.sort((a, b) => compare(handlerKey(a), handlerKey(b)))
  return { namespaces, schemaDescriptions, representations, handlers, roleSettings }
}

function readHandler(row: Row): CustomHandler {
  const schema = row[4]
  return {
    function: { schema: textAt(row, 1), name: textAt(row, 2) },
    kind: row[3] === 'a' ? 'aggregate' : 'routine',
    target: typeof schema === 'string' ? { schema, name: textAt(row, 5) } : 'anyelement',
    mediaType: textAt(row, 6),
  }
}

function handlerKey({ function: { schema, name }, mediaType }: CustomHandler): string {
  return `${schema}\u0000${name}\u0000${mediaType}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Later ones win: those of a role in this database come after the role's own. */
function readRoleSettings(settings: readonly string[]): RoleSettings {
  const values = new Map<string, string>()
  let isolation: Isolation | null = null
  for (const setting of settings) {
    const [name, value] = splitSetting(setting)
    if (name === 'default_transaction_isolation') isolation = toIsolation(value)
    else values.set(name, value)
  }
  return { isolation, settings: [...values] }
}

/** `name=value` of a SET clause, the name in lower case. */
export function splitSetting(setting: string): readonly [name: string, value: string] {
  const at = setting.indexOf('=')
  return [setting.slice(0, at).toLowerCase(), setting.slice(at + 1)]
}

/** As transactions are begun; `read uncommitted` is `read committed` in Postgres. */
export function toIsolation(value: string): Isolation {
  const name = value.toLowerCase()
  return name === 'serializable' || name === 'repeatable read' ? name : 'read committed'
}
