// Edits of what is one text to Postgres: functions, procedures, triggers. Their names and what they belong to stay; the rest is the person's SQL.
import type { Routine, SchemaModel, Trigger } from '#contract/schema/types.ts'
import { indexModel } from '../find.ts'
import { headOf, ROUTINE, spaced, TRIGGER, withoutEnd } from './definition-text.ts'
import { makeEdit, refuse, type Edit, type EditContext } from './model-edit.ts'
import { writtenRoutine, writtenTrigger } from './new-definitions.ts'
import { printedName } from './qualified.ts'

/** Changes a function or procedure: its whole CREATE statement, with the same name and arguments unless no database has it yet. */
export function changeRoutine(
  context: EditContext,
  input: { readonly routineId: string; readonly definition: string },
): Edit {
  return makeEdit(context, (edit) => {
    const routine = edit.need('routine', input.routineId)
    if (!isEditableRoutine(routine)) refuse(`${routine.name} is changed by a migration that you write.`)
    const text = withoutEnd(input.definition)
    if (indexModel(edit.base).byId(routine.id) === undefined) {
      const written = writtenRoutine(edit, routine, text)
      edit.put(written)
      return { label: `Write ${written.name}`, objectId: routine.id }
    }
    const [, word = ''] = ROUTINE.exec(text) ?? refuse('Begin with create function or create procedure.')
    const head = spaced(headOf(routine.definition.replace(ROUTINE, '')))
    const rest = text.replace(ROUTINE, '')
    if (word.toLowerCase() !== routine.routineKind.replace('window', 'function'))
      refuse(`${routine.name} is a ${routine.routineKind} and stays one.`)
    if (spaced(headOf(rest)) !== head)
      refuse(`The name and the arguments stay, or it is another ${word.toLowerCase()}: ${head}`)
    edit.put({ ...routine, definition: `CREATE OR REPLACE ${word.toUpperCase()} ${rest}` })
    return { label: `Change ${routine.name}`, objectId: routine.id }
  })
}

/** Whether `changeRoutine` takes it. */
export function isEditableRoutine({ routineKind }: Pick<Routine, 'routineKind'>): boolean {
  return routineKind !== 'aggregate'
}

/** Changes a trigger: its whole CREATE statement, with the same name, unless no database has it yet, on the same table. */
export function changeTrigger(
  context: EditContext,
  input: { readonly tableId: string; readonly triggerId: string; readonly definition: string },
): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    const before = table.triggers.find(({ id }) => id === input.triggerId)
    if (before === undefined) return refuse('The trigger is no longer there.')
    if (before.isInherited) refuse(`${before.name} comes from a parent table and is changed there.`)
    const text = withoutEnd(input.definition)
    const [, constraint = ''] = TRIGGER.exec(text) ?? refuse('Begin with create trigger.')
    const rest = text.replace(TRIGGER, '')
    const name = /^(?:"(?:[^"]|"")+"|\S+)/.exec(before.definition.replace(TRIGGER, ''))?.[0] ?? ''
    const isNew = !isInBase(edit.base, input)
    if (!isNew && !rest.startsWith(`${name} `) && !rest.startsWith(`${name}\n`))
      refuse(`Its name stays ${name}: another one is another trigger.`)
    const on = printedName(table.schema, table.name)
    if (!spaced(rest).replace(/ on /gi, ' ON ').includes(` ON ${on} `)) refuse(`It stays on ${on}.`)
    const after: Trigger = {
      ...before,
      ...(isNew ? writtenTrigger(table.triggers, before, text) : {}),
      definition: `CREATE ${constraint === '' ? '' : 'CONSTRAINT '}TRIGGER ${rest}`,
    }
    edit.put({ ...table, triggers: table.triggers.map((one) => (one === before ? after : one)) })
    return { label: `Change ${before.name}`, objectId: table.id, partId: before.id }
  })
}

function isInBase(
  base: SchemaModel,
  { tableId, triggerId }: { readonly tableId: string; readonly triggerId: string },
): boolean {
  const table = indexModel(base).byId(tableId)
  return table?.kind === 'table' && table.triggers.some(({ id }) => id === triggerId)
}
