// Drops what is selected; asks first, with a list, where other things go along.
import { Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { dropImpact, dropObjects, dropPart, type Dependent } from '#postgres/common/catalog/edit/drop.ts'
import { Button, IconButton } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { useEditing } from './editing.tsx'

export interface DropButtonProps {
  /** "Drop column". */
  readonly label: string
  /** What is dropped, for the question. */
  readonly name: string
  readonly objectIds: readonly string[]
  /** A part of the one object; left out for the objects themselves. */
  readonly partId?: string
  /** Only the icon, in a row. */
  readonly isSmall?: boolean
}

/** Undo takes it back; the database is changed by the migration only. */
export function DropButton(props: DropButtonProps): ReactNode {
  const { model, context, stage, session } = useEditing()
  const { notifications } = useShell()
  const [asked, setAsked] = useState<readonly Dependent[] | null>(null)
  const { partId, objectIds } = props
  const drop = (): void => {
    const [objectId = ''] = objectIds
    const problem = stage(
      partId === undefined
        ? dropObjects(context(), { objectIds })
        : dropPart(context(), { objectId, partId }),
    )
    setAsked(null)
    if (problem !== null) notifications.notify({ tone: 'warning', text: problem })
    else if (partId === undefined) session.selection.set({ objectIds: [], partId: null })
    else session.selection.update((now) => (now.partId === partId ? { ...now, partId: null } : now))
  }
  const press = (): void => {
    const impact = dropImpact(model, partId === undefined ? objectIds : [partId])
    if (impact.length === 0) drop()
    else setAsked(impact)
  }
  return (
    <>
      {props.isSmall === true ? (
        <IconButton icon={Trash2} size="small" label={`${props.label} ${props.name}`} onPress={press} />
      ) : (
        <Button variant="danger" icon={Trash2} onPress={press}>
          {props.label}
        </Button>
      )}
      <ConfirmDialog
        isOpen={asked !== null}
        title={`${props.label} ${props.name}?`}
        lost={<DependentList dependents={asked ?? []} />}
        survives="Nothing is changed in the database before the migration is applied, and Undo takes it back."
        confirmLabel={props.label}
        busyLabel="Dropping…"
        onConfirm={drop}
        onClose={() => setAsked(null)}
      />
    </>
  )
}

const MAX_LISTED = 12

/** What goes along, one line each. */
export function DependentList({ dependents }: { readonly dependents: readonly Dependent[] }): ReactNode {
  const hidden = dependents.length - MAX_LISTED
  return (
    <>
      {dependents.length === 1 ? 'One more thing goes' : `${dependents.length} more things go`} with it:
      {dependents.slice(0, MAX_LISTED).map((one) => (
        <span key={one.id} className="block truncate pl-8 font-mono text-data">
          {one.isDefaultOnly ? `default of ${one.name}` : `${one.what} ${one.name}`}
        </span>
      ))}
      {hidden > 0 ? <span className="block pl-8 text-2">and {hidden} more</span> : null}
    </>
  )
}
