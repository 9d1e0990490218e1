// What each step of a model needs: by structure, by the catalog's dependencies, and by names in its texts.
import type { Column, ModelObject, SchemaModel, Table } from '#contract/schema/types.ts'
import { schemaOf } from '../../catalog/find.ts'
import { readableName } from '../../sql/readable-name.ts'
import type { CompileContext } from '../create/context.ts'
import type { Edge, Weight } from './graph.ts'
import { namesInText, type NameInText } from './names-in-text.ts'
import type { Splits, Step } from './steps.ts'
import { textsOf } from './texts.ts'

/** Edges between the steps of a model. Ids that have no step are passed over. */
export function needsOf(
  model: SchemaModel,
  context: CompileContext,
  work: { readonly steps: readonly Step[]; readonly splits: Splits },
): Edge[] {
  const names = nameObjects(model)
  const targets = new Targets(model, work.steps, work.splits)
  const edges: Edge[] = []
  const add = (from: string, to: string | undefined, weight: Weight, part: string | null = null): void => {
    const source = targets.source(from, part)
    const target = to === undefined ? undefined : targets.target(to)
    if (
      source !== undefined &&
      target !== undefined &&
      source !== target &&
      !targets.isPlaceholderOf(source, target)
    )
      edges.push({ from: source, to: target, weight, part: source === from ? part : null })
  }
  // Types and defaults repeat from column to column.
  const seen = new Map<string, readonly NameInText[]>()
  const namesIn = (text: string): readonly NameInText[] => {
    const present = seen.get(text)
    if (present !== undefined) return present
    const found = namesInText(text)
    seen.set(text, found)
    return found
  }
  const structure = new Structure(context, names, add)
  const operators = model.objects.flatMap((object) =>
    object.kind === 'other' && object.what === 'operator'
      ? [{ id: object.id, symbol: `${readableName(object.schema ?? '')}.${object.name}` }]
      : [],
  )
  for (const object of model.objects) {
    structure.add(object)
    for (const { from, part, text } of textsOf(object)) {
      for (const { id, symbol } of operators)
        // Operators name each other as commutator and negator before they are there.
        if (text.includes(symbol) && !isOperator(object)) add(from, id, 1, part)
      for (const { parts, isInBody } of namesIn(text))
        for (const found of names.resolve(parts, schemaOf(object)))
          add(from, found.id, isInBody || !found.isQualified ? 0 : 1, part)
    }
  }
  for (const [from, to] of model.dependencies) {
    const owner = targets.ownerOf(from)
    const needed = targets.ownerOf(to)
    if (owner === undefined || needed === undefined) continue
    // An owned sequence depends on its column in the catalog; it is made before the table all the same.
    if (owner.kind === 'sequence' && needed.kind === 'table') continue
    add(targets.stepOf(from) ?? from, targets.stepOf(to) ?? to, 2, targets.partOf(from, to))
  }
  for (const { id, object } of work.steps) {
    if (id.endsWith('#placeholder')) edges.push({ from: object.id, to: id, weight: 3, part: null })
    else if (id !== object.id && !id.endsWith('#shell'))
      edges.push({ from: id, to: object.id, weight: 3, part: null })
  }
  const all = edges.concat(targets.shellEdges(names), lateConstraints(model, edges, work.splits))
  return baseTypeEdges(work.steps, all)
}

/** The functions that a base type reads and writes its values with take its shell, and the type takes them. */
function baseTypeEdges(steps: readonly Step[], edges: readonly Edge[]): Edge[] {
  const shells = new Map(
    steps.flatMap(({ id, object }) =>
      object.kind === 'other' && id.endsWith('#shell') ? [[object.id, id] as const] : [],
    ),
  )
  const isOwn = ({ from, to }: Edge): boolean => shells.has(from) && to.startsWith('routine:')
  const own = new Set(edges.filter(isOwn).map(({ from, to }) => `${to}\0${from}`))
  return [
    ...[...shells].map(([from, to]) => ({ from, to, weight: 3 as const, part: null })),
    ...edges.map((edge): Edge => {
      const shell = own.has(`${edge.from}\0${edge.to}`) ? shells.get(edge.to) : undefined
      if (shell !== undefined) return { ...edge, to: shell, weight: 3 }
      return isOwn(edge) ? { ...edge, weight: 3 } : edge
    }),
  ]
}

/** What uses a domain waits for its late constraints where it can: once a table has an array of the domain, Postgres takes none any more. */
function lateConstraints(model: SchemaModel, edges: readonly Edge[], { later }: Splits): Edge[] {
  return model.objects.flatMap((object) => {
    const late = object.kind === 'domain' ? object.constraints.filter(({ id }) => later.has(id)) : []
    if (late.length === 0) return []
    const users = edges.filter(({ to }) => to === object.id).map(({ from }) => from)
    return late.flatMap(({ id }) =>
      users.map((from) => ({ from, to: `${id}#later`, weight: 0 as const, part: null })),
    )
  })
}

function isOperator(object: ModelObject): boolean {
  return object.kind === 'other' && object.what === 'operator'
}

type AddEdge = (from: string, to: string | undefined, weight: Weight, part?: string | null) => void

/** The edges that follow from what the model says outright. */
class Structure {
  readonly #context: CompileContext
  readonly #names: ObjectNames
  readonly #add: AddEdge
  readonly #partitions = new Map<string, Table[]>()

  constructor(context: CompileContext, names: ObjectNames, add: AddEdge) {
    this.#context = context
    this.#names = names
    this.#add = add
    for (const table of context.index.ofKind('table')) {
      if (table.partitionOf === null) continue
      const parent = this.#table(table.partitionOf.parent)
      if (parent === undefined) continue
      const list = this.#partitions.get(parent.id)
      if (list === undefined) this.#partitions.set(parent.id, [table])
      else list.push(table)
    }
  }

  add(object: ModelObject): void {
    const { index } = this.#context
    const schema = object.kind === 'extension' ? object.schema : schemaOf(object)
    if (schema !== '') this.#add(object.id, index.byName('schema', '', schema)?.id, 3)
    switch (object.kind) {
      case 'table':
        return this.#addTable(object)
      case 'domain':
        return this.#add(object.id, object.typeId ?? undefined, 3)
      case 'composite':
        for (const { typeId } of object.attributes) this.#add(object.id, typeId ?? undefined, 3)
        return
      case 'range':
        return this.#add(object.id, object.subtypeId ?? undefined, 3)
      case 'sequence':
        if (object.ownedBy !== null) this.#add(`${object.id}#owned`, this.#table(object.ownedBy)?.id, 3)
        return
      case 'eventTrigger':
        return this.#all(object.id, object.function)
      case 'publication':
        for (const table of object.tables) this.#add(object.id, this.#table(table)?.id, 3)
        for (const name of object.schemas) this.#add(object.id, index.byName('schema', '', name)?.id, 3)
        return
      case 'defaultPrivileges':
      case 'view':
      case 'enum':
      case 'routine':
      case 'schema':
      case 'extension':
      case 'other':
    }
  }

  #table(named: { readonly schema: string; readonly name: string }): Table | undefined {
    return this.#context.index.byName('table', named.schema, named.name)
  }

  #all(from: string, named: { readonly schema: string; readonly name: string }): void {
    for (const { id } of this.#names.resolve([named.schema, named.name], '')) this.#add(from, id, 3)
  }

  #addTable(table: Table): void {
    for (const { typeId } of table.columns) this.#add(table.id, typeId ?? undefined, 3)
    if (table.partitionOf !== null) this.#add(table.id, this.#table(table.partitionOf.parent)?.id, 3)
    for (const parent of table.inherits) this.#add(table.id, this.#table(parent)?.id, 3)
    if (table.foreign !== null) this.#add(table.id, this.#names.server(table.foreign.server), 3)
    const partitions = this.#descendants(table)
    for (const index of table.indexes) {
      this.#add(`${table.id}#settings`, index.id, 3)
      if (index.parent !== null) this.#add(`${table.id}#attach`, index.id, 3)
      // A partition's index is attached when the parent's is made: it must be there, and so must every partition.
      for (const partition of partitions) {
        this.#addMade(index.id, partition)
        for (const one of partition.indexes) if (one.parent !== null) this.#add(index.id, one.id, 3)
      }
    }
    for (const constraint of table.constraints)
      if (constraint.kind === 'foreign key') {
        const target = this.#table(constraint.references)
        const keyed = target === undefined ? [] : [target, ...this.#descendants(target)]
        for (const other of [...partitions, ...keyed]) this.#addMade(constraint.id, other)
        // A unique index may serve as the key.
        for (const index of target?.indexes ?? []) if (index.isUnique) this.#add(constraint.id, index.id, 3)
        this.#add(constraint.id, `${table.id}#attach`, 3)
        const parent =
          constraint.isInherited && table.partitionOf !== null
            ? this.#table(table.partitionOf.parent)
            : undefined
        this.#add(constraint.id, parent?.constraints.find(({ name }) => name === constraint.name)?.id, 3)
      }
    for (const trigger of table.triggers) {
      for (const partition of partitions) this.#addMade(trigger.id, partition)
      const parent =
        trigger.isInherited && table.partitionOf !== null ? this.#table(table.partitionOf.parent) : undefined
      this.#add(trigger.id, parent?.triggers.find(({ name }) => name === trigger.name)?.id, 3)
    }
  }

  #addMade(from: string, table: Table): void {
    this.#add(from, table.id, 3)
    this.#add(from, `${table.id}#attach`, 3)
  }

  #descendants(table: Table): readonly Table[] {
    const found: Table[] = []
    const open = [...(this.#partitions.get(table.id) ?? [])]
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      found.push(next)
      open.push(...(this.#partitions.get(next.id) ?? []))
    }
    return found
  }
}

interface ObjectNames {
  /** What the name may mean; unqualified names are looked for in `home` and in public. */
  resolve(
    parts: readonly string[],
    home: string,
  ): readonly { readonly id: string; readonly isQualified: boolean }[]
  server(name: string): string | undefined
}

function nameObjects(model: SchemaModel): ObjectNames {
  const byName = new Map<string, string[]>()
  const servers = new Map<string, string>()
  for (const object of model.objects) {
    if (object.kind === 'other' && (object.what === 'server' || object.what === 'foreign server'))
      servers.set(object.name, object.id)
    const schema = schemaOf(object)
    if (schema === '') continue
    const key = `${schema}\0${object.name}`
    const list = byName.get(key)
    if (list === undefined) byName.set(key, [object.id])
    else list.push(object.id)
  }
  const find = (schema: string, name: string, isQualified: boolean) =>
    (byName.get(`${schema}\0${name}`) ?? []).map((id) => ({ id, isQualified }))
  return {
    server: (name) => servers.get(name),
    resolve: ([first = '', second], home) => {
      if (second !== undefined) {
        const qualified = find(first, second, true)
        if (qualified.length > 0) return qualified
      }
      const near = find(home, first, false)
      return near.length > 0 || home === 'public' ? near : find('public', first, false)
    },
  }
}

/** From ids of the model to steps. */
class Targets {
  readonly #steps: ReadonlySet<string>
  readonly #owners = new Map<string, ModelObject>()
  readonly #columns = new Map<string, Column>()
  readonly #splits: Splits
  readonly #model: SchemaModel

  constructor(model: SchemaModel, steps: readonly Step[], splits: Splits) {
    this.#model = model
    this.#splits = splits
    this.#steps = new Set(steps.map(({ id }) => id))
    for (const object of model.objects) {
      this.#owners.set(object.id, object)
      for (const { id } of partsOf(object)) this.#owners.set(id, object)
      if (object.kind === 'table') for (const column of object.columns) this.#columns.set(column.id, column)
    }
  }

  ownerOf(id: string): ModelObject | undefined {
    return this.#owners.get(id)
  }

  /** The step that makes what has this id: its own, or that of the object it is part of. */
  stepOf(id: string): string | undefined {
    return this.#steps.has(id) ? id : this.#owners.get(id)?.id
  }

  /** The part that needs `to`, if it may come later: a plain default or a check, but never a column's type. */
  partOf(from: string, to: string): string | null {
    const column = this.#columns.get(from)
    if (column !== undefined)
      return column.default === null || column.generated !== null || column.typeId === to ? null : from
    const owner = this.#owners.get(from)
    if (owner?.kind === 'domain') return owner.id === from ? null : from
    if (owner?.kind !== 'table') return null
    const constraint = owner.constraints.find(({ id }) => id === from)
    return constraint?.kind === 'check' || constraint?.kind === 'exclusion' ? from : null
  }

  source(from: string, part: string | null): string | undefined {
    if (part !== null && this.#splits.later.has(part)) return `${part}#later`
    return this.#steps.has(from) ? from : undefined
  }

  target(to: string): string | undefined {
    if (this.#splits.placeholders.has(to)) return `${to}#placeholder`
    return this.#steps.has(to) ? to : undefined
  }

  /** Parts of a view need the view itself; only others make do with its placeholder. */
  isPlaceholderOf(source: string, target: string): boolean {
    return target === `${source}#placeholder`
  }

  /** A canonical function takes the range's shell, and the range takes the function. */
  shellEdges(names: ObjectNames): Edge[] {
    return this.#model.objects.flatMap((object) => {
      if (object.kind !== 'range' || object.canonical === null) return []
      const shell = `${object.id}#shell`
      const routines = namesInText(object.canonical).flatMap(({ parts }) =>
        names.resolve(parts, object.schema),
      )
      return [
        { from: object.id, to: shell, weight: 3 as const, part: null },
        ...routines.flatMap(({ id }) => [
          { from: object.id, to: id, weight: 3 as const, part: null },
          { from: id, to: shell, weight: 3 as const, part: null },
        ]),
      ]
    })
  }
}

function partsOf(object: ModelObject): readonly { readonly id: string }[] {
  switch (object.kind) {
    case 'table':
      return [
        ...object.columns,
        ...object.constraints,
        ...object.indexes,
        ...object.triggers,
        ...object.rules,
        ...object.policies,
      ]
    case 'view':
      return [...object.columns, ...object.indexes, ...object.triggers, ...object.rules]
    case 'domain':
      return object.constraints
    case 'composite':
      return object.attributes
    case 'enum':
      return object.labels
    default:
      return []
  }
}
