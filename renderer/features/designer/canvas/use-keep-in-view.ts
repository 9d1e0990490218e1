// Panels open beside and below the canvas and take room from it: what is selected stays in view, moved no farther than needed.
import { useReactFlow } from '@xyflow/react'
import { useEffect, useEffectEvent, type RefObject } from 'react'
import { rowMiddle } from '#postgres/common/exchange/svg/sizes.ts'
import type { DesignSession } from '../session.ts'
import type { ShapeNodeType } from './shape-node.tsx'

const MARGIN = 16
/** Of a shape without a selected row: its header and a few rows. */
const HEAD = 120

/** Follows the size of the canvas. */
export function useKeepInView(
  container: RefObject<HTMLDivElement | null>,
  session: DesignSession,
  nodes: ReadonlyMap<string, ShapeNodeType>,
): void {
  const flow = useReactFlow()
  const keep = useEffectEvent((before: Size, now: Size): void => {
    const { objectIds, partId } = session.selection.get()
    const node = objectIds.length === 1 ? nodes.get(objectIds[0] ?? '') : undefined
    if (node === undefined) return
    const { shape } = node.data
    const row = shape.rows.findIndex(({ id }) => id === partId)
    const { x, y, zoom } = flow.getViewport()
    const left = node.position.x * zoom + x
    const right = left + shape.width * zoom
    const bottom =
      (node.position.y + (row === -1 ? Math.min(shape.height, HEAD) : rowMiddle(row) + HEAD / 3)) * zoom + y
    const top = node.position.y * zoom + y
    // Only what was in view: nobody is taken to where they were not.
    if (right < 0 || left > before.width || bottom < 0 || top > before.height) return
    const dx = Math.min(0, Math.max(now.width - MARGIN - right, MARGIN - left))
    const dy = Math.min(0, now.height - MARGIN - bottom)
    if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom })
  })
  useEffect(() => {
    const element = container.current
    if (element === null) return undefined
    let before = sizeOf(element)
    const observer = new ResizeObserver(() => {
      const now = sizeOf(element)
      if (now.width < before.width || now.height < before.height) keep(before, now)
      before = now
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [container])
}

interface Size {
  readonly width: number
  readonly height: number
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): Size {
  return { width: clientWidth, height: clientHeight }
}
