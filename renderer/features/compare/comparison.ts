// Two schemas held against each other: what differs, with confirmed renames, and the migration of what was chosen.
import type { SchemaModel } from '#contract/schema/types.ts'
import type { Change } from '#postgres/common/ddl/change.ts'
import { alignIds } from '#postgres/common/diff/align.ts'
import { chooseChanges } from '#postgres/common/diff/choose.ts'
import { diffModels, planMigration, type MigrationPlan } from '#postgres/common/diff/plan-migration.ts'
import { proposeRenames, type RenameProposal } from '#postgres/common/diff/propose-renames.ts'

export interface Comparison {
  readonly older: SchemaModel
  /** With the ids of the older one where they are the same. */
  readonly newer: SchemaModel
  readonly changes: readonly Change[]
}

/** What may be a rename; most alike first. */
export function renamesOf(older: SchemaModel, newer: SchemaModel): readonly RenameProposal[] {
  return proposeRenames(older, newer).toSorted((a, b) => b.score - a.score)
}

/** A key of a proposal. */
export function renameKey({ from, to }: Pick<RenameProposal, 'from' | 'to'>): string {
  return `${from} ${to}`
}

/** Compares, with the confirmed renames. A column's counts only where its table is the same or its rename is confirmed too. */
export function compareSchemas(
  older: SchemaModel,
  newer: SchemaModel,
  confirmed: readonly RenameProposal[],
): Comparison {
  const tables = new Set(confirmed.flatMap((one) => (one.parents === null ? [renameKey(one)] : [])))
  const moved = new Set(confirmed.flatMap((one) => (one.parents === null ? [one.from] : [])))
  const namesOf = (model: SchemaModel): ReadonlyMap<string, string> =>
    new Map(
      model.objects.map((object) => [
        object.id,
        'schema' in object ? `${object.schema}.${object.name}` : object.name,
      ]),
    )
  const [olderNames, newerNames] = [namesOf(older), namesOf(newer)]
  const renames = confirmed.filter(
    ({ parents }) =>
      parents === null ||
      tables.has(renameKey(parents)) ||
      (!moved.has(parents.from) && olderNames.get(parents.from) === newerNames.get(parents.to)),
  )
  const aligned = alignIds(older, newer, { renames })
  return { older, newer: aligned, changes: diffModels(older, aligned, { matchBy: 'id' }) }
}

export interface ChosenPlan {
  readonly plan: MigrationPlan
  /** Ids of all changes in it: chosen, and needed by those. */
  readonly taken: ReadonlySet<string>
}

/** The migration of the chosen changes. Throws INVALID_INPUT for an expression in the models that is none. */
export function planChosen(comparison: Comparison, chosen: ReadonlySet<string>): ChosenPlan {
  const { older, newer, changes } = comparison
  if (changes.length > 0 && changes.every(({ id }) => chosen.has(id)))
    return { plan: planMigration(older, newer, { matchBy: 'id' }), taken: chosen }
  const { model, taken } = chooseChanges(older, newer, chosen)
  return {
    plan: planMigration(older, model, { matchBy: 'id', serverVersion: older.serverVersion }),
    taken,
  }
}
