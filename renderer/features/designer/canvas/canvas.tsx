// The canvas: the diagram on React Flow, with everything that the pointer and the keyboard do on it.
import {
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type NodeChange,
  type NodeMouseHandler,
} from '@xyflow/react'
import { useCallback, useEffect, useMemo, useRef, useState, type ComponentType, type ReactNode } from 'react'
import { useStore } from '../../../host/store.ts'
import { NOTHING_SELECTED, type DesignSession } from '../session.ts'
import {
  addTable,
  CanvasContext,
  createCanvasState,
  highlightOf,
  neighbourhoodOf,
  NO_HIGHLIGHT,
  useCanvas,
  type CanvasActions,
  type InlineEditorProps,
  type Point,
} from './canvas-state.ts'
import { CanvasMenu } from './canvas-menu.tsx'
import { CanvasToolbar } from './canvas-toolbar.tsx'
import { GroupFrames, NoteNode } from './decorations.tsx'
import { createNodeMaker, withPlaces, type CanvasNode } from './diagram-nodes.ts'
import { nodeDomId } from './dom-id.ts'
import { FindBar } from './find-bar.tsx'
import { FocusChip, LayoutOverlay, type Neighbourhood } from './overlays.tsx'
import { Minimap } from './minimap.tsx'
import { ReferenceLine, useReferenceDrawing } from './reference-drawing.tsx'
import { RelationLayer } from './relation-layer.tsx'
import { ShapeNode } from './shape-node.tsx'
import { drawingOf, type Drawing, type Relation } from './shapes.ts'
import { useCanvasKeys } from './use-canvas-keys.ts'
import { useDiagramLayout } from './use-layout.ts'
import { useReveal } from './use-reveal.ts'
import { useKeepInView } from './use-keep-in-view.ts'
import { ZoomWatch } from './zoom-watch.tsx'
import './designer.css'

const NODE_TYPES = { shape: ShapeNode, note: NoteNode }
const FIT = { padding: 0.08, maxZoom: 1, duration: 0 } as const
const NO_EDGES: never[] = []

export interface DesignerCanvasProps {
  readonly session: DesignSession
  readonly actions: CanvasActions
  /** Edits a name or a column where it stands. */
  readonly InlineEditor?: ComponentType<InlineEditorProps>
  readonly showsViews: boolean
  readonly showsEnums: boolean
  /** In the toolbar, after Layout: import, export. */
  readonly toolbarItems?: ReactNode
  /** In the toolbar's menu "Show": toggles of views and enums are the area's. */
  readonly onShow: (what: 'views' | 'enums', isShown: boolean) => void
}

/** The canvas with its toolbar. */
export function DesignerCanvas(props: DesignerCanvasProps): ReactNode {
  const { session, actions, InlineEditor = null } = props
  const state = useMemo(
    () => createCanvasState({ session, actions, InlineEditor }),
    [session, actions, InlineEditor],
  )
  return (
    <CanvasContext value={state}>
      <ReactFlowProvider>
        <Canvas {...props} />
      </ReactFlowProvider>
    </CanvasContext>
  )
}

function Canvas(props: DesignerCanvasProps): ReactNode {
  const { session, showsViews, showsEnums } = props
  const state = useCanvas()
  const flow = useReactFlow()
  const container = useRef<HTMLDivElement>(null)
  const draft = useStore(session.draft.state)
  const diagram = useStore(session.diagram)
  const selection = useStore(session.selection)
  const tool = useStore(state.tool)
  const announcement = useStore(state.announcement)
  const [moving, setMoving] = useState<ReadonlyMap<string, Point>>(new Map())
  const [focus, setFocus] = useState<Neighbourhood | null>(null)
  const [isFinding, setIsFinding] = useState(false)
  const [menuAt, setMenuAt] = useState<Point | null>(null)

  const whole = useMemo(
    () => drawingOf(draft.base, draft.model, { showsViews, showsEnums, schemas: diagram.schemas }),
    [draft.base, draft.model, showsViews, showsEnums, diagram.schemas],
  )
  const drawing = useMemo(() => focused(whole, focus), [whole, focus])
  const fit = useCallback(() => void flow.fitView(FIT), [flow])
  // The nodes are at their new places after the next drawing.
  const fitSoon = useCallback(() => void requestAnimationFrame(() => requestAnimationFrame(fit)), [fit])
  const layout = useDiagramLayout({ session, drawing: whole, onLaidOut: fitSoon })
  const [makeNodes] = useState(createNodeMaker)
  const nodes = useMemo(
    () => makeNodes({ shapes: drawing.shapes, diagram, moving, selectedIds: selection.objectIds }),
    [makeNodes, drawing.shapes, diagram, moving, selection.objectIds],
  )
  // While something is dragged the minimap keeps what it shows.
  const [settled, setSettled] = useState(nodes.shapes)
  if (moving.size === 0 && settled !== nodes.shapes) setSettled(nodes.shapes)

  useHighlight(drawing.relations)
  useKeepInView(container, session, nodes.shapes)
  useReveal(session, whole, setFocus)
  const focusNeighbours = useCallback(
    (hops: number): void => {
      const ids = session.selection.get().objectIds
      if (ids.length > 0) setFocus({ ids, hops })
    },
    [session],
  )
  const layOut = layout.layout
  const layOutSelection = useCallback(() => layOut(session.selection.get().objectIds), [layOut, session])
  const find = useCallback(() => setIsFinding(true), [])
  const closeMenu = useCallback(() => setMenuAt(null), [])
  // A design that is opened again is where it was left.
  const fittedFor = useRef(diagram.viewport === null ? undefined : focus)
  useEffect(() => {
    if (fittedFor.current === focus) return
    fittedFor.current = focus
    requestAnimationFrame(() => void flow.fitView(FIT))
  }, [focus, flow])
  const onKeyDown = useCanvasKeys({
    session,
    nodes: nodes.shapes,
    container,
    isFocused: focus !== null,
    actions: {
      find,
      fit,
      layout: layOutSelection,
      leaveFocus: () => setFocus(null),
      focusNeighbours,
      openMenu: setMenuAt,
    },
  })
  const drawingReference = useReferenceDrawing(state)

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      const selected = new Set(session.selection.get().objectIds)
      let isSelectionChanged = false
      const places = new Map<string, Point>()
      let isDragging = false
      for (const change of changes) {
        if (change.type === 'select') {
          isSelectionChanged = true
          if (change.selected) selected.add(change.id)
          else selected.delete(change.id)
        } else if (change.type === 'position' && change.position !== undefined) {
          places.set(change.id, change.position)
          isDragging ||= change.dragging === true
        }
      }
      if (isSelectionChanged) session.selection.set({ objectIds: [...selected], partId: null })
      if (places.size === 0) return
      if (isDragging) setMoving(places)
      else {
        setMoving(new Map())
        session.history.changeDiagram(places.size === 1 ? 'Move' : `Move of ${places.size}`, (now) =>
          withPlaces(now, places),
        )
      }
    },
    [session],
  )
  const onNodeClick = useCallback<NodeMouseHandler<CanvasNode>>(
    (event, node) => {
      if (!(event.target instanceof Element) || event.shiftKey || event.metaKey || event.ctrlKey) return
      const rowId = event.target.closest('[data-row]')?.getAttribute('data-row') ?? null
      session.selection.set({ objectIds: [node.id], partId: rowId })
    },
    [session],
  )
  const onNodeDoubleClick = useCallback<NodeMouseHandler<CanvasNode>>(
    (event, node) => {
      const target = event.target instanceof Element ? event.target : null
      const partId = target?.closest('[data-row]')?.getAttribute('data-row') ?? null
      if (node.type === 'shape' && state.InlineEditor !== null && state.detail.get() === 'full')
        state.editing.set({ objectId: node.id, partId })
      else state.actions.edit(node.id, partId)
    },
    [state],
  )
  const onSelectRelation = useCallback(
    (relation: Relation) =>
      session.selection.set({
        objectIds: [relation.ownerId],
        partId: relation.kind === 'foreign key' ? relation.id : null,
      }),
    [session],
  )
  const onHoverRelation = useCallback(
    (relation: Relation | null) =>
      state.highlight.set(
        relation === null
          ? NO_HIGHLIGHT
          : { shapeIds: new Set([relation.from, relation.to]), relationIds: new Set([relation.id]) },
      ),
    [state],
  )
  const onNodeMouseEnter = useCallback<NodeMouseHandler<CanvasNode>>(
    (_event, node) =>
      state.highlight.set(
        highlightOf(new Set([...session.selection.get().objectIds, node.id]), drawing.relations, null),
      ),
    [state, session, drawing.relations],
  )
  const onNodeMouseLeave = useCallback(
    () =>
      state.highlight.set(highlightOf(new Set(session.selection.get().objectIds), drawing.relations, null)),
    [state, session, drawing.relations],
  )
  const setIsMoving = (isMoving: boolean): void => {
    if (container.current !== null) container.current.dataset['moving'] = String(isMoving)
  }
  const zoomAtStart = useRef(1)
  const current = selection.objectIds.at(-1)
  const isDrawnNow = (id: string): boolean =>
    nodes.shapes.has(id) || [...diagram.notes, ...diagram.groups].some((one) => one.id === id)
  const tables = drawing.shapes.filter(({ kind }) => kind === 'table').length
  return (
    <section aria-label="Diagram" className="flex min-h-0 min-w-0 flex-1 flex-col">
      <CanvasToolbar
        session={session}
        drawing={whole}
        layoutItems={props.toolbarItems}
        isLayingOut={layout.progress !== null}
        showsViews={showsViews}
        showsEnums={showsEnums}
        onShow={props.onShow}
        onLayout={layOutSelection}
        onFit={fit}
        onFind={find}
      />
      <div
        ref={container}
        role="application"
        aria-label={`Diagram with ${tables} ${tables === 1 ? 'table' : 'tables'}. Arrow keys go between tables and columns, Enter edits.`}
        tabIndex={0}
        {...(current !== undefined && isDrawnNow(current)
          ? { 'aria-activedescendant': nodeDomId(current) }
          : {})}
        data-tool={tool}
        className="designer-canvas relative min-h-0 flex-1 overflow-hidden bg-s0 outline-none focus-visible:outline-offset-[-2px]"
        onKeyDown={onKeyDown}
        onPointerDownCapture={(event) => {
          drawingReference.onPointerDownCapture(event)
          if (event.target instanceof Element && event.target.closest('input, textarea, button') === null)
            container.current?.focus({ preventScroll: true })
        }}
      >
        <ReactFlow<CanvasNode>
          nodes={nodes.all}
          edges={NO_EDGES}
          nodeTypes={NODE_TYPES}
          onNodesChange={onNodesChange}
          onNodeClick={onNodeClick}
          onNodeDoubleClick={onNodeDoubleClick}
          onNodeMouseEnter={onNodeMouseEnter}
          onNodeMouseLeave={onNodeMouseLeave}
          onNodeContextMenu={(event, node) => {
            event.preventDefault()
            if (!session.selection.get().objectIds.includes(node.id))
              session.selection.set({ objectIds: [node.id], partId: null })
            setMenuAt({ x: event.clientX, y: event.clientY })
          }}
          onPaneContextMenu={(event) => {
            event.preventDefault()
            session.selection.set(NOTHING_SELECTED)
            setMenuAt({ x: event.clientX, y: event.clientY })
          }}
          onPaneClick={(event) => {
            if (tool === 'table') {
              addTable(state, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }))
              state.tool.set('select')
            } else session.selection.set(NOTHING_SELECTED)
          }}
          onMoveStart={(_event, viewport) => {
            zoomAtStart.current = viewport.zoom
            setIsMoving(true)
          }}
          onMove={(_event, viewport) => {
            if (viewport.zoom !== zoomAtStart.current) setIsMoving(false)
          }}
          onMoveEnd={(_event, viewport) => {
            setIsMoving(false)
            session.diagram.update((now) => ({ ...now, viewport: { ...viewport } }))
          }}
          {...(diagram.viewport === null ? {} : { defaultViewport: diagram.viewport })}
          minZoom={0.02}
          maxZoom={2}
          onlyRenderVisibleElements
          nodesConnectable={false}
          nodesFocusable={false}
          nodesDraggable={tool !== 'relation'}
          elevateNodesOnSelect={false}
          selectNodesOnDrag
          selectionKeyCode="Shift"
          multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
          deleteKeyCode={null}
          panActivationKeyCode="Space"
          disableKeyboardA11y
          panOnScroll
          zoomOnDoubleClick={false}
          nodeDragThreshold={3}
          proOptions={{ hideAttribution: true }}
        >
          <ZoomWatch container={container} />
          <GroupFrames
            groups={diagram.groups}
            nodes={nodes.shapes}
            selectedIds={selection.objectIds}
            onSelect={(groupId) => session.selection.set({ objectIds: [groupId], partId: null })}
          />
          <RelationLayer
            nodes={nodes.shapes}
            settled={settled}
            relations={drawing.relations}
            onHover={onHoverRelation}
            onSelect={onSelectRelation}
          />
        </ReactFlow>
        <ReferenceLine nodes={nodes.shapes} />
        {drawing.shapes.length > 12 ? <Minimap nodes={settled} /> : null}
        {isFinding ? (
          <FindBar
            drawing={whole}
            onFound={(id, rowId) => session.reveal.get()?.(id, rowId ?? undefined)}
            onClose={() => {
              setIsFinding(false)
              container.current?.focus()
            }}
          />
        ) : null}
        {focus === null ? null : <FocusChip drawing={whole} focus={focus} onChange={setFocus} />}
        <LayoutOverlay progress={layout.progress} problem={layout.problem} />
        <div aria-live="polite" className="sr-only">
          {announcement}
        </div>
        <CanvasMenu
          point={menuAt}
          session={session}
          drawing={whole}
          onClose={closeMenu}
          onFocus={focusNeighbours}
          onLayout={layOutSelection}
        />
      </div>
    </section>
  )
}

function focused(drawing: Drawing, focus: Neighbourhood | null): Drawing {
  if (focus === null) return drawing
  const near = neighbourhoodOf(focus.ids, drawing.relations, focus.hops)
  return { ...drawing, shapes: drawing.shapes.filter((shape) => near.has(shape.id)) }
}

/** What is selected lights up what belongs to it. */
function useHighlight(relations: readonly Relation[]): void {
  const { session, highlight } = useCanvas()
  const { objectIds, partId } = useStore(session.selection)
  useEffect(() => {
    const relation = relations.find(({ id }) => id === partId)
    highlight.set(highlightOf(new Set(objectIds), relations, relation === undefined ? null : relation.id))
  }, [objectIds, partId, relations, highlight])
}
