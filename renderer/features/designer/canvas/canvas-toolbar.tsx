// The toolbar of the canvas: tools, layout, what is shown, undo, zoom.
import { useReactFlow, useStore as useFlow } from '@xyflow/react'
import {
  ChevronDown,
  Eye,
  Link2,
  Maximize,
  MousePointer2,
  Network,
  Redo2,
  Search,
  StickyNote,
  Table2,
  Undo2,
} from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { Button, IconButton } from '../../../components/button.tsx'
import { classNames } from '../../../components/class-names.ts'
import { MenuButton, type MenuEntry } from '../../../components/menu.tsx'
import { Segmented } from '../../../components/toggles.tsx'
import { Tooltip } from '../../../components/tooltip.tsx'
import { useStore } from '../../../host/store.ts'
import { useCaps } from '../../../shell/command-hint.tsx'
import type { DesignSession } from '../session.ts'
import { useCanvas } from './canvas-state.ts'
import type { Mark } from './marks.ts'
import { newNote } from './new-note.ts'
import type { Drawing } from './shapes.ts'

const TOOLS = [
  { id: 'select', label: 'Select', icon: MousePointer2 },
  { id: 'table', label: 'Table', icon: Table2 },
  { id: 'relation', label: 'Relation', icon: Link2 },
] as const
const ZOOMS = [0.25, 0.5, 0.75, 1, 1.5, 2]

export interface CanvasToolbarProps {
  readonly session: DesignSession
  readonly drawing: Drawing
  readonly layoutItems: ReactNode
  readonly isLayingOut: boolean
  readonly showsViews: boolean
  readonly showsEnums: boolean
  readonly onShow: (what: 'views' | 'enums', isShown: boolean) => void
  readonly onLayout: () => void
  readonly onFit: () => void
  readonly onFind: () => void
}

/** The toolbar. */
export const CanvasToolbar = memo(function CanvasToolbar(props: CanvasToolbarProps): ReactNode {
  const { session, drawing } = props
  const { tool } = useCanvas()
  const current = useStore(tool)
  const labels = useStore(session.history.labels)
  const caps = {
    undo: useCaps('designer.undo'),
    redo: useCaps('designer.redo'),
    fit: useCaps('designer.fit'),
    find: useCaps('designer.find'),
  }
  return (
    <div
      role="toolbar"
      aria-label="Diagram"
      className="@container flex h-38 flex-none items-center gap-4 overflow-x-auto border-b border-line-1 bg-s1 px-10 [scrollbar-width:none]"
    >
      <Segmented label="Tool" options={TOOLS} value={current} onChange={(next) => tool.set(next)} />
      <span className="w-6" />
      <Tooltip text="Layout">
        <Button
          variant="ghost"
          size="compact"
          icon={Network}
          isBusy={props.isLayingOut}
          label="Layout"
          onPress={props.onLayout}
        >
          <ToolbarLabel>Layout</ToolbarLabel>
        </Button>
      </Tooltip>
      <ShowMenu {...props} />
      {props.layoutItems}
      <span className="min-w-0 flex-1" />
      <Legend drawing={drawing} />
      <IconButton icon={Search} label="Find in the diagram" caps={caps.find} onPress={props.onFind} />
      <IconButton
        icon={Undo2}
        label={labels.undo === null ? 'Undo' : `Undo: ${labels.undo}`}
        caps={caps.undo}
        isDisabled={labels.undo === null}
        onPress={() => session.history.undo()}
      />
      <IconButton
        icon={Redo2}
        label={labels.redo === null ? 'Redo' : `Redo: ${labels.redo}`}
        caps={caps.redo}
        isDisabled={labels.redo === null}
        onPress={() => session.history.redo()}
      />
      <ZoomMenu />
      <IconButton icon={Maximize} label="Zoom to fit" caps={caps.fit} onPress={props.onFit} />
    </div>
  )
})

/** Words beside an icon of the toolbar: given up where it is narrow. The button needs a label of its own. */
export function ToolbarLabel({ children }: { readonly children: ReactNode }): ReactNode {
  return <span className="hidden @min-[760px]:inline">{children}</span>
}

const LEGEND: readonly { readonly mark: Mark; readonly word: string; readonly ring: string }[] = [
  { mark: 'new', word: 'Added', ring: 'border-success' },
  { mark: 'changed', word: 'Changed', ring: 'border-warning' },
  { mark: 'dropped', word: 'Dropped', ring: 'border-danger border-dashed' },
]

/** What the colours mean that are on the canvas now. */
function Legend({ drawing }: { readonly drawing: Drawing }): ReactNode {
  const present = new Set(drawing.shapes.map(({ marks }) => marks.mark))
  return (
    <span className="mr-6 hidden flex-none items-center gap-14 text-small text-2 @min-[860px]:flex">
      {LEGEND.filter(({ mark }) => present.has(mark)).map(({ mark, word, ring }) => (
        <span key={mark} className="flex items-center gap-6">
          <span aria-hidden="true" className={classNames('size-10 rounded-badge border-[1.5px]', ring)} />
          {word}
        </span>
      ))}
    </span>
  )
}

function ShowMenu({ session, drawing, showsViews, showsEnums, onShow }: CanvasToolbarProps): ReactNode {
  const flow = useReactFlow()
  const canvas = useCanvas()
  const { model } = useStore(session.draft.state)
  const { schemas } = useStore(session.diagram)
  const names = [
    ...new Set(
      model.objects.flatMap((object) =>
        object.kind === 'table' || object.kind === 'view' || object.kind === 'enum' ? [object.schema] : [],
      ),
    ),
  ].toSorted()
  const isShown = (name: string): boolean => schemas === null || schemas.includes(name)
  const toggle = (name: string): void => {
    const next = isShown(name)
      ? names.filter((one) => isShown(one) && one !== name)
      : [...(schemas ?? []), name]
    session.diagram.update((now) => ({ ...now, schemas: next.length === names.length ? null : next }))
  }
  const centre = (): { x: number; y: number } => {
    const box = document.querySelector('.designer-canvas')?.getBoundingClientRect()
    return flow.screenToFlowPosition({
      x: (box?.left ?? 0) + (box?.width ?? 0) / 2,
      y: (box?.top ?? 0) + (box?.height ?? 0) / 2,
    })
  }
  const entries: MenuEntry[] = [
    { id: 'views', label: 'Views', isCurrent: showsViews, onAction: () => onShow('views', !showsViews) },
    { id: 'enums', label: 'Enums', isCurrent: showsEnums, onAction: () => onShow('enums', !showsEnums) },
    ...names.map((name, at) => ({
      id: `schema ${name}`,
      label: name,
      detail: 'schema',
      isCurrent: isShown(name),
      startsGroup: at === 0,
      onAction: () => toggle(name),
    })),
    {
      id: 'note',
      label: 'Add note',
      icon: StickyNote,
      startsGroup: true,
      onAction: () => {
        newNote(canvas, drawing.shapes, centre())
      },
    },
  ]
  const hidden = schemas === null ? 0 : names.length - schemas.length
  return (
    <MenuButton label="What is shown" entries={entries}>
      <Tooltip text="What is shown">
        <Button
          variant="ghost"
          size="compact"
          icon={Eye}
          label={`Show: ${drawing.shapes.length} shapes${hidden === 0 ? '' : `, ${hidden} ${hidden === 1 ? 'schema' : 'schemas'} hidden`}`}
        >
          <ToolbarLabel>{hidden === 0 ? 'Show' : `Show, ${hidden} hidden`}</ToolbarLabel>
        </Button>
      </Tooltip>
    </MenuButton>
  )
}

function ZoomMenu(): ReactNode {
  const flow = useReactFlow()
  const percent = useFlow(({ transform }) => Math.round(transform[2] * 100))
  return (
    <MenuButton
      label="Zoom"
      placement="bottom end"
      entries={ZOOMS.map((zoom) => ({
        id: String(zoom),
        label: `${zoom * 100} %`,
        isCurrent: percent === Math.round(zoom * 100),
        onAction: () => void flow.zoomTo(zoom),
      }))}
    >
      <Button variant="ghost" size="compact" label={`Zoom, ${percent} percent`}>
        <span className="tabular-nums">{percent} %</span>
        <ChevronDown aria-hidden="true" size={14} strokeWidth={1.75} />
      </Button>
    </MenuButton>
  )
}
