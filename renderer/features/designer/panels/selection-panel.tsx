// The inspector of several selected objects.
import { AlignStartVertical, CopyPlus, Link } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ModelObject } from '#contract/schema/types.ts'
import { addJunction } from '#postgres/common/catalog/edit/foreign-keys.ts'
import type { Edit } from '#postgres/common/catalog/edit/model-edit.ts'
import { moveObjects } from '#postgres/common/catalog/edit/rename.ts'
import { duplicateTables } from '#postgres/common/catalog/edit/tables.ts'
import { Button } from '../../../components/button.tsx'
import { MenuButton } from '../../../components/menu.tsx'
import { Select } from '../../../components/select.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { aligned, ALIGNMENTS, type Alignment } from '../canvas/diagram-edits.ts'
import { withPlaces } from '../canvas/diagram-nodes.ts'
import { drawingOf } from '../canvas/shapes.ts'
import type { DesignSession } from '../session.ts'
import { DropButton } from './drop-button.tsx'
import { useEditing, useSchemaNames } from './editing.tsx'
import { Fields, PanelActions } from './section.tsx'

/** What can be done with all of them. */
export function SelectionPanel({ objects }: { readonly objects: readonly ModelObject[] }): ReactNode {
  const { context, stage, session } = useEditing()
  const { notifications } = useShell()
  const schemas = useSchemaNames()
  const tables = objects.filter(({ kind }) => kind === 'table')
  const objectIds = objects.map(({ id }) => id)
  const run = (edit: Edit): void => {
    const problem = stage(edit)
    if (problem !== null) notifications.notify({ tone: 'warning', text: problem })
  }
  const [left, right] = tables
  const places = new Set(objects.map((object) => ('schema' in object ? object.schema : '')))
  const [only = ''] = places
  return (
    <>
      <Fields>
        {schemas.length > 1 ? (
          <Select
            label="Schema"
            options={[
              ...(places.size === 1 ? [] : [{ id: '', label: 'Several' }]),
              ...schemas.map((id) => ({ id, label: id })),
            ]}
            value={places.size === 1 ? (only ?? '') : ''}
            onChange={(schema) => {
              if (schema !== '') run(moveObjects(context(), { objectIds, schema }))
            }}
          />
        ) : null}
        <div className="flex flex-wrap gap-8">
          <MenuButton
            label="Align"
            entries={ALIGNMENTS.map((alignment, at) => ({
              id: alignment,
              label: at < 6 ? alignment : `Equal distances ${alignment.toLowerCase()}`,
              startsGroup: at === 3 || at === 6,
              onAction: () => align(session, objectIds, alignment),
            }))}
          >
            <Button icon={AlignStartVertical}>Align</Button>
          </MenuButton>
          {tables.length === 0 ? null : (
            <Button
              icon={CopyPlus}
              onPress={() => run(duplicateTables(context(), { tableIds: tables.map(({ id }) => id) }))}
            >
              Duplicate
            </Button>
          )}
          {tables.length === 2 && left !== undefined && right !== undefined ? (
            <Button
              icon={Link}
              onPress={() => run(addJunction(context(), { leftId: left.id, rightId: right.id }))}
            >
              Join many to many
            </Button>
          ) : null}
        </div>
      </Fields>
      <PanelActions>
        <DropButton
          label={`Drop ${objects.length} objects`}
          name={
            objects
              .map(({ name }) => name)
              .slice(0, 3)
              .join(', ') + (objects.length > 3 ? ', …' : '')
          }
          objectIds={objectIds}
        />
      </PanelActions>
    </>
  )
}

function align(session: DesignSession, ids: readonly string[], alignment: Alignment): void {
  const { base, model } = session.draft.state.get()
  const { shapes } = drawingOf(base, model, { showsViews: true, showsEnums: true, schemas: null })
  session.history.changeDiagram('Align', (now) => {
    const boxes = new Map(
      shapes.flatMap(({ id, width, height }) => {
        const place = now.positions[id]
        return place === undefined || !ids.includes(id) ? [] : [[id, { ...place, width, height }] as const]
      }),
    )
    return withPlaces(now, aligned(boxes, alignment))
  })
}
