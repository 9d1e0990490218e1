// Gives every shape a place: all at first, what is new beside its neighbours, and all or the selection again when the person asks. Laid out in a worker.
import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react'
import { useStore } from '../../../host/store.ts'
import { gridOf, GAP_X, type Places } from '../layout/graph.ts'
import { layoutInWorker } from '../layout/layout-in-worker.ts'
import { graphOf, placeNear, unplacedOf, withNames } from '../layout/places.ts'
import type { DesignSession } from '../session.ts'
import { withPlaces } from './diagram-nodes.ts'
import type { Drawing, Shape } from './shapes.ts'

export interface LayoutProgress {
  readonly count: number
  readonly done: number
  cancel(): void
}

export interface DiagramLayout {
  /** Under way; null when not. */
  readonly progress: LayoutProgress | null
  readonly problem: string | null
  /** Lays out these (all, when there is none or one). Undoable. */
  layout(selectedIds: readonly string[]): void
}

/** New ones up to this many are put beside their neighbours; more are laid out together, beside the rest. */
const MAX_NEAR = 40

export interface UseLayoutOptions {
  readonly session: DesignSession
  readonly drawing: Drawing
  /** After everything got another place. */
  readonly onLaidOut: () => void
}

/** Follows the drawing. */
export function useDiagramLayout({ session, drawing, onLaidOut }: UseLayoutOptions): DiagramLayout {
  const [progress, setProgress] = useState<LayoutProgress | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const running = useRef<AbortController | null>(null)
  const diagram = useStore(session.diagram)
  const laidOut = useEffectEvent(onLaidOut)

  const run = useCallback(
    async (shapes: readonly Shape[], relations: Drawing['relations'], put: (places: Places) => void) => {
      running.current?.abort()
      const controller = new AbortController()
      running.current = controller
      const graph = graphOf(shapes, relations)
      const tell = (done: number): void =>
        setProgress({ count: shapes.length, done, cancel: () => controller.abort() })
      tell(0)
      setProblem(null)
      try {
        put(await layoutInWorker(graph, { signal: controller.signal, onProgress: tell }))
      } catch (error) {
        if (running.current !== controller) return
        // Cancelled or failed: everything has a place all the same, in a plain grid.
        put(gridOf(graph.nodes).places)
        if (!controller.signal.aborted)
          setProblem(error instanceof Error ? error.message : 'The layout did not work.')
      } finally {
        if (running.current === controller) {
          running.current = null
          setProgress(null)
        }
      }
    },
    [],
  )
  useEffect(() => () => running.current?.abort(), [])

  const place = useEffectEvent((): void => {
    const { shapes, relations } = drawing
    const now = withNames(session.diagram.get(), shapes)
    const fresh = unplacedOf(now.positions, shapes)
    const isFirst = fresh.length === shapes.length
    if (fresh.length > 0 && (isFirst || fresh.length > MAX_NEAR)) {
      if (running.current !== null) return
      const placed = shapes.filter((shape) => now.positions[shape.id] !== undefined)
      const right = Math.max(
        0,
        ...placed.map(({ id, width }) => (now.positions[id]?.x ?? 0) + width + 2 * GAP_X),
      )
      void run(fresh, relations, (places) => {
        session.diagram.update((before) =>
          withPlaces(
            withNames(before, shapes),
            new Map([...places].map(([id, { x, y }]) => [id, { x: x + (isFirst ? 0 : right), y }])),
          ),
        )
        if (isFirst) laidOut()
      })
      return
    }
    const next =
      fresh.length === 0
        ? now
        : { ...now, positions: { ...now.positions, ...placeNear(fresh, shapes, relations, now.positions) } }
    if (next !== session.diagram.get()) session.diagram.set(next)
  })
  useEffect(() => place(), [drawing, diagram.positions, progress])

  const layout = useCallback(
    (selectedIds: readonly string[]): void => {
      const chosen = drawing.shapes.filter((shape) => selectedIds.includes(shape.id))
      const isAll = chosen.length < 2
      const shapes = isAll ? drawing.shapes : chosen
      if (shapes.length === 0) return
      void run(shapes, drawing.relations, (places) => {
        const before = session.diagram.get().positions
        const corner = isAll ? { x: 0, y: 0 } : cornerOf(shapes, before)
        const moved = new Map([...places].map(([id, { x, y }]) => [id, { x: x + corner.x, y: y + corner.y }]))
        session.history.changeDiagram(isAll ? 'Layout' : `Layout of ${shapes.length} tables`, (now) =>
          withPlaces(now, moved),
        )
        if (isAll) onLaidOut()
      })
    },
    [drawing, session, run, onLaidOut],
  )
  return { progress, problem, layout }
}

function cornerOf(shapes: readonly Shape[], positions: Readonly<Record<string, { x: number; y: number }>>) {
  const places = shapes.flatMap(({ id }) => positions[id] ?? [])
  return {
    x: Math.min(...places.map(({ x }) => x), Number.MAX_SAFE_INTEGER),
    y: Math.min(...places.map(({ y }) => y), Number.MAX_SAFE_INTEGER),
  }
}
