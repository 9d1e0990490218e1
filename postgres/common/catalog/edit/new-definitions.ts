// New functions and triggers: each starts from a template that does nothing yet, and is then the person's SQL until it is applied.
import type { Routine, Trigger } from '#contract/schema/types.ts'
import { readableName } from '../../sql/readable-name.ts'
import { headOf, ROUTINE, spaced, TRIGGER } from './definition-text.ts'
import { makeEdit, refuse, type Edit, type EditContext, type ModelEdit } from './model-edit.ts'
import { checkPartName, freeName } from './names.ts'
import { printedName } from './qualified.ts'
import { ownerIn } from './tables.ts'

/** Adds a function of SQL without arguments, to be written on. */
export function addRoutine(context: EditContext, input: { readonly schema: string }): Edit {
  return makeEdit(context, (edit) => {
    const taken = new Set<string>()
    for (const object of edit.objects())
      if (object.kind === 'routine' && object.schema === input.schema) taken.add(object.name)
    const name = freeName('new_function', taken)
    const routine: Routine = {
      kind: 'routine',
      id: edit.newId('routine'),
      schema: input.schema,
      name,
      owner: ownerIn(edit, input.schema),
      comment: null,
      routineKind: 'function',
      identityArguments: '',
      returns: 'void',
      language: 'sql',
      definition: `CREATE OR REPLACE FUNCTION ${printedName(input.schema, name)}()
 RETURNS void
 LANGUAGE sql
AS $function$
  select
$function$
`,
      grants: [],
    }
    edit.put(routine)
    return { label: `Add function ${name}`, objectId: routine.id }
  })
}

/**
 * Adds a trigger that runs a trigger function of the schema; where there is none, the one of Postgres that passes over updates that change nothing.
 */
export function addTrigger(context: EditContext, input: { readonly tableId: string }): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    const name = freeName(`${table.name}_trigger`, new Set(table.triggers.map((one) => one.name)))
    const trigger: Trigger = {
      id: edit.newId('trigger'),
      name,
      definition: `CREATE TRIGGER ${readableName(name)} BEFORE UPDATE ON ${printedName(table.schema, table.name)} FOR EACH ROW EXECUTE FUNCTION ${triggerFunction(edit, table.schema)}()`,
      enabled: 'origin',
      isInherited: false,
      comment: null,
    }
    edit.put({ ...table, triggers: [...table.triggers, trigger] })
    return { label: `Add trigger ${name} to ${table.name}`, objectId: table.id, partId: trigger.id }
  })
}

function triggerFunction(edit: ModelEdit, schema: string): string {
  for (const object of edit.objects())
    if (object.kind === 'routine' && object.schema === schema && object.returns === 'trigger')
      return printedName(object.schema, object.name)
  return 'pg_catalog.suppress_redundant_updates_trigger'
}

const NAME = String.raw`"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*`
const QUALIFIED = new RegExp(String.raw`^(?:(${NAME})\s*\.\s*)?(${NAME})\s*\(`, 'u')
/** What may stand behind the result of a function. */
const CLAUSES =
  'language|as|immutable|stable|volatile|strict|security|parallel|cost|rows|set|called|leakproof|not|window|begin|return|transform|support'

/** A routine that no database has yet, as `text` (a whole CREATE statement, without the semicolon) makes it: its name, arguments and kind may change. */
export function writtenRoutine(edit: ModelEdit, before: Routine, text: string): Routine {
  const [, word = ''] = ROUTINE.exec(text) ?? refuse('Begin with create function or create procedure.')
  const rest = text.replace(ROUTINE, '')
  const [whole, schemaText, nameText = ''] =
    QUALIFIED.exec(rest) ?? refuse('Give it a name and its arguments in brackets.')
  const schema = schemaText === undefined ? before.schema : plainName(schemaText)
  if (edit.byName('schema', '', schema) === undefined && schema !== before.schema)
    refuse(`There is no schema ${schema}.`)
  const name = plainName(nameText)
  const head = headOf(rest)
  const routineKind = word.toLowerCase() === 'procedure' ? 'procedure' : 'function'
  const identityArguments = identityOf(head.slice(whole.length, -1))
  for (const other of edit.objects())
    if (
      other.kind === 'routine' &&
      other.id !== before.id &&
      other.schema === schema &&
      other.name === name &&
      other.identityArguments === identityArguments
    )
      refuse(`${printedName(schema, name)}(${identityArguments}) is there already.`)
  const body = rest.slice(head.length)
  const returns = new RegExp(String.raw`^\s*returns\s+(.+?)\s+(?=(?:${CLAUSES})\b)`, 'is').exec(body)?.[1]
  if (routineKind === 'function' && returns === undefined && !/\b(?:out|inout)\s/i.test(head))
    refuse('Say what it returns: returns void, where it returns nothing.')
  return {
    ...before,
    schema,
    name,
    routineKind,
    identityArguments,
    returns: routineKind === 'procedure' ? null : spaced(returns ?? 'record'),
    language: (/\blanguage\s+'?(\w+)/i.exec(body)?.[1] ?? 'sql').toLowerCase(),
    definition: `CREATE OR REPLACE ${word.toUpperCase()} ${printedName(schema, name)}(${head.slice(whole.length)}${body}`,
  }
}

/** A trigger that no database has yet, under the name that its text gives it. */
export function writtenTrigger(
  triggers: readonly Trigger[],
  before: Trigger,
  text: string,
): Pick<Trigger, 'name'> {
  const written = new RegExp(`^(?:${NAME})`, 'u').exec(text.replace(TRIGGER, ''))?.[0]
  const name = plainName(written ?? refuse('Give it a name.'))
  checkPartName(
    triggers.filter((one) => one !== before),
    name,
    { what: 'trigger' },
  )
  return { name }
}

function plainName(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase()
}

/** Arguments without their defaults, and without those that only give something back. */
function identityOf(text: string): string {
  return partsAtCommas(text)
    .map((part) => spaced(part.replace(/\s+default\s.*$|\s*:?=.*$/is, '')))
    .filter((part) => part !== '' && !/^out\s/i.test(part))
    .join(', ')
}

function partsAtCommas(text: string): string[] {
  const parts: string[] = []
  let [from, depth] = [0, 0]
  let quote: string | null = null
  for (let at = 0; at < text.length; at += 1) {
    const one = text.charAt(at)
    if (quote !== null) quote = one === quote ? null : quote
    else if (one === '"' || one === "'") quote = one
    else if (one === '(') depth += 1
    else if (one === ')') depth -= 1
    else if (one === ',' && depth === 0) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, text.slice(from)]
}
