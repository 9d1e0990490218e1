// New functions and triggers as they start, and as a person writes them, applied to a real server: the draft is what comes out.
import { expect, test } from 'vitest'
import type { SchemaModel } from '#contract/schema/types.ts'
import { introspectModel } from '#postgres/node/introspect-model.ts'
import { openSession } from '#postgres/node/session.ts'
import { createTempDatabase } from '#testing/temp-database.ts'
import { diffModels, planMigration } from '../../diff/plan-migration.ts'
import { indexModel } from '../find.ts'
import { applyPatch } from '../patch.ts'
import { changeRoutine } from './definitions.ts'
import type { Edit, EditContext } from './model-edit.ts'
import { addRoutine, addTrigger } from './new-definitions.ts'

test('they run as they are staged, and what undoes them does', async () => {
  const database = await createTempDatabase()
  const session = await openSession(database.target)
  try {
    await session.query('create table film (id int, title text)')
    const base = await introspectModel(session)
    let made = 0
    const newId = (kind: string): string => `${kind}:new-${String((made += 1))}`
    const stage = (model: SchemaModel, work: (context: EditContext) => Edit): SchemaModel => {
      const edit = work({ base, model, newId })
      if (edit.problem !== null) throw new Error(edit.problem)
      return applyPatch(model, edit.patch)
    }
    const film = indexModel(base).byName('table', 'public', 'film')
    let draft = stage(base, (context) => addRoutine(context, { schema: 'public' }))
    draft = stage(draft, (context) => addTrigger(context, { tableId: film?.id ?? '' }))
    draft = stage(draft, (context) => addRoutine(context, { schema: 'public' }))
    draft = stage(draft, (context) =>
      changeRoutine(context, {
        routineId: 'routine:new-3',
        definition: `create or replace function "Fee"(days integer, note text default ',)') returns numeric language sql as $$ select days::numeric $$;`,
      }),
    )
    const { up, down } = planMigration(base, draft, { matchBy: 'id' })
    for (const { sql } of up) await session.query(sql)
    const { rows } = await session.query(
      `select "Fee"(3), count(*) from pg_trigger where tgname = 'film_trigger'`,
    )
    expect(rows).toEqual([['3', '1']])
    for (const { sql } of down) await session.query(sql)
    expect(diffModels(base, await introspectModel(session), { matchBy: 'name' })).toEqual([])
  } finally {
    await session.close()
    await database.drop()
  }
})
