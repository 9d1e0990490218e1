// The working copy of one edit: objects put and taken out on top of a model, until they become one step of the draft.
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import type {
  ModelObject,
  ObjectKind,
  ObjectOfKind,
  RelationName,
  SchemaModel,
  Table,
  View,
} from '#contract/schema/types.ts'
import { compileContext } from '../../ddl/create/context.ts'
import { initialGrants } from '../../ddl/create/grants.ts'
import { indexModel, isOfKind, objectName, schemaOf } from '../find.ts'

/** What an edit starts from. */
export interface EditContext {
  readonly model: SchemaModel
  /** The schema as the server has it: expressions that stand there were printed by Postgres, others are the person's. */
  readonly base: SchemaModel
  /** A fresh id for an object or part of this kind: `column:new-4f2a…`. */
  readonly newId: (kind: string) => string
}

/** A step of the draft, or the reason why there is none, in words for the person. */
export type Edit =
  | {
      readonly problem: null
      readonly patch: ModelPatch
      /** What to select then: the object, and the part of it that was made or changed. */
      readonly objectId: string | null
      readonly partId: string | null
    }
  | { readonly problem: string }

/** What an edit says when it is done. */
export interface EditOutcome {
  /** For the undo menu: "Rename film to movie". */
  readonly label: string
  readonly objectId?: string
  readonly partId?: string
  /** Existing rows to be filled: see ModelPatch. */
  readonly fills?: ModelPatch['fills']
}

class Refusal extends Error {}

/** Ends the edit that is under way: it cannot be done, for the reason given. */
export function refuse(reason: string): never {
  throw new Refusal(reason)
}

/** Runs `work` on a working copy and gives the step it made. */
export function makeEdit(context: EditContext, work: (edit: ModelEdit) => EditOutcome): Edit {
  const edit = new ModelEdit(context)
  try {
    const { label, objectId, partId, fills } = work(edit)
    const patch = {
      label,
      ...edit.changes(),
      ...(fills === undefined || fills.length === 0 ? {} : { fills }),
    }
    return { problem: null, patch, objectId: objectId ?? null, partId: partId ?? null }
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.message }
    throw error
  }
}

/** The model as it stands in the middle of an edit. */
export class ModelEdit {
  readonly model: SchemaModel
  readonly base: SchemaModel
  readonly newId: (kind: string) => string
  readonly #put = new Map<string, ModelObject>()
  readonly #removed = new Set<string>()

  constructor({ model, base, newId }: EditContext) {
    this.model = model
    this.base = base
    this.newId = newId
  }

  /** All objects, the new ones last. */
  *objects(): Generator<ModelObject> {
    const seen = new Set<string>()
    for (const object of this.model.objects) {
      if (this.#removed.has(object.id)) continue
      seen.add(object.id)
      yield this.#put.get(object.id) ?? object
    }
    for (const object of this.#put.values()) if (!seen.has(object.id)) yield object
  }

  get(id: string): ModelObject | undefined {
    if (this.#removed.has(id)) return undefined
    return this.#put.get(id) ?? indexModel(this.model).byId(id)
  }

  /** The object of this kind. Refuses when it is gone. */
  need<Kind extends ObjectKind>(kind: Kind, id: string): ObjectOfKind<Kind> {
    const object = this.get(id)
    if (object === undefined || !isOfKind(object, kind)) return refuse('It is no longer there.')
    return object
  }

  byName<Kind extends ObjectKind>(kind: Kind, schema: string, name: string): ObjectOfKind<Kind> | undefined {
    for (const object of this.#put.values())
      if (object.kind === kind && schemaOf(object) === schema && objectName(object) === name)
        return isOfKind(object, kind) ? object : undefined
    const before = indexModel(this.model).byName(kind, schema, name)
    return before === undefined || this.#put.has(before.id) || this.#removed.has(before.id)
      ? undefined
      : before
  }

  relation({ schema, name }: RelationName): Table | View | undefined {
    return this.byName('table', schema, name) ?? this.byName('view', schema, name)
  }

  put(object: ModelObject): void {
    this.#removed.delete(object.id)
    this.#put.set(object.id, object)
  }

  remove(id: string): void {
    this.#put.delete(id)
    this.#removed.add(id)
  }

  changes(): Pick<ModelPatch, 'put' | 'remove'> {
    const { byId } = indexModel(this.model)
    return {
      put: [...this.#put.values()].flatMap((object) => {
        const before = byId(object.id)
        if (before === object) return []
        return [before === undefined ? this.#withGrants(object) : object]
      }),
      remove: [...this.#removed].filter((id) => byId(id) !== undefined),
    }
  }

  /** A new object starts with the privileges that the server gives it: the built-in ones and default privileges. */
  #withGrants(object: ModelObject): ModelObject {
    if (!('grants' in object) || object.kind === 'defaultPrivileges') return object
    const context = compileContext(this.model, {
      defaultPrivileges: indexModel(this.model).ofKind('defaultPrivileges'),
      ...(object.owner === '' ? {} : { role: object.owner }),
    })
    return { ...object, grants: initialGrants(object, context) }
  }
}
