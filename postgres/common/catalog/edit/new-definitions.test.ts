// New functions and triggers: templates that work as they are, and what a person makes of them.
import { describe, expect, it } from 'vitest'
import type { Edit } from './model-edit.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { testColumn, testModel, testTable } from '#testing/model-objects.ts'
import { planMigration } from '../../diff/plan-migration.ts'
import { applyPatch } from '../patch.ts'
import { changeRoutine, changeTrigger } from './definitions.ts'
import { addRoutine, addTrigger } from './new-definitions.ts'

const BASE: SchemaModel = testModel([testTable('rental', [testColumn('id', 'bigint')])])
const contextOf = (model: SchemaModel) => ({ base: BASE, model, newId: (kind: string) => `${kind}:new-1` })

function staged(model: SchemaModel, edit: Edit): SchemaModel {
  if (edit.problem !== null) throw new Error(edit.problem)
  return applyPatch(model, edit.patch)
}
const planned = (model: SchemaModel) => planMigration(BASE, model, { matchBy: 'id' })

describe('a new function', () => {
  const model = staged(BASE, addRoutine(contextOf(BASE), { schema: 'public' }))
  const write = (definition: string): Edit =>
    changeRoutine(contextOf(model), { routineId: 'routine:new-1', definition })

  it('is made by the migration, and dropped by its way down', () => {
    const { up, down } = planned(model)
    expect(up.map(({ sql }) => sql).join()).toMatch(/create (or replace )?function public\.new_function\(\)/i)
    expect(down.map(({ sql }) => sql).join()).toMatch(/drop function public\.new_function\(\)/i)
  })

  it('gets the name, arguments and result that its text says', () => {
    const after = staged(
      model,
      write(
        `create function "Fee"(days int default greatest(1, 2), note text = ',') returns setof numeric language plpgsql as $$ begin end $$;`,
      ),
    )
    expect(after.objects.find(({ kind }) => kind === 'routine')).toMatchObject({
      name: 'Fee',
      schema: 'public',
      identityArguments: 'days int, note text',
      returns: 'setof numeric',
      language: 'plpgsql',
      definition: expect.stringMatching(/^CREATE OR REPLACE FUNCTION public\."Fee"\(days int default/),
    })
    expect(
      planned(after)
        .down.map(({ sql }) => sql)
        .join(),
    ).toMatch(/drop function public\."Fee"\(days int, note text\)/i)
  })

  it('may become a procedure', () => {
    const after = staged(model, write('create procedure tidy() language sql as $$ select 1 $$'))
    expect(after.objects.find(({ kind }) => kind === 'routine')).toMatchObject({
      routineKind: 'procedure',
      returns: null,
    })
  })

  it.each([
    ['select 1', /^Begin with create function/],
    ['create function () returns int', /^Give it a name/],
    ['create function fee() language sql as $$ select 1 $$', /^Say what it returns/],
    [
      'create function nowhere.fee() returns int language sql as $$ select 1 $$',
      /^There is no schema nowhere/,
    ],
  ])('is not staged while it is none: %s', (text, reason) => {
    expect(write(text).problem).toMatch(reason)
  })

  it('is another than those that are there', () => {
    const two = staged(
      model,
      addRoutine({ ...contextOf(model), newId: () => 'routine:new-2' }, { schema: 'public' }),
    )
    const text = 'create function new_function() returns int language sql as $$ select 1 $$'
    expect(changeRoutine(contextOf(two), { routineId: 'routine:new-2', definition: text }).problem).toMatch(
      /^public\.new_function\(\) is there already/,
    )
  })
})

describe('a new trigger', () => {
  const tableId = BASE.objects.find(({ kind }) => kind === 'table')?.id ?? ''
  const model = staged(BASE, addTrigger(contextOf(BASE), { tableId }))
  const write = (definition: string): Edit =>
    changeTrigger(contextOf(model), { tableId, triggerId: 'trigger:new-1', definition })

  it('runs a function of Postgres until the schema has one', () => {
    expect(planned(model).up.map(({ sql }) => sql)).toEqual([
      expect.stringMatching(/execute function pg_catalog\.suppress_redundant_updates_trigger\(\)$/i),
    ])
    const routine = staged(BASE, addRoutine(contextOf(BASE), { schema: 'public' }))
    const touching = staged(
      routine,
      changeRoutine(contextOf(routine), {
        routineId: 'routine:new-1',
        definition: 'create function touch() returns trigger language plpgsql as $$ begin return new; end $$',
      }),
    )
    const both = staged(touching, addTrigger(contextOf(touching), { tableId }))
    const statements = planned(both).up.map(({ sql }) => sql)
    expect(statements.at(-1)).toMatch(/execute function public\.touch\(\)$/i)
  })

  it('gets the name of its text', () => {
    const text =
      'create trigger keep before insert on public.rental for each row execute function pg_catalog.suppress_redundant_updates_trigger()'
    expect(staged(model, write(text)).objects.find(({ kind }) => kind === 'table')).toMatchObject({
      triggers: [{ name: 'keep' }],
    })
    expect(write(text.replace('public.rental', 'public.film')).problem).toMatch(/^It stays on public\.rental/)
  })
})
