import { describe, expect, it } from 'vitest'
import type { Routine, SchemaModel } from '#contract/schema/types.ts'
import { testColumn, testModel, testTable } from '#testing/model-objects.ts'
import { planMigration } from '../../diff/plan-migration.ts'
import { applyPatch } from '../patch.ts'
import { changeRoutine, changeTrigger } from './definitions.ts'

const ROUTINE: Routine = {
  kind: 'routine',
  id: 'routine:1',
  schema: 'public',
  name: 'fee',
  owner: 'ada',
  comment: null,
  routineKind: 'function',
  identityArguments: 'days integer, note text',
  returns: 'numeric',
  language: 'sql',
  definition: `CREATE OR REPLACE FUNCTION public.fee(days integer, note text DEFAULT ')'::text)
 RETURNS numeric
 LANGUAGE sql
AS $function$ select days * 2 $function$
`,
  grants: [],
}
const TABLE = {
  ...testTable('rental', [testColumn('id', 'bigint')]),
  triggers: [
    {
      id: 'trigger:1',
      name: 'touch it',
      definition:
        'CREATE TRIGGER "touch it" BEFORE UPDATE ON public.rental FOR EACH ROW EXECUTE FUNCTION touch()',
      enabled: 'origin' as const,
      isInherited: false,
      comment: null,
    },
  ],
}
const MODEL: SchemaModel = testModel([ROUTINE, TABLE])
const context = { base: MODEL, model: MODEL, newId: (kind: string) => `${kind}:new` }
const planned = (edit: ReturnType<typeof changeRoutine>): readonly string[] => {
  if (edit.problem !== null) throw new Error(edit.problem)
  return planMigration(MODEL, applyPatch(MODEL, edit.patch), { matchBy: 'id' }).up.map(({ sql }) => sql)
}

describe('a function', () => {
  const change = (definition: string) => changeRoutine(context, { routineId: ROUTINE.id, definition })

  it('gets another body, in place', () => {
    const definition = ROUTINE.definition
      .replace('days * 2', 'days * 3')
      .replace('CREATE OR REPLACE FUNCTION', 'create  function')
    const statements = planned(change(`${definition};\n`))
    expect(statements).toHaveLength(1)
    expect(statements[0]).toMatch(/^CREATE OR REPLACE FUNCTION public\.fee\(.*days \* 3/is)
  })

  it.each([
    ['no function', 'select 1', /^Begin with create function/],
    ['its name', ROUTINE.definition.replace('public.fee', 'public.fine'), /^The name and the arguments stay/],
    [
      'its arguments',
      ROUTINE.definition.replace('days integer', 'days bigint'),
      /^The name and the arguments stay/,
    ],
    ['its kind', ROUTINE.definition.replace('FUNCTION', 'PROCEDURE'), /^fee is a function and stays one/],
  ])('is refused what makes another: %s', (_what, definition, reason) => {
    expect(change(definition).problem).toMatch(reason)
  })
})

describe('a trigger', () => {
  const change = (definition: string) =>
    changeTrigger(context, { tableId: TABLE.id, triggerId: 'trigger:1', definition })
  const { definition } = TABLE.triggers[0]!

  it('gets another event: made again', () => {
    const statements = planned(
      change(definition.replace('BEFORE UPDATE ON', 'before update of id or insert on')),
    )
    expect(statements.join('\n')).toMatch(
      /drop trigger "touch it"[^]*CREATE TRIGGER "touch it" before update of id or insert on public\.rental/i,
    )
  })

  it.each([
    ['drop table rental', /^Begin with create trigger/],
    [definition.replace('"touch it"', 'other'), /^Its name stays "touch it"/],
    [definition.replace('public.rental', 'public.film'), /^It stays on public\.rental/],
  ])('is refused what makes another: %s', (text, reason) => {
    expect(change(text).problem).toMatch(reason)
  })
})
