// A new, empty collection.
import { useState, type ReactNode } from 'react'
import { z } from 'zod'
import { FormDialog } from '../../components/form-dialog.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'
import { parentProblem, TargetFields } from './target-fields.tsx'

const Values = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(500, 'Use at most 500 letters.'),
})

/** Rendered only while it is open. */
export function NewCollectionDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { notifications } = useShell()
  const form = useForm({ name: '' }, Values)
  const [parent, setParent] = useState<string | null>(null)
  const [wasTried, setWasTried] = useState(false)
  const making = useAction(
    (host, name: string) => host.collections.create({ name, parent: parent?.trim() ?? null }),
    ['collections'],
    {
      onSuccess: ({ name, folder }) => {
        notifications.toast({
          tone: 'success',
          text: folder === null ? `${name} is made.` : `${name} is made in ${folder}.`,
        })
        onClose()
      },
    },
  )
  const problem = parentProblem(parent)
  return (
    <FormDialog
      title="New collection"
      submitLabel="Make collection"
      busyLabel="Making…"
      isBusy={making.isPending}
      problem={describeError(making.error)}
      onSubmit={() => {
        setWasTried(true)
        if (form.check() && problem === undefined) making.mutate(form.values.name.trim())
      }}
      onClose={onClose}
    >
      <TextField label="Name" autoFocus isRequired {...form.field('name')} />
      <TargetFields
        parent={parent}
        onChange={(next) => {
          setParent(next)
          making.reset()
        }}
        error={wasTried ? problem : undefined}
      />
    </FormDialog>
  )
}
