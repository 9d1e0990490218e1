// The migration from one model to another: what changes, and the statements there and back in the order in which they run.
import { AppError } from '#contract/errors.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import type { Change, DiffOptions } from '../ddl/change.ts'
import type { Statement } from '../ddl/statement.ts'
import { changesOf } from './changes.ts'
import { compareModels, type ModelDiff } from './model-diff.ts'
import { findRebuild, type Rebuild } from './rebuild.ts'
import { planStatements, type StatementOptions } from './plan/plan-statements.ts'

export interface PlanOptions extends DiffOptions {
  /** `server_version_num` of the server that the statements are for; the newer model's by default. */
  readonly serverVersion?: number
  /** Whether Postgres checks the bodies of functions that the migration makes. By default it does for what a person drafts (by id), and not for what a database has already. */
  readonly checkFunctionBodies?: boolean
}

export interface MigrationPlan {
  readonly changes: readonly Change[]
  readonly up: readonly Statement[]
  /** Leads back. What was dropped comes back empty; the statements that cannot bring something back say so. */
  readonly down: readonly Statement[]
}

/** What differs between two models, sorted by kind, then name. */
export function diffModels(older: SchemaModel, newer: SchemaModel, options: DiffOptions): Change[] {
  const diff = compareModels(older, newer, options)
  return changesOf(diff, findRebuild(diff))
}

/**
 * The migration that leads from `older` to `newer`, and the one that leads back. Throws INVALID_INPUT for an expression in the models that is none, and for
 * what Postgres cannot do.
 */
export function planMigration(older: SchemaModel, newer: SchemaModel, options: PlanOptions): MigrationPlan {
  const { diff, rebuild, statements } = planOneWay(older, newer, options)
  const changes = changesOf(diff, rebuild)
  const [impossible] = rebuild.impossible
  if (impossible !== undefined) throw new AppError('INVALID_INPUT', impossible)
  if (changes.length === 0) return { changes, up: [], down: [] }
  const renames = options.renames?.map(({ from, to }) => ({ from: to, to: from }))
  const down = planOneWay(newer, older, {
    ...options,
    ...(renames === undefined ? {} : { renames }),
    checkFunctionBodies: false,
    fillsColumns: true,
  })
  return { changes, up: statements, down: down.statements }
}

function planOneWay(
  older: SchemaModel,
  newer: SchemaModel,
  options: PlanOptions & StatementOptions,
): { readonly diff: ModelDiff; readonly rebuild: Rebuild; readonly statements: readonly Statement[] } {
  const diff = compareModels(older, newer, options)
  const rebuild = findRebuild(diff)
  return {
    diff,
    rebuild,
    statements: withBodies(planStatements(diff, rebuild, options), { diff, rebuild, options }),
  }
}

/** Languages whose bodies Postgres checks when a routine is made. */
const CHECKED = new Set(['sql', 'plpgsql'])

/** Bodies that were there already are taken as they are: they may name what is no longer there, or comes later. */
function withBodies(
  statements: readonly Statement[],
  {
    diff,
    rebuild,
    options,
  }: { readonly diff: ModelDiff; readonly rebuild: Rebuild; readonly options: PlanOptions },
): readonly Statement[] {
  const ids = new Set(statements.map(({ objectId }) => objectId))
  const made = [...diff.pairs.values()].filter(
    ({ id, after }) =>
      after?.kind === 'routine' &&
      ids.has(id) &&
      CHECKED.has(after.language) &&
      (rebuild.remade.has(id) || !(options.checkFunctionBodies ?? options.matchBy === 'id')),
  )
  const [first] = made
  if (first === undefined) return statements
  const set = (sql: string, summary: string): Statement => ({
    sql,
    summary,
    inTransaction: true,
    isDestructive: false,
    objectId: first.id,
  })
  return [
    set('set check_function_bodies = off', 'Take bodies of functions as they are'),
    ...statements,
    set('reset check_function_bodies', 'Check bodies of functions again'),
  ]
}
