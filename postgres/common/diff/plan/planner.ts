// What the steps of a plan share: the differences, what is made again, names on the way, and the operations so far.
import type { ModelObject, SchemaModel, Table } from '#contract/schema/types.ts'
import { compileContext, qualified, shown, type CompileContext } from '../../ddl/create/context.ts'
import type { Statement } from '../../ddl/statement.ts'
import { parentsOf } from '../families.ts'
import type { ModelDiff } from '../model-diff.ts'
import { idsIn } from '../needs.ts'
import type { Rebuild } from '../rebuild.ts'
import { Operations } from './operations.ts'
import type { RenameSteps } from './rename-steps.ts'

export interface Planner {
  readonly diff: ModelDiff
  readonly rebuild: Rebuild
  readonly renames: RenameSteps
  readonly operations: Operations
  readonly context: CompileContext
  /** The newer model, its text with the newer names. */
  readonly newer: SchemaModel
  /** By parent, as SQL names it: the tables right below it, as they will be. */
  readonly children: ReadonlyMap<string, readonly Table[]>
  /** The schema that tables stand in while they are made again with their rows. */
  readonly asideSchema: string
  /** Columns that must not be null and come back without their values get the plainest value of their type. */
  readonly fillsColumns: boolean
}

export interface PlannerInput {
  readonly diff: ModelDiff
  readonly rebuild: Rebuild
  readonly renames: RenameSteps
  readonly withOwners: boolean
  readonly serverVersion: number | undefined
  readonly fillsColumns: boolean
}

/** Starts a plan. */
export function startPlan({
  diff,
  rebuild,
  renames,
  withOwners,
  serverVersion,
  fillsColumns,
}: PlannerInput): Planner {
  const isRenamed = diff.renames.list.length > 0
  const newer = isRenamed
    ? {
        ...diff.newer,
        objects: [...diff.pairs.values()].flatMap(({ after }) => (after === null ? [] : [after])),
      }
    : diff.newer
  const older = isRenamed
    ? {
        ...diff.older,
        objects: [...diff.pairs.values()].flatMap(({ before }) => (before === null ? [] : [before])),
      }
    : diff.older
  const schemas = new Set(
    [...diff.older.objects, ...diff.newer.objects]
      .filter(({ kind }) => kind === 'schema')
      .map(({ name }) => name),
  )
  let asideSchema = 'migration_aside'
  while (schemas.has(asideSchema)) asideSchema += '_'
  return {
    diff,
    rebuild,
    renames,
    operations: new Operations(),
    context: compileContext(newer, {
      withOwners,
      existing: older,
      // Those that go, go first; those that come, come last.
      defaultPrivileges: [...diff.pairs.values()].flatMap(({ before, after }) =>
        before?.kind === 'defaultPrivileges' && after !== null ? [before] : [],
      ),
      ...(serverVersion === undefined ? {} : { serverVersion }),
    }),
    newer,
    children: childrenOf(newer),
    asideSchema,
    fillsColumns,
  }
}

function childrenOf({ objects }: SchemaModel): ReadonlyMap<string, readonly Table[]> {
  const found = new Map<string, Table[]>()
  for (const table of objects)
    if (table.kind === 'table')
      for (const parent of parentsOf(table)) {
        const key = qualified(parent).text
        const list = found.get(key)
        if (list === undefined) found.set(key, [table])
        else list.push(table)
      }
  return found
}

/** What decides among operations of one rank: the name for people. */
export function sortName(object: ModelObject, part = ''): string {
  return `${shown({ schema: 'schema' in object ? object.schema : null, name: object.name })} ${part}`
}

/** Notes the operation that takes down an object with all its parts. */
export function breakAll({ operations, diff }: Planner, object: ModelObject, key: string): void {
  for (const id of idsIn(object)) {
    const known = diff.matching.idOf(id)
    operations.breaks.set(known, key)
    operations.frees.set(known, key)
  }
}

/** Statements that are said to be harmless: what is dropped is made again. */
export function asRemade(statements: readonly Statement[]): readonly Statement[] {
  return statements.map((one) => ({
    ...one,
    isDestructive: false,
    summary: `${one.summary}, to make it again`,
  }))
}
