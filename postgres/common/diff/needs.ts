// What needs what within one model: as Postgres recorded it, as the structure says (a foreign key needs the key it refers to), and, where Postgres has not
// seen it yet, by the names that stand in the text.
import type { ModelObject, SchemaModel, Table } from '#contract/schema/types.ts'
import { indexModel, type ModelIndex } from '../catalog/find.ts'
import { allPartsOf } from './stale-text.ts'
import { columnNamesIn, namesIn } from './sql-text.ts'

export interface Needs {
  /** What this object or part needs. */
  of(id: string): ReadonlySet<string>
  /** What needs this object or part. */
  on(id: string): ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

export interface NeedsOptions {
  /** The id under which the caller knows it. */
  readonly idOf: (id: string) => string
  /** Objects (known ids) whose text is read for names: they are new, or their text is. Those that Postgres recorded nothing about are read too. */
  readonly changed: ReadonlySet<string>
  /** Only what these objects and their parts need is of interest. */
  readonly only?: ReadonlySet<string>
}

/** The needs of all objects of a model and their parts. */
export function needsOf(model: SchemaModel, { idOf, changed, only }: NeedsOptions): Needs {
  const forward = new Map<string, Set<string>>()
  const backward = new Map<string, Set<string>>()
  const put = (map: Map<string, Set<string>>, from: string, to: string): void => {
    const present = map.get(from)
    if (present === undefined) map.set(from, new Set([to]))
    else present.add(to)
  }
  const add = (needing: string, needed: string | undefined): void => {
    if (needed === undefined) return
    const from = idOf(needing)
    const to = idOf(needed)
    if (from === to) return
    put(forward, from, to)
    put(backward, to, from)
  }
  for (const [needing, needed] of model.dependencies) add(needing, needed)
  const index = indexModel(model)
  const isRecorded = model.dependencies.length > 0
  let words: WordIndex | undefined
  for (const object of model.objects) {
    if (only !== undefined && !only.has(idOf(object.id))) continue
    structural(object, index, add)
    if (isRecorded && !changed.has(idOf(object.id))) continue
    words ??= wordIndex(model)
    textual(object, words, add)
  }
  return { of: (id) => forward.get(id) ?? NONE, on: (id) => backward.get(id) ?? NONE }
}

type Add = (needing: string, needed: string | undefined) => void

function structural(object: ModelObject, index: ModelIndex, add: Add): void {
  if (object.kind !== 'schema' && 'schema' in object && object.schema !== null)
    add(object.id, index.byName('schema', '', object.schema)?.id)
  switch (object.kind) {
    case 'table':
      return table(object, index, add)
    case 'view':
      for (const part of [...object.indexes, ...object.triggers, ...object.rules]) add(part.id, object.id)
      return
    case 'domain':
      if (object.typeId !== null) add(object.id, object.typeId)
      return
    case 'composite':
      for (const attribute of object.attributes)
        if (attribute.typeId !== null) add(object.id, attribute.typeId)
      return
    case 'range':
      if (object.subtypeId !== null) add(object.id, object.subtypeId)
      return
    case 'sequence': {
      const { ownedBy } = object
      if (ownedBy === null) return
      const owner = index.byName('table', ownedBy.schema, ownedBy.name)
      add(object.id, owner?.id)
      add(object.id, owner?.columns.find(({ name }) => name === ownedBy.column)?.id)
      return
    }
    case 'publication':
      for (const one of object.tables) {
        const published = index.byName('table', one.schema, one.name)
        add(object.id, published?.id)
        for (const column of one.columns)
          add(object.id, published?.columns.find(({ name }) => name === column)?.id)
      }
      for (const schema of object.schemas) add(object.id, index.byName('schema', '', schema)?.id)
      return
    case 'eventTrigger':
      add(object.id, index.byName('routine', object.function.schema, `${object.function.name}()`)?.id)
      return
    default:
      return
  }
}

function table(object: Table, index: ModelIndex, add: Add): void {
  const columns = new Map(object.columns.map((column) => [column.name, column.id]))
  // That a part needs its own table goes without saying: they come and go together.
  for (const column of object.columns) if (column.typeId !== null) add(column.id, column.typeId)
  for (const constraint of object.constraints) {
    if ('columns' in constraint)
      for (const column of constraint.columns) add(constraint.id, columns.get(column))
    if (constraint.kind !== 'foreign key') continue
    const { references } = constraint
    const target = index.byName('table', references.schema, references.name)
    if (target === undefined) continue
    add(constraint.id, target.id)
    for (const name of references.columns)
      add(constraint.id, target.columns.find((column) => column.name === name)?.id)
    add(constraint.id, keyOf(target, references.columns))
  }
  for (const one of object.indexes) {
    for (const { column } of one.elements) if (column !== null) add(one.id, columns.get(column))
    for (const column of one.include) add(one.id, columns.get(column))
  }
  if (object.partitionOf !== null) add(object.id, index.relation(object.partitionOf.parent)?.id)
  for (const parent of object.inherits) add(object.id, index.relation(parent)?.id)
}

/** The key or unique index that a foreign key to these columns rests on. */
function keyOf(target: Table, columns: readonly string[]): string | undefined {
  const wanted = [...columns].sort().join('\0')
  const isWanted = (names: readonly (string | null)[]): boolean => [...names].sort().join('\0') === wanted
  const key = target.constraints.find(
    (one) => (one.kind === 'primary key' || one.kind === 'unique') && isWanted(one.columns),
  )
  return (
    key?.id ??
    target.indexes.find(
      (one) => one.isUnique && one.where === null && isWanted(one.elements.map(({ column }) => column)),
    )?.id
  )
}

interface WordIndex {
  readonly objects: ReadonlyMap<string, readonly ModelObject[]>
  /** Identity sequences are parts of columns. */
  readonly model: SchemaModel
}

function wordIndex(model: SchemaModel): WordIndex {
  const objects = new Map<string, ModelObject[]>()
  for (const object of model.objects) {
    if (!isNamedInText(object)) continue
    const list = objects.get(object.name)
    if (list === undefined) objects.set(object.name, [object])
    else list.push(object)
  }
  return { objects, model }
}

function isNamedInText(object: ModelObject): boolean {
  switch (object.kind) {
    case 'table':
    case 'view':
    case 'sequence':
    case 'enum':
    case 'domain':
    case 'composite':
    case 'range':
    case 'routine':
      return true
    case 'other':
      return object.name !== ''
    default:
      return false
  }
}

/** Needs by the names in the texts of an object and its parts. */
function textual(object: ModelObject, words: WordIndex, add: Add): void {
  const mention = (
    id: string,
    text: string | null,
    own: readonly { readonly id: string; readonly name: string }[],
  ): void => {
    if (text === null) return
    const names = namesIn(text)
    for (const word of names)
      for (const named of words.objects.get(word) ?? []) {
        if (named.id === object.id) continue
        // A name in another schema is written with it, unless the search path of whoever wrote it helped.
        if (
          'schema' in named &&
          named.schema !== null &&
          named.schema !== 'public' &&
          !names.has(named.schema)
        )
          if (!('schema' in object) || object.schema !== named.schema) continue
        add(id, named.id)
        if (named.kind === 'table' || named.kind === 'view')
          for (const column of named.columns) if (names.has(column.name)) add(id, column.id)
      }
    const columns = own.length === 0 ? names : columnNamesIn(text)
    for (const column of own) if (columns.has(column.name) && column.id !== id) add(id, column.id)
  }
  switch (object.kind) {
    case 'table': {
      const own = object.columns
      for (const column of own) {
        mention(column.id, column.default, [])
        mention(column.id, column.generated?.expression ?? null, own)
        if (column.typeId === null && column.type.includes('.')) mention(column.id, column.type, [])
      }
      for (const constraint of object.constraints) {
        if (constraint.kind === 'check') mention(constraint.id, constraint.expression, own)
        if (constraint.kind === 'exclusion') mention(constraint.id, constraint.definition, own)
      }
      for (const one of object.indexes) {
        mention(one.id, one.where, own)
        for (const element of one.elements) mention(one.id, element.expression, own)
      }
      for (const part of [...object.rules, ...object.triggers]) mention(part.id, part.definition, own)
      for (const policy of object.policies) {
        mention(policy.id, policy.using, own)
        mention(policy.id, policy.check, own)
      }
      return
    }
    case 'view':
      mention(object.id, object.definition, [])
      for (const part of [...object.rules, ...object.triggers]) mention(part.id, part.definition, [])
      return
    case 'domain':
      mention(object.id, object.default, [])
      for (const constraint of object.constraints) mention(constraint.id, constraint.expression, [])
      return
    case 'routine': {
      // Only bodies that Postgres itself understands when it makes the routine: it looks into plpgsql no earlier than it runs.
      const text = isReadAtCreation(object.language)
        ? object.definition
        : `${object.identityArguments} ${object.returns ?? ''}`
      for (const name of bodyNames(object.definition, text)) mention(object.id, name, [])
      return
    }
    case 'other':
      mention(object.id, object.definition, [])
      return
    case 'publication':
      for (const one of object.tables) mention(object.id, one.where, [])
      return
    default:
      return
  }
}

function isReadAtCreation(language: string): boolean {
  return language === 'sql' || language === 'internal'
}

/** The text of a routine, and what stands in its quoted body: the names in there count as well. */
function bodyNames(definition: string, text: string): readonly string[] {
  if (text !== definition) return [text]
  const body = /\bas\s+(\$[^$]*\$)([\s\S]*)\1/i.exec(definition)
  return body?.[2] === undefined ? [definition] : [definition, body[2]]
}

/** The ids of an object and its parts. */
export function idsIn(object: ModelObject): readonly string[] {
  return [object.id, ...allPartsOf(object).map(({ id }) => id)]
}
