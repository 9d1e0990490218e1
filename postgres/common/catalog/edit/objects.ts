// Edits of schemas, views, sequences and extensions.
import type { Sequence, SequenceOptions, View } from '#contract/schema/types.ts'
import { makeEdit, refuse, type Edit, type EditContext, type ModelEdit } from './model-edit.ts'
import { checkName, checkRelationName, freeName } from './names.ts'
import { isSequenceType, newSequenceOptions } from './parts.ts'
import { checkSchemaName } from './rename.ts'
import { ownerIn, takenNames } from './tables.ts'

/** Adds a schema. */
export function addSchema(context: EditContext, input: { readonly name: string }): Edit {
  return makeEdit(context, (edit) => {
    checkSchemaName(edit, input.name)
    const id = edit.newId('schema')
    edit.put({ kind: 'schema', id, name: input.name, owner: '', comment: null, grants: [] })
    return { label: `Add schema ${input.name}`, objectId: id }
  })
}

/** Enables an extension; its objects come to stand in `schema`. */
export function addExtension(
  context: EditContext,
  input: { readonly name: string; readonly schema: string },
): Edit {
  return makeEdit(context, (edit) => {
    checkName(input.name)
    if (edit.byName('extension', '', input.name) !== undefined) refuse(`${input.name} is enabled already.`)
    if (edit.byName('schema', '', input.schema) === undefined) refuse(`There is no schema ${input.schema}.`)
    const id = edit.newId('extension')
    // Without a version it is the one that the server has by default.
    edit.put({ kind: 'extension', id, ...input, owner: '', comment: null, version: '' })
    return { label: `Enable extension ${input.name}`, objectId: id }
  })
}

/** Adds a view; without a name it is `view`, `view_2`, … */
export function addView(
  context: EditContext,
  input: {
    readonly schema: string
    readonly definition: string
    readonly name?: string
    readonly isMaterialized?: boolean
  },
): Edit {
  return makeEdit(context, (edit) => {
    const { schema } = input
    const name = input.name ?? freeName('view', takenNames(edit, schema))
    checkRelationName(edit, schema, name)
    const view: View = {
      kind: 'view',
      id: edit.newId('view'),
      schema,
      name,
      owner: ownerIn(edit, schema),
      comment: null,
      isMaterialized: input.isMaterialized === true,
      // Postgres finds out which they are.
      columns: [],
      definition: needQuery(input.definition),
      options: [],
      isPopulated: true,
      indexes: [],
      triggers: [],
      rules: [],
      grants: [],
      tablespace: null,
      accessMethod: null,
    }
    edit.put(view)
    return { label: `Add view ${name}`, objectId: view.id }
  })
}

/** Changes the query of a view. */
export function changeView(
  context: EditContext,
  input: { readonly viewId: string; readonly definition: string },
): Edit {
  return makeEdit(context, (edit) => {
    const view = edit.need('view', input.viewId)
    edit.put({ ...view, definition: needQuery(input.definition) })
    return { label: `Change query of ${view.name}`, objectId: view.id }
  })
}

/** A query without the semicolon at its end. */
function needQuery(text: string): string {
  const query = text.trim().replace(/;\s*$/, '').trimEnd()
  if (query === '') return refuse('Enter a query: select … from …')
  return query
}

/** Adds a sequence; without a name it is `sequence`, `sequence_2`, … */
export function addSequence(
  context: EditContext,
  input: { readonly schema: string; readonly name?: string; readonly options?: Partial<SequenceOptions> },
): Edit {
  return makeEdit(context, (edit) => {
    const { schema } = input
    const name = input.name ?? freeName('sequence', takenNames(edit, schema))
    checkRelationName(edit, schema, name)
    const type = input.options?.type ?? 'bigint'
    const sequence: Sequence = {
      kind: 'sequence',
      id: edit.newId('sequence'),
      schema,
      name,
      owner: ownerIn(edit, schema),
      comment: null,
      options: newSequenceOptions(type),
      ownedBy: null,
      isUnlogged: false,
      grants: [],
    }
    edit.put(withOptions(sequence, input.options ?? {}))
    return { label: `Add sequence ${name}`, objectId: sequence.id }
  })
}

/** Changes a sequence's options, or which column it goes with: null for none. */
export function changeSequence(
  context: EditContext,
  input: {
    readonly sequenceId: string
    readonly options?: Partial<SequenceOptions>
    readonly ownedBy?: { readonly tableId: string; readonly columnId: string } | null
  },
): Edit {
  return makeEdit(context, (edit) => {
    const sequence = withOptions(edit.need('sequence', input.sequenceId), input.options ?? {})
    edit.put(input.ownedBy === undefined ? sequence : withOwner(edit, sequence, input.ownedBy))
    return { label: `Change sequence ${sequence.name}`, objectId: sequence.id }
  })
}

function withOwner(
  edit: ModelEdit,
  sequence: Sequence,
  owner: { readonly tableId: string; readonly columnId: string } | null,
): Sequence {
  if (owner === null) return { ...sequence, ownedBy: null }
  const table = edit.need('table', owner.tableId)
  if (table.schema !== sequence.schema)
    refuse(`A sequence stands in the schema of its table. Move it to ${table.schema} first.`)
  const column = table.columns.find(({ id }) => id === owner.columnId)
  if (column === undefined) return refuse('The column is no longer there.')
  return { ...sequence, ownedBy: { schema: table.schema, name: table.name, column: column.name } }
}

function withOptions(sequence: Sequence, change: Partial<SequenceOptions>): Sequence {
  const { options: before } = sequence
  const type = change.type ?? before.type
  if (!isSequenceType(type)) refuse('A sequence is a smallint, integer or bigint.')
  const usual = newSequenceOptions(before.type)
  const options = {
    ...before,
    // The limit follows the type where it was the type's own.
    ...(type !== before.type && before.max === usual.max ? { max: newSequenceOptions(type).max } : {}),
    ...change,
    type,
  }
  for (const field of ['start', 'increment', 'min', 'max', 'cache'] as const)
    if (!/^-?\d{1,19}$/.test(options[field])) refuse(`“${options[field]}” is no whole number.`)
  const number = (field: 'start' | 'increment' | 'min' | 'max' | 'cache'): bigint => BigInt(options[field])
  const top = BigInt(newSequenceOptions(type).max)
  if (number('increment') === 0n) refuse('The step cannot be 0.')
  if (number('min') >= number('max')) refuse('The lowest value must be below the highest.')
  if (number('max') > top || number('min') < -top - 1n) refuse(`The limits must fit ${type}.`)
  if (number('start') < number('min') || number('start') > number('max'))
    refuse('The first value must lie within the limits.')
  if (number('cache') < 1n) refuse('The cache holds at least 1 value.')
  return { ...sequence, options }
}
