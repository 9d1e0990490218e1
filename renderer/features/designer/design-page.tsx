// One open design: the canvas, and what belongs around it.
import { Download, Upload } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import type { Dependent } from '#postgres/common/catalog/edit/drop.ts'
import { Button } from '../../components/button.tsx'
import { Tooltip } from '../../components/tooltip.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { SplitPanes } from '../../components/split-panes.tsx'
import { useStore } from '../../host/store.ts'
import { focusNamedRegion } from '../../shell/regions.ts'
import { useShell } from '../../shell/shell.tsx'
import { StatusSegment } from '../../shell/slots.tsx'
import { useLayoutFlag, useLayoutNumber } from '../../shell/use-layout.ts'
import { DesignCommands } from './actions/design-commands.tsx'
import { createCanvasActions } from './canvas-actions.ts'
import { ToolbarLabel } from './canvas/canvas-toolbar.tsx'
import { DesignerCanvas } from './canvas/canvas.tsx'
import { isDrawable } from './canvas/shapes.ts'
import { useDesigner } from './designer-workbench.tsx'
import { ExchangeCommands } from './exchange/exchange-commands.tsx'
import { MergeGuard } from './merge/merge-guard.tsx'
import type { OpenDesign } from './open-design.ts'
import { DesignInspector } from './panels/design-inspector.tsx'
import { DependentList } from './panels/drop-button.tsx'
import { InlineEditor } from './panels/inline-editor.tsx'
import { MigrationPreview, usePreviewHeight } from './review/migration-preview.tsx'
import { RollBackDialog } from './review/roll-back-dialog.tsx'

const SPLIT = 0.66

interface Dropping {
  readonly dependents: readonly Dependent[]
  readonly go: () => void
}

/** The page of a design. */
export function DesignPage({ session }: { readonly session: OpenDesign }): ReactNode {
  const shell = useShell()
  const { clipboard } = useDesigner()
  const [showsViews, setShowsViews] = useLayoutFlag('designer.views', true)
  const [showsEnums, setShowsEnums] = useLayoutFlag('designer.enums', true)
  const [dropping, setDropping] = useState<Dropping | null>(null)
  const [ratio, setRatio] = useLayoutNumber('designer.split', SPLIT)
  const { model, head } = useStore(session.draft.state)
  const { name } = useStore(session.design)
  const previewHeight = usePreviewHeight(session)
  const actions = useMemo(
    () =>
      createCanvasActions({
        session,
        clipboard,
        refuse: (text) => shell.notifications.notify({ tone: 'warning', text }),
        confirmDrop: (dependents, go) => setDropping({ dependents, go }),
        edit(objectId, partId) {
          session.selection.set({ objectIds: [objectId], partId })
          shell.layout.set('inspector.shown', true)
          // The panel is drawn with the next frame.
          requestAnimationFrame(focusPanel)
        },
      }),
    [session, clipboard, shell],
  )
  const isEmpty = !model.objects.some(isDrawable)
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <h1 className="sr-only">{name}</h1>
      <MergeGuard session={session} />
      <SplitPanes
        label="Size of the migration preview"
        direction="vertical"
        ratio={ratio}
        standardRatio={SPLIT}
        onRatioChange={setRatio}
        secondContent={previewHeight}
        first={
          <DesignerCanvas
            session={session}
            actions={actions}
            InlineEditor={InlineEditor}
            toolbarItems={<ExchangeButtons />}
            showsViews={showsViews}
            showsEnums={showsEnums}
            onShow={(what, isShown) => (what === 'views' ? setShowsViews(isShown) : setShowsEnums(isShown))}
          />
        }
        second={head === 0 ? null : <MigrationPreview session={session} />}
      />
      {isEmpty ? <EmptyDatabase onAdd={() => actions.addTable({ x: 0, y: 0 })} /> : null}
      <Counts session={session} />
      <DesignInspector session={session} />
      <DesignCommands session={session} />
      <ExchangeCommands session={session} />
      <RollBackDialog session={session} />
      <ConfirmDialog
        isOpen={dropping !== null}
        title="Drop this and what depends on it?"
        lost={<DependentList dependents={dropping?.dependents ?? []} />}
        survives="Nothing is changed in the database before the migration is applied, and Undo takes it back."
        confirmLabel="Drop all of these"
        busyLabel="Dropping…"
        onConfirm={() => {
          dropping?.go()
          setDropping(null)
        }}
        onClose={() => setDropping(null)}
      />
    </div>
  )
}

/** The first field: a name, a text. */
function focusPanel(): void {
  const field = document.querySelector<HTMLElement>(
    '[data-region="inspector"] :is(input[type="text"], input:not([type]), textarea):not([disabled])',
  )
  if (field === null) focusNamedRegion(document, 'inspector')
  else field.focus()
}

function ExchangeButtons(): ReactNode {
  const { commands } = useShell()
  return (
    <>
      <Tooltip text="Import">
        <Button
          variant="ghost"
          size="compact"
          icon={Download}
          label="Import"
          onPress={() => void commands.run('designer.import')}
        >
          <ToolbarLabel>Import</ToolbarLabel>
        </Button>
      </Tooltip>
      <Tooltip text="Export">
        <Button
          variant="ghost"
          size="compact"
          icon={Upload}
          label="Export"
          onPress={() => void commands.run('designer.export')}
        >
          <ToolbarLabel>Export</ToolbarLabel>
        </Button>
      </Tooltip>
    </>
  )
}

function EmptyDatabase({ onAdd }: { readonly onAdd: () => void }): ReactNode {
  const { commands } = useShell()
  return (
    <div className="pointer-events-none absolute inset-0 top-38 z-10 grid place-items-center">
      <div className="pointer-events-auto rounded-card border border-line-2 bg-s1">
        <EmptyState
          title="No tables yet"
          action={
            <Button variant="primary" caps={['T']} onPress={onAdd}>
              Add table
            </Button>
          }
          secondary={<Button onPress={() => void commands.run('designer.import')}>Import SQL or DBML</Button>}
        >
          Draw the first one, or begin with a schema that you have as text.
        </EmptyState>
      </div>
    </div>
  )
}

function Counts({ session }: { readonly session: OpenDesign }): ReactNode {
  const { model } = useStore(session.draft.state)
  // Partitions are part of their table.
  const tables = model.objects.flatMap((object) =>
    object.kind === 'table' && object.partitionOf === null ? [object] : [],
  )
  const relations = tables.reduce(
    (sum, table) => sum + table.constraints.filter(({ kind }) => kind === 'foreign key').length,
    0,
  )
  return (
    <StatusSegment side="right" order={10} label="Of the design">
      {tables.length} {tables.length === 1 ? 'table' : 'tables'}, {relations}{' '}
      {relations === 1 ? 'relation' : 'relations'}
    </StatusSegment>
  )
}
