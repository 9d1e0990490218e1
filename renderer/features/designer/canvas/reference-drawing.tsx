// Drawing a foreign key: from a column's handle (or, with the relation tool, from the column itself) to the column that it references, by drag, by two clicks
// or by keyboard. What it cannot end at says why.
import { useReactFlow, useStore as useFlow } from '@xyflow/react'
import { useEffect, useState, type PointerEvent as ReactPointerEvent, type ReactNode } from 'react'
import { rowMiddle } from '#postgres/common/exchange/svg/sizes.ts'
import { useStore } from '../../../host/store.ts'
import { useCanvas, type CanvasState, type ColumnPoint, type Point } from './canvas-state.ts'
import type { ShapeNodeType } from './shape-node.tsx'

const CLICK_DISTANCE = 4

/** The column under a point of the window. */
function columnAt(x: number, y: number): ColumnPoint | null {
  const row = document.elementFromPoint(x, y)?.closest('[data-row]')
  return row === null || row === undefined ? null : columnOf(row)
}

function columnOf(row: Element): ColumnPoint | null {
  const columnId = row.getAttribute('data-row')
  const objectId = row.closest('.react-flow__node')?.getAttribute('data-id') ?? null
  return columnId === null || objectId === null ? null : { objectId, columnId }
}

export interface ReferenceDrawing {
  /** Takes a press on a handle, or on a column with the relation tool. */
  readonly onPointerDownCapture: (event: ReactPointerEvent<HTMLElement>) => void
}

/** The pointer's part of it. */
export function useReferenceDrawing(state: CanvasState): ReferenceDrawing {
  const flow = useReactFlow()
  const { reference, tool } = state
  const isDrawing = useStore(reference) !== null
  const [pressedAt, setPressedAt] = useState<Point>({ x: 0, y: 0 })
  useEffect(() => {
    if (!isDrawing) return undefined
    const onMove = (event: PointerEvent): void => {
      const over = columnAt(event.clientX, event.clientY)
      pointAt(state, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }), over)
    }
    const onUp = (event: PointerEvent): void => {
      const isClick = Math.hypot(event.clientX - pressedAt.x, event.clientY - pressedAt.y) < CLICK_DISTANCE
      // A click takes the column up; the next one puts it down.
      if (isClick && tool.get() === 'relation' && reference.get()?.over === null) return
      finishReference(state)
    }
    window.addEventListener('pointermove', onMove)
    window.addEventListener('pointerup', onUp)
    return () => {
      window.removeEventListener('pointermove', onMove)
      window.removeEventListener('pointerup', onUp)
    }
  }, [isDrawing, state, flow, reference, tool, pressedAt])
  return {
    onPointerDownCapture(event) {
      if (event.button !== 0 || !(event.target instanceof Element)) return
      const row = event.target.closest('[data-row]')
      const isHandle = event.target.closest('[data-handle]') !== null
      if (row === null || !(isHandle || tool.get() === 'relation') || reference.get() !== null) return
      const from = columnOf(row)
      if (from === null) return
      event.stopPropagation()
      setPressedAt({ x: event.clientX, y: event.clientY })
      startReference(state, from)
    },
  }
}

/** Begins at a column. */
export function startReference({ reference, announcement }: CanvasState, from: ColumnPoint): void {
  reference.set({ from, at: null, over: null, problem: null })
  announcement.set('Choose the column that it references.')
}

/** Moves its end: to a place, and to the column there. */
export function pointAt(
  { reference, actions }: CanvasState,
  at: Point | null,
  over: ColumnPoint | null,
): void {
  reference.update((now) => {
    if (now === null) return now
    const isItself = over !== null && over.columnId === now.from.columnId
    const target = isItself ? null : over
    const isSame = target?.columnId === now.over?.columnId
    const problem = target === null ? null : isSame ? now.problem : actions.referenceProblem(now.from, target)
    return { from: now.from, at, over: target, problem }
  })
}

/** Ends it: makes the foreign key where one is possible. */
export function finishReference({ reference, actions, announcement, tool }: CanvasState): void {
  const drawn = reference.get()
  reference.set(null)
  if (drawn === null || drawn.over === null) return
  if (drawn.problem !== null) {
    announcement.set(drawn.problem)
    return
  }
  actions.addReference(drawn.from, drawn.over)
  tool.set('select')
}

/** The line while it is drawn, over everything, and why it cannot end where it is. */
export function ReferenceLine({ nodes }: { readonly nodes: ReadonlyMap<string, ShapeNodeType> }): ReactNode {
  const { reference } = useCanvas()
  const drawn = useStore(reference)
  const [left, top, zoom] = useFlow(({ transform }) => transform)
  if (drawn === null) return null
  const start = placeOf(drawn.from, nodes)
  const end = drawn.over === null ? drawn.at : (drawn.at ?? placeOf(drawn.over, nodes))
  if (start === null || end === null) return null
  const isRight = end.x > start.x + start.width / 2
  const onScreen = ({ x, y }: Point): Point => ({ x: x * zoom + left, y: y * zoom + top })
  const from = onScreen({ x: isRight ? start.x + start.width : start.x, y: start.y })
  const to = onScreen(end)
  return (
    <div className="pointer-events-none absolute inset-0 z-10 overflow-hidden">
      <svg aria-hidden="true" className="absolute inset-0 size-full">
        <path
          d={`M${from.x} ${from.y}L${to.x} ${to.y}`}
          className={`fill-none stroke-[1.5px] ${drawn.problem === null ? 'stroke-accent-text' : 'stroke-line-3'}`}
        />
      </svg>
      {drawn.problem === null ? null : (
        <div
          role="status"
          style={{ transform: `translate(${to.x + 14}px, ${to.y + 10}px)` }}
          className="absolute top-0 left-0 w-max max-w-280 rounded-control bg-s3 px-8 py-4 text-small text-1 shadow-overlay"
        >
          {drawn.problem}
        </div>
      )}
    </div>
  )
}

function placeOf(
  { objectId, columnId }: ColumnPoint,
  nodes: ReadonlyMap<string, ShapeNodeType>,
): (Point & { readonly width: number }) | null {
  const node = nodes.get(objectId)
  if (node === undefined) return null
  const { shape } = node.data
  const at = shape.rows.findIndex((row) => row.id === columnId)
  return {
    x: node.position.x,
    y: node.position.y + rowMiddle(at === -1 ? null : at),
    width: shape.width,
  }
}
