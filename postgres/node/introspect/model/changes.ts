// What must be read again, from the rows of changeSources and the model that was read before.
import { z } from 'zod'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { partsOf } from './assemble.ts'
import { CATALOG } from './catalogs.ts'
import { COMMENT_GROUPS, groupOf } from './change-sources.ts'
import { numberAt, optionalAt, textAt, type Row } from './cells.ts'
import { rowsOf, type Lookups, type Rows } from './lookups.ts'
import type { Watermark } from './watermark.ts'

/** OIDs of relations and routines. */
export interface Changes {
  readonly relations: ReadonlySet<string>
  readonly routines: ReadonlySet<string>
}

/** The model before, by ids. */
type Before = ReadonlyMap<string, ModelObject>

/** The number of an id: `table:12` is 12. */
export function oidOf(id: string): string {
  return id.slice(id.indexOf(':') + 1)
}

/** A table, view or sequence by its OID. */
function relationOf(before: Before, oid: string): ModelObject | undefined {
  return before.get(`table:${oid}`) ?? before.get(`view:${oid}`) ?? before.get(`sequence:${oid}`)
}

function isRelation({ kind }: ModelObject): boolean {
  return kind === 'table' || kind === 'view' || kind === 'sequence'
}

/** What changed. `small` are the objects that are read each time, by id. */
export function findChanges(
  model: SchemaModel,
  rows: Rows,
  context: {
    readonly lookups: Lookups
    readonly watermark: Watermark
    readonly small: ReadonlyMap<string, ModelObject>
  },
): Changes {
  const before = new Map(model.objects.map((object) => [object.id, object]))
  const changes = { relations: new Set<string>(), routines: new Set<string>() }
  addWritten(before, changes, { rows: rowsOf(rows, 'change').filter((row) => row[5] === null), ...context })
  addGone(before, changes, { rows, watermark: context.watermark })
  addUncommented(before, changes, { rows, watermark: context.watermark })
  return changes
}

interface ChangesDraft {
  readonly relations: Set<string>
  readonly routines: Set<string>
}

const Names = z.tuple([z.number(), z.string(), z.array(z.tuple([z.number(), z.string()]))])

function addWritten(
  before: Before,
  { relations, routines }: ChangesDraft,
  {
    rows,
    lookups,
    small,
  }: {
    readonly rows: readonly Row[]
    readonly lookups: Lookups
    readonly small: ReadonlyMap<string, ModelObject>
  },
): void {
  const effects = new Map<string, Effect>()
  for (const row of rows) {
    if (optionalAt(row, 3) !== null) continue
    const [catalog, oid, relation] = [Number(optionalAt(row, 0)), optionalAt(row, 1), optionalAt(row, 2)]
    if (relation !== null && relation !== '0') relations.add(relation)
    if (oid === null) continue
    if (catalog === CATALOG.routine) routines.add(oid)
    effects.set(
      `${catalog}:${oid}`,
      effectOf(before, { catalog, oid, relation, names: optionalAt(row, 4) }, { lookups, small }),
    )
  }
  for (const row of rows) {
    const dependent = optionalAt(row, 3)
    if (dependent === null) continue
    const effect = effects.get(`${textAt(row, 0)}:${textAt(row, 1)}`) ?? 'names'
    if (effect === 'none' || (effect === 'columns' && !PRINTS_QUERIES.has(Number(dependent)))) continue
    if (Number(dependent) === CATALOG.routine) routines.add(textAt(row, 2))
    else relations.add(textAt(row, 2))
  }
}

/** What prints whole queries: the columns that its tables have decide which names it must qualify. */
const PRINTS_QUERIES: ReadonlySet<number> = new Set([CATALOG.rule, CATALOG.routine, CATALOG.policy])

/** What a change means for what needs the thing: nothing, other columns, or other names. */
type Effect = 'none' | 'columns' | 'names'

function effectOf(
  before: Before,
  changed: {
    readonly catalog: number
    readonly oid: string
    readonly relation: string | null
    readonly names: string | null
  },
  { lookups, small }: { readonly lookups: Lookups; readonly small: ReadonlyMap<string, ModelObject> },
): Effect {
  const { catalog, oid } = changed
  if (catalog === CATALOG.type) return typeEffect(before, oid, small)
  if (catalog !== CATALOG.class && catalog !== CATALOG.routine) return 'names'
  if (changed.names === null) return 'none'
  const [namespace, name, columns] = Names.parse(JSON.parse(changed.names))
  if (catalog === CATALOG.class && changed.relation !== null && changed.relation !== oid) {
    const owner = relationOf(before, changed.relation)
    const indexes = owner?.kind === 'table' || owner?.kind === 'view' ? owner.indexes : []
    const index = indexes.find(({ id }) => id === `index:${oid}`)
    if (index !== undefined) return index.name === name ? 'none' : 'names'
  }
  const known = catalog === CATALOG.class ? relationOf(before, oid) : before.get(`routine:${oid}`)
  // A composite type, or something new that only new things need.
  if (known === undefined) return catalog === CATALOG.class ? 'names' : 'none'
  const schema = lookups.namespace(String(namespace))?.name
  if (known.name !== name || !('schema' in known) || known.schema !== schema) return 'names'
  if (known.kind !== 'table' && known.kind !== 'view') return 'none'
  const now = new Map(columns.map(([number, column]) => [`column:${oid}.${number}`, column]))
  if (known.columns.some((column) => now.has(column.id) && now.get(column.id) !== column.name)) return 'names'
  return now.size === known.columns.length && known.columns.every(({ id }) => now.has(id))
    ? 'none'
    : 'columns'
}

/** Labels of an enum stand in defaults and conditions. */
function typeEffect(before: Before, oid: string, small: ReadonlyMap<string, ModelObject>): Effect {
  for (const kind of ['enum', 'domain', 'range']) {
    const [old, now] = [before.get(`${kind}:${oid}`), small.get(`${kind}:${oid}`)]
    if (old === undefined || now === undefined || !('schema' in old) || !('schema' in now)) continue
    if (old.name !== now.name || old.schema !== now.schema) return 'names'
    if (old.kind !== 'enum' || now.kind !== 'enum') return 'none'
    const labels = new Map(now.labels.map(({ id, label }) => [id, label]))
    return old.labels.every(({ id, label }) => labels.get(id) === label) ? 'none' : 'names'
  }
  return 'names'
}

/** Where fewer old rows are left than there were, one was removed or written again. */
function addGone(
  before: Before,
  { relations, routines }: ChangesDraft,
  { rows, watermark }: { readonly rows: Rows; readonly watermark: Watermark },
): void {
  const old = new Map(countRows(rows).map((row) => [`${textAt(row, 5)}:${textAt(row, 6)}`, numberAt(row, 8)]))
  const differing = new Set<number>()
  for (const [key, count] of Object.entries(watermark.parts))
    if (old.get(key) !== count) differing.add(Number(oidOf(key)))
  const present = new Set((rowsOf(rows, 'present')[0]?.[0] ?? '').split(','))
  for (const object of before.values()) {
    const oid = oidOf(object.id)
    if (object.kind === 'routine' && !present.has(oid)) routines.add(oid)
    if (differing.size > 0 && isRelation(object) && differing.has(groupOf(Number(oid)))) relations.add(oid)
  }
}

const COMMENTED: Readonly<Record<string, number>> = {
  constraint: CATALOG.constraint,
  index: CATALOG.class,
  trigger: CATALOG.trigger,
  policy: CATALOG.policy,
  rule: CATALOG.rule,
}

/** Where a group has another number of comments than before, what had one is read again. */
function addUncommented(
  before: Before,
  { relations, routines }: ChangesDraft,
  { rows, watermark }: { readonly rows: Rows; readonly watermark: Watermark },
): void {
  const now = commentCounts(rows)
  const differing = new Set(
    [...Object.keys(now), ...Object.keys(watermark.comments)].filter(
      (key) => now[key] !== watermark.comments[key],
    ),
  )
  if (differing.size === 0) return
  const isAffected = (catalog: number, oid: string): boolean =>
    differing.has(`${catalog}:${String(Number(oid) % COMMENT_GROUPS)}`)
  for (const object of before.values()) {
    const oid = oidOf(object.id)
    if (object.kind === 'routine' && isAffected(CATALOG.routine, oid)) routines.add(oid)
    if (!isRelation(object)) continue
    if (isAffected(CATALOG.class, oid)) relations.add(oid)
    for (const part of partsOf(object)) {
      const catalog = COMMENTED[part.id.slice(0, part.id.indexOf(':'))]
      if (catalog !== undefined && part.comment !== null && isAffected(catalog, oidOf(part.id)))
        relations.add(oid)
    }
  }
}

function countRows(rows: Rows): Row[] {
  return rowsOf(rows, 'change').filter((row) => row[5] !== null)
}

/** How many relations and parts of them there are now. */
export function partCounts(rows: Rows): Record<string, number> {
  return Object.fromEntries(
    countRows(rows).map((row) => [`${textAt(row, 5)}:${textAt(row, 6)}`, numberAt(row, 7)]),
  )
}

/** How many comments there are now. */
export function commentCounts(rows: Rows): Record<string, number> {
  return Object.fromEntries(
    rowsOf(rows, 'comment count').map((row) => [`${textAt(row, 0)}:${textAt(row, 1)}`, numberAt(row, 2)]),
  )
}

/** Whether only a full reading will do: another database or version, a name that everything mentions, what extensions own. */
export function needsFullReading(
  { model, watermark }: { readonly model: SchemaModel; readonly watermark: Watermark },
  now: Watermark,
): boolean {
  if (now.identity !== watermark.identity || now.serverVersion !== watermark.serverVersion) return true
  const age = BigInt(now.firstUnseen) - BigInt(watermark.firstUnseen)
  if (age < 0n || age > MAX_AGE) return true
  for (const [key, name] of Object.entries(watermark.names)) {
    const current = now.names[key]
    if (current !== undefined && current !== name) return true
  }
  const members = new Set(now.members)
  if (watermark.members.some((member) => !members.has(member))) return true
  const known = new Set(watermark.members)
  const added = now.members.filter((member) => !known.has(member))
  if (added.length === 0) return false
  const oids = new Set(model.objects.map(({ id }) => oidOf(id)))
  return added.some((member) => oids.has(oidOf(member)))
}

/** Transaction ids can be compared over half their circle; half of that is kept as a reserve. */
const MAX_AGE = 2n ** 30n
