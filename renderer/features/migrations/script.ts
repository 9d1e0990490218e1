// Migrations as text: statements joined to a script that people read and edit, and a script cut into what is shown statement by statement.
import type { StatementReview } from '#contract/capabilities/schema.ts'
import type { Change } from '#postgres/common/ddl/change.ts'
import type { Statement } from '#postgres/common/ddl/statement.ts'
import { splitScript } from '#postgres/common/script/index.ts'

/** The script of these statements: a blank line between them, each with its semicolon. Empty for none. */
export function scriptOf(statements: readonly Statement[]): string {
  return statements.map(({ sql }) => `${sql};\n`).join('\n')
}

/** One statement of a script as it is listed. */
export interface ShownStatement {
  readonly sql: string
  /** Where it stands in the script, in UTF-16 units. */
  readonly start: number
  readonly end: number
  /** What it does, for a person; null for one that a person wrote. */
  readonly summary: string | null
  /** What it is for in the model; null for one that a person wrote. */
  readonly objectId: string | null
  readonly isDestructive: boolean
  readonly review: StatementReview | null
}

/** The statements of a script with what is known of them: from the planner where the text is still its own, from the review where there is one. */
export function shownStatements(
  script: string,
  planned: readonly Statement[],
  reviews: readonly StatementReview[],
): readonly ShownStatement[] {
  const known = new Map(planned.map((statement) => [statement.sql, statement]))
  const found = splitScript(script)
  // Both are cut in the same order; were one cut otherwise, a note would stand beside the wrong statement.
  const isReviewed = reviews.length === found.length
  return found.map(({ sql, start, end }, at) => {
    const plan = known.get(sql)
    const review = (isReviewed ? reviews[at] : undefined) ?? null
    return {
      sql,
      start,
      end,
      summary: plan?.summary ?? null,
      objectId: plan?.objectId ?? null,
      isDestructive: plan?.isDestructive === true || review?.isDestructive === true,
      review,
    }
  })
}

/** The script with other statements in the place of one. */
export function replaceStatement(
  script: string,
  { start, end }: Pick<ShownStatement, 'start' | 'end'>,
  statements: readonly string[],
): string {
  return script.slice(0, start) + statements.map(trimmed).join(';\n\n') + script.slice(end)
}

function trimmed(sql: string): string {
  return sql.trim().replace(/;$/, '').trimEnd()
}

const KIND_WORDS: Readonly<Record<string, readonly [string, string]>> = {
  defaultPrivileges: ['default privilege', 'default privileges'],
  enumLabel: ['enum value', 'enum values'],
  eventTrigger: ['event trigger', 'event triggers'],
  index: ['index', 'indexes'],
  policy: ['policy', 'policies'],
  routine: ['function', 'functions'],
  composite: ['composite type', 'composite types'],
  range: ['range type', 'range types'],
  other: ['object', 'objects'],
}

/** What a kind is called, for one or for several. */
export function kindWord(kind: Change['kind'], count: number): string {
  const [one, many] = KIND_WORDS[kind] ?? [kind, `${kind}s`]
  return count === 1 ? one : many
}

export const ACTION_WORDS = { create: 'added', alter: 'changed', drop: 'dropped' } as const

/** `1 table added, 2 columns changed`; empty for no changes. */
export function changesInWords(changes: readonly Change[]): string {
  const counts = new Map<string, { readonly change: Change; count: number }>()
  for (const change of changes) {
    // What is made again only because something under it changes is no change of its own.
    if (change.action === 'alter' && change.differences.length === 0) continue
    const key = `${change.action} ${change.kind}`
    const present = counts.get(key)
    if (present === undefined) counts.set(key, { change, count: 1 })
    else present.count += 1
  }
  return [...counts.values()]
    .toSorted((a, b) => rank(a.change) - rank(b.change))
    .map(({ change, count }) => `${count} ${kindWord(change.kind, count)} ${ACTION_WORDS[change.action]}`)
    .join(', ')
}

/** What people think of first comes first. */
const KINDS: readonly Change['kind'][] = ['table', 'column', 'view', 'enum', 'constraint', 'index']
const ACTIONS: readonly Change['action'][] = ['create', 'alter', 'drop']

function rank({ kind, action }: Change): number {
  const at = KINDS.indexOf(kind)
  return (at === -1 ? KINDS.length : at) * ACTIONS.length + ACTIONS.indexOf(action)
}

/** `6 statements`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

const NAME_ACTIONS = { create: 'add', alter: 'change', drop: 'drop' } as const
const MAX_NAME = 60

/** A name for the migration, from what it changes: `add_late_fee`. Fits migrations.write. */
export function proposeName(changes: readonly Change[]): string {
  const own = changes.filter((change) => change.action !== 'alter' || change.differences.length > 0)
  const main =
    own.find(({ kind, action }) => kind === 'table' && action === 'create') ??
    own.find(({ parentId }) => parentId === null) ??
    own[0]
  if (main === undefined) return 'change_schema'
  const rename = main.differences.find(({ field }) => field === 'name')
  const words =
    rename !== undefined && main.action === 'alter'
      ? ['rename', rename.before, 'to', rename.after]
      : [
          NAME_ACTIONS[main.action],
          ...main.name
            .split('.')
            .toReversed()
            .slice(0, main.parentId === null ? 1 : 2),
        ]
  const rest = own.length > 1 && own.some(({ id, parentId }) => id !== main.id && parentId !== main.id)
  return nameOf(rest && own.length > 3 ? [...words, 'and_more'] : words)
}

function nameOf(words: readonly string[]): string {
  const name = words
    .join('_')
    .toLowerCase()
    .replaceAll(/\([^)]*\)/g, '')
    .replaceAll(/[^a-z0-9_]+/g, '_')
    .replaceAll(/_+/g, '_')
    .slice(0, MAX_NAME)
    .replaceAll(/^_|_$/g, '')
  return name === '' ? 'change_schema' : name
}
