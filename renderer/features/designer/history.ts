// One undo and redo for a design: steps of the draft and changes of the diagram (moves, layout, notes, groups) in the order in which they were made.
import type { Diagram, ModelPatch } from '#contract/capabilities/designs.ts'
import { createStore, type Store } from '../../host/store.ts'
import type { Draft } from './draft.ts'

interface Step {
  readonly kind: 'step'
  /** What went with it on the diagram. */
  readonly diagram?: { readonly before: Diagram; readonly after: Diagram }
}

type Entry =
  | Step
  | { readonly kind: 'diagram'; readonly label: string; readonly before: Diagram; readonly after: Diagram }

export interface HistoryLabels {
  /** What undo would take back: "Rename film to movie"; null when there is nothing. */
  readonly undo: string | null
  readonly redo: string | null
}

export interface DesignHistory {
  readonly labels: Store<HistoryLabels>
  /** Changes the diagram so that it can be undone. A change to an equal diagram is passed over. */
  changeDiagram(label: string, change: (diagram: Diagram) => Diagram): void
  /** Stages a step that comes with its part of the diagram: one undo takes both back. */
  stage(patch: ModelPatch, change: (diagram: Diagram) => Diagram): void
  undo(): void
  redo(): void
  /** Stops following the draft. */
  stop(): void
}

const MAX_ENTRIES = 500

/** Follows the draft: whoever stages, undoes or does again there is noticed here. */
export function createHistory(draft: Draft, diagram: Store<Diagram>): DesignHistory {
  const step: Step = { kind: 'step' }
  /** The entry of the step that is being staged. */
  let arriving = step
  let done: readonly Entry[] = Array.from({ length: draft.state.get().head }, () => step)
  let undone: readonly Entry[] = Array.from(
    { length: draft.state.get().steps.length - draft.state.get().head },
    () => step,
  )
  let seen = draft.state.get()
  const labels = createStore<HistoryLabels>({ undo: null, redo: null })

  const tell = (): void => {
    const { steps, head } = draft.state.get()
    const labelOf = (entry: Entry | undefined, at: number): string | null =>
      entry === undefined ? null : entry.kind === 'diagram' ? entry.label : (steps[at]?.label ?? null)
    const next = { undo: labelOf(done.at(-1), head - 1), redo: labelOf(undone.at(-1), head) }
    const before = labels.get()
    if (before.undo !== next.undo || before.redo !== next.redo) labels.set(next)
  }
  const isStep = (entry: Entry): entry is Step => entry.kind === 'step'
  const takeLast = (entries: readonly Entry[]): readonly [readonly Entry[], Step] => {
    const last = entries.findLast(isStep)
    return last === undefined ? [entries, step] : [entries.toSpliced(entries.lastIndexOf(last), 1), last]
  }
  const show = (then: Diagram | undefined): void => {
    if (then !== undefined) diagram.update((now) => backTo(now, then))
  }
  const follow = (): void => {
    const now = draft.state.get()
    const before = seen
    seen = now
    if (now === before) return
    if (now.base !== before.base) {
      // Another base: its steps are another list. What was moved stays undoable.
      const moves = done.filter((entry) => !isStep(entry))
      done = [...moves, ...Array.from({ length: now.head }, () => step)]
      undone = []
    } else if (now.head < before.head) {
      for (let at = now.head; at < before.head; at += 1) {
        const [rest, last] = takeLast(done)
        done = rest
        undone = [...undone, last]
        show(last.diagram?.before)
      }
    } else if (now.steps === before.steps) {
      for (let at = before.head; at < now.head; at += 1) {
        const [rest, last] = takeLast(undone)
        undone = rest
        done = [...done, last]
        show(last.diagram?.after)
      }
    } else if (now.head === before.head) {
      // The last step got more: it is still one.
      undone = []
    } else {
      done = [...done, arriving].slice(-MAX_ENTRIES)
      undone = []
    }
    tell()
  }
  const changeDiagram: DesignHistory['changeDiagram'] = (label, change) => {
    const before = diagram.get()
    const after = change(before)
    if (after === before || JSON.stringify(after) === JSON.stringify(before)) return
    diagram.set(after)
    done = [...done, { kind: 'diagram' as const, label, before, after }].slice(-MAX_ENTRIES)
    // A step that was undone stays in the draft's own list; only this list forgets the way to it.
    undone = []
    tell()
  }
  const stop = draft.state.subscribe(follow)
  tell()
  return {
    labels,
    stop,
    changeDiagram,
    stage(patch, change) {
      const before = diagram.get()
      const after = change(before)
      const { steps } = draft.state.get()
      arriving = { kind: 'step', diagram: { before, after } }
      draft.stage(patch)
      arriving = step
      // A step that changes nothing was passed over.
      if (draft.state.get().steps === steps) changeDiagram(patch.label, () => after)
      else diagram.set(after)
    },
    undo() {
      const entry = done.at(-1)
      if (entry === undefined) return
      if (entry.kind === 'step') draft.undo()
      else {
        done = done.slice(0, -1)
        undone = [...undone, entry]
        diagram.update((now) => backTo(now, entry.before))
        tell()
      }
    },
    redo() {
      const entry = undone.at(-1)
      if (entry === undefined) return
      if (entry.kind === 'step') draft.redo()
      else {
        undone = undone.slice(0, -1)
        done = [...done, entry]
        diagram.update((now) => backTo(now, entry.after))
        tell()
      }
    },
  }
}

/** The diagram as it was, except for what is kept by the way: where the person looks, and places of what has appeared since. */
function backTo(now: Diagram, then: Diagram): Diagram {
  return {
    ...then,
    positions: { ...now.positions, ...then.positions },
    names: { ...now.names, ...then.names },
    viewport: now.viewport,
  }
}
