// Which key the snippets show: a placeholder, the beginning of one of the project's keys, or one that is pasted. What is pasted stays in this page.
import { useState, type ReactNode } from 'react'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useNow } from '../../components/use-now.ts'
import { stateOf, useApiKeys } from '../api-keys/index.ts'

export const KEY_PLACEHOLDER = 'YOUR_PUBLISHABLE_KEY'
const PASTED = 'pasted'
const PLACEHOLDER = 'placeholder'

export interface SnippetKey {
  /** Goes into the snippets. */
  readonly key: string
  readonly picker: ReactNode
}

/** The chosen key and the control that chooses it. */
export function useSnippetKey(projectId: ProjectId): SnippetKey {
  const now = useNow()
  const keys = (useApiKeys(projectId).data ?? []).filter(
    (key) => key.kind === 'publishable' && stateOf(key, now).isValid,
  )
  const [choice, setChoice] = useState(PLACEHOLDER)
  const [pasted, setPasted] = useState('')
  const chosen = keys.find(({ id }) => id === choice)
  // A secret key has no business in a snippet that is passed around.
  const isSecret = pasted.trim().startsWith('nbl_secret_')
  const key =
    chosen !== undefined
      ? `${chosen.prefix}…`
      : choice === PASTED && pasted.trim() !== '' && !isSecret
        ? pasted.trim()
        : KEY_PLACEHOLDER
  return {
    key,
    picker: (
      <div className="flex items-start gap-8">
        {choice === PASTED ? (
          <div className="w-240">
            <TextField
              label="Publishable key"
              isLabelHidden
              isMono
              autoFocus
              value={pasted}
              onChange={setPasted}
              placeholder="nbl_publishable_…"
              error={isSecret ? 'This is a secret key. Paste a publishable one.' : undefined}
            />
          </div>
        ) : null}
        <div className="w-180">
          <Select
            label="Key in snippets"
            isLabelHidden
            options={[
              { id: PLACEHOLDER, label: 'Placeholder for the key' },
              ...keys.map(({ id, name, prefix }) => ({ id, label: name, detail: `${prefix}…` })),
              { id: PASTED, label: 'A key that I paste' },
            ]}
            value={chosen === undefined && choice !== PASTED ? PLACEHOLDER : choice}
            onChange={setChoice}
          />
        </div>
      </div>
    ),
  }
}
