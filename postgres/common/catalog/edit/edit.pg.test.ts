// Edits as a person makes them, applied to a real server: what comes out is what was drawn.
import { expect, test } from 'vitest'
import type { SchemaModel } from '#contract/schema/types.ts'
import { introspectModel } from '#postgres/node/introspect-model.ts'
import { openSession, type Session } from '#postgres/node/session.ts'
import { countingIds, randomEdit } from '#testing/random-edits.ts'
import { seededRandom } from '#testing/random-numbers.ts'
import { loadSchema } from '#testing/schemas/index.ts'
import { createTempDatabase } from '#testing/temp-database.ts'
import { compareModels } from '../../diff/model-diff.ts'
import { diffModels } from '../../diff/plan-migration.ts'
import { fillsOf, planDraft } from '../../diff/plan-draft.ts'
import { applyPatch } from '../patch.ts'
import { checkModel } from './check-model.ts'

const SCHEMAS = [
  '01-film-rental',
  '06-shop',
  '03-tenants',
  '04-event-store',
  '05-legacy-names',
  '08-bookings',
] as const
const ROUNDS = Number(process.env['EDIT_ROUNDS'] ?? '3')
const FIRST_SEED = Number(process.env['EDIT_SEED'] ?? '1')

async function inDatabase<Result>(
  schema: string,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const database = await createTempDatabase()
  const session = await openSession(database.target)
  try {
    await loadSchema(session, schema)
    return await use(session)
  } finally {
    await session.close()
    await database.drop()
  }
}

async function apply(session: Session, base: SchemaModel, draft: SchemaModel): Promise<SchemaModel> {
  const { up } = planDraft(base, draft, { matchBy: 'id', fills: fillsOf([]) })
  for (const { sql } of up)
    try {
      await session.query(sql)
    } catch (error) {
      throw new Error(
        `${error instanceof Error ? error.message : ''} at ${sql} of\n${up.map((one) => one.sql).join(';\n')}`,
      )
    }
  return introspectModel(session)
}

/** As changes are named: without `public`. */
function nameOf(model: SchemaModel, id: string): string {
  const object = model.objects.find((one) => one.id === id)
  if (object?.kind !== 'view') return ''
  return object.schema === 'public' ? object.name : `${object.schema}.${object.name}`
}

/** A text without its names: what the server printed before a rename differs in them alone. */
function shapeOf(text: string): string {
  return text
    .replaceAll(/ as "?[\p{L}\p{N}_$ ]+"?(?=[,\s)]|$)/giu, '')
    .replaceAll(/"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*/gu, 'x')
    .replaceAll('x.x', 'x')
    .replaceAll(/\s+/g, ' ')
}

const cases = SCHEMAS.flatMap((schema) =>
  Array.from({ length: ROUNDS }, (_, at) => ({ schema, seed: FIRST_SEED + at })),
)

test.each(cases)(
  'random edits of $schema, seed $seed, lead where they were drawn',
  async ({ schema, seed }) => {
    await inDatabase(schema, async (session) => {
      const base = await introspectModel(session)
      expect(checkModel(base)).toEqual([])
      const random = seededRandom(seed)
      const newId = countingIds()
      let draft = base
      const labels: string[] = []
      for (let step = 0; step < 12; step += 1) {
        const edit = randomEdit(random, { model: draft, base, newId })
        if (edit === undefined || edit.problem !== null) continue
        draft = applyPatch(draft, edit.patch)
        labels.push(edit.patch.label)
        expect(checkModel(draft), labels.join('; ')).toEqual([])
      }
      const after = await apply(session, base, draft).catch((error: unknown) => {
        throw new Error(`${labels.join('; ')}\n${String(error)}`)
      })
      // Texts that the server printed still say the old names in the draft: what it says now is what it would say with the new ones.
      const drawn = {
        ...draft,
        objects: [...compareModels(base, draft, { matchBy: 'id' }).pairs.values()].flatMap(
          (pair) => pair.after ?? [],
        ),
      }
      const isNewView = new Set(
        draft.objects.flatMap(({ kind, id }) =>
          kind === 'view' && id.includes(':new-') ? [nameOf(draft, id)] : [],
        ),
      )
      const left = diffModels(drawn, after, { matchBy: 'name' })
        .filter(
          ({ action, kind, name, differences }) =>
            // Postgres alone knows the columns of a new view.
            !(
              action === 'create' &&
              kind === 'column' &&
              isNewView.has(name.slice(0, name.lastIndexOf('.')))
            ) &&
            !(action === 'alter' && differences.every((one) => shapeOf(one.before) === shapeOf(one.after))),
        )
        .map(({ action, kind, name, differences }) => ({ action, kind, name, differences }))
      expect(left, labels.join('; ')).toEqual([])
    })
  },
)
