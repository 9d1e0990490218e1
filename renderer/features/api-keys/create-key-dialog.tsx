// Create a key: what it acts as, its name, what it may do at most, how long it lives. Then its secret, once.
import { useId, useState, type ReactNode } from 'react'
import { z } from 'zod'
import { ApiKeyName, type CreatedApiKey } from '#contract/capabilities/api-keys.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { classNames } from '../../components/class-names.ts'
import { LABEL } from '../../components/field.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Checkbox, Segmented } from '../../components/toggles.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError, fieldErrorsOf } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { CreatedKeyDialog } from './created-key-dialog.tsx'

const KINDS = [
  {
    id: 'publishable',
    label: 'Publishable',
    text: 'Acts as anon. It may stand in a web page: grants and policies decide what it sees.',
  },
  {
    id: 'secret',
    label: 'Secret',
    text: 'Acts as service_role and passes every policy. Keep it on servers that you control.',
  },
] as const

const DAY_MS = 86_400_000
const LIFETIMES = [
  { id: 'never', label: 'Never' },
  { id: '7', label: 'In 7 days' },
  { id: '30', label: 'In 30 days' },
  { id: '90', label: 'In 90 days' },
  { id: '365', label: 'In a year' },
  { id: 'date', label: 'On a date' },
] as const
type Lifetime = (typeof LIFETIMES)[number]['id']

const KeyForm = z.object({ name: ApiKeyName })

export interface CreateKeyDialogProps {
  readonly projectId: ProjectId
  /** Exposed schemas, to narrow the key to some; empty while they are not known. */
  readonly schemas: readonly string[]
  readonly now: Date
  readonly onClose: () => void
}

/** Open while it is rendered. */
export function CreateKeyDialog(props: CreateKeyDialogProps): ReactNode {
  const { projectId, schemas, onClose } = props
  const kindName = useId()
  const form = useForm({ name: '' }, KeyForm)
  const [kind, setKind] = useState<'publishable' | 'secret'>('publishable')
  const [access, setAccess] = useState<'read' | 'read-write'>('read-write')
  const [chosen, setChosen] = useState<readonly string[] | null>(null)
  const [lifetime, setLifetime] = useState<Lifetime>('never')
  const [date, setDate] = useState('')
  const [dateError, setDateError] = useState<string>()
  const create = useAction(
    (host, input: { readonly name: string; readonly expiresAt: string | null }) =>
      host.apiKeys.create({
        projectId,
        ...input,
        kind,
        scope: { access, schemas: chosen === null ? null : [...chosen] },
      }),
    ['apiKeys'],
    { isSecret: true, onError: (error) => form.setErrors(fieldErrorsOf(error)) },
  )
  const created: CreatedApiKey | undefined = create.data
  if (created !== undefined)
    return (
      <CreatedKeyDialog
        created={created}
        title={`${created.key.name} is created`}
        onClose={() => {
          create.reset()
          onClose()
        }}
      />
    )
  const problem = describeError(create.error)
  const submit = (): void => {
    const isNamed = form.check()
    const expiresAt = expiryOf(lifetime, date, props.now)
    const isLate = lifetime === 'date' && (expiresAt === null || new Date(expiresAt) <= props.now)
    setDateError(isLate ? 'Choose a day to come.' : undefined)
    if (isNamed && !isLate) create.mutate({ name: form.values.name, expiresAt })
  }
  return (
    <FormDialog
      title="Create API key"
      width="medium"
      hint="Its secret is shown once, after this."
      submitLabel="Create key"
      busyLabel="Creating…"
      isBusy={create.isPending}
      problem={form.errors['name'] === undefined ? problem : undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        autoFocus
        {...form.field('name')}
        placeholder="Web shop"
        help="Where it is used, so that you know it again."
      />
      <fieldset>
        <legend className={LABEL}>Kind</legend>
        <div className="grid grid-cols-2 gap-8">
          {KINDS.map((one) => (
            <label
              key={one.id}
              className={classNames(
                'flex items-start gap-8 rounded-control border px-10 py-8 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent-text',
                kind === one.id ? 'border-accent bg-accent-soft' : 'border-line-2 hover:bg-hover',
              )}
            >
              <input
                type="radio"
                name={kindName}
                checked={kind === one.id}
                onChange={() => setKind(one.id)}
                className="mt-3 accent-accent outline-none"
              />
              <span>
                <span className="block text-body font-medium">{one.label}</span>
                <span className="block text-small text-2">{one.text}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <div className="flex items-start gap-16">
        <div>
          <div className={LABEL}>May do</div>
          <div className="flex h-30 items-center">
            <Segmented
              label="What the key may do"
              options={[
                { id: 'read-write', label: 'Read and write' },
                { id: 'read', label: 'Read only' },
              ]}
              value={access}
              onChange={setAccess}
            />
          </div>
        </div>
        <div className="min-w-0 flex-1">
          <Select label="Expires" options={LIFETIMES} value={lifetime} onChange={setLifetime} />
        </div>
        {lifetime === 'date' ? <DateField value={date} onChange={setDate} error={dateError} /> : null}
      </div>
      {schemas.length > 1 ? (
        <fieldset className="flex flex-col gap-6">
          <legend className={LABEL}>Schemas</legend>
          <Checkbox
            label="All exposed schemas"
            isSelected={chosen === null}
            onChange={(isAll) => setChosen(isAll ? null : schemas.slice(0, 1))}
          />
          {chosen === null ? null : (
            <div className="ml-24 flex flex-wrap gap-x-16 gap-y-6">
              {schemas.map((schema) => (
                <Checkbox
                  key={schema}
                  label={<span className="font-mono text-data">{schema}</span>}
                  isSelected={chosen.includes(schema)}
                  // One at least stays: a key for nothing is no key.
                  isDisabled={chosen.length === 1 && chosen.includes(schema)}
                  onChange={(isOn) =>
                    setChosen(isOn ? [...chosen, schema] : chosen.filter((one) => one !== schema))
                  }
                />
              ))}
            </div>
          )}
        </fieldset>
      ) : null}
    </FormDialog>
  )
}

function expiryOf(lifetime: Lifetime, date: string, now: Date): string | null {
  if (lifetime === 'never') return null
  if (lifetime !== 'date') return new Date(now.getTime() + Number(lifetime) * DAY_MS).toISOString()
  // The end of that day where the person is.
  const end = new Date(`${date}T23:59:59`)
  return Number.isNaN(end.getTime()) ? null : end.toISOString()
}

function DateField(props: {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly error: string | undefined
}): ReactNode {
  return (
    <TextField
      label="Last day"
      type="date"
      value={props.value}
      onChange={props.onChange}
      error={props.error}
    />
  )
}
