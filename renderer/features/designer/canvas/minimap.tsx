// The whole diagram in small, with a frame around what is in view. One path for all tables, so that a thousand cost as much as ten.
import { useReactFlow, useStore as useFlow, type ReactFlowState } from '@xyflow/react'
import { memo, useMemo, type PointerEvent, type ReactNode } from 'react'
import { shallowEqual } from './shallow-equal.ts'
import type { ShapeNodeType } from './shape-node.tsx'

const WIDTH = 144
const HEIGHT = 92
const PADDING = 40

function viewOf({ transform: [x, y, zoom], width, height }: ReactFlowState): readonly number[] {
  return [-x / zoom, -y / zoom, width / zoom, height / zoom]
}

/** The minimap; a press or drag in it moves the view there. Where everything is in view it would only be in the way. */
export const Minimap = memo(function Minimap({
  nodes,
}: {
  readonly nodes: ReadonlyMap<string, ShapeNodeType>
}): ReactNode {
  const flow = useReactFlow()
  const [x = 0, y = 0, width = 0, height = 0] = useFlow(viewOf, shallowEqual)
  const { bounds, path } = useMemo(() => outlineOf(nodes), [nodes])
  const isWhole =
    x <= bounds.x &&
    y <= bounds.y &&
    bounds.x + bounds.width <= x + width &&
    bounds.y + bounds.height <= y + height
  if (isWhole) return null
  const scale = Math.max((bounds.width + 2 * PADDING) / WIDTH, (bounds.height + 2 * PADDING) / HEIGHT, 0.1)
  const left = bounds.x + bounds.width / 2 - (WIDTH * scale) / 2
  const top = bounds.y + bounds.height / 2 - (HEIGHT * scale) / 2
  const moveTo = (event: PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    void flow.setCenter(left + (event.clientX - box.left) * scale, top + (event.clientY - box.top) * scale, {
      zoom: flow.getZoom(),
    })
  }
  return (
    <svg
      role="img"
      aria-label="The whole diagram in small"
      viewBox={`${left} ${top} ${WIDTH * scale} ${HEIGHT * scale}`}
      className="absolute right-12 bottom-12 z-10 h-92 w-144 cursor-pointer rounded-control border border-line-2 bg-s1"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        moveTo(event)
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) moveTo(event)
      }}
    >
      <path d={path} className="fill-line-3" />
      <rect
        x={x}
        y={y}
        width={width}
        height={height}
        className="fill-accent-text/8 stroke-accent-text"
        strokeWidth={1.25 * scale}
      />
    </svg>
  )
})

function outlineOf(nodes: ReadonlyMap<string, ShapeNodeType>) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  let path = ''
  for (const { position, data } of nodes.values()) {
    const { width, height } = data.shape
    left = Math.min(left, position.x)
    top = Math.min(top, position.y)
    right = Math.max(right, position.x + width)
    bottom = Math.max(bottom, position.y + height)
    path += `M${position.x} ${position.y}h${width}v${height}h${-width}z`
  }
  if (nodes.size === 0) return { bounds: { x: 0, y: 0, width: 0, height: 0 }, path: '' }
  return { bounds: { x: left, y: top, width: right - left, height: bottom - top }, path }
}
