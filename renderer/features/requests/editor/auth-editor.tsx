// Who asks: the kind of authentication and its fields. The same for requests, folders and collections.
import { useId, type ReactNode } from 'react'
import { Auth } from '#contract/requests/auth.ts'
import { TextArea } from '../../../components/text-field.tsx'
import { BOX, LABEL } from '../../../components/field.tsx'
import { Select } from '../../../components/select.tsx'
import { Checkbox } from '../../../components/toggles.tsx'
import { useCall } from '../../../host/host-provider.tsx'
import type { Inherited } from '../tabs/open-tab.ts'
import { AUTH_FIELDS, AUTH_TYPES, newAuth, type AuthField, type AuthType } from './auth-fields.ts'
import { VariableField } from './variable-field.tsx'

export interface AuthEditorProps {
  readonly auth: Auth
  readonly onChange: (auth: Auth) => void
  /** From the collection down; empty for a collection itself, which has nobody to inherit from. */
  readonly inherited: Inherited
  /** Below the fields of OAuth 2: getting a token now. */
  readonly children?: ReactNode
}

/** The editor. */
export function AuthEditor(props: AuthEditorProps): ReactNode {
  const { auth, onChange, inherited } = props
  const { data: projects } = useCall(['projects', 'list'], (host, options) => host.projects.list({}, options))
  const known = projects?.items ?? []
  const types = AUTH_TYPES.filter(
    ({ id }) =>
      (id !== 'inherit' || inherited.length > 0 || auth.type === 'inherit') &&
      (id !== 'project' || known.length > 0 || auth.type === 'project'),
  )
  const options: readonly { readonly id: AuthType; readonly label: string }[] =
    auth.type === 'unsupported'
      ? [...types, { id: 'unsupported', label: `${auth.name}, kept but not sent` }]
      : types
  const set = (name: string, value: unknown): void => {
    const parsed = Auth.safeParse({ ...auth, [name]: value })
    if (parsed.success) onChange(parsed.data)
  }
  return (
    <div className="flex max-w-560 flex-col gap-12 px-12 py-12">
      <Select
        label="Authentication"
        options={options}
        value={auth.type}
        onChange={(type) => {
          if (type !== auth.type) onChange(newAuth(type, known[0]?.id))
        }}
      />
      {auth.type === 'inherit' ? <p className="text-small text-2">{inheritedWords(inherited)}</p> : null}
      {auth.type === 'unsupported' ? (
        <p className="text-small text-2">
          {auth.name} is kept in the file for other tools. It cannot be sent from here: choose another kind.
        </p>
      ) : null}
      {auth.type === 'project' ? (
        <Select
          label="Project"
          options={known.map((project) => ({ id: project.id, label: project.name }))}
          value={auth.projectId}
          onChange={(projectId) => set('projectId', projectId)}
        />
      ) : null}
      {AUTH_FIELDS[auth.type]
        .filter((field) => field.when?.(auth) ?? true)
        .map((field) => (
          <Field
            key={field.name}
            field={field}
            value={Reflect.get(auth, field.name)}
            onChange={(value) => set(field.name, value)}
          />
        ))}
      {props.children}
    </div>
  )
}

function Field(props: {
  readonly field: AuthField
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}): ReactNode {
  const { field, value, onChange } = props
  const id = useId()
  if (field.options !== undefined)
    return <Select label={field.label} options={field.options} value={String(value)} onChange={onChange} />
  if (field.isSwitch === true)
    return <Checkbox label={field.label} isSelected={value === true} onChange={onChange} />
  const text = typeof value === 'string' ? value : ''
  if (field.isMultiline === true)
    return <TextArea label={field.label} value={text} onChange={onChange} help={field.help} isMono rows={4} />
  return (
    <div className="min-w-0">
      <span id={id} className={LABEL}>
        {field.label}
      </span>
      <div className={`${BOX} h-30 border-line-3 px-9`}>
        <VariableField label={field.label} value={text} onChange={onChange} />
      </div>
      {field.help === undefined ? null : <p className="mt-5 text-small text-3">{field.help}</p>}
    </div>
  )
}

/** What an inherited authentication comes to: the nearest folder that decides. */
function inheritedWords(inherited: Inherited): string {
  const decided = inherited.findLast(({ defaults }) => defaults.auth.type !== 'inherit')
  if (decided === undefined) return 'No folder above says anything: it is sent without authentication.'
  const label =
    AUTH_TYPES.find(({ id }) => id === decided.defaults.auth.type)?.label ?? decided.defaults.auth.type
  return `${label}, as ${decided.name} says.`
}
