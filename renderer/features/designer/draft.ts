// The draft of a design: steps staged on a base model, undone and done again. The model at every moment is the base with the steps up to the head.
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import { isAppError } from '#contract/errors.ts'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { applyPatch, invertPatch } from '#postgres/common/catalog/patch.ts'
import { createStore, type Store } from '../../host/store.ts'

export interface DraftState {
  /** The database's schema as it was when the first step was staged (of objects that no step touches: as it is now). */
  readonly base: SchemaModel
  readonly steps: readonly ModelPatch[]
  /** How many of the steps are staged; those behind are undone. */
  readonly head: number
  /** What the person sees: base with the staged steps. */
  readonly model: SchemaModel
}

/** Where steps are kept, so that a crash loses nothing. Each call resolves when it is on disk. */
export interface DraftJournal {
  append(entry: {
    readonly at: number
    readonly steps: readonly ModelPatch[]
    readonly base: readonly ModelObject[]
  }): Promise<void>
  moveHead(head: number): Promise<void>
  rebase(entry: {
    readonly base: readonly ModelObject[]
    readonly steps: readonly ModelPatch[]
  }): Promise<void>
}

export interface Draft {
  readonly state: Store<DraftState>
  /** Why the journal cannot be written, until it can; null when all is on disk. */
  readonly problem: Store<string | null>
  /** Another window has written to the journal: nothing is written here until `adopt`. */
  readonly isOutdated: Store<boolean>
  /** The model at the last moment that the journal has from here. */
  written(): SchemaModel
  /** Takes what another window has written, with `more` staged on top of it, and writes again. */
  adopt(theirs: JournalledDraft, more: ModelPatch | null): void
  /** Stages a step; undone ones are dropped. A step that changes nothing is passed over. */
  stage(patch: ModelPatch): void
  /** Makes the patch a part of the last step: one undo takes both back. What is added and named in one go is one step. */
  amend(patch: ModelPatch): void
  undo(): void
  redo(): void
  /** Goes to another base: after an apply, a merge, or when the database changed where no step touches it. */
  rebase(base: SchemaModel, steps: readonly ModelPatch[]): void
  /** Drops all steps. */
  discard(): void
  /** Resolves when everything staged so far is on disk or has failed. */
  settled(): Promise<void>
}

/** A draft as the journal has it. */
export interface JournalledDraft {
  readonly base: SchemaModel
  readonly steps: readonly ModelPatch[]
  readonly head: number
}

export interface DraftStart extends JournalledDraft {
  readonly journal: DraftJournal
  /** Words for a failure to write. */
  readonly describe: (error: unknown) => string
}

/** Makes the draft over what was journalled. */
export function createDraft({ base, steps, head, journal, describe }: DraftStart): Draft {
  const state = createStore<DraftState>(replay(base, steps, head))
  const problem = createStore<string | null>(null)
  const isOutdated = createStore(false)
  let written = state.get().model
  /** What takes each staged step back. */
  let inverses = inversesOf(base, steps.slice(0, head))
  let writing: Promise<void> = Promise.resolve()
  /** After a failure the journal lacks a step: what is staged then is written as a whole. */
  const writeAll = (): Promise<void> => {
    const current = state.get()
    const staged = current.steps.slice(0, current.head)
    return journal.rebase({ base: touchedObjects(current.base, staged), steps: staged })
  }
  const write = (work: () => Promise<void>): void => {
    const { model } = state.get()
    writing = writing.then(async () => {
      // What the other window has written is not written over.
      if (isOutdated.get()) return
      const isWhole = problem.get() !== null
      const target = isWhole ? state.get().model : model
      try {
        await (isWhole ? writeAll() : work())
        written = target
        problem.set(null)
      } catch (error) {
        if (isAppError(error, 'CONFLICT')) {
          isOutdated.set(true)
          problem.set(null)
        } else problem.set(describe(error))
      }
    })
  }

  const rebase = (nextBase: SchemaModel, nextSteps: readonly ModelPatch[]): void => {
    state.set(replay(nextBase, nextSteps, nextSteps.length))
    inverses = inversesOf(nextBase, nextSteps)
    write(() => journal.rebase({ base: touchedObjects(nextBase, nextSteps), steps: nextSteps }))
  }
  const stage = (patch: ModelPatch): void => {
    const current = state.get()
    const inverse = invertPatch(current.model, patch)
    if (changesNothing(patch, inverse)) return
    const staged = current.steps.slice(0, current.head)
    const known = new Set(staged.flatMap(touchedIds))
    const fresh = new Set(touchedIds(patch).filter((id) => !known.has(id)))
    inverses = [...inverses.slice(0, current.head), inverse]
    state.set({
      base: current.base,
      steps: [...staged, patch],
      head: current.head + 1,
      model: applyPatch(current.model, patch),
    })
    write(() =>
      journal.append({
        at: current.head,
        steps: [patch],
        base: current.base.objects.filter((object) => fresh.has(object.id)),
      }),
    )
  }
  return {
    state,
    problem,
    isOutdated,
    written: () => written,
    adopt(theirs, more) {
      state.set(replay(theirs.base, theirs.steps, theirs.head))
      inverses = inversesOf(theirs.base, theirs.steps.slice(0, theirs.head))
      written = state.get().model
      isOutdated.set(false)
      problem.set(null)
      if (more !== null) stage(more)
    },
    stage,
    amend(patch) {
      const current = state.get()
      const last = current.steps[current.head - 1]
      const inverse = inverses[current.head - 1]
      if (last === undefined || inverse === undefined) return stage(patch)
      const kept = current.steps.slice(0, current.head - 1)
      const step = joined(last, patch)
      inverses = [...inverses.slice(0, kept.length), invertPatch(applyPatch(current.model, inverse), step)]
      state.set({ ...current, steps: [...kept, step], model: applyPatch(current.model, patch) })
      const known = new Set(kept.flatMap(touchedIds))
      const fresh = touchedObjects(current.base, [step]).filter(({ id }) => !known.has(id))
      write(async () => {
        await journal.moveHead(kept.length)
        await journal.append({ at: kept.length, steps: [step], base: fresh })
      })
    },
    undo() {
      const current = state.get()
      const inverse = inverses[current.head - 1]
      if (inverse === undefined) return
      const head = current.head - 1
      state.set({ ...current, head, model: applyPatch(current.model, inverse) })
      write(() => journal.moveHead(head))
    },
    redo() {
      const current = state.get()
      const step = current.steps[current.head]
      if (step === undefined) return
      const head = current.head + 1
      inverses = [...inverses.slice(0, current.head), invertPatch(current.model, step)]
      state.set({ ...current, head, model: applyPatch(current.model, step) })
      write(() => journal.moveHead(head))
    },
    rebase,
    discard: () => rebase(state.get().base, []),
    settled: () => writing,
  }
}

/** The objects of `base` that the steps put or remove. */
export function touchedObjects(base: SchemaModel, steps: readonly ModelPatch[]): readonly ModelObject[] {
  const touched = new Set(steps.flatMap(touchedIds))
  return base.objects.filter((object) => touched.has(object.id))
}

/** The base of a draft that was journalled: the live model, with the objects that the steps touch as they were then. */
export function baseOf(
  live: SchemaModel,
  kept: readonly ModelObject[],
  steps: readonly ModelPatch[],
): SchemaModel {
  const touched = new Set(steps.flatMap(touchedIds))
  return { ...live, objects: [...live.objects.filter((object) => !touched.has(object.id)), ...kept] }
}

/** Two steps as one. */
function joined(first: ModelPatch, second: ModelPatch): ModelPatch {
  const later = new Set(touchedIds(second))
  const fills = [...(first.fills ?? []), ...(second.fills ?? [])]
  const put = [...first.put.filter(({ id }) => !later.has(id)), ...second.put]
  const isPut = new Set(put.map(({ id }) => id))
  return {
    label: second.label,
    put,
    remove: [...new Set([...first.remove.filter((id) => !isPut.has(id)), ...second.remove])],
    ...(fills.length === 0 ? {} : { fills }),
  }
}

function touchedIds(patch: ModelPatch): readonly string[] {
  return [...patch.put.map((object) => object.id), ...patch.remove]
}

function changesNothing(patch: ModelPatch, inverse: ModelPatch): boolean {
  if (patch.fills !== undefined && patch.fills.length > 0) return false
  if (patch.put.length !== inverse.put.length || inverse.remove.length > 0) return false
  const before = new Map(inverse.put.map((object) => [object.id, object]))
  return patch.put.every((object) => JSON.stringify(before.get(object.id)) === JSON.stringify(object))
}

function replay(base: SchemaModel, steps: readonly ModelPatch[], head: number): DraftState {
  return { base, steps, head, model: steps.slice(0, head).reduce(applyPatch, base) }
}

function inversesOf(base: SchemaModel, steps: readonly ModelPatch[]): readonly ModelPatch[] {
  const inverses: ModelPatch[] = []
  let model = base
  for (const step of steps) {
    inverses.push(invertPatch(model, step))
    model = applyPatch(model, step)
  }
  return inverses
}
