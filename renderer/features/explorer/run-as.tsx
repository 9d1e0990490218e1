// Who asks: somebody of the project with chosen claims, a key, or nobody. Secrets are named by variables; their values never come here.
import type { ReactNode } from 'react'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { ApiSource } from '#contract/requests/api-description.ts'
import type { Auth } from '#contract/requests/auth.ts'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'

type Choice = 'anon' | 'authenticated' | 'service_role' | 'key' | 'bearer' | 'none'

const TITLES: Readonly<Record<Choice, string>> = {
  anon: 'anon',
  authenticated: 'A signed-in user',
  service_role: 'service_role',
  key: 'A key, {{apikey}}',
  bearer: 'A token, {{token}}',
  none: 'Nobody',
}
const OF_PROJECT: readonly Choice[] = ['anon', 'authenticated', 'service_role', 'key']
const OF_ADDRESS: readonly Choice[] = ['none', 'bearer', 'key']
const CLAIMS = '{ "sub": "00000000-0000-4000-8000-000000000000" }'

/** Who asks at first: the least that can be asked as. */
export function firstRunAs(source: ApiSource): Auth {
  return authOf(source, source.type === 'project' ? 'anon' : 'none')
}

function authOf(source: ApiSource, choice: Choice): Auth {
  if (choice === 'key') return { type: 'apiKey', key: 'apikey', value: '{{apikey}}', placement: 'header' }
  if (choice === 'bearer') return { type: 'bearer', token: '{{token}}' }
  if (choice === 'none' || source.type !== 'project') return { type: 'none' }
  return {
    type: 'project',
    projectId: ProjectId.parse(source.projectId),
    as: choice,
    claims: choice === 'authenticated' ? CLAIMS : '',
  }
}

function choiceOf(auth: Auth): Choice {
  if (auth.type === 'project') return auth.as
  return auth.type === 'apiKey' ? 'key' : auth.type === 'bearer' ? 'bearer' : 'none'
}

export interface RunAsProps {
  readonly source: ApiSource
  readonly auth: Auth
  readonly onChange: (auth: Auth) => void
}

/** The choice, and the claims of a signed-in user. */
export function RunAs({ source, auth, onChange }: RunAsProps): ReactNode {
  const choices = source.type === 'project' ? OF_PROJECT : OF_ADDRESS
  return (
    <div className="flex min-w-0 flex-wrap items-end gap-8">
      <Select
        label="Run as"
        options={choices.map((id) => ({ id, label: TITLES[id] }))}
        value={choiceOf(auth)}
        onChange={(choice) => onChange(authOf(source, choice))}
      />
      {auth.type === 'project' && auth.as === 'authenticated' ? (
        <TextField
          label="Claims"
          isMono
          value={auth.claims}
          onChange={(claims) => onChange({ ...auth, claims })}
          error={isObject(auth.claims) ? undefined : 'This is no JSON object.'}
        />
      ) : null}
    </div>
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
