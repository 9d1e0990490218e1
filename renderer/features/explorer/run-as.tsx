// Who asks: somebody of the project with chosen claims, a key, or nobody. Secrets are named by variables; their values never come here.
import type { ReactNode } from 'react'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { ApiSource } from '#contract/requests/api-description.ts'
import type { Auth } from '#contract/requests/auth.ts'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { ROLE_TITLES } from './api-choice.ts'
import { KeyField } from './key-field.tsx'

type Choice = 'own' | 'anon' | 'authenticated' | 'service_role' | 'key' | 'bearer' | 'none'

const TITLES: Readonly<Record<Choice, string>> = {
  own: 'As the request says',
  ...ROLE_TITLES,
  key: 'A key, {{apikey}}',
  bearer: 'A token, {{token}}',
  none: 'Nobody',
}
const OF_PROJECT: readonly Choice[] = ['anon', 'authenticated', 'service_role', 'key']
const OF_ADDRESS: readonly Choice[] = ['none', 'bearer', 'key']
const KEY_NAME = 'apikey'
const TOKEN_NAME = 'token'
const CLAIMS = '{ "sub": "00000000-0000-4000-8000-000000000000" }'

/** Who asks at first: the least that can be asked as. */
export function firstRunAs(source: ApiSource): Auth {
  return authOf(source, source.type === 'project' ? 'anon' : 'none')
}

function authOf(source: ApiSource, choice: Exclude<Choice, 'own'>): Auth {
  if (choice === 'key')
    return { type: 'apiKey', key: 'apikey', value: `{{${KEY_NAME}}}`, placement: 'header' }
  if (choice === 'bearer') return { type: 'bearer', token: `{{${TOKEN_NAME}}}` }
  if (choice === 'none' || source.type !== 'project') return { type: 'none' }
  return {
    type: 'project',
    projectId: ProjectId.parse(source.projectId),
    as: choice,
    claims: choice === 'authenticated' ? CLAIMS : '',
  }
}

/** Null for what is none of the choices. */
function choiceOf(source: ApiSource, auth: Auth): Choice | null {
  if (source.type === 'project') {
    if (auth.type === 'project') return auth.projectId === source.projectId ? auth.as : null
    return isKey(auth) ? 'key' : null
  }
  return auth.type === 'bearer' || auth.type === 'none' ? auth.type : isKey(auth) ? 'key' : null
}

function isKey(auth: Auth): boolean {
  return auth.type === 'apiKey' && auth.value === `{{${KEY_NAME}}}`
}

export interface RunAsProps {
  readonly source: ApiSource
  readonly auth: Auth
  /** How the request that the form shows asks; null where the form is of no request. */
  readonly own: Auth | null
  readonly onChange: (auth: Auth) => void
}

/** The choice, and the claims of a signed-in user. */
export function RunAs({ source, auth, own, onChange }: RunAsProps): ReactNode {
  const known = source.type === 'project' ? OF_PROJECT : OF_ADDRESS
  const choice = choiceOf(source, auth) ?? 'own'
  const hasOwn = own !== null && choiceOf(source, own) === null
  return (
    <>
      <Select
        label="Run as"
        options={[...(hasOwn || choice === 'own' ? (['own'] as const) : []), ...known].map((id) => ({
          id,
          label: TITLES[id],
        }))}
        value={choice}
        onChange={(next) => onChange(next === 'own' ? (own ?? auth) : authOf(source, next))}
      />
      {auth.type === 'project' && auth.as === 'authenticated' ? (
        <div className="min-w-160 flex-1">
          <TextField
            label="Claims"
            isMono
            value={auth.claims}
            onChange={(claims) => onChange({ ...auth, claims })}
            error={isObject(auth.claims) ? undefined : 'This is no JSON object.'}
          />
        </div>
      ) : null}
      {choice === 'key' ? <KeyField name={KEY_NAME} /> : null}
      {choice === 'bearer' ? <KeyField name={TOKEN_NAME} /> : null}
    </>
  )
}

function isObject(text: string): boolean {
  if (text.trim() === '') return true
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
