// Questions about migrations: another folder, marked without running, an edited file taken over, several made into one.
import { useState, type ReactNode } from 'react'
import { z } from 'zod'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { MigrationName, MigrationVersion, type Migration } from '#contract/capabilities/migrations.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { countOf } from './script.ts'

interface OneProps {
  readonly connectionId: ConnectionId
  readonly migration: Migration
  readonly onClose: () => void
}

const FolderValues = z.object({ folder: z.string().trim().min(1, 'Say which folder.') })

/** Another folder for the files. */
export function FolderDialog(props: {
  readonly connectionId: ConnectionId
  readonly folder: string
  readonly onClose: () => void
}): ReactNode {
  const form = useForm({ folder: props.folder }, FolderValues)
  const choose = useAction(
    (host, folder: string) => host.migrations.chooseFolder({ connectionId: props.connectionId, folder }),
    ['migrations'],
    { onSuccess: props.onClose },
  )
  return (
    <FormDialog
      title="Change the folder of the migrations"
      width="medium"
      submitLabel="Change folder"
      busyLabel="Changing…"
      isBusy={choose.isPending}
      problem={describeError(choose.error)}
      onSubmit={() => {
        if (form.check()) choose.mutate(form.values.folder.trim())
      }}
      onClose={props.onClose}
    >
      <TextField
        label="Folder"
        isMono
        autoFocus
        help="The full path on this machine, best inside a git repository. It is made when it is not there. Files stay where they are."
        {...form.field('folder')}
      />
    </FormDialog>
  )
}

/** Changes the history only. */
export function MarkDialog({ connectionId, migration, onClose }: OneProps): ReactNode {
  const { version, name, state } = migration
  const as = state === 'pending' || state === 'failed' ? 'applied' : 'pending'
  const mark = useAction(
    (host, _input: void) => host.migrations.mark({ connectionId, version, as }),
    ['migrations'],
    { onSuccess: onClose },
  )
  return (
    <ConfirmDialog
      isOpen
      title={`Mark ${name} as ${as}?`}
      lost={
        as === 'applied'
          ? 'Its SQL is not run: say so only if the database has had it already.'
          : 'Its SQL is not undone: the next time everything is applied it runs again.'
      }
      survives="Only the history of the database changes, and you can mark it back."
      confirmLabel={`Mark as ${as}`}
      busyLabel="Marking…"
      isBusy={mark.isPending}
      error={describeError(mark.error)?.message}
      onConfirm={() => mark.mutate()}
      onClose={onClose}
    />
  )
}

/** Takes an edited file as the one that was applied. */
export function RepairDialog({ connectionId, migration, onClose }: OneProps): ReactNode {
  const { version, name } = migration
  const repair = useAction(
    (host, _input: void) => host.migrations.repair({ connectionId, version }),
    ['migrations'],
    { onSuccess: onClose },
  )
  return (
    <ConfirmDialog
      isOpen
      title={`Take the edited file of ${name}?`}
      lost="The history forgets the text that was applied and keeps the one in the file. The SQL is not run again."
      survives="If the edit changed more than comments or blanks, check for drift afterwards."
      confirmLabel="Take the edited file"
      busyLabel="Taking…"
      isBusy={repair.isPending}
      error={describeError(repair.error)?.message}
      onConfirm={() => repair.mutate()}
      onClose={onClose}
    />
  )
}

const SquashValues = z.object({ from: MigrationVersion, to: MigrationVersion, name: MigrationName })

/** Makes one migration of several. */
export function SquashDialog(props: {
  readonly connectionId: ConnectionId
  readonly items: readonly Migration[]
  readonly onClose: () => void
}): ReactNode {
  const { connectionId, items, onClose } = props
  const form = useForm(
    { from: items[0]?.version ?? '', to: items.at(-1)?.version ?? '', name: 'squashed' },
    SquashValues,
  )
  const [orderProblem, setOrderProblem] = useState<string>()
  const squash = useAction(
    (host, input: { readonly from: string; readonly to: string; readonly name: string }) =>
      host.migrations.squash({ connectionId, ...input }),
    ['migrations'],
    { onSuccess: onClose },
  )
  const { from, to, name } = form.values
  const count = items.filter(({ version }) => version >= from && version <= to).length
  const options = items.map((item) => ({ id: item.version, label: item.name, detail: item.version }))
  const refused = describeError(squash.error)
  return (
    <FormDialog
      title="Squash migrations"
      submitLabel={`Squash ${countOf(count, 'migration')}`}
      busyLabel="Squashing…"
      isBusy={squash.isPending}
      problem={orderProblem === undefined ? refused : { message: orderProblem }}
      onSubmit={() => {
        const problem = count < 2 ? 'Choose two at least, the earlier one first.' : undefined
        setOrderProblem(problem)
        if (problem === undefined && form.check()) squash.mutate({ from, to, name })
      }}
      onClose={onClose}
    >
      <p className="text-body text-2">
        Their files become one, and the history of this database follows. Databases that have had only some of
        them have to be brought up to date first.
      </p>
      <Select label="From" options={options} value={from} onChange={(version) => form.set('from', version)} />
      <Select label="To" options={options} value={to} onChange={(version) => form.set('to', version)} />
      <TextField label="Name" isMono {...form.field('name')} />
    </FormDialog>
  )
}
