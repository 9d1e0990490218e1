// Add or edit a connection to any Postgres: paste a URI or fill the fields, test, save. The password goes to the host and never comes back.
import { CircleCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Connection } from '#contract/capabilities/connections.ts'
import type { Environment } from '#contract/capabilities/projects.ts'
import { Button } from '../../components/button.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { formatDuration } from '../../components/format.ts'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Switch } from '../../components/toggles.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { useAction, useHost } from '../../host/host-provider.tsx'
import {
  asSaved,
  ConnectionForm,
  EMPTY_CONNECTION,
  formOf,
  type ConnectionValues,
} from './connection-form.ts'

export interface ConnectionDialogProps {
  readonly isOpen: boolean
  /** Left out: a new one. */
  readonly connection?: Connection
  readonly onClose: () => void
  readonly onSaved: (connection: Connection) => void
}

/** The dialog; its form starts anew each time it opens. */
export function ConnectionDialog(props: ConnectionDialogProps): ReactNode {
  return props.isOpen ? <OpenDialog {...props} /> : null
}

const SSL_MODES = [
  { id: 'prefer', label: 'Prefer', detail: 'if the server offers it' },
  { id: 'require', label: 'Require', detail: 'certificate not checked' },
  { id: 'verify-full', label: 'Verify full', detail: 'certificate and name checked' },
  { id: 'disable', label: 'Disable', detail: 'never' },
] as const
const ENVIRONMENTS: readonly { readonly id: Environment; readonly label: string }[] = [
  { id: 'local', label: 'Local' },
  { id: 'development', label: 'Development' },
  { id: 'staging', label: 'Staging' },
  { id: 'production', label: 'Production' },
]

function OpenDialog(props: ConnectionDialogProps): ReactNode {
  const host = useHost()
  const [uri, setUri] = useState('')
  const [uriError, setUriError] = useState<string>()
  const [isPasswordPasted, setIsPasswordPasted] = useState(false)
  const form = useForm<ConnectionValues>(
    props.connection === undefined ? EMPTY_CONNECTION : formOf(props.connection),
    ConnectionForm,
  )
  const onError = (error: Error): void => form.setErrors(fieldErrorsOf(error))
  const save = useAction(
    (_host, values: ConnectionValues) => host.connections.save(asSaved(values, props.connection?.id)),
    ['connections'],
    { onSuccess: (saved) => props.onSaved(saved), onError },
  )
  const test = useAction(
    (_host, values: ConnectionValues) => host.connections.test(asSaved(values, props.connection?.id)),
    [],
    { onError },
  )
  const parse = useAction((_host, text: string) => host.connections.parseUri({ uri: text }), [], {
    onSuccess: ({ fields, hasPassword }) => {
      setUriError(undefined)
      setIsPasswordPasted(hasPassword)
      form.fill({
        ...fields,
        port: String(fields.port),
        ...(form.values.name === '' ? { name: fields.database === '' ? fields.host : fields.database } : {}),
      })
      // The password now stands in its own field only.
      setUri('')
    },
    onError: (error) => setUriError(describeError(error)?.message),
  })
  // Of these values: what was tested before is not what would be saved now.
  const tested = test.variables === form.values ? test.data : undefined
  const isNew = props.connection === undefined
  return (
    <FormDialog
      title={isNew ? 'Add connection' : 'Edit connection'}
      width="medium"
      submitLabel={isNew ? 'Add connection' : 'Save connection'}
      busyLabel={isNew ? 'Adding…' : 'Saving…'}
      isBusy={save.isPending}
      problem={describeError(save.error ?? test.error)}
      onSubmit={() => {
        test.reset()
        if (form.check()) save.mutate(form.values)
      }}
      onClose={props.onClose}
      hint={
        tested === undefined ? null : (
          <span role="status" className="flex items-center gap-6 text-success">
            <CircleCheck aria-hidden="true" size={14} strokeWidth={1.75} />
            Postgres {tested.serverVersion}, {formatDuration(tested.latencyMs)},{' '}
            {tested.usesTls ? 'TLS' : 'no TLS'}
            {tested.isSuperuser ? ', superuser' : ''}
          </span>
        )
      }
      otherActions={
        <Button
          isBusy={test.isPending}
          onPress={() => {
            save.reset()
            if (form.check()) test.mutate(form.values)
          }}
        >
          {test.isPending ? 'Testing…' : 'Test connection'}
        </Button>
      }
    >
      {isNew ? (
        <TextField
          label="Paste a connection string"
          isMono
          autoFocus
          placeholder="postgresql://user:password@host:5432/database"
          value={uri}
          onChange={(text) => {
            setUri(text)
            setUriError(undefined)
            if (/^postgres(ql)?:\/\/.+/.test(text.trim())) parse.mutate(text.trim())
          }}
          help="Fills in the fields below. Typed by hand works as well."
          error={uriError}
        />
      ) : null}
      <div className="grid grid-cols-[1fr_180px] gap-12">
        <TextField label="Name" isRequired autoFocus={!isNew} {...form.field('name')} />
        <Select
          label="Environment"
          options={ENVIRONMENTS}
          value={form.values.environment}
          onChange={(value) => form.set('environment', value)}
        />
      </div>
      <div className="grid grid-cols-[1fr_100px] gap-12">
        <TextField
          label="Host"
          isRequired
          isMono
          placeholder="localhost, an address, or a socket directory"
          {...form.field('host')}
        />
        <TextField label="Port" isMono {...form.field('port')} />
      </div>
      <div className="grid grid-cols-2 gap-x-12 gap-y-14">
        <TextField label="Database" isMono {...form.field('database')} />
        <Select
          label="TLS"
          options={SSL_MODES}
          value={form.values.sslMode}
          onChange={(value) => form.set('sslMode', value)}
        />
        <TextField label="User" isMono {...form.field('user')} />
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          value={form.values.password ?? ''}
          onChange={(value) => form.set('password', value)}
          help={
            props.connection?.hasPassword === true
              ? 'Leave it empty to keep the stored one.'
              : isPasswordPasted
                ? 'The one you pasted is used.'
                : 'Stays on this machine.'
          }
        />
      </div>
      <Switch
        label="Read-only: statements that write are refused"
        isSelected={form.values.isReadOnly}
        onChange={(value) => form.set('isReadOnly', value)}
      />
    </FormDialog>
  )
}
