// What can be done in the designer besides the canvas' own commands, for the palette and by key.
import { Eye, Hash, KeyRound, Layers, ListOrdered, Puzzle, Sigma, SquareFunction, Zap } from 'lucide-react'
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react'
import type { SchemaModel, Table } from '#contract/schema/types.ts'
import { setPrimaryKey } from '#postgres/common/catalog/edit/constraints.ts'
import type { Edit, EditContext } from '#postgres/common/catalog/edit/model-edit.ts'
import { addRoutine, addTrigger } from '#postgres/common/catalog/edit/new-definitions.ts'
import { addExtension, addSchema, addSequence, addView } from '#postgres/common/catalog/edit/objects.ts'
import { addDomain, addEnum } from '#postgres/common/catalog/edit/types.ts'
import { indexModel } from '#postgres/common/catalog/find.ts'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { TextField } from '../../../components/text-field.tsx'
import type { Command } from '../../../shell/commands.ts'
import { useCommands, useShell, type StructureRequest } from '../../../shell/shell.tsx'
import { focusNamedRegion } from '../../../shell/regions.ts'
import { EditingProvider } from '../panels/editing.tsx'
import { CheckDialog } from '../panels/check-dialog.tsx'
import { ForeignKeyDialog } from '../panels/foreign-key-dialog.tsx'
import { IndexDialog } from '../panels/index-dialog.tsx'
import { KeyDialog } from '../panels/key-dialog.tsx'
import { PolicyDialog } from '../panels/policy-dialog.tsx'
import type { DesignSession } from '../session.ts'
import { newId } from './new-id.ts'

const GROUP = 'Designer'

type Asking =
  | { readonly kind: 'unique' | 'foreign key' | 'check' | 'index' | 'policy'; readonly table: Table }
  | { readonly kind: 'schema' | 'extension' }

/** Registers them while it is rendered, and shows the dialogs that they open. */
export function DesignCommands({ session }: { readonly session: DesignSession }): ReactNode {
  const { notifications, layout, structureRequest } = useShell()
  const [asking, setAsking] = useState<Asking | null>(null)
  const context = (): EditContext => {
    const { base, model } = session.draft.state.get()
    return { base, model, newId }
  }
  const model = (): SchemaModel => session.draft.state.get().model
  const schema = (): string => schemaOfSelection(session)
  /** The table that is selected, alone. */
  const table = (): Table | undefined => {
    const { objectIds } = session.selection.get()
    const object = objectIds.length === 1 ? indexModel(model()).byId(objectIds[0] ?? '') : undefined
    return object?.kind === 'table' ? object : undefined
  }
  const hasTable = (): boolean => table() !== undefined
  const run = (edit: Edit): void => {
    if (edit.problem !== null) {
      notifications.notify({ tone: 'warning', text: edit.problem })
      return
    }
    session.draft.stage(edit.patch)
    if (edit.objectId === null) return
    session.selection.set({ objectIds: [edit.objectId], partId: edit.partId })
    session.reveal.get()?.(edit.objectId, edit.partId ?? undefined)
    layout.set('inspector.shown', true)
    // The panel is drawn with the next frame.
    requestAnimationFrame(() => void focusNamedRegion(document, 'inspector'))
  }
  const open = useEffectEvent((request: StructureRequest) => {
    if (request.connectionId !== session.connectionId) return
    structureRequest.set(null)
    const object = indexModel(model()).relation(request)
    if (object === undefined) {
      notifications.notify({ tone: 'warning', text: `${request.name} is not in this design.` })
      return
    }
    session.selection.set({ objectIds: [object.id], partId: null })
    layout.set('inspector.shown', true)
    // The canvas says how to reveal things once it is drawn.
    requestAnimationFrame(() => {
      session.reveal.get()?.(object.id)
      void focusNamedRegion(document, 'inspector')
    })
  })
  useEffect(() => {
    const take = (): void => {
      const request = structureRequest.get()
      if (request !== null) open(request)
    }
    take()
    return structureRequest.subscribe(take)
  }, [structureRequest])
  const ask = (kind: Extract<Asking, { readonly table: Table }>['kind']): void => {
    const one = table()
    if (one !== undefined) setAsking({ kind, table: one })
  }
  const onTable = (
    id: string,
    title: string,
    kind: Extract<Asking, { readonly table: Table }>['kind'],
  ): Command => ({ id, title, group: GROUP, when: hasTable, run: () => ask(kind) })
  useCommands([
    {
      id: 'designer.primaryKey',
      title: 'Make the column the primary key',
      group: GROUP,
      icon: KeyRound,
      keys: ['K'],
      when: () => hasTable() && session.selection.get().partId !== null && isOnCanvas(),
      run: () => {
        const one = table()
        const { partId } = session.selection.get()
        if (one !== undefined && partId !== null)
          run(setPrimaryKey(context(), { tableId: one.id, columnIds: [partId] }))
      },
    },
    { ...onTable('designer.index', 'Add index', 'index'), icon: ListOrdered },
    onTable('designer.unique', 'Add unique constraint', 'unique'),
    onTable('designer.foreignKey', 'Add foreign key', 'foreign key'),
    onTable('designer.check', 'Add check', 'check'),
    onTable('designer.policy', 'Add policy', 'policy'),
    {
      id: 'designer.enum',
      title: 'Add enum',
      group: GROUP,
      icon: Hash,
      keys: ['E'],
      when: () => isOnCanvas(),
      run: () => run(addEnum(context(), { schema: schema() })),
    },
    {
      id: 'designer.view',
      title: 'Add view',
      group: GROUP,
      icon: Eye,
      run: () => run(addView(context(), { schema: schema(), definition: 'select 1 as one' })),
    },
    {
      id: 'designer.domain',
      title: 'Add domain',
      group: GROUP,
      run: () => run(addDomain(context(), { schema: schema() })),
    },
    {
      id: 'designer.sequence',
      title: 'Add sequence',
      group: GROUP,
      icon: Sigma,
      run: () => run(addSequence(context(), { schema: schema() })),
    },
    {
      id: 'designer.function',
      title: 'Add function',
      group: GROUP,
      icon: SquareFunction,
      run: () => run(addRoutine(context(), { schema: schema() })),
    },
    {
      id: 'designer.trigger',
      title: 'Add trigger',
      group: GROUP,
      icon: Zap,
      when: hasTable,
      run: () => {
        const one = table()
        if (one !== undefined) run(addTrigger(context(), { tableId: one.id }))
      },
    },
    {
      id: 'designer.schema',
      title: 'Add schema',
      group: GROUP,
      icon: Layers,
      run: () => setAsking({ kind: 'schema' }),
    },
    {
      id: 'designer.extension',
      title: 'Enable extension',
      group: GROUP,
      icon: Puzzle,
      run: () => setAsking({ kind: 'extension' }),
    },
  ])
  const close = (): void => setAsking(null)
  if (asking === null) return null
  return (
    <EditingProvider session={session}>
      {asking.kind === 'schema' || asking.kind === 'extension' ? (
        <NewNameDialog
          kind={asking.kind}
          onSubmit={(name) => {
            const edit =
              asking.kind === 'schema'
                ? addSchema(context(), { name })
                : addExtension(context(), { name, schema: schema() })
            if (edit.problem === null) run(edit)
            return edit.problem
          }}
          onClose={close}
        />
      ) : null}
      {asking.kind === 'unique' ? <KeyDialog table={asking.table} onClose={close} /> : null}
      {asking.kind === 'foreign key' ? <ForeignKeyDialog table={asking.table} onClose={close} /> : null}
      {asking.kind === 'index' ? <IndexDialog table={asking.table} onClose={close} /> : null}
      {asking.kind === 'check' ? <CheckDialog table={asking.table} onClose={close} /> : null}
      {asking.kind === 'policy' ? <PolicyDialog table={asking.table} onClose={close} /> : null}
    </EditingProvider>
  )
}

interface NewNameDialogProps {
  readonly kind: 'schema' | 'extension'
  readonly onSubmit: (name: string) => string | null
  readonly onClose: () => void
}

function NewNameDialog({ kind, onSubmit, onClose }: NewNameDialogProps): ReactNode {
  const [name, setName] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const isSchema = kind === 'schema'
  return (
    <FormDialog
      title={isSchema ? 'Add schema' : 'Enable extension'}
      submitLabel={isSchema ? 'Add schema' : 'Enable extension'}
      busyLabel="Adding…"
      isBusy={false}
      onSubmit={() => {
        const reason = onSubmit(name.trim())
        setProblem(reason)
        if (reason === null) onClose()
      }}
      onClose={onClose}
    >
      <TextField
        label="Name"
        isMono
        autoFocus
        value={name}
        onChange={(text) => {
          setName(text)
          setProblem(null)
        }}
        error={problem ?? undefined}
        placeholder={isSchema ? 'billing' : 'pg_trgm'}
        help={isSchema ? undefined : 'The server has to have it installed; the dry run tells.'}
      />
    </FormDialog>
  )
}

/** Plain letters are keys only on the canvas. */
function isOnCanvas(): boolean {
  const focus = document.activeElement
  if (focus === null || focus === document.body) return true
  // The palette: no key gets through a dialog, but what is chosen in it does.
  if (focus.closest('[role="dialog"]') !== null) return true
  return (
    focus.closest('.designer-canvas') !== null &&
    !(focus instanceof HTMLInputElement || focus instanceof HTMLTextAreaElement)
  )
}

/** The schema of what is selected, `public`, or the first there is. */
function schemaOfSelection({ draft, selection }: DesignSession): string {
  const index = indexModel(draft.state.get().model)
  const object = index.byId(selection.get().objectIds[0] ?? '')
  if (object !== undefined && 'schema' in object && object.schema !== null) return object.schema
  const names = index.ofKind('schema').map(({ name }) => name)
  return names.includes('public') ? 'public' : (names[0] ?? 'public')
}
