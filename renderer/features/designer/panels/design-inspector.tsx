// The inspector of a design: the panel of what is selected, in the shell's right pane.
import type { ReactNode } from 'react'
import type { ModelObject, Table } from '#contract/schema/types.ts'
import { kindWord } from '#postgres/common/catalog/edit/drop.ts'
import { indexModel } from '#postgres/common/catalog/find.ts'
import { Badge } from '../../../components/badge.tsx'
import { Button } from '../../../components/button.tsx'
import { ChevronLeft } from 'lucide-react'
import { useStore } from '../../../host/store.ts'
import { Inspector } from '../../../shell/slots.tsx'
import { marksOf, markText } from '../canvas/marks.ts'
import { NOTHING_SELECTED, type DesignSession } from '../session.ts'
import { ColumnPanel } from './column-panel.tsx'
import { GroupPanel, NotePanel } from './diagram-panels.tsx'
import { DomainPanel } from './domain-panel.tsx'
import { EditingProvider, useEditing } from './editing.tsx'
import { EnumPanel } from './enum-panel.tsx'
import { ObjectPanel } from './object-panel.tsx'
import { findPart, PartPanel, partWord } from './part-panel.tsx'
import { SelectionPanel } from './selection-panel.tsx'
import { SequencePanel } from './sequence-panel.tsx'
import { TablePanel } from './table-panel.tsx'
import { ViewPanel } from './view-panel.tsx'

/** Nothing while nothing is selected. */
export function DesignInspector({ session }: { readonly session: DesignSession }): ReactNode {
  return (
    <EditingProvider session={session}>
      <Selected />
    </EditingProvider>
  )
}

function Selected(): ReactNode {
  const { session, model, base } = useEditing()
  const { objectIds, partId } = useStore(session.selection)
  const diagram = useStore(session.diagram)
  const close = (): void => session.selection.set(NOTHING_SELECTED)
  const index = indexModel(model)
  const objects = objectIds.flatMap((id) => index.byId(id) ?? [])
  const [id] = objectIds
  const [object] = objects
  if (objects.length > 1)
    return (
      <Inspector title={`${objects.length} objects`} onClose={close}>
        <SelectionPanel objects={objects} />
      </Inspector>
    )
  if (object === undefined) {
    const note = diagram.notes.find((one) => one.id === id)
    if (note !== undefined)
      return (
        <Inspector title="Note" onClose={close}>
          <NotePanel key={note.id} note={note} />
        </Inspector>
      )
    const group = diagram.groups.find((one) => one.id === id)
    if (group === undefined) return null
    return (
      <Inspector title="Colour group" onClose={close}>
        <GroupPanel key={group.id} group={group} />
      </Inspector>
    )
  }
  const marks = marksOf(indexModel(base).byId(object.id), object)
  if (object.kind === 'table' && partId !== null) {
    const shown = partOf(object, partId)
    if (shown !== undefined)
      return (
        <Inspector title={`${object.name}.${shown.name}`} onClose={close}>
          <Head
            what={shown.what}
            mark={marks.mark === 'new' ? null : partMark(marks.parts.get(partId))}
            parent={object}
          />
          <div key={partId}>{shown.panel}</div>
        </Inspector>
      )
  }
  return (
    <Inspector title={object.name} onClose={close}>
      <Head what={kindWord(object)} mark={markText(marks)} parent={null} />
      <div key={object.id}>
        <Panel object={object} />
      </div>
    </Inspector>
  )
}

function partMark(mark: 'new' | 'changed' | 'dropped' | undefined): string | null {
  return mark === undefined ? null : mark === 'new' ? 'New' : 'Changed'
}

function partOf(
  table: Table,
  partId: string,
): { readonly name: string; readonly what: string; readonly panel: ReactNode } | undefined {
  const column = table.columns.find(({ id }) => id === partId)
  if (column !== undefined)
    return { name: column.name, what: 'column', panel: <ColumnPanel table={table} column={column} /> }
  const found = findPart(table, partId)
  if (found === undefined) return undefined
  return {
    name: found.part.name,
    what: partWord(found),
    panel: <PartPanel table={table} found={found} />,
  }
}

interface HeadProps {
  readonly what: string
  /** "New", "2 changes". */
  readonly mark: string | null
  /** The table to go back to, for a part. */
  readonly parent: Table | null
}

function Head({ what, mark, parent }: HeadProps): ReactNode {
  const { select } = useEditing()
  return (
    <div className="flex h-30 items-center gap-8 px-12 pt-6">
      {parent === null ? null : (
        <Button
          size="compact"
          variant="ghost"
          icon={ChevronLeft}
          label={`Back to ${parent.name}`}
          onPress={() => select(parent.id)}
        >
          {parent.name}
        </Button>
      )}
      <span className="text-small text-3 first-letter:uppercase">{what}</span>
      <span className="flex-1" />
      {mark === null ? null : <Badge tone={mark === 'New' ? 'success' : 'warning'}>{mark}</Badge>}
    </div>
  )
}

function Panel({ object }: { readonly object: ModelObject }): ReactNode {
  switch (object.kind) {
    case 'table':
      return <TablePanel table={object} />
    case 'view':
      return <ViewPanel view={object} />
    case 'enum':
      return <EnumPanel type={object} />
    case 'domain':
      return <DomainPanel domain={object} />
    case 'sequence':
      return <SequencePanel sequence={object} />
    default:
      return <ObjectPanel object={object} />
  }
}
