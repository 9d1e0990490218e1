// Rename and delete.
import type { ReactNode } from 'react'
import { ProjectName, type Project } from '#contract/capabilities/projects.ts'
import { z } from 'zod'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { formatBytes } from '../../components/format.ts'
import { TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'

interface ProjectDialogProps {
  readonly project: Project
  readonly isOpen: boolean
  readonly onClose: () => void
}

const RenameForm = z.object({ name: ProjectName })

/** Another name; the reference in connection strings stays. */
export function RenameProjectDialog(props: ProjectDialogProps): ReactNode {
  return props.isOpen ? <OpenRename {...props} /> : null
}

function OpenRename({ project, onClose }: ProjectDialogProps): ReactNode {
  const form = useForm({ name: project.name }, RenameForm)
  const rename = useAction(
    (host, input: { name: string }) => host.projects.rename({ projectId: project.id, name: input.name }),
    ['projects', 'connections'],
    { onSuccess: onClose, onError: (error) => form.setErrors(fieldErrorsOf(error)) },
  )
  const problem = describeError(rename.error)
  return (
    <FormDialog
      title="Rename project"
      submitLabel="Rename project"
      busyLabel="Renaming…"
      isBusy={rename.isPending}
      problem={form.errors['name'] === undefined ? problem : undefined}
      onSubmit={() => {
        if (form.check()) rename.mutate(form.values)
      }}
      onClose={onClose}
    >
      <TextField label="Name" autoFocus {...form.field('name')} help="Connection strings stay as they are." />
    </FormDialog>
  )
}

/** Asks for the name before a project is deleted. */
export function DeleteProjectDialog({ project, isOpen, onClose }: ProjectDialogProps): ReactNode {
  const remove = useAction(
    (host, _input: void) => host.projects.delete({ projectId: project.id }),
    ['projects', 'connections'],
    { onSuccess: onClose },
  )
  const size = project.sizeBytes === null ? 'all its data' : `${formatBytes(project.sizeBytes)} of data`
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={`Delete project ${project.name}?`}
      lost={`The database with ${size} stops at once, and every program that uses its connection string loses it.`}
      survives="The data is kept for a grace period, in which the project can be restored from the list. The list says until when."
      confirmLabel="Delete project"
      busyLabel="Deleting…"
      typedName={project.name}
      isBusy={remove.isPending}
      error={describeError(remove.error)?.message}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  )
}
