// All relations in one drawing under the tables. Near, those in view with their crow's feet; from afar, all of them as one line each in a single path.
import { ViewportPortal, useStore as useFlow, type ReactFlowState } from '@xyflow/react'
import { memo, useMemo, useState, type ReactNode } from 'react'
import { createObstacles, type Box, type Obstacles } from '#postgres/common/exchange/svg/obstacles.ts'
import { routeOf, type Route } from '#postgres/common/exchange/svg/route.ts'
import { rowMiddle } from '#postgres/common/exchange/svg/sizes.ts'
import { classNames } from '../../../components/class-names.ts'
import { useStore } from '../../../host/store.ts'
import { useCanvas } from './canvas-state.ts'
import type { Relation } from './shapes.ts'
import type { ShapeNodeType } from './shape-node.tsx'

export interface RelationLayerProps {
  readonly nodes: ReadonlyMap<string, ShapeNodeType>
  /** As they stood before what is being dragged was taken up: what lines run around. */
  readonly settled: ReadonlyMap<string, ShapeNodeType>
  readonly relations: readonly Relation[]
  readonly onHover: (relation: Relation | null) => void
  readonly onSelect: (relation: Relation) => void
}

interface Routed {
  readonly relation: Relation
  readonly from: ShapeNodeType
  readonly to: ShapeNodeType
  readonly lane: number
  readonly route: Route
}

/** Views are cut at steps of this size, so that panning draws the layer anew only now and then. */
const CELL = 600

/** The part of the diagram in view, a cell wider on each side, as text (compared by value). */
function viewCells({ transform: [x, y, zoom], width, height }: ReactFlowState): string {
  const left = Math.floor(-x / zoom / CELL) - 1
  const top = Math.floor(-y / zoom / CELL) - 1
  return `${left} ${top} ${Math.ceil((width - x) / zoom / CELL) + 1} ${Math.ceil((height - y) / zoom / CELL) + 1}`
}

/** The layer. */
export function RelationLayer(props: RelationLayerProps): ReactNode {
  const { nodes, settled, relations, onHover, onSelect } = props
  const { detail, highlight, session } = useCanvas()
  const isFull = useStore(detail) === 'full'
  const { relationIds } = useStore(highlight)
  const { partId } = useStore(session.selection)
  const cells = useFlow(viewCells)
  const [route] = useState(createRouter)
  const routes = useMemo(() => route(nodes, relations), [route, nodes, relations])
  const [detour] = useState(createDetours)
  const obstacles = useMemo(() => createObstacles([...settled.values()].map(boxOf)), [settled])
  const [left = 0, top = 0, right = 0, bottom = 0] = cells.split(' ').map((cell) => Number(cell) * CELL)
  const view = { x: left, y: top, width: right - left, height: bottom - top }
  const shown = routes.filter(
    ({ relation, route: { bounds } }) =>
      isInView(bounds, view) && (relation.kind !== 'type' || relationIds.has(relation.id)),
  )
  return (
    <ViewportPortal>
      <svg
        className="designer-relations pointer-events-none absolute top-0 left-0 size-1 overflow-visible"
        role="img"
        aria-label={`${relations.length} ${relations.length === 1 ? 'relation' : 'relations'}`}
      >
        {isFull ? (
          shown.map((one) => (
            <RelationPath
              key={one.relation.id}
              relation={one.relation}
              route={detour(one, obstacles)}
              isHighlighted={relationIds.has(one.relation.id) || one.relation.id === partId}
              onHover={onHover}
              onSelect={onSelect}
            />
          ))
        ) : (
          <>
            <path d={farLines(shown)} className="designer-far-line fill-none stroke-line-3" />
            <path
              d={shown
                .filter(({ relation }) => relationIds.has(relation.id))
                .map(({ route }) => route.line)
                .join('')}
              className="designer-far-line fill-none stroke-accent-text"
            />
          </>
        )}
      </svg>
    </ViewportPortal>
  )
}

/** All lines in one path. */
function farLines(routes: readonly Routed[]): string {
  let lines = ''
  for (const { route } of routes) lines += route.line
  return lines
}

function isInView(box: Box, view: Box): boolean {
  return (
    box.x < view.x + view.width &&
    view.x < box.x + box.width &&
    box.y < view.y + view.height &&
    view.y < box.y + box.height
  )
}

type Router = (nodes: ReadonlyMap<string, ShapeNodeType>, relations: readonly Relation[]) => readonly Routed[]

/** Makes routes, and makes them anew only for relations of which an end has moved. */
function createRouter(): Router {
  let before: ReadonlyMap<string, Routed> = new Map()
  return (nodes, relations) => {
    const after = new Map<string, Routed>()
    const lanes = new Map<string, number>()
    for (const relation of relations) {
      const from = nodes.get(relation.from)
      const to = nodes.get(relation.to)
      if (from === undefined || to === undefined) continue
      // Relations that leave the same table turn one beside the other.
      const lane = lanes.get(from.id) ?? 0
      lanes.set(from.id, lane + 1)
      const old = before.get(relation.id)
      const isKept =
        old !== undefined &&
        old.relation === relation &&
        old.lane === lane &&
        isSamePlace(old.from, from) &&
        isSamePlace(old.to, to)
      after.set(
        relation.id,
        isKept ? old : { relation, from, to, lane, route: routed(relation, { from, to }, { lane }) },
      )
    }
    before = after
    return [...after.values()]
  }
}

/** Makes ways around what stands between, once per route and per place of everything else. Only for those in view: they cost more than direct ones. */
function createDetours(): (routed: Routed, obstacles: Obstacles) => Route {
  const known = new WeakMap<Routed, { readonly obstacles: Obstacles; readonly route: Route }>()
  return (one, obstacles) => {
    const before = known.get(one)
    if (before?.obstacles === obstacles) return before.route
    const route = routed(one.relation, one, { lane: one.lane, obstacles })
    known.set(one, { obstacles, route })
    return route
  }
}

function isSamePlace(a: ShapeNodeType, b: ShapeNodeType): boolean {
  return (
    a === b ||
    (a.position.x === b.position.x && a.position.y === b.position.y && a.data.shape === b.data.shape)
  )
}

function routed(
  relation: Relation,
  { from, to }: Pick<Routed, 'from' | 'to'>,
  options: { readonly lane: number; readonly obstacles?: Obstacles },
): Route {
  return routeOf(
    { box: boxOf(from), y: from.position.y + rowMiddle(relation.fromRow), end: relation.fromEnd },
    { box: boxOf(to), y: to.position.y + rowMiddle(relation.toRow), end: relation.toEnd },
    { ...options, hasFeet: relation.kind === 'foreign key' },
  )
}

function boxOf({ position, data: { shape } }: ShapeNodeType): Box {
  return { x: position.x, y: position.y, width: shape.width, height: shape.height }
}

interface RelationPathProps {
  readonly relation: Relation
  readonly route: Route
  readonly isHighlighted: boolean
  readonly onHover: (relation: Relation | null) => void
  readonly onSelect: (relation: Relation) => void
}

const STROKES = { new: 'stroke-success', changed: 'stroke-warning', dropped: 'stroke-danger' } as const

const RelationPath = memo(function RelationPath(props: RelationPathProps): ReactNode {
  const { relation, route, isHighlighted } = props
  return (
    <g>
      <path
        d={route.path}
        className={classNames(
          'fill-none',
          isHighlighted
            ? 'stroke-accent-text stroke-[1.75px]'
            : classNames(
                'stroke-[1.25px]',
                relation.mark !== null
                  ? STROKES[relation.mark]
                  : relation.kind === 'view'
                    ? 'stroke-line-2'
                    : 'stroke-line-3',
              ),
          relation.kind !== 'foreign key' && '[stroke-dasharray:4_4]',
        )}
      />
      <path
        d={route.line}
        className="[pointer-events:stroke] cursor-pointer fill-none stroke-transparent stroke-[12px]"
        onPointerEnter={() => props.onHover(relation)}
        onPointerLeave={() => props.onHover(null)}
        onClick={() => props.onSelect(relation)}
      >
        <title>{relation.description}</title>
      </path>
    </g>
  )
})
